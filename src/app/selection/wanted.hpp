#pragma once
// Catalogue + selection -> the files wanted. The one walk that plan, transfer and verify share.

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "i2i/ledger/catalogue.hpp"
#include "i2i/model/selection.hpp"

namespace i2i::app {

class WantedVisitor {
 public:
  virtual ~WantedVisitor() = default;
  /// An asset of the selection, before anything else is said of it.
  virtual util::Result<void> selected(const ledger::AssetView& /*asset*/) { return {}; }
  /// One asset of the selection with the renditions wanted of it (at least one); its album paths where they were asked
  /// for.
  virtual util::Result<void> wanted(const ledger::AssetView& asset, const std::vector<model::Rendition>& renditions,
                                    const std::vector<std::string>& album_paths) = 0;
  /// Left out on purpose, with the reason's fixed word: exclusion_reason's, "files" where it has none of the files that
  /// are wanted, "recent" where it is not among the newest of what is left then.
  virtual util::Result<void> excluded(const ledger::AssetView& asset, const std::string& reason) = 0;
  /// Apple offers no original for it (yet), and its original is wanted.
  virtual util::Result<void> unavailable(const ledger::AssetView& asset) = 0;
};

enum class AlbumPaths { not_needed, needed };

/// Every asset of the catalogue in its stable order. The visitor may use the ledger.
util::Result<void> walk_wanted(ledger::Ledger& ledger, const model::Selection& selection, AlbumPaths album_paths,
                               WantedVisitor& visitor);

/// 64 bits of a checksum, which are as good as random.
std::uint64_t content_key(const model::Checksum& checksum);

/// Counts distinct contents, and those of them that are still to come, in 16 bytes each, for libraries of a million:
/// 63 bits of a checksum are as good as random.
class DistinctContents {
 public:
  enum class Is { here, to_come };
  /// A content that is to come on one of its assets is to come.
  void add(const model::Checksum& checksum, std::uint64_t size, Is is);
  struct Totals {
    std::int64_t count = 0;
    std::int64_t to_come = 0;
    std::int64_t bytes_to_come = 0;
  };
  [[nodiscard]] Totals totals();
  /// Whether a content was added; to be asked after totals.
  [[nodiscard]] bool contains(const model::Checksum& checksum) const;

 private:
  struct Entry {
    std::uint64_t key;  // the lowest bit: to come
    std::uint64_t size;
  };
  std::deque<Entry> entries_;  // a vector's growth would hold everything twice
};

}  // namespace i2i::app
