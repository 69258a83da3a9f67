#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace i2i::util {

/// Milliseconds since 1970-01-01T00:00:00 UTC, as iCloud counts.
using UnixMillis = std::int64_t;

/// Time, passed in, so that tests decide it.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual UnixMillis now() const = 0;
  /// Monotonic, for durations.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;
  /// Returns early, with false, when stop was requested.
  virtual bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) = 0;
};

Clock& system_clock();

/// "2026-11-23T08:30:00Z"; years outside 0..9999 with a sign: "+2743924-05-06T07:08:09Z".
std::string format_utc(UnixMillis when);
/// Date and time at an offset east of UTC: "2024-05-06T09:08:09+02:00".
std::string format_at_offset(UnixMillis when, int offset_s);
/// An ISO 8601 date ("2024-05-06") or date-time with Z or offset; a date means its first instant UTC.
std::optional<UnixMillis> parse_iso8601(std::string_view text);

struct CivilDate {
  std::int64_t year;
  unsigned month;
  unsigned day;
};
/// The calendar date at an offset east of UTC; nullopt where the year is outside -32767..32767.
std::optional<CivilDate> civil_date(UnixMillis when, int offset_s);

/// "90s", "10m", "6h", "2d"; a bare number is seconds.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);
/// "2 h 03 min", "45 s".
std::string human_duration(std::chrono::seconds duration);

}  // namespace i2i::util
