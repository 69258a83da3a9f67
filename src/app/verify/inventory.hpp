#pragma once
// What iCloud shows against what was found: every asset and every wanted file under exactly one word, so that the
// numbers add up (docs/decisions/0025-numbers-that-add-up.md).

#include <deque>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "app/run/list_file.hpp"
#include "app/selection/wanted.hpp"
#include "i2i/app/report.hpp"
#include "i2i/ledger/placements.hpp"

namespace i2i::app {

/// What the looks at the volume and at Immich found.
struct Findings {
  enum class Volume {
    not_asked,
    all,   // every placement was looked at: what is not different is proven
    part,  // proven is what the ledger says was proven since `since`
  };
  Volume volume = Volume::not_asked;
  util::UnixMillis since = 0;
  std::unordered_set<model::Checksum> different;  // missing or damaged on the volume
  /// Contents that Immich shows, by content_key, sorted; filled only where a list of safe assets is wanted.
  std::deque<std::uint64_t> in_immich;
};

/// Which assets a list of those safe to delete takes, and where it goes.
struct SafeWish {
  std::string list;                     // path of the file
  util::UnixMillis captured_until = 0;  // only what was captured before
};

/// Distinct contents, each under its state and the earliest month of its assets, in 16 bytes.
class ContentsByMonth {
 public:
  /// The first is the one that counts where a content's assets disagree.
  enum class State : std::uint8_t { different, pending, unavailable, not_checked, by_size, proven };
  void add(const model::Checksum& checksum, State state, const model::Asset& asset);
  void tell(VerifyReport::Sums& sums, std::vector<VerifyReport::Month>& months);

 private:
  struct Entry {
    std::uint64_t key;
    std::int32_t month;
    State state;
  };
  std::deque<Entry> entries_;
};

/// Walk it with walk_wanted after the looks, then finish. Fills icloud, files, assets, months, excluded, pending,
/// unavailable, safe_to_delete, and names the assets of the differences.
class Inventory : public WantedVisitor {
 public:
  /// differing: where in report.differences each content is spoken of.
  Inventory(ledger::Ledger& ledger, const Findings& findings,
            std::unordered_multimap<model::Checksum, std::size_t> differing, std::optional<SafeWish> safe,
            VerifyReport& report);

  util::Result<void> know_awaited();
  util::Result<void> selected(const ledger::AssetView& view) override;
  util::Result<void> wanted(const ledger::AssetView& view, const std::vector<model::Rendition>& renditions,
                            const std::vector<std::string>& album_paths) override;
  util::Result<void> excluded(const ledger::AssetView& view, const std::string& reason) override;
  util::Result<void> unavailable(const ledger::AssetView& view) override;
  util::Result<void> finish();

 private:
  using State = ContentsByMonth::State;
  util::Result<State> state_of(const ledger::AssetView& view, const model::Rendition& rendition);
  util::Result<void> list_if_safe(const ledger::AssetView& view);
  void name_differences(const ledger::AssetView& view);
  void end_asset();

  ledger::Placements placements_;
  ledger::Catalogue catalogue_;
  const Findings& findings_;
  std::unordered_multimap<model::Checksum, std::size_t> differing_;
  std::optional<SafeWish> safe_;
  std::optional<ListFile> list_;
  VerifyReport& report_;
  ContentsByMonth contents_;
  std::set<ledger::AwaitedFile> awaited_;
  std::optional<State> asset_;  // of the asset under way, the worst of its files so far
};

}  // namespace i2i::app
