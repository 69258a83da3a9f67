#include "app/import/stack_wishes.hpp"

#include <algorithm>
#include <tuple>

namespace i2i::app {
namespace {

using model::RenditionKind;

// docs/protocol/icloud.md §9.3.
constexpr std::int64_t kPickedByCamera = 4;
constexpr std::int64_t kPickedByPerson = 8;
constexpr std::int64_t kKeyFrame = 16;

bool is_raw(const model::Rendition& rendition) { return rendition.uti.find("raw-image") != std::string::npos; }

int rank_of(const model::Rendition& rendition) {
  if (rendition.kind == RenditionKind::edited || rendition.kind == RenditionKind::edited_video) return 0;
  return is_raw(rendition) ? 2 : 1;
}

}  // namespace

std::vector<model::Checksum> stackable_contents(const ledger::AssetView& view) {
  std::vector<const model::Rendition*> shown;
  for (const auto& rendition : view.renditions) {
    const bool film_of_still = rendition.kind == RenditionKind::live_video ||
                               (rendition.kind == RenditionKind::edited_video && !view.master.is_video);
    if (!film_of_still && !rendition.checksum.empty()) shown.push_back(&rendition);
  }
  std::sort(shown.begin(), shown.end(), [](const auto* a, const auto* b) {
    return std::make_tuple(rank_of(*a), a->kind) < std::make_tuple(rank_of(*b), b->kind);
  });
  std::vector<model::Checksum> contents;
  for (const auto* rendition : shown) {
    if (std::find(contents.begin(), contents.end(), rendition->checksum) == contents.end()) {
      contents.push_back(rendition->checksum);
    }
  }
  return contents;
}

int burst_rank(std::int64_t burst_flags) {
  if ((burst_flags & kKeyFrame) != 0) return 0;
  if ((burst_flags & kPickedByPerson) != 0) return 1;
  return (burst_flags & kPickedByCamera) != 0 ? 2 : 3;
}

bool Bursts::add(const ledger::AssetView& view, const std::vector<model::Checksum>& contents) {
  if (view.asset.burst_id.empty() || view.asset.hidden) return false;
  frames_[view.zone.name + "/" + view.zone.owner + "/" + view.asset.burst_id].push_back(
      {burst_rank(view.asset.burst_flags), view.asset.captured.value_or(0), view.asset.name, contents});
  return true;
}

std::vector<std::vector<model::Checksum>> Bursts::all() const {
  std::vector<std::vector<model::Checksum>> bursts;
  for (const auto& [id, frames] : frames_) {
    auto ordered = frames;
    std::sort(ordered.begin(), ordered.end(), [](const Frame& a, const Frame& b) {
      return std::tie(a.rank, a.captured, a.name) < std::tie(b.rank, b.captured, b.name);
    });
    bursts.emplace_back();
    for (const Frame& frame : ordered) {
      bursts.back().insert(bursts.back().end(), frame.contents.begin(), frame.contents.end());
    }
  }
  return bursts;
}

}  // namespace i2i::app
