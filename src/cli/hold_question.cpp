#include "cli/hold_question.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <thread>

#include "cli/terminal.hpp"
#include "i2i/util/text.hpp"
#include "i2i/util/time.hpp"

namespace i2i::cli {
namespace {

constexpr std::chrono::minutes kPatience{2};

bool ask(const Terminal& terminal, const app::Hold& hold, const std::stop_token& stop) {
  const auto held = app::held_back(hold, util::system_clock().now());
  terminal.say(util::escape_for_terminal(held.message) + ".\n");
  if (!held.remedy.empty()) terminal.say("-> " + util::escape_for_terminal(held.remedy) + "\n");
  terminal.say("Every refused try makes the wait longer.\n");
  std::stop_source over;
  const std::stop_callback stopped(stop, [&over] { over.request_stop(); });
  const std::jthread timer([&over](const std::stop_token& answered) {
    if (util::system_clock().sleep(kPatience, answered)) over.request_stop();
  });
  const auto answer = terminal.ask("Try once all the same? [y/N] ", over.get_token());
  return answer && (util::trim(*answer) == "y" || util::trim(*answer) == "Y");
}

}  // namespace

std::function<bool(const app::Hold&)> person_to_ask(const AuthOptions& auth, const std::stop_token& stop) {
  if (auth.try_now) return [](const app::Hold&) { return true; };
  // Cron and pods have no terminal; a job whose input is not the terminal is not attended either.
  if (isatty(STDIN_FILENO) == 0 || !Terminal::open()) return {};
  return [stop](const app::Hold& hold) {
    const auto terminal = Terminal::open();
    return terminal && ask(*terminal, hold, stop);
  };
}

}  // namespace i2i::cli
