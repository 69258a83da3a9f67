#pragma once
// Records as lines of text, for golden files: every field that a decoder can get wrong.

#include <fmt/format.h>

#include <string>

#include "i2i/model/asset.hpp"

namespace i2i::test {

inline std::string text_of(const std::vector<model::Rendition>& renditions) {
  std::string out;
  for (const auto& one : renditions) {
    out += fmt::format("\n  {} {} {} bytes {}{}", model::to_string(one.kind), one.checksum, one.size,
                       one.uti.empty() ? "(no type)" : one.uti, one.url.empty() ? ", no URL" : "");
  }
  return out;
}

template <class T>
std::string or_dash(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "-";
}

struct RecordText {
  std::string operator()(const model::Master& m) const {
    return fmt::format("master {}\n  \"{}\" {} {}{}", m.name, m.filename, m.item_type.empty() ? "-" : m.item_type,
                       m.is_video ? "video" : "photo", text_of(m.renditions));
  }
  std::string operator()(const model::Asset& a) const {
    std::string out = fmt::format("asset {} of {}\n  captured {} added {} offset {}", a.name, a.master,
                                  or_dash(a.captured), or_dash(a.added), or_dash(a.offset_s));
    if (a.favorite) out += " favorite";
    if (a.hidden) out += " hidden";
    if (a.deleted) out += " deleted";
    if (a.adjusted) out += " adjusted";
    if (!a.title.empty()) out += fmt::format("\n  title \"{}\"", a.title);
    if (!a.description.empty()) out += fmt::format("\n  description \"{}\"", a.description);
    if (!a.keywords.empty()) out += fmt::format("\n  keywords {}", fmt::join(a.keywords, " | "));
    if (a.location) {
      out += fmt::format("\n  at {} {} altitude {}", a.location->latitude, a.location->longitude,
                         or_dash(a.location->altitude));
    }
    if (!a.burst_id.empty()) out += fmt::format("\n  burst {} flags {}", a.burst_id, a.burst_flags);
    return out + text_of(a.renditions);
  }
  std::string operator()(const model::Album& a) const {
    return fmt::format("{} {} \"{}\" in \"{}\" at {}", a.is_folder ? "folder" : "album", a.name_id, a.title, a.parent,
                       a.position);
  }
  std::string operator()(const model::Membership& m) const {
    return fmt::format("member {}: {} in {} at {}", m.name, m.asset, m.album, m.position);
  }
  std::string operator()(const model::Tombstone& t) const { return "gone " + t.name; }
  std::string operator()(const model::Skipped& s) const {
    return fmt::format("skipped \"{}\" ({}): {}", s.name, s.type, s.reason);
  }
};

inline std::string text_of(const model::Record& record) { return std::visit(RecordText{}, record); }

}  // namespace i2i::test
