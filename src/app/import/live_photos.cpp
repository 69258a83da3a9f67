#include "app/import/live_photos.hpp"

#include <algorithm>
#include <optional>
#include <unordered_set>

#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/placements.hpp"

namespace i2i::app {
namespace {

using ledger::LiveGroup;
using ledger::LiveLink;
using model::Checksum;
using model::RenditionKind;
using util::ErrorCode;
using util::fail;
using util::Result;

/// Groups looked at together: what is known of them is in memory.
constexpr std::int64_t kGroups = 5'000;
/// More stills than this are cheaper by a listing of the library, a thousand assets a page.
constexpr std::size_t kSingleCalls = 200;

Checksum content(const ledger::AssetView& view, RenditionKind kind) {
  const auto found = std::find_if(view.renditions.begin(), view.renditions.end(),
                                  [&](const auto& rendition) { return rendition.kind == kind; });
  return found == view.renditions.end() ? Checksum() : found->checksum;
}

/// The stills of one photo with the film of each. An edit without a film of its own has none: Live was switched off in
/// it.
std::vector<LiveLink> links_of(const ledger::AssetView& view) {
  if (view.asset.deleted || view.master.is_video) return {};
  const Checksum film = content(view, RenditionKind::live_video);
  if (film.empty()) return {};
  std::vector<LiveLink> links;
  if (auto original = content(view, RenditionKind::original); !original.empty()) links.push_back({original, film});
  if (auto edited = content(view, RenditionKind::edited); !edited.empty()) {
    links.push_back({edited, content(view, RenditionKind::edited_video)});
  }
  return links;
}

}  // namespace

Result<void> LivePhotos::run(const std::string& library_id) {
  ledger::LiveLinks links(ledger_);
  I2I_TRY(collect(links));
  for (std::int64_t after = 0; after >= 0;) {
    I2I_ASSIGN(const auto groups, links.changes(after, kGroups));
    if (groups.empty()) continue;
    I2I_ASSIGN(const auto linked, linked_now(groups, library_id));
    for (const auto& group : groups) {
      if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "stopped while linking live photos");
      I2I_TRY(mend(group, linked));
      I2I_TRY(links.set_checked(group));
    }
  }
  return {};
}

Result<void> LivePhotos::collect(ledger::LiveLinks& links) {
  I2I_TRY(links.begin());
  ledger::Placements placements(ledger_);
  return ledger::Catalogue(ledger_).for_each_asset([&](const ledger::AssetView& view) -> Result<void> {
    LiveGroup group;
    for (auto& link : links_of(view)) {
      I2I_ASSIGN(const auto still, carried_.id_of(link.still));
      if (still.empty()) continue;
      if (!link.video.empty()) {
        I2I_ASSIGN(const auto video, carried_.id_of(link.video));
        if (video.empty()) continue;  // the import that finds the film links it
      }
      for (const auto& checksum : {link.still, link.video}) {
        I2I_ASSIGN(const auto placement, placements.find(checksum));
        if (placement) group.stamp += std::to_string(placement->mtime_ms) + " ";
      }
      group.links.push_back(std::move(link));
    }
    return group.links.empty() ? Result<void>{} : links.want(group);
  });
}

Result<LivePhotos::LinkedVideos> LivePhotos::linked_now(const std::vector<LiveGroup>& groups,
                                                        const std::string& library_id) {
  std::unordered_set<std::string> stills;
  for (const auto& group : groups) {
    for (const auto& link : group.links) {
      I2I_ASSIGN(auto id, carried_.id_of(link.still));
      stills.insert(std::move(id));
    }
  }
  LinkedVideos linked;
  if (stills.size() > kSingleCalls) {
    I2I_TRY(access_.owner().for_each_asset(library_id, [&](const immich::AssetInfo& asset) -> Result<void> {
      if (stills.erase(asset.id) > 0) linked[asset.id] = asset.live_video_id;
      return {};
    }));
  }
  for (const auto& id : stills) {
    if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "stopped while checking live photos");
    auto asset = access_.owner().asset(id);
    if (asset) {
      linked[id] = asset->live_video_id;
    } else if (asset.error().code != ErrorCode::not_found) {  // that: a person locked or removed it
      return fail(as_immich(std::move(asset).error()));
    }
  }
  return linked;
}

Result<void> LivePhotos::mend(const LiveGroup& group, const LinkedVideos& linked) {
  struct Pair {
    std::string still;
    std::string video;
    std::string now;
  };
  std::vector<Pair> pairs;
  std::unordered_set<std::string> films;
  for (const auto& link : group.links) {
    I2I_ASSIGN(const auto still, carried_.id_of(link.still));
    I2I_ASSIGN(const auto video, link.video.empty() ? Result<std::string>("") : carried_.id_of(link.video));
    const auto now = linked.find(still);
    if (now != linked.end()) pairs.push_back({still, video, now->second});
    if (!video.empty()) films.insert(video);
  }
  // First what must go: that shows the film again, whichever still it belongs to (docs/protocol/immich.md §13.1).
  std::unordered_set<std::string> shown;
  for (const auto& pair : pairs) {
    if (!pair.video.empty() || !films.contains(pair.now)) continue;
    I2I_TRY(of_immich(access_.owner().set_live_video(pair.still, "")));
    shown.insert(pair.now);
    ++report_.live_photos.unlinked;
  }
  for (const auto& pair : pairs) {
    if (pair.video.empty() || (pair.now == pair.video && !shown.contains(pair.video))) continue;
    I2I_TRY(of_immich(access_.owner().set_live_video(pair.still, pair.video)));
    ++report_.live_photos.linked;
  }
  return {};
}

}  // namespace i2i::app
