#include "cli/second_factor.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>

#include "cli/code_dialogue.hpp"
#include "cli/code_inbox.hpp"
#include "cli/terminal.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::cli {
namespace {

using icloud::clean_code;
using icloud::CodeAnswer;
using icloud::CodeNews;
using icloud::CodeQuestion;
using icloud::CodeRequest;
using icloud::SecondFactorOptions;
using util::ErrorCode;
using util::fail;
using util::Result;

constexpr auto kPoll = std::chrono::milliseconds(250);

/// What to type to hand a code over, for the place this runs in.
std::string submit_command(const AuthOptions& auth) {
  std::string command = "icloud2immich " + auth.same_account + "auth --submit-code 123456";
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets variables
  if (std::getenv("KUBERNETES_SERVICE_HOST") == nullptr) return command;
  std::array<char, HOST_NAME_MAX + 1> name{};
  const bool named = gethostname(name.data(), name.size() - 1) == 0;
  return "kubectl exec " + std::string(named ? name.data() : "POD") + " -- " + command;
}

/// Codes that come without a terminal: handed over by another process, or written to --code-file.
class CodePost {
 public:
  CodePost(AuthOptions auth, std::string code_path) : auth_(std::move(auth)), code_path_(std::move(code_path)) {}

  Result<void> open() {
    if (inbox_) return {};
    I2I_ASSIGN(auto inbox, CodeInbox::open(code_path_));
    inbox_.emplace(std::move(inbox));
    return {};
  }
  void close() { inbox_.reset(); }

  /// What came since the last look.
  struct Found {
    std::optional<std::string> digits;
    util::LogLevel level = util::LogLevel::info;
    std::string sentence;  // for the log; "" where nothing came
  };
  Result<Found> look(int code_length) {
    I2I_ASSIGN(auto from_file, look_into_file(code_length));
    if (from_file.digits || !inbox_) return from_file;
    I2I_ASSIGN(const auto text, inbox_->take());
    if (!text) return Found{};
    if (auto digits = clean_code(*text, code_length))
      return Found{std::move(digits), util::LogLevel::info, "A code was handed over; asking Apple."};
    return Found{
        std::nullopt, util::LogLevel::warn,
        fmt::format("What was handed over is no code of this account, which has {} digits; Apple was not asked.",
                    code_length)};
  }

 private:
  Result<Found> look_into_file(int code_length) {
    if (auth_.code_file.empty()) return Found{};
    const auto text = util::read_small_file(auth_.code_file, 1024);
    if (!text && text.error().code == ErrorCode::not_found) return Found{};
    if (!text) return fail(text.error());
    if (*text == used_) return Found{};
    auto digits = clean_code(*text, code_length);
    if (!digits) return Found{};  // half written, or something else: wait on
    // A used code is of no use to anybody. Where it cannot be removed, the same text is not taken twice.
    used_ = *text;
    const bool removed = ::unlink(auth_.code_file.c_str()) == 0 || errno == ENOENT;
    return Found{std::move(digits), util::LogLevel::info,
                 fmt::format("A code was read from {}{}; asking Apple.", auth_.code_file,
                             removed ? "" : " (which cannot be removed)")};
  }

  AuthOptions auth_;
  std::string code_path_;
  std::optional<CodeInbox> inbox_;
  std::string used_;
};

util::Error nothing_came(const AuthOptions& auth) {
  return {ErrorCode::timed_out_waiting, "no code came within " + util::human_duration(auth.wait),
          "Run auth again when you can read the code; --wait makes it wait longer.", std::nullopt};
}

class PersonAtTerminal : public icloud::SecondFactorPerson {
 public:
  PersonAtTerminal(Terminal terminal, AuthOptions auth, CodePost post, util::Clock& clock, std::stop_token stop)
      : terminal_(std::move(terminal)),
        auth_(std::move(auth)),
        post_(std::move(post)),
        clock_(clock),
        stop_(std::move(stop)) {}

  Result<CodeRequest> choose(const SecondFactorOptions& options) override {
    options_ = options;
    if (asks_first(auth_, options)) return choose_from_list();
    return way_by_options(auth_, options);
  }

  Result<CodeAnswer> code(const CodeQuestion& question) override {
    // Here it is only a second way in: where the folder cannot be locked, the prompt still works.
    if (const auto opened = post_.open(); !opened) util::log_debug("no codes by hand-over: {}", opened.error().message);
    terminal_.say(tell_news(question, options_));
    if (question.news == CodeNews::not_to_this && !question.code_under_way) return another_way();
    const auto until = clock_.steady() + auth_.wait;
    while (true) {
      I2I_ASSIGN(const auto answer, ask_once(until));
      if (answer.came_by_post) return CodeAnswer{answer.text};
      const std::string typed = util::ascii_lower(util::trim(answer.text));
      if (typed == "r") return CodeAnswer{"", question.request};
      if (typed == "s" && has_choice(options_)) return another_way();
      if (auto digits = clean_code(answer.text, options_.code_length)) return CodeAnswer{*std::move(digits)};
      if (!typed.empty()) terminal_.say(not_a_code(options_));
    }
  }

  void accepted() override { post_.close(); }

 private:
  struct Answer {
    std::string text;
    bool came_by_post = false;
  };

