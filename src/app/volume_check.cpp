#include "app/volume_check.hpp"

#include <algorithm>
#include <thread>
#include <vector>

#include "app/content_check.hpp"
#include "i2i/util/queue.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

struct Checked {
  CheckedFile file;
  std::optional<util::Error> error;  // the volume itself fails
};

CheckedFile with(const ledger::Placement& placement, FileState state, std::string what = {}) {
  return {placement, state, std::move(what)};
}

/// quick: what the ledger remembers of size and time.
CheckedFile quick_look(const ledger::Placement& placement, const util::FileFacts& facts) {
  if (facts.size != placement.size) {
    return with(placement, FileState::damaged,
                "the file has " + std::to_string(facts.size) + " bytes instead of " + std::to_string(placement.size));
  }
  if (facts.mtime_ms != placement.mtime_ms) {
    return with(placement, FileState::damaged, "the file was modified after it was written");
  }
  return with(placement, placement.proven ? FileState::matching : FileState::unproven);
}

Result<CheckedFile> look(const VolumeCheckParts& parts, const ledger::Placement& placement) {
  I2I_ASSIGN(const auto facts, parts.root.facts(placement.path));
  if (!facts) return with(placement, FileState::missing, "the file is not there");
  if (!facts->is_regular) return with(placement, FileState::damaged, "something else than a file lies there");
  if (parts.quick) return quick_look(placement, *facts);
  auto proof = hash_file(parts.root, placement.path, ReadPath::past_page_cache, parts.stop);
  if (!proof) {
    if (proof.error().code == ErrorCode::cancelled) return fail(std::move(proof).error());
    return with(placement, FileState::damaged, proof.error().message);
  }
  if (!is_content(*proof, placement.checksum, placement.size) ||
      (!placement.sha1_hex.empty() && proof->sha1_hex != placement.sha1_hex)) {
    return with(placement, FileState::damaged, "the bytes on the disk are not the ones that iCloud published");
  }
  return with(placement, model::is_provable(placement.checksum) ? FileState::matching : FileState::unproven);
}

}  // namespace

Result<void> check_volume(const VolumeCheckParts& parts, const std::function<Result<void>(const CheckedFile&)>& visit) {
  const std::size_t workers = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, 8);
  util::BoundedQueue<ledger::Placement> work(workers * 4);
  // Room for everything that can be under way, so that a worker never waits for the thread that feeds it.
  util::BoundedQueue<Checked> results(workers * 8);
  std::vector<std::jthread> pool;
  pool.reserve(workers);
  for (std::size_t i = 0; i < workers; ++i) {
    pool.emplace_back([&] {
      while (auto placement = work.pop()) {
        auto checked = look(parts, *placement);
        results.push(checked ? Checked{*std::move(checked), std::nullopt}
                             : Checked{with(*placement, FileState::damaged), std::move(checked).error()});
      }
    });
  }
  std::int64_t under_way = 0;
  Progress progress{Progress::Phase::verifying, 0, 0, 0, 0};
  const auto take = [&](std::optional<Checked> checked) -> Result<void> {
    if (!checked) return {};
    --under_way;
    if (checked->error) return fail(*checked->error);
    ++progress.done;
    progress.done_bytes += static_cast<std::int64_t>(checked->file.placement.size);
    parts.observer.progress(progress);
    return visit(checked->file);
  };
  ledger::Placements placements(parts.ledger);
  auto outcome = placements.totals().and_then([&](const ledger::PlacementTotals& totals) {
    progress.total = totals.placed + totals.damaged;
    progress.total_bytes = totals.bytes;
    return placements.for_each(std::nullopt, [&](const ledger::Placement& placement) -> Result<void> {
      if (parts.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while verifying");
      if (placement.state == ledger::PlacementState::planned) return {};
      ledger::Placement next = placement;
      while (!work.try_push(next)) I2I_TRY(take(results.pop()));
      ++under_way;
      return take(results.try_pop());
    });
  });
  work.close();
  while (outcome && under_way > 0) outcome = take(results.pop());
  results.close();
  return outcome;
}

}  // namespace i2i::app
