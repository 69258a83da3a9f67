#include "cli/second_factor.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include "cli/terminal.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::cli {
namespace {

using icloud::CodeRequest;
using icloud::CodeRoute;
using icloud::SecondFactorOptions;
using util::ErrorCode;
using util::fail;
using util::Result;

constexpr auto kPoll = std::chrono::milliseconds(500);
constexpr int kCodeLength = 6;

/// The way the code shall come, by --method and --phone, as far as the account has it.
Result<CodeRequest> by_options(const AuthOptions& auth, const SecondFactorOptions& options) {
  const bool wants_phone = auth.method != "device" || (!options.trusted_devices && !options.phones.empty());
  if (!wants_phone) return CodeRequest{CodeRoute::device, 0};
  if (options.phones.empty()) {
    return fail(ErrorCode::usage, "the account has no trusted phone number",
                "Leave --method out: the code comes to a device.");
  }
  const auto index = static_cast<std::size_t>(auth.phone > 0 ? auth.phone - 1 : 0);
  if (index >= options.phones.size()) {
    return fail(ErrorCode::usage,
                fmt::format("the account has {} trusted numbers, not {}", options.phones.size(), auth.phone));
  }
  const auto& phone = options.phones[index];
  const bool voice = auth.method == "voice" || phone.voice_only;
  return CodeRequest{voice ? CodeRoute::voice : CodeRoute::sms, phone.id};
}

std::string where_it_comes(const CodeRequest& request, const SecondFactorOptions& options) {
  if (request.route == CodeRoute::device) return "your Apple devices";
  for (const auto& phone : options.phones) {
    if (phone.id == request.phone_id) {
      return (request.route == CodeRoute::voice ? "a call to " : "a text to ") +
             util::escape_for_terminal(phone.masked_number);
    }
  }
  return "your phone";
}

class PersonAtTerminal : public icloud::SecondFactorPerson {
 public:
  PersonAtTerminal(Terminal terminal, AuthOptions auth, std::stop_token stop)
      : terminal_(std::move(terminal)), auth_(std::move(auth)), stop_(std::move(stop)) {}

  Result<CodeRequest> choose(const SecondFactorOptions& options) override {
    options_ = options;
    if (!auth_.method_given && options.phones.size() > 1 && !options.trusted_devices) return choose_phone(options);
    return by_options(auth_, options);
  }

  Result<std::optional<std::string>> code(const CodeRequest& request, int attempt) override {
    if (attempt > 1) terminal_.say("That code was not right.\n");
    terminal_.say("A code is on its way to " + where_it_comes(request, options_) +
                  ".\nOn a device, tap Allow first; the six digits come after that.\n");
    while (true) {
      I2I_ASSIGN(const auto typed, terminal_.ask("Code (r = send again): ", stop_));
      if (util::trim(typed) == "r") return std::optional<std::string>{};
      if (auto digits = clean_code(typed, options_.code_length)) return std::optional<std::string>(*std::move(digits));
      terminal_.say(fmt::format("The code is {} digits.\n", options_.code_length));
    }
  }

 private:
  Result<CodeRequest> choose_phone(const SecondFactorOptions& options) {
    terminal_.say("Where shall the code go?\n");
    for (std::size_t i = 0; i < options.phones.size(); ++i) {
      terminal_.say(fmt::format("  {}  {}\n", i + 1, util::escape_for_terminal(options.phones[i].masked_number)));
    }
    while (true) {
      I2I_ASSIGN(const auto typed, terminal_.ask("Number: ", stop_));
      const auto text = util::trim(typed);
      if (text.size() == 1 && text[0] >= '1' && static_cast<std::size_t>(text[0] - '0') <= options.phones.size()) {
        AuthOptions chosen = auth_;
        chosen.method = "sms";
        chosen.phone = text[0] - '0';
        return by_options(chosen, options);
      }
    }
  }

  Terminal terminal_;
  AuthOptions auth_;
  std::stop_token stop_;
  SecondFactorOptions options_;
};

/// The code as a file that somebody else writes (docs/cli.md, auth --code-file).
class CodeFile : public icloud::SecondFactorPerson {
 public:
  CodeFile(AuthOptions auth, util::Clock& clock, std::stop_token stop)
      : auth_(std::move(auth)), clock_(clock), stop_(std::move(stop)) {}

  Result<CodeRequest> choose(const SecondFactorOptions& options) override {
    options_ = options;
    return by_options(auth_, options);
  }

  Result<std::optional<std::string>> code(const CodeRequest& request, int attempt) override {
    if (attempt > 1) util::log_warn("The code in {} was not right; write another one there.", auth_.code_file);
    util::log_info("A code is on its way to {}. Write its six digits to {} (waiting {}).",
                   where_it_comes(request, options_), auth_.code_file, util::human_duration(auth_.wait));
    const auto until = clock_.steady() + auth_.wait;
    while (clock_.steady() < until) {
      I2I_ASSIGN(auto digits, look());
      if (digits) return digits;
      if (!clock_.sleep(kPoll, stop_)) return fail(ErrorCode::cancelled, "stopped while waiting for a code");
    }
    return fail(ErrorCode::timed_out_waiting,
                "no code came to " + auth_.code_file + " within " + util::human_duration(auth_.wait),
                "Run auth again when you can read the code.");
  }

 private:
  Result<std::optional<std::string>> look() {
    const auto text = util::read_small_file(auth_.code_file, 1024);
    if (!text && text.error().code == ErrorCode::not_found) return std::optional<std::string>{};
    if (!text) return fail(text.error());
    if (*text == refused_) return std::optional<std::string>{};
    auto digits = clean_code(*text, options_.code_length);
    if (!digits) return std::optional<std::string>{};  // half written, or something else: wait on
    // A used code is of no use to anybody; a read-only mount keeps it, and the same text is not taken twice.
    refused_ = *text;
    (void)::unlink(auth_.code_file.c_str());
    return digits;
  }

  AuthOptions auth_;
  util::Clock& clock_;
  std::stop_token stop_;
  SecondFactorOptions options_;
  std::string refused_;
};

}  // namespace

std::optional<std::string> clean_code(std::string_view typed, int length) {
  std::string digits;
  for (const char c : typed) {
    if (c >= '0' && c <= '9') {
      digits.push_back(c);
    } else if (c != ' ' && c != '-' && c != '\t' && c != '\n' && c != '\r') {
      return std::nullopt;
    }
  }
  if (static_cast<int>(digits.size()) != (length > 0 ? length : kCodeLength)) return std::nullopt;
  return digits;
}

std::unique_ptr<icloud::SecondFactorPerson> find_second_factor(const AuthOptions& options, util::Clock& clock,
                                                               const std::stop_token& stop) {
  if (!options.code_file.empty()) return std::make_unique<CodeFile>(options, clock, stop);
  if (auto terminal = Terminal::open()) return std::make_unique<PersonAtTerminal>(*std::move(terminal), options, stop);
  return nullptr;
}

}  // namespace i2i::cli
