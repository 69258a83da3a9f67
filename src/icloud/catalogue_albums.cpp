#include "icloud/catalogue_albums.hpp"

#include <fmt/core.h>

#include <deque>
#include <utility>

#include "icloud/catalogue_changes.hpp"

namespace i2i::icloud {
namespace {

using util::ErrorCode;

constexpr std::int64_t kPageMembers = 66;  // docs/protocol/icloud.md §7.3

struct MembersLeft {
  MemberPage page;
  bool asked_again = false;
};

}  // namespace

/// Albums and folders from the root down, then every album's members.
util::Result<void> AlbumWalk::run() {
  std::deque<std::string> folders = {""};
  std::set<std::string> folders_seen;
  std::vector<std::string> albums;
  while (!folders.empty()) {
    const std::string parent = std::move(folders.front());
    folders.pop_front();
    std::set<std::string> markers;
    for (std::string marker; markers.insert(marker).second;) {
      auto page = cloudkit_.albums(zone_, parent, marker);
      if (!page) {
        // Shared libraries have no albums and say so with BAD_REQUEST (§7.2).
        if (page.error().code == ErrorCode::refused && zone_.is_shared_library()) return {};
        return util::fail(page.error().in(fmt::format("the albums of zone {}", zone_.name)));
      }
      I2I_TRY(fetch_failed(cloudkit_, zone_, *page));
      for (auto& record : page->records) {
        auto* album = std::get_if<model::Album>(&record);
        if (album == nullptr) continue;
        if (album->parent.empty()) album->parent = parent;
        if (!album->is_folder && seen_.insert(album->name_id).second) albums.push_back(album->name_id);
        // Seen: two folders that contain each other would go round for ever.
        if (album->is_folder && folders_seen.insert(album->name_id).second) folders.push_back(album->name_id);
      }
      I2I_TRY(take_(*page));
      if (page->continuation.empty()) break;
      marker = page->continuation;
    }
  }
  return list_members(albums);
}

util::Result<void> AlbumWalk::list_members(const std::vector<std::string>& albums) {
  std::deque<MembersLeft> left;
  for (const auto& album : albums) left.push_back({{album, 0}, false});
  while (!left.empty()) {
    std::vector<MembersLeft> round;
    std::vector<MemberPage> wanted;
    for (; !left.empty() && round.size() < cloudkit_.in_flight_allowed(); left.pop_front()) {
      wanted.push_back(left.front().page);
      round.push_back(std::move(left.front()));
    }
    auto pages = cloudkit_.members(zone_, wanted);
    if (!pages) {
      if (pages.error().code == ErrorCode::refused && zone_.is_shared_library()) return {};
      return util::fail(pages.error().in(fmt::format("album members of zone {}", zone_.name)));
    }
    for (std::size_t i = 0; i < round.size(); ++i) {
      Page& page = (*pages)[i];
      const auto relations = static_cast<std::int64_t>(page.records.size());
      I2I_TRY(fetch_failed(cloudkit_, zone_, page));
      I2I_TRY(take_(page));
      MembersLeft rest = std::move(round[i]);
      if (relations == 0) {
        // An empty page may be a hole: one more question tells an end from it.
        if (rest.asked_again) continue;
        rest.asked_again = true;
        left.push_back(std::move(rest));
      } else if (page.more || relations >= kPageMembers) {
        rest.page.rank += relations;
        rest.asked_again = false;
        long_.insert(rest.page.album);
        left.push_back(std::move(rest));
      }
    }
  }
  return {};
}

}  // namespace i2i::icloud
