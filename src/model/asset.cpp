#include "i2i/model/asset.hpp"

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

}  // namespace i2i::model
