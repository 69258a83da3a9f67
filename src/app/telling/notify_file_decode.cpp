#include "app/telling/notify_file_decode.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "i2i/net/url.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

constexpr std::array kKinds{NotifyKind::healthchecks, NotifyKind::ntfy, NotifyKind::webhook};
constexpr std::array<std::string_view, 4> kCommands{"auth", "sync", "import", "verify"};

std::optional<NotifyKind> kind_of(std::string_view word) {
  for (const auto kind : kKinds) {
    if (word == to_string(kind)) return kind;
  }
  return std::nullopt;
}

/// The public services' own hosts, and what people call theirs.
NotifyKind guessed(const std::string& host) {
  if (host == "hc-ping.com" || host.find("healthchecks") != std::string::npos) return NotifyKind::healthchecks;
  return host.starts_with("ntfy.") ? NotifyKind::ntfy : NotifyKind::webhook;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : line) {
    if (c != ' ' && c != '\t' && c != '\r') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

Result<NotifyTarget> target_of(std::vector<std::string> words, int line) {
  const auto wrong = [line](const char* what) {
    return fail(ErrorCode::usage, fmt::format("line {} {}", line, what),
                "A line is KIND URL, for example: ntfy https://ntfy.sh/TOPIC. KIND is healthchecks, ntfy or webhook.");
  };
  const auto kind = kind_of(words.front());
  const std::size_t at = kind ? 1 : 0;
  if (words.size() <= at) return wrong("has no address");
  const auto parts = net::split_url(words[at]);
  if (!parts || (parts->scheme != "https" && parts->scheme != "http")) {
    return wrong(kind ? "has no address that begins with https:// or http://"
                      : "begins neither with a known kind nor with an address");
  }
  NotifyTarget target{kind.value_or(guessed(parts->host)), util::Secret(words[at]), parts->host, line, false, {}};
  for (std::size_t i = at + 1; i < words.size(); ++i) {
    if (words[i] == "log") {
      target.with_log = true;
    } else if (std::find(kCommands.begin(), kCommands.end(), words[i]) != kCommands.end()) {
      target.commands.push_back(words[i]);
    } else {
      return wrong("has a word behind the address that is neither log, auth, sync, import nor verify");
    }
  }
  return target;
}

}  // namespace

const char* to_string(NotifyKind kind) {
  switch (kind) {
    case NotifyKind::healthchecks:
      return "healthchecks";
    case NotifyKind::ntfy:
      return "ntfy";
    case NotifyKind::webhook:
      break;
  }
  return "webhook";
}

bool NotifyTarget::is_told_of(std::string_view command) const {
  return commands.empty() || std::find(commands.begin(), commands.end(), command) != commands.end();
}

Result<std::vector<NotifyTarget>> decode_notify_file(std::string_view text) {
  std::vector<NotifyTarget> targets;
  int number = 0;
  for (const auto& line : util::split(text, '\n')) {
    ++number;
    auto words = words_of(line);
    if (words.empty() || words.front().starts_with('#')) continue;
    I2I_ASSIGN(auto target, target_of(std::move(words), number));
    targets.push_back(std::move(target));
  }
  if (targets.empty()) return fail(ErrorCode::usage, "it names no address");
  return targets;
}

}  // namespace i2i::app
