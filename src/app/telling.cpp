#include "i2i/app/telling.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "app/courier.hpp"
#include "app/notification_encode.hpp"
#include "app/notify_file_decode.hpp"
#include "app/problems.hpp"
#include "app/redact.hpp"
#include "app/telling_state_decode.hpp"
#include "i2i/ledger/runs.hpp"
#include "i2i/net/curl_client.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/log.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::Result;

constexpr std::size_t kLogLines = 20;

Result<std::vector<NotifyTarget>> read_targets(const std::string& file) {
  auto text = util::read_small_file(file);
  if (!text) return util::fail(std::move(text).error());
  auto targets = decode_notify_file(*text);
  const util::Secret wiped(*std::move(text));
  return targets;
}

/// The note of an account on what was told, locked for one run after the other; without one (no account, a state dir
/// that cannot be written) everything is news.
class Note {
 public:
  explicit Note(const RunContext& context) {
    auto paths = account_paths(context.options);
    if (!paths) return;
    paths_ = *std::move(paths);
    if (auto prepared = prepare_account_folder(*paths_); !prepared) {
      give_up(prepared.error());
      return;
    }
    // Whoever has it is telling something, which does not take longer (Courier).
    constexpr int kTries = 150;
    constexpr std::chrono::milliseconds kBetween(200);
    for (int i = 0; i < kTries && !lock_; ++i) {
      auto lock = ledger::RunLock::take(paths_->telling_lock());
      if (lock) {
        lock_ = *std::move(lock);
      } else if (lock.error().code != ErrorCode::run_locked || !context.clock.sleep(kBetween, context.stop)) {
        give_up(lock.error());
        break;
      }
    }
    state = load_telling_state(*paths_);
  }

  void store() {
    if (!paths_ || !lock_) return;
    if (auto stored = store_telling_state(*paths_, state); !stored) give_up(stored.error());
  }

  TellingState state;

 private:
  void give_up(const util::Error& error) {
    util::log_warn("What is told now cannot be noted, so the next run may tell it again: {}", error.message);
    lock_.reset();
  }

  std::optional<AccountPaths> paths_;
  std::optional<ledger::RunLock> lock_;
};

class TellerOfRun final : public Teller {
 public:
  TellerOfRun(const RunContext& context, const TellOptions& options, const std::vector<std::string>& commands)
      : context_(context), file_(options.notify_file) {
    if (file_.empty() || context.options.dry_run) return;
    auto targets = read_targets(file_);
    if (!targets) {
      warn(targets.error());
      return;
    }
    for (auto& target : *targets) {
      if (!target.is_for_people() && !options.pings) continue;
      if (std::any_of(commands.begin(), commands.end(), [&](const auto& name) { return target.is_told_of(name); })) {
        targets_.push_back(std::move(target));
      }
    }
    tells_ = true;
    net::CurlOptions http;
    http.ca_file = context.options.ca_file;
    http.user_agent = "icloud2immich";
    auto client = net::CurlClient::create(std::move(http));  // not the run's: it goes on after a signal
    if (!client) {
      warn(client.error());
      return;
    }
    http_ = *std::move(client);
    courier_.emplace(*http_, context.clock, context.stop);
    if (any([](const NotifyTarget& target) { return target.with_log; })) util::log_keep_last(kLogLines);
  }

  void begin() override {
    if (!courier_) return;
    for (const auto& target : targets_) {
      if (!target.is_for_people()) courier_->send_off({start_ping(target), name_of(target)});
    }
  }

  void end(const std::vector<CommandOutcome>& outcomes, int exit_code) override {
    if (!tells_) return;
    Note note(context_);
    const auto audience = courier_ && any(&NotifyTarget::is_for_people) ? Audience::people : Audience::nobody;
    std::string text;
    for (auto outcome : outcomes) {
      outcome.sentence = for_others(outcome.sentence, apple_id());
      outcome.remedy = for_others(outcome.remedy, apple_id());
      take_outcome(note.state, outcome, context_.clock.now(), audience);
      text += (text.empty() ? "" : "\n") + line_of(outcome);
    }
    note.store();
    if (!courier_) return;
    courier_->wait();  // the start comes before the end
    tell(note, exit_code, text);
  }

 private:
  /// Everybody at once; what no person's service took stays for the next run.
  void tell(Note& note, int exit_code, const std::string& text) {
    auto& unsent = note.state.unsent;
    std::vector<Delivery> deliveries;
    std::vector<std::optional<std::size_t>> news_of;  // nullopt: a ping
    for (const auto& target : targets_) {
      const Surroundings around{masked_address(apple_id()), target.with_log ? log_lines() : std::vector<std::string>{}};
      if (!target.is_for_people()) {
        std::string body = text;
        for (const auto& line : around.log) body += "\n" + line;
        deliveries.push_back({end_ping(target, exit_code, body), name_of(target)});
        news_of.emplace_back();
        continue;
      }
      for (std::size_t i = 0; i < unsent.size(); ++i) {
        if (!target.is_told_of(unsent[i].command)) continue;
        deliveries.push_back({message_for(target, unsent[i], around), name_of(target)});
        news_of.emplace_back(i);
      }
    }
    const auto taken = courier_->bring(deliveries);
    std::vector<bool> told(unsent.size());
    for (std::size_t i = 0; i < taken.size(); ++i) {
      if (news_of[i] && taken[i]) told[*news_of[i]] = true;
    }
    std::vector<News> left;
    for (std::size_t i = 0; i < told.size(); ++i) {
      if (!told[i]) left.push_back(std::move(unsent[i]));
    }
    const bool changed = left.size() != told.size();
    unsent = std::move(left);
    if (changed) note.store();
  }

  template <class Predicate>
  bool any(Predicate predicate) const {
    return std::any_of(targets_.begin(), targets_.end(),
                       [&](const NotifyTarget& target) { return std::invoke(predicate, target); });
  }

  [[nodiscard]] std::string apple_id() const {
    const auto paths = account_paths(context_.options);
    return paths ? paths->apple_id : normal_apple_id(context_.options.apple_id);
  }

  static std::string line_of(const CommandOutcome& outcome) {
    return outcome.command + ": " + outcome.sentence + (outcome.remedy.empty() ? "" : " -> " + outcome.remedy);
  }

  [[nodiscard]] std::string name_of(const NotifyTarget& target) const {
    return fmt::format("{} at {} (line {} of {})", to_string(target.kind), target.host, target.line, file_);
  }

  [[nodiscard]] std::vector<std::string> log_lines() const {
    auto lines = util::log_last_lines();
    for (auto& line : lines) line = log_for_others(line, apple_id());
    return lines;
  }

  /// The backup is worth more than the news of it.
  void warn(const util::Error& error) const {
    util::log_warn("Nobody is told of this run, --notify-file {}: {}. {}", file_, error.message, error.remedy);
  }

  const RunContext& context_;
  std::string file_;
  std::vector<NotifyTarget> targets_;
  bool tells_ = false;
  std::unique_ptr<net::CurlClient> http_;
  std::optional<Courier> courier_;
};

}  // namespace

std::unique_ptr<Teller> Teller::create(const RunContext& context, const TellOptions& options,
                                       const std::vector<std::string>& commands) {
  return std::make_unique<TellerOfRun>(context, options, commands);
}

}  // namespace i2i::app
