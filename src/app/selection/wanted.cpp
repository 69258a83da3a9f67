#include "app/selection/wanted.hpp"

#include <algorithm>
#include <cstring>
#include <queue>
#include <tuple>

#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr std::uint64_t kToCome = 1;
constexpr std::uint64_t kKeyBits = ~kToCome;

/// Orders assets by capture time; its name decides between those of one instant, so that N are N and always the same.
using Age = std::tuple<util::UnixMillis, std::string, std::string>;

Age age_of(const ledger::AssetView& view) { return {view.asset.captured.value_or(0), view.zone.name, view.asset.name}; }

std::vector<model::Rendition> wanted_of(const ledger::AssetView& view, const model::Selection& selection) {
  std::vector<model::Rendition> wanted;
  for (const auto& rendition : view.renditions) {
    if (selection.wants(rendition.kind)) wanted.push_back(rendition);
  }
  return wanted;
}

bool has_original(const ledger::AssetView& view) {
  return std::any_of(view.renditions.begin(), view.renditions.end(),
                     [](const auto& rendition) { return rendition.kind == model::RenditionKind::original; });
}

/// One asset as the selection sees it.
struct Judged {
  std::vector<std::string> album_paths;  // where they were asked for
  std::vector<model::Rendition> wanted;
  bool lacks_original = false;        // which is wanted
  std::optional<std::string> reason;  // why it is left out; "recent" is not among them
};

class Judge {
 public:
  Judge(ledger::Catalogue& catalogue, const model::Selection& selection, AlbumPaths album_paths)
      : catalogue_(catalogue),
        selection_(selection),
        ask_albums_(album_paths == AlbumPaths::needed || !selection.albums.empty() ||
                    !selection.excluded_albums.empty()) {}

  Result<Judged> look_at(const ledger::AssetView& view) {
    Judged judged;
    if (ask_albums_) {
      I2I_ASSIGN(judged.album_paths, catalogue_.album_paths_of(view.zone, view.asset.name));
    }
    judged.reason = model::exclusion_reason(view.asset, view.master, view.zone, judged.album_paths, selection_);
    if (judged.reason) return judged;
    judged.wanted = wanted_of(view, selection_);
    judged.lacks_original = selection_.want_original && !has_original(view);
    if (judged.wanted.empty() && !judged.lacks_original) judged.reason = "files";
    return judged;
  }

 private:
  ledger::Catalogue& catalogue_;
  const model::Selection& selection_;
  bool ask_albums_;
};

/// The oldest of the newest N of what the selection leaves; nullopt without --recent.
Result<std::optional<Age>> recent_floor(ledger::Catalogue& catalogue, const model::Selection& selection) {
  if (!selection.newest) return std::optional<Age>{};
  Judge judge(catalogue, selection, AlbumPaths::not_needed);
  std::priority_queue<Age, std::vector<Age>, std::greater<>> newest;
  I2I_TRY(catalogue.for_each_asset([&](const ledger::AssetView& view) -> Result<void> {
    I2I_ASSIGN(const auto judged, judge.look_at(view));
    if (judged.reason) return {};
    newest.push(age_of(view));
    if (newest.size() > *selection.newest) newest.pop();
    return {};
  }));
  if (newest.empty()) return std::optional<Age>{};
  return std::optional<Age>(newest.top());
}

}  // namespace

Result<void> walk_wanted(ledger::Ledger& ledger, const model::Selection& selection, AlbumPaths album_paths,
                         WantedVisitor& visitor) {
  ledger::Catalogue catalogue(ledger);
  I2I_ASSIGN(const auto floor, recent_floor(catalogue, selection));
  Judge judge(catalogue, selection, album_paths);
  return catalogue.for_each_asset([&](const ledger::AssetView& view) -> Result<void> {
    I2I_ASSIGN(const auto judged, judge.look_at(view));
    if (judged.reason) return visitor.excluded(view, *judged.reason);
    if (floor && age_of(view) < *floor) return visitor.excluded(view, "recent");
    I2I_TRY(visitor.selected(view));
    if (judged.lacks_original) I2I_TRY(visitor.unavailable(view));
    if (judged.wanted.empty()) return {};
    return visitor.wanted(view, judged.wanted, judged.album_paths);
  });
}

std::uint64_t content_key(const model::Checksum& checksum) {
  // The first of the 21 bytes is the kind; the rest is a hash.
  const auto bytes = util::base64_decode(checksum).value_or(checksum);
  std::uint64_t key = 0;
  if (bytes.size() <= sizeof key) return std::hash<std::string>{}(bytes);
  std::memcpy(&key, bytes.data() + 1, sizeof key);
  return key;
}

void DistinctContents::add(const model::Checksum& checksum, std::uint64_t size, Is is) {
  entries_.push_back({(content_key(checksum) & kKeyBits) | (is == Is::to_come ? kToCome : 0), size});
}

DistinctContents::Totals DistinctContents::totals() {
  const auto content = [](const Entry& entry) { return entry.key & kKeyBits; };
  // Of the entries of one content the one to come is first, and stays.
  std::sort(entries_.begin(), entries_.end(), [&](const Entry& a, const Entry& b) {
    return content(a) != content(b) ? content(a) < content(b) : a.key > b.key;
  });
  entries_.erase(std::unique(entries_.begin(), entries_.end(),
                             [&](const Entry& a, const Entry& b) { return content(a) == content(b); }),
                 entries_.end());
  Totals totals;
  for (const auto& entry : entries_) {
    ++totals.count;
    if ((entry.key & kToCome) == 0) continue;
    ++totals.to_come;
    totals.bytes_to_come += static_cast<std::int64_t>(entry.size);
  }
  return totals;
}

bool DistinctContents::contains(const model::Checksum& checksum) const {
  const auto content = [](const Entry& entry) { return entry.key & kKeyBits; };
  const std::uint64_t wanted = content_key(checksum) & kKeyBits;
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), wanted,
                                      [&](const Entry& entry, std::uint64_t key) { return content(entry) < key; });
  return found != entries_.end() && content(*found) == wanted;
}

}  // namespace i2i::app
