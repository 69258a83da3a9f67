#include "i2i/media/other_names.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "i2i/util/text.hpp"
#include "media/file_types.hpp"

namespace i2i::media {
namespace {

using model::RenditionKind;

struct Name {
  std::string stem;
  std::string extension;  // with its dot; "" none
  [[nodiscard]] std::string with(const std::string& tail) const { return stem + tail + extension; }
  [[nodiscard]] std::string with(const std::string& tail, const std::string& other_extension) const {
    return stem + tail + other_extension;
  }
};

Name split(const std::string& name) {
  const auto dot = name.rfind('.');
  if (dot == std::string::npos || dot == 0) return {name, ""};
  return {name.substr(0, dot), name.substr(dot)};
}

bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_ascii_alphanumeric(char c) { return is_ascii_letter(c) || (c >= '0' && c <= '9'); }

/// §11.2, 1 and 2.
std::string base_name(const NameFacts& facts) {
  std::string name = facts.filename;
  if (name.empty()) {
    name = facts.master.substr(0, 12);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !is_ascii_alphanumeric(c); }, '_');
    const std::string extension = extension_for(facts.item_type);
    name += "." + (extension.empty() ? "unknown" : extension);
  }
  constexpr std::string_view kReplaced{"<>:\"/\\|?*\0", 10};
  std::replace_if(
      name.begin(), name.end(), [&](char c) { return kReplaced.find(c) != std::string_view::npos; }, '_');
  return name;
}

std::string only_ascii(const std::string& text) {
  std::string ascii;
  std::copy_if(text.begin(), text.end(), std::back_inserter(ascii),
               [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return ascii;
}

std::string extension_of(const std::string& uti, const std::string& otherwise) {
  const std::string known = extension_for(uti);
  return known.empty() ? otherwise : "." + known;
}

class Names {
 public:
  Names(const NameFacts& facts, const model::Rendition& rendition, const model::Rendition* original)
      : rendition_(rendition), original_(original) {
    const std::string base = base_name(facts);
    // §11.2, 3: base64 of the record name's text.
    const std::string id7 = "_" + util::base64_encode(facts.master).substr(0, 7);
    for (const auto& text : {base, only_ascii(base)}) {
      const Name name = split(text);
      for (const auto& tail : {std::string{}, id7}) add_of({name.stem + tail, name.extension});
    }
  }
  std::vector<std::string> take() { return std::move(names_); }

 private:
  void add_of(const Name& name) {
    const std::string own = extension_of(rendition_.uti, name.extension);
    switch (rendition_.kind) {
      case RenditionKind::original:
        add(name.with("", own));
        add(name.with(""));
        add(name.with("-original", own));
        break;
      case RenditionKind::live_video: {
        const std::string still = original_ == nullptr ? name.extension : extension_of(original_->uti, name.extension);
        if (util::ascii_lower(still) == ".heic") add(name.with("_HEVC", ".MOV"));
        add(name.with("", ".MOV"));
        break;
      }
      case RenditionKind::alternative:
        add(name.with("", own));
        add(name.with("-alternative", own));
        add(name.with("-alt", own));
        break;
      case RenditionKind::edited:
      case RenditionKind::edited_video:
        add(name.with("-adjusted", own));
        add(name.with("-edited", own));
        add(name.with("", own));
        break;
    }
  }

  /// §11.5: where the name was taken by a file of another size, the size parts them.
  void add(const std::string& name) {
    const Name parts = split(name);
    for (const auto& each : {name, parts.with(fmt::format("-{}", rendition_.size))}) {
      if (each.empty() || each.front() == '.') continue;
      if (std::find(names_.begin(), names_.end(), each) == names_.end()) names_.push_back(each);
    }
  }

  const model::Rendition& rendition_;
  const model::Rendition* original_;
  std::vector<std::string> names_;
};

std::string extension_in(const std::string& path) {
  const auto slash = path.rfind('/');
  const Name name = split(slash == std::string::npos ? path : path.substr(slash + 1));
  return name.extension.empty() ? "" : util::ascii_lower(name.extension.substr(1));
}

}  // namespace

std::vector<std::string> names_elsewhere(const NameFacts& facts, const model::Rendition& rendition,
                                         const model::Rendition* original) {
  return Names(facts, rendition, original).take();
}

std::vector<std::string> folders_elsewhere(const NameFacts& facts) {
  constexpr int kDaySeconds = 86'400;
  std::vector<std::string> folders;
  if (facts.captured) {
    for (const int offset_s : {facts.offset_s.value_or(0), 0, -kDaySeconds, kDaySeconds}) {
      const auto date = util::civil_date(*facts.captured, offset_s);
      if (!date) continue;
      // Python writes a year before 1000 as it is.
      for (auto folder : {fmt::format("{:04}/{:02}/{:02}", date->year, date->month, date->day),
                          fmt::format("{}/{:02}/{:02}", date->year, date->month, date->day)}) {
        if (std::find(folders.begin(), folders.end(), folder) == folders.end()) folders.push_back(std::move(folder));
      }
    }
  }
  folders.emplace_back();
  return folders;
}

std::string stem_elsewhere(const std::string& name, model::RenditionKind kind) {
  std::string stem = split(name).stem;
  constexpr std::array<std::string_view, 2> kLive{"_HEVC", ""};
  constexpr std::array<std::string_view, 2> kAlternative{"-alternative", "-alt"};
  constexpr std::array<std::string_view, 2> kEdited{"-edited", "-adjusted"};
  const auto& tails = kind == RenditionKind::live_video    ? kLive
                      : kind == RenditionKind::alternative ? kAlternative
                                                           : kEdited;
  if (kind == RenditionKind::original) return stem;
  for (const auto tail : tails) {
    if (!tail.empty() && stem.size() > tail.size() && stem.ends_with(tail))
      return stem.substr(0, stem.size() - tail.size());
  }
  return stem;
}

bool looks_like_media(const std::string& path) {
  const std::string extension = extension_in(path);
  // Apple's edit recipe is a sidecar, though Immich imports what it calls so.
  return extension != "aae" && is_media_extension(extension);
}

bool is_kept_by_others(const std::string& path) {
  constexpr std::array<std::string_view, 6> kFolders{
      "/@eadir/", "/#recycle/", "/#snapshot/", "/$recycle.bin/", "/system volume information/", "/lost+found/"};
  const std::string below = "/" + util::ascii_lower(path);
  if (std::any_of(kFolders.begin(), kFolders.end(),
                  [&](const auto folder) { return below.find(folder) != std::string::npos; })) {
    return true;
  }
  constexpr std::string_view kMacLibrary = ".photoslibrary/";
  const auto library = below.find(kMacLibrary);
  if (library == std::string::npos) return false;
  const std::string_view inside = std::string_view(below).substr(library + kMacLibrary.size());
  constexpr std::array<std::string_view, 3> kPhotos{"originals/", "masters/", "resources/renders/"};
  return std::none_of(kPhotos.begin(), kPhotos.end(), [&](const auto folder) { return inside.starts_with(folder); });
}

bool is_partial_file(const std::string& path) {
  constexpr std::array<std::string_view, 5> kEndings{"part", "partial", "crdownload", "download", "tmp"};
  return std::find(kEndings.begin(), kEndings.end(), extension_in(path)) != kEndings.end();
}

}  // namespace i2i::media
