#pragma once
// What stands in the way of an account's runs, and which of it is news for a person (docs/decisions/0030).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "i2i/app/telling.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {

enum class ProblemKind {
  sign_in,   // the account's: one for all its jobs
  account,   //
  expiring,  //
  configuration,
  defect,
  differences,
  immich_refuses,
  volume,
  safety_stop,
  ledger,
  items_left,  // these mostly pass by themselves
  icloud,
  immich,
  locked,
  interrupted,
};

struct ProblemWords {
  const char* name;     // in files and for programs
  const char* title;    // for a person
  const char* settled;  // the title when it is over
  bool urgent;
};
const ProblemWords& words_of(ProblemKind kind);
std::optional<ProblemKind> problem_kind(const std::string& name);
/// True for what the next run may settle without anybody.
bool passes_by_itself(ProblemKind kind);

/// What an outcome says is wrong; nullopt: nothing.
std::optional<ProblemKind> kind_of(const CommandOutcome& outcome);

struct Problem {
  ProblemKind kind = ProblemKind::defect;
  util::UnixMillis since = 0;
  util::UnixMillis seen = 0;  // by the last run that found it
  int runs = 0;               // in a row
  bool told = false;
  bool partial = false;          // found by a verify that did not read everything
  std::int64_t differences = 0;  // in the last of them

  friend bool operator==(const Problem&, const Problem&) = default;
};

/// One message for people.
struct News {
  ProblemKind kind = ProblemKind::defect;
  bool settled = false;
  std::string command;
  int exit_code = 0;
  util::UnixMillis since = 0;
  util::UnixMillis at = 0;
  std::string sentence;
  std::string remedy;

  friend bool operator==(const News&, const News&) = default;
};

struct LastRun {
  util::UnixMillis ended_at = 0;
  std::int64_t took_ms = 0;
  int exit_code = 0;

  friend bool operator==(const LastRun&, const LastRun&) = default;
};

struct CommandState {
  std::optional<Problem> problem;             // stays until the command ends well
  std::optional<Problem> waiting;             // what passes by itself, and so far did not
  std::optional<util::UnixMillis> last_good;  // done, with items left or without
  std::optional<LastRun> last_run;
  std::optional<util::UnixMillis> last_success;  // ended in 0
  std::map<std::string, std::int64_t> figures;

  friend bool operator==(const CommandState&, const CommandState&) = default;
};

/// What is kept of an account between its runs.
struct TellingState {
  std::optional<Problem> sign_in;
  std::map<std::string, CommandState> commands;
  std::vector<News> unsent;  // the oldest first

  friend bool operator==(const TellingState&, const TellingState&) = default;
};

/// Who there is to be told.
enum class Audience { nobody, people };

/// Takes an outcome's times and figures into the state. Pure.
void take_figures(TellingState& state, const CommandOutcome& outcome, util::UnixMillis now);
/// Takes an outcome into the state; what a person has to hear of it is added to state.unsent. With nobody to tell,
/// problems are kept as untold. Pure.
void take_outcome(TellingState& state, const CommandOutcome& outcome, util::UnixMillis now, Audience audience);

}  // namespace i2i::app
