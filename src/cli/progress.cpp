#include "cli/progress.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <atomic>

#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"
#include "i2i/util/time.hpp"

namespace i2i::cli {
namespace {

using Phase = app::Progress::Phase;
using std::chrono::steady_clock;

constexpr auto kLineEvery = std::chrono::milliseconds(200);
constexpr auto kPlainEvery = std::chrono::seconds(30);

// Whether a progress line stands on the terminal; the log clears it from whatever thread writes a line.
std::atomic<bool> line_stands{false};

std::string number(std::int64_t value) {
  return util::with_thousands(static_cast<std::uint64_t>(value < 0 ? 0 : value));
}
std::string size(std::int64_t value) { return util::human_bytes(static_cast<std::uint64_t>(value < 0 ? 0 : value)); }

const char* word(Phase phase) {
  switch (phase) {
    case Phase::listing:
      return "listing";
    case Phase::recognising:
      return "reading the volume,";
    case Phase::planning:
      return "planning";
    case Phase::transferring:
      return "fetching";
    case Phase::sidecars:
      return "writing sidecars:";
    case Phase::scanning:
      return "waiting for Immich";
    case Phase::verifying:
      break;
  }
  return "verifying";
}

void write_all(const std::string& text) {
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;  // a closed terminal is no reason to stop
}

}  // namespace

std::string progress_text(const app::Progress& progress, std::chrono::seconds elapsed) {
  if (progress.phase == Phase::scanning) return fmt::format("waiting for Immich: {} jobs left", number(progress.total));
  std::string text = fmt::format("{} {}", word(progress.phase), number(progress.done));
  if (progress.total > 0) text += " of " + number(progress.total);
  if (progress.phase == Phase::transferring || progress.phase == Phase::verifying ||
      (progress.phase == Phase::recognising && progress.total > 0)) {
    text += fmt::format(" files, {} of {}", size(progress.done_bytes), size(progress.total_bytes));
    if (elapsed.count() > 0 && progress.done_bytes > 0) {
      const auto rate = progress.done_bytes / elapsed.count();
      text += fmt::format(", {}/s", size(rate));
      if (rate > 0 && progress.total_bytes > progress.done_bytes) {
        text += ", " + util::human_duration(std::chrono::seconds((progress.total_bytes - progress.done_bytes) / rate)) +
                " left";
      }
    }
  }
  return text;
}

void ProgressPrinter::progress(const app::Progress& progress) {
  if (style_ == ProgressStyle::none) return;
  const auto now = steady_clock::now();
  if (!any_ || progress.phase != phase_) {
    any_ = true;
    phase_ = progress.phase;
    phase_started_ = now;
    last_shown_ = style_ == ProgressStyle::plain ? now : steady_clock::time_point{};
  }
  const bool due = now - last_shown_ >= (style_ == ProgressStyle::line ? steady_clock::duration(kLineEvery)
                                                                       : steady_clock::duration(kPlainEvery));
  if (!due) return;
  last_shown_ = now;
  const auto text = progress_text(progress, std::chrono::duration_cast<std::chrono::seconds>(now - phase_started_));
  if (style_ == ProgressStyle::plain) {
    util::log_info("{}", text);
    return;
  }
  write_all("\r\x1b[K" + text);
  line_stands = true;
}

void ProgressPrinter::clear_line() noexcept {
  static constexpr char kClear[] = "\r\x1b[K";
  if (line_stands.exchange(false) && ::write(STDERR_FILENO, kClear, sizeof kClear - 1) < 0) return;
}

}  // namespace i2i::cli
