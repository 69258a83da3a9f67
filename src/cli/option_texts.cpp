#include "cli/option_texts.hpp"

#include <algorithm>

#include "cli/report_file.hpp"
#include "i2i/util/text.hpp"
#include "i2i/util/time.hpp"

namespace i2i::cli {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

Result<std::chrono::seconds> duration(const std::string& option, const std::string& text) {
  if (const auto value = util::parse_duration(text)) return *value;
  return fail(ErrorCode::usage, option + " wants a duration such as 90s, 10m or 6h, not '" + text + "'");
}

/// "5%" or "1/12"; nullopt where nothing is given.
Result<std::optional<double>> part(const std::string& option, const std::string& text) {
  if (text.empty()) return std::optional<double>{};
  constexpr std::uint64_t kPercent = 100;
  constexpr std::uint64_t kMost = 1'000'000;
  const auto slash = text.find('/');
  const bool is_percent = slash == std::string::npos && text.ends_with('%');
  const auto share = util::parse_size(text.substr(0, is_percent ? text.size() - 1 : slash)).value_or(0);
  std::uint64_t whole = is_percent ? kPercent : 0;
  if (slash != std::string::npos) whole = util::parse_size(text.substr(slash + 1)).value_or(0);
  if (share == 0 || share > whole || whole > kMost) {
    return fail(ErrorCode::usage, option + " wants a part such as 5% or 1/12, not '" + text + "'");
  }
  return std::optional(static_cast<double>(share) / static_cast<double>(whole));
}

struct Date {
  std::optional<util::UnixMillis> when;
  bool is_day = false;  // without a time
};

Result<Date> date(const std::string& option, const std::string& text) {
  if (text.empty()) return Date{};
  const auto value = util::parse_iso8601(text);
  if (!value) return fail(ErrorCode::usage, option + " wants an ISO 8601 date such as 2024-05-06, not '" + text + "'");
  return Date{value, text.size() == std::string_view("2024-05-06").size()};
}

Result<void> take_globals(const OptionTexts& texts, Invocation& invocation) {
  auto& global_options = invocation.global;
  if (global_options.account.state_dir.empty()) {
    return fail(ErrorCode::usage, "--state-dir is empty", "Name a folder, or leave the option out.");
  }
  if (!texts.region.empty()) {
    global_options.account.region = texts.region == "china" ? icloud::Region::china : icloud::Region::world;
  }
  for (const auto& endpoint : texts.endpoints) {
    const auto equals = endpoint.find('=');
    const auto name = endpoint.substr(0, equals);
    if (equals == std::string::npos || (name != "auth" && name != "setup")) {
      return fail(ErrorCode::usage, "--endpoint wants auth=URL or setup=URL, not '" + endpoint + "'");
    }
    (name == "auth" ? global_options.account.auth_endpoint : global_options.account.setup_endpoint) =
        endpoint.substr(equals + 1);
  }
  if (global_options.account.auth_endpoint.has_value() != global_options.account.setup_endpoint.has_value()) {
    return fail(ErrorCode::usage, "--endpoint auth=… and setup=… belong together", "Give both.");
  }
  const std::vector<std::string> levels{"error", "warn", "info", "debug", "trace"};
  const auto level = std::find(levels.begin(), levels.end(), texts.log_level) - levels.begin();
  global_options.log_level = static_cast<util::LogLevel>(level);
  global_options.log_format = texts.log_format == "json" ? util::LogFormat::json : util::LogFormat::text;
  global_options.progress = texts.progress == "always"  ? ProgressWish::always
                            : texts.progress == "never" ? ProgressWish::never
                                                        : ProgressWish::automatic;
  if (!texts.limit_rate.empty()) {
    const auto rate = util::parse_size(texts.limit_rate);
    if (!rate || *rate == 0)
      return fail(ErrorCode::usage, "--limit-rate wants a size such as 10M, not '" + texts.limit_rate + "'");
    global_options.account.limit_rate = rate;
  }
  return {};
}

Result<void> take_auth(const OptionTexts& texts, Invocation& invocation) {
  auto& options = invocation.auth;
  options.method_given = !texts.method.empty();
  if (options.method_given) options.method = texts.method;
  if (texts.check) options.action = AuthOptions::Action::check;
  if (texts.log_out) options.action = AuthOptions::Action::log_out;
  if (!texts.submit_code.empty()) options.action = AuthOptions::Action::submit_code;
  for (const auto& word : texts.submit_code) options.submitted_code += word;
  I2I_ASSIGN(options.wait, duration("--wait", texts.wait));
  return {};
}

Result<void> take_sync(const OptionTexts& texts, Invocation& invocation) {
  auto& selection = invocation.sync.selection;
  for (const auto& word : texts.include)
    (word == "hidden" ? selection.include_hidden : selection.include_deleted) = true;
  if (texts.only == "photos") selection.media = model::MediaFilter::photos;
  if (texts.only == "videos") selection.media = model::MediaFilter::videos;
  I2I_ASSIGN(const auto since, date("--since", texts.since));
  I2I_ASSIGN(const auto until, date("--until", texts.until));
  selection.since = since.when;
  selection.since_is_day = since.is_day;
  selection.until = until.when;
  selection.until_is_day = until.is_day;
  // A day is meant whole.
  if (until.is_day) *selection.until += util::UnixMillis{24} * 60 * 60 * 1000;
  if (texts.recent < 0) {
    return fail(ErrorCode::usage, "--recent wants how many, not '" + std::to_string(texts.recent) + "'");
  }
  if (texts.recent > 0) selection.newest = static_cast<std::size_t>(texts.recent);
  selection.want_original = selection.want_live = selection.want_raw = selection.want_edited = false;
  for (const auto& word : util::split(texts.files, ',')) {
    if (word == "original") {
      selection.want_original = true;
    } else if (word == "live") {
      selection.want_live = true;
    } else if (word == "raw") {
      selection.want_raw = true;
    } else if (word == "edited") {
      selection.want_edited = true;
    } else {
      return fail(ErrorCode::usage, "--files knows original, live, raw and edited, not '" + word + "'");
    }
  }
  invocation.sync.adopt = !texts.adopt      ? app::AdoptWish::never
                          : texts.adopt_now ? app::AdoptWish::now
                                            : app::AdoptWish::when_useful;
  invocation.sync.deleted = texts.deleted == "trash" ? app::DeletedFiles::trash : app::DeletedFiles::keep;
  invocation.sync.photos_dir = invocation.global.photos_dir;
  return {};
}

Result<void> take_others(const OptionTexts& texts, Invocation& invocation) {
  invocation.import.photos_dir = invocation.global.photos_dir;
  invocation.import.lock_hidden = texts.hidden == "lock";
  I2I_ASSIGN(invocation.import.timeout, duration("--timeout", texts.timeout));
  I2I_ASSIGN(invocation.verify.subset, part("--subset", texts.subset));
  if (!texts.restore_sample.empty()) {
    const auto count = util::parse_size(texts.restore_sample);
    if (!count || *count == 0) {
      return fail(ErrorCode::usage, "--restore-sample wants how many, not '" + texts.restore_sample + "'");
    }
    invocation.verify.restore_sample = static_cast<std::size_t>(*count);
  }
  if (!texts.older_than.empty()) {
    I2I_ASSIGN(invocation.verify.older_than, duration("--older-than", texts.older_than));
  }
  if (!invocation.verify.report.empty() && !report_kind(invocation.verify.report)) {
    return fail(ErrorCode::usage,
                "--report wants a file that ends in .html or .json, not '" + invocation.verify.report + "'");
  }
  if (texts.against.empty()) return {};
  for (const auto& word : util::split(texts.against, ',')) {
    if (word != "icloud" && word != "volume" && word != "immich") {
      return fail(ErrorCode::usage, "--against knows icloud, volume and immich, not '" + word + "'");
    }
    invocation.verify.against.push_back(word);
  }
  return {};
}

}  // namespace

Result<void> take_texts(const OptionTexts& texts, Invocation& invocation) {
  I2I_TRY(take_globals(texts, invocation));
  I2I_TRY(take_auth(texts, invocation));
  I2I_TRY(take_sync(texts, invocation));
  return take_others(texts, invocation);
}

}  // namespace i2i::cli
