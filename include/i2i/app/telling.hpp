#pragma once
// Telling people and services that watch how the runs of an account go (docs/telling-people.md, docs/decisions/0030).

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "i2i/app/account.hpp"
#include "i2i/util/result.hpp"

namespace i2i::app {

struct TellOptions {
  std::string notify_file;   // a secret: addresses, one a line; "" = nobody is told
  std::string metrics_file;  // in Prometheus' text format; "" = none
  std::string account_name;  // what others read of the account; "" = its address masked, and a number in metrics
  bool pings = true;         // a service that waits for the runs of a job hears of this run
};

/// What one command of a run came to.
struct CommandOutcome {
  std::string command;  // "auth", "sync", "import", "verify"
  int exit_code = 0;
  std::optional<util::ErrorCode> error;
  std::string sentence;       // what came of it, for a person
  std::string remedy;         // what to do, or ""
  std::string session_state;  // as in SessionReport; "" where the command does not say it
  bool by_person = false;     // whoever typed it sees how it ends, so a failure is told to nobody else
  bool asked_icloud = true;
  bool partial = false;  // a verify that did not read every byte of every file
  std::int64_t differences = 0;
  std::chrono::milliseconds took{0};
  std::map<std::string, std::int64_t> figures;  // how things stand, by name; empty: as they stood
  std::map<std::string, std::int64_t> counted;  // to be added to what was counted before
};

/// Tells of one run. Nothing here fails: what cannot be delivered or kept is a warning in the log, and bounded in time.
class Teller {
 public:
  /// context must outlive it. commands: of the run.
  static std::unique_ptr<Teller> create(const RunContext& context, const TellOptions& options,
                                        const std::vector<std::string>& commands);
  virtual ~Teller() = default;
  Teller(const Teller&) = delete;
  Teller& operator=(const Teller&) = delete;
  Teller(Teller&&) = delete;
  Teller& operator=(Teller&&) = delete;

  /// The run begins; does not wait.
  virtual void begin() = 0;
  /// It is over: waits until everything was sent, or given up.
  virtual void end(const std::vector<CommandOutcome>& outcomes, int exit_code) = 0;

 protected:
  Teller() = default;
};

}  // namespace i2i::app
