#pragma once
#include <chrono>
#include <string>

#include "i2i/app/report.hpp"

namespace i2i::cli {

enum class ProgressStyle { none, line, plain };

/// Shows where a run stands: one line that is drawn over on a terminal, a plain line now and then elsewhere.
class ProgressPrinter : public app::Observer {
 public:
  explicit ProgressPrinter(ProgressStyle style) : style_(style) {}
  void progress(const app::Progress& progress) override;
  /// Clears the line; to be called before anything else is printed.
  static void clear_line() noexcept;

 private:
  ProgressStyle style_;
  std::chrono::steady_clock::time_point phase_started_;
  std::chrono::steady_clock::time_point last_shown_;
  app::Progress::Phase phase_ = app::Progress::Phase::listing;
  bool any_ = false;
};

/// "transferring 120 of 4,000 files, 1.2 GB of 40 GB, 23 MB/s, 28 min left".
std::string progress_text(const app::Progress& progress, std::chrono::seconds since_phase_start);

}  // namespace i2i::cli
