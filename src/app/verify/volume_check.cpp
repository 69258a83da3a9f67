#include "app/verify/volume_check.hpp"

#include <algorithm>
#include <thread>
#include <vector>

#include "app/volume/content_check.hpp"
#include "i2i/util/queue.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

enum class Look { quick, read };

struct Task {
  ledger::Placement placement;
  Look look = Look::read;
};

struct Checked {
  CheckedFile file;
  std::optional<util::Error> error;  // the volume itself fails
};

CheckedFile with(const ledger::Placement& placement, FileState state, std::string what = {}) {
  return {placement, state, std::move(what), false};
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

enum class Says { all, nothing, contradictions };

/// What of a row the bytes are. Whoever changes a file changes both hashes: where one of them still is the file's, it
/// is the row that changed. So it is where what cannot be computed is said to have been proven.
Says compare(const model::ContentProof& proof, const ledger::Placement& placement) {
  const bool provable = model::is_provable(placement.checksum);
  const bool is_checksum = provable && proof.checksum == placement.checksum;
  const bool is_sha1 = !placement.sha1_hex.empty() && proof.sha1_hex == placement.sha1_hex;
  if (placement.proven && !provable) return Says::contradictions;
  const bool all =
      (is_checksum || !provable) && (is_sha1 || placement.sha1_hex.empty()) && proof.size == placement.size;
  if (all) return Says::all;
  return is_checksum || is_sha1 ? Says::contradictions : Says::nothing;
}

Result<CheckedFile> look(const VolumeCheckParts& parts, const ledger::Placement& placement, Look how) {
  I2I_ASSIGN(const auto facts, parts.root.facts(placement.path));
  if (!facts) return with(placement, FileState::missing, "the file is not there");
  if (!facts->is_regular) return with(placement, FileState::damaged, "something else than a file lies there");
  if (how == Look::quick) {
    auto quick = quick_look(placement, *facts);
    // Without quick only bytes may speak against a file.
    if (parts.quick || quick.state != FileState::damaged) return quick;
  }
  auto proof = hash_file(parts.root, placement.path, ReadPath::past_page_cache, parts.stop);
  if (!proof) {
    if (proof.error().code == ErrorCode::cancelled) return fail(std::move(proof).error());
    return with(placement, FileState::damaged, proof.error().message);
  }
  switch (compare(*proof, placement)) {
    case Says::all:
      break;
    case Says::nothing:
      return with(placement, FileState::damaged, "the bytes on the disk are not the ones that iCloud published");
    case Says::contradictions:
      return fail(contradicted(placement.path));
  }
  auto read = with(placement, model::is_provable(placement.checksum) ? FileState::matching : FileState::unproven);
  read.read = true;
  return read;
}

/// How a file is looked at; nullopt: not at all.
std::optional<Look> look_for(const VolumeCheckParts& parts, const ledger::Placement& placement, bool in_part) {
  if (parts.subset && in_part) return Look::read;
  if (parts.quick) return Look::quick;
  if (parts.subset) return std::nullopt;
  const bool was_read = parts.proven_since && placement.state == ledger::PlacementState::placed &&
                        placement.proven_at.value_or(0) >= *parts.proven_since;
  return was_read ? Look::quick : Look::read;
}

}  // namespace

Result<void> check_volume(const VolumeCheckParts& parts, const std::function<Result<void>(const CheckedFile&)>& visit) {
  const std::size_t workers = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, 8);
  util::BoundedQueue<Task> work(workers * 4);
  // Room for everything that can be under way, so that a worker never waits for the thread that feeds it.
  util::BoundedQueue<Checked> results(workers * 8);
  std::vector<std::jthread> pool;
  pool.reserve(workers);
  for (std::size_t i = 0; i < workers; ++i) {
    pool.emplace_back([&] {
      while (auto task = work.pop()) {
        auto checked = look(parts, task->placement, task->look);
        results.push(checked ? Checked{*std::move(checked), std::nullopt}
                             : Checked{with(task->placement, FileState::damaged), std::move(checked).error()});
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
    const auto feed = [&](const ledger::Placement& placement, bool in_part) -> Result<void> {
      if (parts.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while verifying");
      if (placement.state == ledger::PlacementState::planned) return {};
      const auto how = look_for(parts, placement, in_part);
      if (!how) {
        --progress.total;
        progress.total_bytes -= static_cast<std::int64_t>(placement.size);
        return {};
      }
      Task next{placement, *how};
      while (!work.try_push(next)) I2I_TRY(take(results.pop()));
      ++under_way;
      return take(results.try_pop());
    };
    if (parts.subset) return placements.for_each_by_age(*parts.subset, feed);
    return placements.for_each(std::nullopt, [&](const auto& placement) { return feed(placement, true); });
  });
  work.close();
  while (outcome && under_way > 0) outcome = take(results.pop());
  results.close();
  return outcome;
}

}  // namespace i2i::app
