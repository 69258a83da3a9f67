#include "emulator/immich/codec.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <stdexcept>

namespace emulator::immich {
namespace {

bool digits(std::string_view text, std::size_t at, std::size_t count, int& value) {
  if (at + count > text.size()) return false;
  value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  return true;
}

struct Civil {
  int year, month, day, hour, minute, second, ms;
};

Civil civil(std::int64_t ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> point{milliseconds{ms}};
  const auto day = floor<days>(point);
  const year_month_day date{day};
  const hh_mm_ss<milliseconds> time{point - day};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count()),
          static_cast<int>(time.subseconds().count())};
}

std::optional<std::string> unhex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  const auto nibble = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = nibble(text[i]);
    const int low = nibble(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::optional<std::string> unbase64(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  int held = 0;
  for (const char c : text) {
    int value = -1;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    if (c >= '0' && c <= '9') value = c - '0' + 52;
    if (c == '+' || c == '-') value = 62;
    if (c == '/' || c == '_') value = 63;
    if (c == '=') break;
    if (value < 0) return std::nullopt;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xFFU);
    }
  }
  return bytes;
}

}  // namespace

std::string sha1(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
    throw std::runtime_error("SHA-1 is not available");
  std::string result;
  for (unsigned int i = 0; i < size; ++i) result += static_cast<char>(digest[i]);
  return result;
}

std::string path_checksum(std::string_view container_path) { return sha1("path:" + std::string(container_path)); }

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    const std::size_t here = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k)
      group = (group << 8U) | (k < here ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= here ? kAlphabet[(group >> (18U - 6U * static_cast<unsigned>(k))) & 63U] : '=';
  }
  return text;
}

std::optional<std::string> decode_checksum(std::string_view text) {
  return text.size() == 28 ? unbase64(text) : unhex(text);
}

bool is_uuid_v4(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return text[14] == '4' && std::string_view("89abAB").find(text[19]) != std::string_view::npos;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
    if (size == 0 || i + size > text.size()) return false;
    for (std::size_t k = 1; k < size; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80U) return false;
    i += size;
  }
  return true;
}

std::string iso_z(std::int64_t ms) {
  const Civil c = civil(ms);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", c.year, c.month, c.day, c.hour, c.minute, c.second,
                     c.ms);
}

std::string iso_offset(std::int64_t ms) {
  const Civil c = civil(ms);
  std::string fraction;
  if (c.ms != 0) {
    fraction = fmt::format(".{:03}", c.ms);
    while (fraction.back() == '0') fraction.pop_back();
  }
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}+00:00", c.year, c.month, c.day, c.hour, c.minute, c.second,
                     fraction);
}

std::optional<ReadTime> read_time(std::string_view text) {
  using namespace std::chrono;
  int year_number = 0, month_number = 0, day_number = 0, hour = 0, minute = 0, second = 0;
  const auto separator = [&](std::size_t at) { return at < text.size() && (text[at] == '-' || text[at] == ':'); };
  if (!digits(text, 0, 4, year_number) || !separator(4) || !digits(text, 5, 2, month_number) || !separator(7) ||
      !digits(text, 8, 2, day_number))
    return std::nullopt;
  const year_month_day date{year{year_number}, month{static_cast<unsigned>(month_number)},
                            day{static_cast<unsigned>(day_number)}};
  if (!date.ok()) return std::nullopt;
  ReadTime result;
  std::int64_t ms = duration_cast<milliseconds>(sys_days{date}.time_since_epoch()).count();
  std::size_t at = 10;
  if (at < text.size() && (text[at] == 'T' || text[at] == ' ')) {
    if (!digits(text, 11, 2, hour) || hour > 24 || text.size() < 16 || text[13] != ':' ||
        !digits(text, 14, 2, minute) || minute > 59)
      return std::nullopt;
    at = 16;
    if (at < text.size() && text[at] == ':') {
      if (!digits(text, 17, 2, second) || second > 60) return std::nullopt;
      at = 19;
    }
    ms += ((hour * 60LL + minute) * 60 + second) * 1000;
    if (at < text.size() && text[at] == '.') {
      int scale = 100;
      for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
        ms += (text[at] - '0') * scale;
    }
  }
  if (at < text.size() && text[at] == 'Z') {
    result.zulu = true;
    result.offset_minutes = 0;
    ++at;
  } else if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    int hours = 0, minutes = 0;
    const std::size_t rest = at + 3 < text.size() && text[at + 3] == ':' ? at + 4 : at + 3;
    if (!digits(text, at + 1, 2, hours) || !digits(text, rest, 2, minutes)) return std::nullopt;
    result.offset_minutes = (text[at] == '-' ? -1 : 1) * (hours * 60 + minutes);
    at = rest + 2;
  }
  if (at != text.size()) return std::nullopt;
  result.utc_ms = ms - static_cast<std::int64_t>(result.offset_minutes.value_or(0)) * 60'000;
  return result;
}

}  // namespace emulator::immich
