#include "app/telling/telling_state_decode.hpp"

#include <utility>

#include "i2i/util/file.hpp"
#include "i2i/util/json.hpp"
#include "i2i/util/log.hpp"

namespace i2i::app {
namespace {

using util::Json;

constexpr int kSchema = 1;

std::int64_t integer_or_0(const Json& json, std::string_view name) {
  return util::as_integer(util::member(json, name)).value_or(0);
}

Json json_of(const std::optional<Problem>& problem) {
  if (!problem) return {};
  return {{"kind", words_of(problem->kind).name},
          {"since", problem->since},
          {"seen", problem->seen},
          {"runs", problem->runs},
          {"told", problem->told},
          {"partial", problem->partial},
          {"differences", problem->differences}};
}

/// nullopt also for a kind of a newer version: it is found again, or it is over.
std::optional<Problem> problem_of(const Json& json) {
  const auto kind = problem_kind(util::text_or(json, "kind"));
  if (!kind) return std::nullopt;
  return Problem{*kind,
                 integer_or_0(json, "since"),
                 integer_or_0(json, "seen"),
                 static_cast<int>(integer_or_0(json, "runs")),
                 util::is_true(util::member(json, "told")),
                 util::is_true(util::member(json, "partial")),
                 integer_or_0(json, "differences")};
}

Json json_of(const std::optional<util::UnixMillis>& when) { return when ? Json(*when) : Json(); }

CommandState command_of(const Json& json) {
  CommandState command{problem_of(util::member(json, "problem")),
                       problem_of(util::member(json, "waiting")),
                       util::as_integer(util::member(json, "last_good")),
                       std::nullopt,
                       util::as_integer(util::member(json, "last_success")),
                       {}};
  if (const auto& run = util::member(json, "last_run"); run.is_object()) {
    command.last_run = LastRun{integer_or_0(run, "ended_at"), integer_or_0(run, "took_ms"),
                               static_cast<int>(integer_or_0(run, "exit_code"))};
  }
  if (const auto& figures = util::member(json, "figures"); figures.is_object()) {
    for (const auto& [name, value] : figures.items()) {
      if (const auto number = util::as_integer(value)) command.figures[name] = *number;
    }
  }
  return command;
}

Json json_of(const News& news) {
  return {{"kind", words_of(news.kind).name}, {"settled", news.settled}, {"command", news.command},
          {"exit_code", news.exit_code},      {"since", news.since},     {"at", news.at},
          {"sentence", news.sentence},        {"remedy", news.remedy}};
}

std::optional<News> news_of(const Json& json) {
  const auto kind = problem_kind(util::text_or(json, "kind"));
  if (!kind) return std::nullopt;
  return News{*kind,
              util::is_true(util::member(json, "settled")),
              util::text_or(json, "command"),
              static_cast<int>(integer_or_0(json, "exit_code")),
              integer_or_0(json, "since"),
              integer_or_0(json, "at"),
              util::text_or(json, "sentence"),
              util::text_or(json, "remedy")};
}

}  // namespace

std::string encode_telling_state(const TellingState& state) {
  Json json;
  json["schema"] = kSchema;
  json["sign_in"] = json_of(state.sign_in);
  json["commands"] = Json::object();
  for (const auto& [name, command] : state.commands) {
    Json& entry = json["commands"][name];
    entry["problem"] = json_of(command.problem);
    entry["waiting"] = json_of(command.waiting);
    entry["last_good"] = json_of(command.last_good);
    entry["last_success"] = json_of(command.last_success);
    if (const auto& run = command.last_run) {
      entry["last_run"] = {{"ended_at", run->ended_at}, {"took_ms", run->took_ms}, {"exit_code", run->exit_code}};
    }
    entry["figures"] = command.figures;
  }
  json["unsent"] = Json::array();
  for (const auto& news : state.unsent) json["unsent"].push_back(json_of(news));
  return util::dump_json(json) + "\n";
}

std::optional<TellingState> decode_telling_state(const std::string& text) {
  const auto json = util::parse_json(text, "the note on what was told");
  if (!json || !json->is_object()) return std::nullopt;
  TellingState state;
  state.sign_in = problem_of(util::member(*json, "sign_in"));
  if (const auto& commands = util::member(*json, "commands"); commands.is_object()) {
    for (const auto& [name, entry] : commands.items()) {
      state.commands[name] = command_of(entry);
    }
  }
  if (const auto& unsent = util::member(*json, "unsent"); unsent.is_array()) {
    for (const auto& entry : unsent) {
      if (auto news = news_of(entry)) state.unsent.push_back(*std::move(news));
    }
  }
  return state;
}

TellingState load_telling_state(const AccountPaths& paths) {
  const auto text = util::read_small_file(paths.telling());
  if (!text && text.error().code == util::ErrorCode::not_found) return {};
  auto state = text ? decode_telling_state(*text) : std::nullopt;
  if (!state) {
    util::log_warn("The note on what was told cannot be read; it is told anew: {}", paths.telling());
    return {};
  }
  return *std::move(state);
}

util::Result<void> store_telling_state(const AccountPaths& paths, const TellingState& state) {
  return util::write_file_atomic(paths.telling(), encode_telling_state(state), 0600);
}

}  // namespace i2i::app
