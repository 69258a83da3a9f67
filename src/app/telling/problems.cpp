#include "app/telling/problems.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "i2i/app/exit_code.hpp"

namespace i2i::app {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using util::ErrorCode;
using util::UnixMillis;

// In the order of ProblemKind.
constexpr std::array<ProblemWords, 15> kWords{{
    {"sign-in", "A person must sign in to iCloud", "The iCloud sign-in works", true},
    {"account", "A person must act on the Apple account", "The iCloud sign-in works", true},
    {"expiring", "The iCloud sign-in expires soon", "The iCloud sign-in works", false},
    {"configuration", "The configuration is wrong", "The configuration is right again", true},
    {"defect", "Something unexpected went wrong", "What went wrong unexpectedly is over", true},
    {"differences", "Photos differ from iCloud", "Photos are proven the same as in iCloud", true},
    {"immich-refuses", "Immich refuses", "Immich takes part again", true},
    {"volume", "The disk for photos or state cannot be used", "The disk for photos and state is fine again", true},
    {"safety-stop", "A very large change waits for a person to look", "The very large change is settled", true},
    {"ledger", "The ledger cannot be used", "The ledger is fine again", true},
    {"items-left", "Some photos are left over, run after run", "No photos are left over any more", false},
    {"icloud", "iCloud does not answer, run after run", "iCloud answers again", false},
    {"immich", "Immich does not answer, run after run", "Immich answers again", false},
    {"locked", "Another run does not come to its end", "Runs have the account to themselves again", false},
    {"interrupted", "Runs are interrupted, one after the other", "Runs come to their end again", false},
}};

/// Two days for what runs daily, with an hour to spare since no two runs begin at the very same time.
constexpr milliseconds kLastsLong = hours(47);
/// A job that ended well less than this ago runs often, and has time.
constexpr milliseconds kRunsOften = hours(24 * 7);
/// A command that did not run for longer does not count: nobody may have it run any more.
constexpr milliseconds kLately = hours(24 * 40);
constexpr int kManyRuns = 3;
constexpr std::size_t kMostUnsent = 20;

std::optional<ProblemKind> kind_of_code_3(const CommandOutcome& outcome) {
  if (!outcome.error) return outcome.session_state == "expiring" ? ProblemKind::expiring : ProblemKind::sign_in;
  switch (*outcome.error) {
    case ErrorCode::account_action:
    case ErrorCode::access_denied:
    case ErrorCode::consent_needed:
      return ProblemKind::account;
    default:
      return ProblemKind::sign_in;
  }
}

bool concerns_the_account(ProblemKind kind) {
  return kind == ProblemKind::sign_in || kind == ProblemKind::account || kind == ProblemKind::expiring;
}

/// What is one thing to a person, whichever commands find it.
bool is_shared(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::sign_in:
    case ProblemKind::account:
    case ProblemKind::expiring:
    case ProblemKind::immich_refuses:
    case ProblemKind::volume:
    case ProblemKind::ledger:
    case ProblemKind::icloud:
    case ProblemKind::immich:
    case ProblemKind::locked:
      return true;
    default:
      return false;
  }
}

bool is_done(const CommandOutcome& outcome) { return lets_the_next_run(outcome.exit_code); }

/// Whether a session cannot be what such a run lacked.
bool shows_sign_in_works(const CommandOutcome& outcome, ProblemKind problem) {
  if (outcome.command == "auth") return outcome.exit_code == kExitDone;
  // That it works says nothing of the days it has left.
  if (problem == ProblemKind::expiring || outcome.command == "import" || !outcome.asked_icloud) return false;
  constexpr int kSafetyStop = 11;
  return is_done(outcome) || outcome.exit_code == kExitDifferences || outcome.exit_code == kSafetyStop;
}

/// Takes one outcome into a state.
class Judge {
 public:
  Judge(TellingState& state, const CommandOutcome& outcome, UnixMillis now, Audience audience)
      : state_(state), outcome_(outcome), now_(now), audience_(audience) {}

  void judge() {
    const auto kind = kind_of(outcome_);
    if (kind && outcome_.by_person) return;
    auto& command = state_.commands[outcome_.command];
    if (state_.sign_in && shows_sign_in_works(outcome_, state_.sign_in->kind)) settle(state_.sign_in);
    // The session works, for now.
    if (is_done(outcome_) || kind == ProblemKind::expiring) end_well(command);
    if (!kind) return;
    if (concerns_the_account(*kind)) return raise(state_.sign_in, *kind);
    if (passes_by_itself(*kind)) return wait(command, *kind);
    command.waiting.reset();
    raise(command.problem, *kind);
  }

 private:
  void end_well(CommandState& command) {
    command.last_good = now_;
    if (command.problem && is_over(*command.problem)) settle(command.problem);
    const bool left = outcome_.exit_code == kExitItemsLeft;
    if (command.waiting && (!left || command.waiting->kind != ProblemKind::items_left)) settle(command.waiting);
  }

  /// What only a full read can find is not settled by a quick look; differences that wait for the next sync are no
  /// less.
  [[nodiscard]] bool is_over(const Problem& problem) const {
    return (!outcome_.partial || problem.partial) && outcome_.differences == 0;
  }

