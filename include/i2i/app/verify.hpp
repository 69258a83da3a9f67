#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "i2i/app/import.hpp"
#include "i2i/app/report.hpp"

namespace i2i::app {

struct VerifyOptions {
  std::string photos_dir;
  std::optional<ImmichOptions> immich;  // nullopt: Immich is not asked
  bool against_icloud = true;
  bool against_volume = true;
  bool quick = false;
  bool repair = false;
  /// This part of the placed files is read, those first whose proof is the oldest; with quick the others are looked at
  /// by size and time. 0 < part <= 1; nullopt: all.
  std::optional<double> subset;
  std::size_t restore_sample = 0;  // so many originals are fetched again and compared
  bool list_safe_to_delete = false;
  std::chrono::seconds older_than{0};  // by capture time, for list_safe_to_delete
};

struct VerifyOutcome {
  VerifyReport report;
  std::optional<util::Error> error;
};

/// Three inventories, one table. Changes nothing but, with repair, the ledger.
VerifyOutcome verify(const RunContext& context, const VerifyOptions& options, Observer& observer);

/// One sentence for a person: "48,213 of 48,213 files proven against Apple's checksum, all present in Immich".
std::string verdict_sentence(const VerifyReport& report);

}  // namespace i2i::app
