#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "i2i/ledger/ledger.hpp"
#include "i2i/model/checksum.hpp"
#include "i2i/util/time.hpp"

namespace i2i::ledger {

/// A placed file, as far as its sidecar is concerned.
struct SidecarPlace {
  std::int64_t id = 0;  // small numbers, each its own
  std::string path;     // of the media file
  util::UnixMillis mtime_ms = 0;
  std::optional<std::int64_t> looked;  // fingerprint of what the last look rested on
};

enum class SidecarOrigin {
  ours,
  shared,  // ours, and somebody else wrote to it
  others,  // was there before us, or cannot be ours
};

/// A state of a sidecar: what it says of ours, and its bytes.
struct SidecarState {
  std::string said;  // digests of its fields
  std::string sha1;  // of the whole file, 20 bytes; "" where it is not ours
  SidecarOrigin origin = SidecarOrigin::ours;
  bool operator==(const SidecarState&) const = default;
};

/// now: as we left it. next: as it is being written; both count as ours until the write is settled.
struct SidecarRow {
  SidecarState now;
  SidecarState next;
};

/// A look that is over.
struct SidecarSettled {
  model::Checksum checksum;
  std::int64_t looked = 0;
  std::optional<util::UnixMillis> mtime_ms;  // of the media file, where it was touched
  std::optional<SidecarState> state;         // where it changed
};

struct SidecarTotals {
  std::int64_t shared = 0;
  std::int64_t others = 0;
};

/// What is known of the sidecars on the volume.
class Sidecars {
 public:
  explicit Sidecars(Ledger& ledger) : ledger_(ledger) {}

  /// nullopt where the content is not placed.
  util::Result<std::optional<SidecarPlace>> place(const model::Checksum& checksum);
  util::Result<std::optional<SidecarRow>> find(const model::Checksum& checksum);
  struct Intent {
    model::Checksum checksum;
    SidecarState next;
  };
  /// Before anything is written: what it will be.
  util::Result<void> intend(const std::vector<Intent>& intents);
  /// After everything is durable. One transaction.
  util::Result<void> settle(const std::vector<SidecarSettled>& settled);
  util::Result<SidecarTotals> totals();

 private:
  Ledger& ledger_;
};

}  // namespace i2i::ledger
