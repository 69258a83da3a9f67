#include "i2i/util/time.hpp"

#include <fmt/core.h>

#include <charconv>
#include <condition_variable>
#include <limits>
#include <mutex>

namespace i2i::util {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr std::int64_t kDaySeconds = 86400;
constexpr std::int64_t kDaysPer400Years = 146097;

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - ((value % by != 0 && (value < 0) != (by < 0)) ? 1 : 0);
}

/// std::chrono counts years from -32767 to 32767, iCloud's milliseconds go to the year 292 million: the calendar
/// repeats every 400 years, so the date is computed within one such cycle.
CivilDate civil_from_days(std::int64_t day_number) {
  const std::int64_t cycle = floor_divide(day_number, kDaysPer400Years);
  const std::chrono::year_month_day date(sys_days(days(day_number - cycle * kDaysPer400Years)));
  return {int{date.year()} + cycle * 400, unsigned{date.month()}, unsigned{date.day()}};
}

std::string format_local(std::int64_t local_seconds) {
  const std::int64_t day = floor_divide(local_seconds, kDaySeconds);
  const std::int64_t in_day = local_seconds - day * kDaySeconds;
  const CivilDate date = civil_from_days(day);
  const bool plain = date.year >= 0 && date.year <= 9999;
  const std::int64_t magnitude = date.year < 0 ? -date.year : date.year;
  return fmt::format("{}{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", plain ? "" : (date.year < 0 ? "-" : "+"), magnitude,
                     date.month, date.day, in_day / 3600, in_day / 60 % 60, in_day % 60);
}

/// Reads fixed-width digits and separators from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  [[nodiscard]] bool at_end() const { return text_.empty(); }
  [[nodiscard]] std::string_view rest() const { return text_; }
  bool skip(std::string_view any_of) {
    if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
    last_ = text_.front();
    text_.remove_prefix(1);
    return true;
  }
  [[nodiscard]] char last() const { return last_; }
  bool digits(std::size_t count, int& value) {
    if (text_.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (text_[i] < '0' || text_[i] > '9') return false;
      value = value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(count);
    return true;
  }
  /// ".123456": milliseconds, what is finer is dropped.
  bool fraction(int& millis) {
    millis = 0;
    int weight = 100;
    int digit = 0;
    if (!digits(1, digit)) return false;
    do {
      millis += digit * weight;
      weight /= 10;
    } while (digits(1, digit));
    return true;
  }

 private:
  std::string_view text_;
  char last_ = 0;
};

std::optional<int> read_offset_s(Reader& reader) {
  if (reader.skip("Zz")) return 0;
  if (!reader.skip("+-")) return std::nullopt;
  const int sign = reader.last() == '-' ? -1 : 1;
  int hours = 0;
  int minutes = 0;
  if (!reader.digits(2, hours)) return std::nullopt;
  if (reader.skip(":") || !reader.at_end()) {
    if (!reader.digits(2, minutes)) return std::nullopt;
  }
  if (hours > 23 || minutes > 59) return std::nullopt;
  return sign * (hours * 3600 + minutes * 60);
}

struct TimeOfDay {
  std::int64_t millis = 0;
  int offset_s = 0;
};

std::optional<TimeOfDay> read_time(Reader& reader) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millis = 0;
  if (!reader.digits(2, hour) || !reader.skip(":") || !reader.digits(2, minute)) return std::nullopt;
  if (reader.skip(":")) {
    if (!reader.digits(2, second)) return std::nullopt;
    if (reader.skip(".,") && !reader.fraction(millis)) return std::nullopt;
  }
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const auto offset_s = read_offset_s(reader);
  if (!offset_s) return std::nullopt;
  return TimeOfDay{(std::int64_t{hour} * 3600 + std::int64_t{minute} * 60 + second) * 1000 + millis, *offset_s};
}

class SystemClock final : public Clock {
 public:
  [[nodiscard]] UnixMillis now() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
  bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) override {
    // The mutex guards nothing; a wait that a stop request ends early needs one.
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
  }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;  // no state
  return clock;
}

std::string format_utc(UnixMillis when) { return format_local(floor_divide(when, 1000)) + "Z"; }

std::string format_at_offset(UnixMillis when, int offset_s) {
  const std::int64_t minutes = floor_divide(offset_s, 60);  // what the text can say
  const std::int64_t magnitude = minutes < 0 ? -minutes : minutes;
  return fmt::format("{}{}{:02}:{:02}", format_local(floor_divide(when, 1000) + minutes * 60), minutes < 0 ? '-' : '+',
                     magnitude / 60, magnitude % 60);
}

std::optional<UnixMillis> parse_iso8601(std::string_view text) {
  Reader reader(text);
  int year = 0;
  int month = 0;
  int day = 0;
  if (!reader.digits(4, year) || !reader.skip("-") || !reader.digits(2, month) || !reader.skip("-") ||
      !reader.digits(2, day)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t midnight = std::int64_t{sys_days(date).time_since_epoch().count()} * kDaySeconds * 1000;
  if (reader.at_end()) return midnight;
  if (!reader.skip("Tt ")) return std::nullopt;
  const auto time = read_time(reader);
  if (!time || !reader.at_end()) return std::nullopt;
  return midnight + time->millis - std::int64_t{time->offset_s} * 1000;
}

std::optional<CivilDate> civil_date(UnixMillis when, int offset_s) {
  const CivilDate date = civil_from_days(floor_divide(floor_divide(when, 1000) + offset_s, kDaySeconds));
  if (date.year < -32767 || date.year > 32767) return std::nullopt;
  return date;
}

std::optional<seconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  std::int64_t factor = 0;
  if (unit.empty() || unit == "s") factor = 1;
  if (unit == "m" || unit == "min") factor = 60;
  if (unit == "h") factor = 3600;
  if (unit == "d") factor = kDaySeconds;
  // Milliseconds of it must still fit: waits count in them.
  if (factor == 0 || number > std::numeric_limits<std::int64_t>::max() / factor / 1000) return std::nullopt;
  return seconds(number * factor);
}

std::string human_duration(seconds duration) {
  const std::int64_t total = duration.count() < 0 ? 0 : duration.count();
  if (total < 60) return fmt::format("{} s", total);
  if (total < 3600) return fmt::format("{} min {:02} s", total / 60, total % 60);
  if (total < 2 * kDaySeconds) return fmt::format("{} h {:02} min", total / 3600, total / 60 % 60);
  return fmt::format("{} d {:02} h", total / kDaySeconds, total / 3600 % 24);
}

}  // namespace i2i::util
