#pragma once
#include <optional>
#include <string>
#include <vector>

#include "i2i/ledger/ledger.hpp"
#include "i2i/model/checksum.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/time.hpp"

namespace i2i::ledger {

/// The account's lock (a locked file in the state dir, flock): one run at a time. Freed when it goes, also by kill -9.
class RunLock {
 public:
  /// run_locked at once where another process has it.
  static util::Result<RunLock> take(const std::string& path);

 private:
  explicit RunLock(util::Fd fd) : fd_(std::move(fd)) {}
  util::Fd fd_;
};

struct Run {
  std::string command;
  util::UnixMillis started_at = 0;
  std::optional<util::UnixMillis> ended_at;  // nullopt: still running, or died
  int exit_code = 0;
  std::string summary;  // one line for a person
};

class Runs {
 public:
  explicit Runs(Ledger& ledger) : ledger_(ledger) {}
  util::Result<std::int64_t> start(const std::string& command, util::UnixMillis now);
  util::Result<void> end(std::int64_t id, util::UnixMillis now, int exit_code, const std::string& summary);
  /// Newest first.
  util::Result<std::vector<Run>> last(std::size_t count);

  /// Items that failed in the last sync (pending for verify): replaced as a whole.
  struct LeftOver {
    model::Checksum checksum;
    std::string reason;
  };
  util::Result<void> set_left_overs(const std::vector<LeftOver>& left_overs);
  util::Result<std::vector<LeftOver>> left_overs();

 private:
  Ledger& ledger_;
};

}  // namespace i2i::ledger
