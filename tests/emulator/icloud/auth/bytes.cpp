#include "emulator/icloud/auth/bytes.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

namespace emulator::icloud {
namespace {

std::string digest(const EVP_MD* kind, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, kind, nullptr) != 1) {
    throw std::runtime_error("digest failed");
  }
  return {out.begin(), out.begin() + size};
}

void print(const nlohmann::json& json, std::size_t depth, std::string& out) {
  const std::string indent(2 * (depth + 1), ' ');
  if (json.is_object()) {
    out += '{';
    bool first = true;
    for (const auto& item : json.items()) {
      out += first ? "\n" : ",\n";
      first = false;
      out += indent + nlohmann::json(item.key()).dump() + " : ";
      print(item.value(), depth + 1, out);
    }
    out += first ? " }" : "\n" + std::string(2 * depth, ' ') + "}";
  } else if (json.is_array()) {
    out += '[';
    bool first = true;
    for (const auto& item : json) {
      out += first ? " " : ", ";
      first = false;
      print(item, depth, out);
    }
    out += " ]";
  } else {
    out += json.dump();
  }
}

}  // namespace

std::string sha256(std::string_view bytes) { return digest(EVP_sha256(), bytes); }
std::string sha1(std::string_view bytes) { return digest(EVP_sha1(), bytes); }

std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return out;
}

std::string to_base64(std::string_view bytes) {
  const std::string text(bytes);
  std::vector<unsigned char> out(4 * (text.size() / 3 + 1) + 1);
  const std::vector<unsigned char> in(text.begin(), text.end());
  const int size = EVP_EncodeBlock(out.data(), in.data(), static_cast<int>(in.size()));
  return {out.begin(), out.begin() + size};
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.empty()) return std::string{};
  if (text.size() % 4 != 0) return std::nullopt;
  const auto padding = text.ends_with("==") ? 2U : text.ends_with("=") ? 1U : 0U;
  const auto body = text.substr(0, text.size() - padding);
  const bool clean = std::all_of(body.begin(), body.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/';
  });
  if (!clean) return std::nullopt;
  const std::vector<unsigned char> in(text.begin(), text.end());
  std::vector<unsigned char> out(text.size());
  const int size = EVP_DecodeBlock(out.data(), in.data(), static_cast<int>(in.size()));
  if (size < 0) return std::nullopt;
  return std::string(out.begin(), out.begin() + size - static_cast<int>(padding));
}

std::string to_base64url(std::string_view bytes) {
  std::string text = to_base64(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (text.ends_with('=')) text.pop_back();
  return text;
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string random_bytes(std::mt19937_64& random, std::size_t count) {
  std::string out;
  while (out.size() < count) out += static_cast<char>(random() & 0xff);
  return out;
}

std::string random_uuid(std::mt19937_64& random) {
  const std::string hex = to_hex(random_bytes(random, 16));
  return fmt::format("{}-{}-4{}-a{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(13, 3), hex.substr(17, 3),
                     hex.substr(20, 12));
}

std::string apple_json(const nlohmann::json& json) {
  std::string out;
  print(json, 0, out);
  return out;
}

std::optional<nlohmann::json> parse_object(const std::string& text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return std::nullopt;
  return json;
}

std::string cookie_date(std::int64_t ms) {
  using namespace std::chrono;
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds when{floor<seconds>(milliseconds{ms})};
  const auto day = floor<days>(when);
  const year_month_day date{day};
  const hh_mm_ss time{when - day};
  return fmt::format("{}, {:02}-{}-{:04} {:02}:{:02}:{:02} GMT", kDays.at(weekday{day}.c_encoding()),
                     static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

std::optional<std::string> cookie_value(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const auto end = header.find(';');
    auto part = header.substr(0, end);
    header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    const auto equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name) {
      return std::string(part.substr(equals + 1));
    }
  }
  return std::nullopt;
}

}  // namespace emulator::icloud