  void raise(std::optional<Problem>& problem, ProblemKind kind) {
    if (!problem || problem->kind != kind) problem = Problem{kind, now_, now_, 0, false, outcome_.partial, 0};
    ++problem->runs;
    problem->seen = now_;
    problem->partial = problem->partial && outcome_.partial;
    const bool more = outcome_.differences > std::exchange(problem->differences, outcome_.differences);
    if (!problem->told || more) tell(*problem);
  }

  void wait(CommandState& command, ProblemKind kind) {
    auto& problem = command.waiting;
    if (!problem) problem = Problem{kind, now_, now_, 0, false, false, 0};
    // Whether it is iCloud or Immich that does not answer today: nothing came of it for so long.
    if (problem->kind != kind && !problem->told) problem->kind = kind;
    ++problem->runs;
    problem->seen = now_;
    problem->since = std::min(problem->since, now_);  // the clock was set back
    if (!problem->told && persists(*problem, command.last_good)) tell(*problem);
  }

  [[nodiscard]] bool persists(const Problem& problem, const std::optional<UnixMillis>& last_good) const {
    if (now_ - problem.since >= kLastsLong.count()) return true;
    return problem.runs >= kManyRuns && (!last_good || now_ - *last_good >= kRunsOften.count());
  }

  void tell(Problem& problem) {
    if (audience_ == Audience::nobody) return;
    const bool heard = !problem.told && is_told_elsewhere(problem.kind);
    problem.told = true;
    if (heard) return;
    add({problem.kind, false, outcome_.command, outcome_.exit_code, problem.since, now_, outcome_.sentence,
         outcome_.remedy});
  }

  void settle(std::optional<Problem>& problem) {
    const Problem over = *std::exchange(problem, std::nullopt);
    if (is_told_elsewhere(over.kind)) return;
    // What nobody heard of needs no end either.
    const auto dropped = std::erase_if(state_.unsent, [&](const News& news) {
      return news.kind == over.kind && (is_shared(over.kind) || news.command == outcome_.command);
    });
    if (!over.told || dropped > 0 || audience_ == Audience::nobody) return;
    add({over.kind, true, outcome_.command, outcome_.exit_code, over.since, now_, outcome_.sentence, {}});
  }

  /// Whether people know of it already by another command, which found it lately and may do so again.
  [[nodiscard]] bool is_told_elsewhere(ProblemKind kind) const {
    if (!is_shared(kind)) return false;
    const auto counts = [&](const std::optional<Problem>& problem) {
      return problem && problem->kind == kind && problem->told && now_ - problem->seen < kLately.count();
    };
    return std::any_of(state_.commands.begin(), state_.commands.end(), [&](const auto& entry) {
      return entry.first != outcome_.command && (counts(entry.second.problem) || counts(entry.second.waiting));
    });
  }

  void add(News news) {
    if (state_.unsent.size() >= kMostUnsent) state_.unsent.erase(state_.unsent.begin());
    state_.unsent.push_back(std::move(news));
  }

  TellingState& state_;
  const CommandOutcome& outcome_;
  UnixMillis now_;
  Audience audience_;
};

}  // namespace

const ProblemWords& words_of(ProblemKind kind) { return kWords.at(static_cast<std::size_t>(kind)); }

std::optional<ProblemKind> problem_kind(const std::string& name) {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (name == kWords.at(i).name) return static_cast<ProblemKind>(i);
  }
  return std::nullopt;
}

bool passes_by_itself(ProblemKind kind) { return kind >= ProblemKind::items_left; }

std::optional<ProblemKind> kind_of(const CommandOutcome& outcome) {
  switch (outcome.exit_code) {
    case 0:
      return std::nullopt;
    case 2:
      return ProblemKind::configuration;
    case 3:
      return kind_of_code_3(outcome);
    case 4:
      return ProblemKind::items_left;
    case 5:
      return ProblemKind::differences;
    case 6:
      return ProblemKind::icloud;
    case 7:
      return ProblemKind::immich;
    case 8:
      return ProblemKind::immich_refuses;
    case 9:
      return ProblemKind::volume;
    case 10:
      return ProblemKind::locked;
    case 11:
      return ProblemKind::safety_stop;
    case 12:
      return ProblemKind::ledger;
    default:
      constexpr int kBySignal = 128;
      return outcome.exit_code > kBySignal ? ProblemKind::interrupted : ProblemKind::defect;
  }
}

void take_figures(TellingState& state, const CommandOutcome& outcome, UnixMillis now) {
  auto& command = state.commands[outcome.command];
  command.last_run = LastRun{now, outcome.took.count(), outcome.exit_code};
  if (outcome.exit_code == kExitDone) command.last_success = now;
  for (const auto& [name, value] : outcome.figures) command.figures[name] = value;
  for (const auto& [name, value] : outcome.counted) command.figures[name] += value;
}

void take_outcome(TellingState& state, const CommandOutcome& outcome, UnixMillis now, Audience audience) {
  Judge(state, outcome, now, audience).judge();
}

}  // namespace i2i::app
