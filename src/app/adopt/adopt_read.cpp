// Reading files of the volume several at once, to learn what content they are.
#include <fcntl.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "app/adopt/adopt_steps.hpp"
#include "app/volume/content_check.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/queue.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

constexpr std::size_t kMostReaders = 16;
constexpr std::size_t kGroup = 64;                         // results in one transaction
constexpr auto kLongestUnsaved = std::chrono::seconds(1);  // what a kill may cost
constexpr int kFailuresInARow = 10;                        // the volume fails, not these files

struct ReadFile {
  ledger::VolumeFile file;
  Result<model::ContentProof> proof;
};

/// Its bytes' proof; refused where it is another file by now, or changed while it was read.
Result<model::ContentProof> read_one(const AdoptParts& parts, const ledger::VolumeFile& file) {
  // Not blocking: what was a file may be a pipe by now.
  I2I_ASSIGN(const auto fd, parts.root.open_file(file.path, O_RDONLY | O_NONBLOCK));
  I2I_ASSIGN(const auto before, util::facts_of(fd, file.path));
  if (!before.is_regular) return fail(ErrorCode::refused, "it is no regular file any more");
  (void)posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  I2I_ASSIGN(auto proof, hash_open_file(fd, file.path, parts.stop));
  I2I_ASSIGN(const auto after, util::facts_of(fd, file.path));
  if (!ledger::is_same_file(before, after) || !ledger::is_same_file(file.facts, after)) {
    return fail(ErrorCode::refused, "it was changed while it was read");
  }
  return proof;
}

class Reading {
 public:
  Reading(const AdoptParts& parts, AdoptionReport& report)
      : parts_(parts), report_(report), files_(parts.ledger), saved_at_(parts.clock.steady()) {}

  Result<void> run() {
    I2I_ASSIGN(const auto counts, files_.counts());
    const auto to_read = counts.find(ledger::FileKind::to_read);
    if (to_read == counts.end() || to_read->second.unread_files == 0) return {};
    progress_.total = to_read->second.unread_files;
    progress_.total_bytes = to_read->second.unread_bytes;
    util::log_info("reading {} files ({}) on the volume, to recognise them",
                   util::with_thousands(static_cast<std::uint64_t>(progress_.total)),
                   util::human_bytes(static_cast<std::uint64_t>(progress_.total_bytes)));
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    return read_with(std::clamp<std::size_t>(std::min(parts_.jobs, cores), 1, kMostReaders));
  }

 private:
  Result<void> read_with(std::size_t readers) {
    util::BoundedQueue<ledger::VolumeFile> work(readers * 4);
    // Room for everything that can be under way, so that a reader never waits for the thread that feeds it.
    util::BoundedQueue<ReadFile> results(readers * 8);
    std::vector<std::jthread> pool;
    pool.reserve(readers);
    for (std::size_t i = 0; i < readers; ++i) {
      pool.emplace_back([&] {
        while (auto file = work.pop()) {
          auto proof = read_one(parts_, *file);
          results.push({*std::move(file), std::move(proof)});
        }
      });
    }
    auto outcome = files_.for_each(ledger::FileKind::to_read, [&](const ledger::VolumeFile& file) -> Result<void> {
      if (parts_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while reading the volume");
      if (!file.checksum.empty()) return {};
      ledger::VolumeFile next = file;
      while (!work.try_push(next)) I2I_TRY(take(results.pop()));
      ++under_way_;
      return take(results.try_pop());
    });
    work.close();
    // What is read already is kept, whatever happened.
    while (under_way_ > 0) {
      auto taken = take(results.pop());
      if (outcome && !taken) outcome = std::move(taken);
    }
    results.close();
    auto saved = save();
    return outcome ? saved : outcome;
  }

  Result<void> take(std::optional<ReadFile> read) {
    if (!read) return {};
    --under_way_;
    ++progress_.done;
    if (read->proof) {
      failures_in_a_row_ = 0;
      ++report_.files_read;
      report_.bytes_read += static_cast<std::int64_t>(read->proof->size);
      progress_.done_bytes = report_.bytes_read;
    } else if (read->proof.error().code == ErrorCode::cancelled) {
      return fail(read->proof.error());
    } else {
      util::log_warn("{}: {}", util::escape_for_terminal(read->file.path), read->proof.error().message);
      if (read->proof.error().code == ErrorCode::volume && ++failures_in_a_row_ >= kFailuresInARow) {
        return fail(read->proof.error().in(std::to_string(failures_in_a_row_) + " files in a row could not be read"));
      }
    }
    unsaved_.push_back(*std::move(read));
    parts_.observer.progress(progress_);
    if (unsaved_.size() < kGroup && parts_.clock.steady() - saved_at_ < kLongestUnsaved) return {};
    return save();
  }

  Result<void> save() {
    saved_at_ = parts_.clock.steady();
    if (unsaved_.empty()) return {};
    I2I_ASSIGN(auto transaction, ledger::Transaction::begin(parts_.ledger));
    for (const auto& read : unsaved_) {
      if (read.proof) {
        I2I_TRY(files_.set_content(read.file.path, *read.proof));
      } else {
        I2I_TRY(files_.set_kind(read.file.path, ledger::FileKind::unreadable));
      }
    }
    unsaved_.clear();
    return transaction.commit();
  }

  const AdoptParts& parts_;
  AdoptionReport& report_;
  ledger::VolumeFiles files_;
  std::vector<ReadFile> unsaved_;
  std::chrono::steady_clock::time_point saved_at_;
  std::int64_t under_way_ = 0;
  int failures_in_a_row_ = 0;
  Progress progress_{Progress::Phase::recognising, 0, 0, 0, 0};
};

}  // namespace

Result<void> read_candidates(const AdoptParts& parts, AdoptionReport& report) { return Reading(parts, report).run(); }

}  // namespace i2i::app
