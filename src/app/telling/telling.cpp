#include "i2i/app/telling.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "app/telling/courier.hpp"
#include "app/telling/metrics_encode.hpp"
#include "app/telling/notification_encode.hpp"
#include "app/telling/notify_file_decode.hpp"
#include "app/telling/problems.hpp"
#include "app/telling/redact.hpp"
#include "app/telling/telling_note.hpp"
#include "i2i/app/auth.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/net/curl_client.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr std::size_t kLogLines = 20;

Result<std::vector<NotifyTarget>> read_targets(const std::string& file) {
  auto text = util::read_small_file(file);
  if (!text) return util::fail(std::move(text).error());
  auto targets = decode_notify_file(*text);
  const util::Secret wiped(*std::move(text));
  return targets;
}

class TellerOfRun final : public Teller {
 public:
  TellerOfRun(const RunContext& context, const TellOptions& options, const std::vector<std::string>& commands)
      : context_(context), file_(options.notify_file), options_(options) {
    keeps_ = !context.options.dry_run && (!file_.empty() || !options.metrics_file.empty());
    if (keeps_ && !file_.empty()) find_listeners(commands);
  }
  void begin() override {
    if (!courier_) return;
    for (const auto& target : targets_) {
      if (!target.is_for_people()) courier_->send_off({start_ping(target), name_of(target)});
    }
  }

  void end(const std::vector<CommandOutcome>& outcomes, int exit_code) override {
    if (!keeps_) return;
    TellingNote note(context_);
    const auto audience = courier_ && any(&NotifyTarget::is_for_people) ? Audience::people : Audience::nobody;
    std::string text;
    for (auto outcome : outcomes) {
      outcome.sentence = for_others(outcome.sentence, apple_id());
      outcome.remedy = for_others(outcome.remedy, apple_id());
      count_placed(note, outcome);
      take_figures(note.state, outcome, context_.clock.now());
      take_outcome(note.state, outcome, context_.clock.now(), audience);
      text += (text.empty() ? "" : "\n") + line_of(outcome);
    }
    note.store();
    write_metrics(note);
    if (!courier_) return;
    courier_->wait();  // the start comes before the end
    tell(note, exit_code, text);
  }

 private:
  void find_listeners(const std::vector<std::string>& commands) {
    auto targets = read_targets(file_);
    if (!targets) {
      warn(targets.error());
      return;
    }
    for (auto& target : *targets) {
      if (!target.is_for_people() && !options_.pings) continue;
      if (std::any_of(commands.begin(), commands.end(), [&](const auto& name) { return target.is_told_of(name); })) {
        targets_.push_back(std::move(target));
      }
    }
    net::CurlOptions http;
    http.ca_file = context_.options.ca_file;
    http.user_agent = "icloud2immich";
    auto client = net::CurlClient::create(std::move(http));  // not the run's: it goes on after a signal
    if (!client) {
      warn(client.error());
      return;
    }
    http_ = *std::move(client);
    courier_.emplace(*http_, context_.clock, context_.stop);
    if (any([](const NotifyTarget& target) { return target.with_log; })) util::log_keep_last(kLogLines);
  }

  /// Everybody at once; what no person's service took stays for the next run.
  void tell(TellingNote& note, int exit_code, const std::string& text) {
    auto& unsent = note.state.unsent;
    std::vector<Delivery> deliveries;
    std::vector<std::optional<std::size_t>> news_of;  // nullopt: a ping
    for (const auto& target : targets_) {
      const Surroundings around{account(), target.with_log ? log_lines() : std::vector<std::string>{}};
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

  [[nodiscard]] std::string account() const {
    return options_.account_name.empty() ? masked_address(apple_id()) : options_.account_name;
  }

  /// What a sync leaves on the volume, in all: its report knows what is wanted only.
  void count_placed(const TellingNote& note, CommandOutcome& outcome) const {
    if (options_.metrics_file.empty() || outcome.command != "sync" || outcome.figures.empty() || !note.paths()) return;
    auto ledger = ledger::Ledger::open(note.paths()->ledger(), ledger::OpenMode::existing);
    if (!ledger) return;
    const auto totals = ledger::Placements(*ledger).totals();
    if (!totals) return;
    outcome.figures["placed_files"] = totals->placed;
    outcome.figures["placed_bytes"] = totals->bytes;
    outcome.figures["pending_files"] = totals->planned + totals->damaged;
  }

  void write_metrics(const TellingNote& note) const {
    if (options_.metrics_file.empty() || !note.paths()) return;
    constexpr std::size_t kDigits = 8;
    const auto number = util::hex_encode(util::sha256(note.paths()->apple_id)).substr(0, kDigits);
    const auto session = load_session(*note.paths());
    const MetricsOf what{options_.account_name.empty() ? number : options_.account_name, note.state,
                         describe_session(session ? *session : std::nullopt, context_.clock.now(), 0)};
    // Read by another user's collector.
    constexpr mode_t kForAll = 0644;
    if (auto written = util::write_file_atomic(options_.metrics_file, encode_metrics(what), kForAll); !written) {
      util::log_warn("--metrics-file: {}. The run itself is not affected.", written.error().message);
    }
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
  TellOptions options_;
  std::vector<NotifyTarget> targets_;
  bool keeps_ = false;
  std::unique_ptr<net::CurlClient> http_;
  std::optional<Courier> courier_;
};

}  // namespace

std::unique_ptr<Teller> Teller::create(const RunContext& context, const TellOptions& options,
                                       const std::vector<std::string>& commands) {
  return std::make_unique<TellerOfRun>(context, options, commands);
}

}  // namespace i2i::app