  /// A line that was typed, or what came another way meanwhile ("" where that was no code).
  Result<Answer> ask_once(std::chrono::steady_clock::time_point until) {
    Result<CodePost::Found> found;
    const auto enough = [&] {
      found = post_.look(options_.code_length);
      return !found || !found->sentence.empty() || clock_.steady() >= until;
    };
    I2I_ASSIGN(auto typed, terminal_.ask_until(code_prompt(options_), stop_, enough));
    if (typed) return Answer{*std::move(typed)};
    if (!found) return fail(found.error());
    if (found->sentence.empty()) return fail(nothing_came(auth_));
    util::log_line(found->level, found->sentence);
    terminal_.forget_typed();
    return Answer{found->digits.value_or(""), found->digits.has_value()};
  }

  Result<CodeAnswer> another_way() {
    I2I_ASSIGN(const CodeRequest way, choose_from_list());
    return CodeAnswer{"", way};
  }

  Result<CodeRequest> choose_from_list() {
    terminal_.say(way_menu(options_));
    const CodeRequest preset = preset_way(options_);
    while (true) {
      I2I_ASSIGN(const auto typed, terminal_.ask(way_question(preset, options_), stop_));
      if (const auto way = parse_way(typed, preset, options_)) return *way;
    }
  }

  Terminal terminal_;
  AuthOptions auth_;
  CodePost post_;
  util::Clock& clock_;
  std::stop_token stop_;
  SecondFactorOptions options_;
};

/// Nobody at a terminal: the log says what to do, and the code comes by file or from another process.
class NobodyAtTerminal : public icloud::SecondFactorPerson {
 public:
  NobodyAtTerminal(AuthOptions auth, CodePost post, util::Clock& clock, std::stop_token stop)
      : auth_(std::move(auth)), post_(std::move(post)), clock_(clock), stop_(std::move(stop)) {}

  Result<CodeRequest> choose(const SecondFactorOptions& options) override {
    options_ = options;
    I2I_ASSIGN(const CodeRequest way, way_by_options(auth_, options));
    if (way.route != icloud::CodeRoute::device && options.phones.size() > 1) {
      for (std::size_t i = 0; i < options.phones.size(); ++i) {
        const auto& phone = options.phones[i];
        util::log_info("Number {}: {}{}{}", i + 1, phone.masked_number, phone.voice_only ? " (calls only)" : "",
                       phone.id == way.phone_id ? " (taken now)" : fmt::format(" (with --phone {})", i + 1));
      }
    }
    return way;
  }

  Result<CodeAnswer> code(const CodeQuestion& question) override {
    I2I_TRY(post_.open());
    if (question.news == CodeNews::not_to_this) {
      return fail(ErrorCode::account_action, one_line(tell_news(question, options_)),
                  "Run auth again with another way: --method device, sms or voice, or another --phone N.");
    }
    util::log_line(question.news == CodeNews::wrong ? util::LogLevel::warn : util::LogLevel::info,
                   one_line(tell_news(question, options_)));
    const std::string file = auth_.code_file.empty() ? "" : "write the code to " + auth_.code_file + ", or ";
    util::log_info("Within {}: {}hand it over with: {}", util::human_duration(auth_.wait), file, submit_command(auth_));
    const auto until = clock_.steady() + auth_.wait;
    while (true) {
      I2I_ASSIGN(auto found, post_.look(options_.code_length));
      if (!found.sentence.empty()) util::log_line(found.level, found.sentence);
      if (found.digits) return CodeAnswer{*std::move(found.digits)};
      if (clock_.steady() >= until) return fail(nothing_came(auth_));
      if (!clock_.sleep(kPoll, stop_)) return fail(ErrorCode::cancelled, "stopped while waiting for a code");
    }
  }

  void accepted() override {
    util::log_info("Apple took the code.");
    post_.close();
  }

 private:
  static std::string one_line(std::string text) {
    while (text.ends_with('\n')) text.pop_back();
    for (char& c : text) {
      if (c == '\n') c = ' ';
    }
    return text;
  }

  AuthOptions auth_;
  CodePost post_;
  util::Clock& clock_;
  std::stop_token stop_;
  SecondFactorOptions options_;
};

/// One line of standard input; a person who types it sees what is wanted.
Result<std::string> line_from_input() {
  if (isatty(STDIN_FILENO) != 0) {
    fmt::print(stderr, "Code: ");
    (void)std::fflush(stderr);
  }
  constexpr std::size_t kLongest = 1024;
  std::string line;
  char c = 0;
  while (line.size() < kLongest) {
    const ssize_t got = ::read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(util::file_error(errno, "read", "standard input"));
    if (got == 0 || c == '\n') break;
    line.push_back(c);
  }
  return line;
}

}  // namespace

std::unique_ptr<icloud::SecondFactorPerson> find_second_factor(const AuthOptions& options, const std::string& code_path,
                                                               util::Clock& clock, const std::stop_token& stop) {
  CodePost post(options, code_path);
  if (options.code_file.empty()) {
    if (auto terminal = Terminal::open())
      return std::make_unique<PersonAtTerminal>(*std::move(terminal), options, std::move(post), clock, stop);
  }
  return std::make_unique<NobodyAtTerminal>(options, std::move(post), clock, stop);
}

Result<void> submit_code(const AuthOptions& options, const std::string& code_path, util::Clock& clock,
                         const std::stop_token& stop) {
  std::string text = options.submitted_code;
  if (text == "-") {
    I2I_ASSIGN(text, line_from_input());
  }
  auto digits = clean_code(text, 0);
  if (!digits) {
    return fail(ErrorCode::usage, "what was given to --submit-code is no code: it has digits only, usually six",
                "Type it as shown: icloud2immich auth --submit-code 123456 (or - and the code on standard input).");
  }
  return hand_over(code_path, util::Secret(*std::move(digits)), clock, stop);
}

}  // namespace i2i::cli
