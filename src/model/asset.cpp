#include "i2i/model/asset.hpp"

#include <algorithm>

#include <array>

#include "i2i/util/result.hpp"

namespace i2i::model {
namespace {

struct Named {
  RenditionKind kind;
  const char* word;
};
constexpr std::array<Named, 5> kRenditions{{{RenditionKind::original, "original"},
                                            {RenditionKind::live_video, "live_video"},
                                            {RenditionKind::alternative, "alternative"},
                                            {RenditionKind::edited, "edited"},
                                            {RenditionKind::edited_video, "edited_video"}}};

}  // namespace

const char* to_string(RenditionKind kind) {
  for (const auto& [known, word] : kRenditions) {
    if (known == kind) return word;
  }
  util::assertion_failed("every rendition has a word", __FILE__, __LINE__);
}

std::optional<RenditionKind> rendition_from_string(std::string_view text) {
  for (const auto& [kind, word] : kRenditions) {
    if (text == word) return kind;
  }
  return std::nullopt;
}

const Rendition* rendition_of(const Record& record, RenditionKind kind) {
  const auto find = [kind](const std::vector<Rendition>& renditions) -> const Rendition* {
    const auto it =
        std::find_if(renditions.begin(), renditions.end(), [kind](const auto& r) { return r.kind == kind; });
    return it == renditions.end() ? nullptr : &*it;
  };
  if (const auto* master = std::get_if<Master>(&record)) return find(master->renditions);
  if (const auto* asset = std::get_if<Asset>(&record)) return find(asset->renditions);
  return nullptr;
}

}  // namespace i2i::model
