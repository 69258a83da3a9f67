#include "app/telling/metrics_encode.hpp"

#include <fmt/core.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace i2i::app {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// One figure that a command leaves behind; rows of one metric stand together.
struct Row {
  const char* metric;
  const char* help;
  const char* command;
  const char* figure;
  const char* label = "";  // of this row, besides account
  const char* value = "";
};

constexpr std::array kRows{
    Row{"library_assets", "Photos and videos that iCloud holds, as last listed.", "sync", "library_assets"},
    Row{"selected_assets", "Photos and videos of these that are wanted.", "sync", "selected_assets"},
    Row{"files_wanted", "Distinct files of the selected photos and videos.", "sync", "files_wanted"},
    Row{"files_unavailable", "Files that Apple lists but offers no address for.", "sync", "files_unavailable"},
    Row{"files_failed", "Files that the last sync tried and could not bring.", "sync", "files_failed"},
    Row{"sidecars_failed", "Sidecars that the last sync could not write.", "sync", "sidecars_failed"},
    Row{"placed_files", "Files on the volume.", "sync", "placed_files"},
    Row{"placed_bytes", "Bytes of the files on the volume.", "sync", "placed_bytes"},
    Row{"pending_files", "Files that are planned or to be mended.", "sync", "pending_files"},
    Row{"downloaded_files_total", "Files fetched from iCloud since this is counted.", "sync", "downloaded_files_total"},
    Row{"downloaded_bytes_total", "Bytes fetched from iCloud since this is counted.", "sync", "downloaded_bytes_total"},
    Row{"immich_files", "Files on the volume by what Immich makes of them.", "import", "immich_present", "state",
        "present"},
    Row{"immich_files", "", "import", "immich_missing", "state", "missing"},
    Row{"immich_files", "", "import", "immich_offline", "state", "offline"},
    Row{"immich_files", "", "import", "immich_trashed", "state", "trashed"},
    Row{"immich_files", "", "import", "immich_not_importable", "state", "not_importable"},
    Row{"verified_files", "Wanted files by what the last verify found; by_size: Apple's checksum cannot be computed.",
        "verify", "verify_proven", "result", "proven"},
    Row{"verified_files", "", "verify", "verify_by_size", "result", "by_size"},
    Row{"verified_files", "", "verify", "verify_different", "result", "different"},
    Row{"verified_files", "", "verify", "verify_pending", "result", "pending"},
    Row{"verified_files", "", "verify", "verify_unavailable", "result", "unavailable"},
    Row{"verified_files", "", "verify", "verify_not_checked", "result", "not_checked"},
    Row{"differences", "Differences that the last verify found, on the volume and in Immich.", "verify",
        "verify_differences"},
    Row{"never_proven_files", "Files on the volume whose bytes were never compared.", "verify", "verify_never_proven"},
    Row{"oldest_proof_timestamp_seconds", "When the file whose proof is oldest was last compared.", "verify",
        "verify_oldest_proof"},
};

std::string label_value(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return out;
}

/// Text in the making: HELP and TYPE once a metric, then its samples.
class Page {
 public:
  explicit Page(const std::string& account) : account_(account) {}

  void sample(const std::string& metric, const char* help, const Labels& labels, double value) {
    const std::string name = "icloud2immich_" + metric;
    if (name != last_) {
      const char* type = metric.ends_with("_total") ? "counter" : "gauge";
      text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
      last_ = name;
    }
    text_ += fmt::format("{}{{account=\"{}\"", name, label_value(account_));
    for (const auto& [label, text] : labels) text_ += fmt::format(",{}=\"{}\"", label, label_value(text));
    // Whole numbers as such; no exponent hides the last digits of a size or a time.
    const auto whole = static_cast<std::int64_t>(value);
    text_ += static_cast<double>(whole) == value ? fmt::format("}} {}\n", whole) : fmt::format("}} {:.3f}\n", value);
  }

  std::string take() { return std::move(text_); }

 private:
  std::string account_;
  std::string last_;
  std::string text_;
};

double seconds(util::UnixMillis when) { return static_cast<double>(when) / 1000.0; }

void runs(Page& page, const TellingState& state) {
  const auto each = [&](const char* metric, const char* help, auto value_of) {
    for (const auto& [name, command] : state.commands) {
      if (const std::optional<double> value = value_of(command)) page.sample(metric, help, {{"command", name}}, *value);
    }
  };
  using Value = std::optional<double>;
  each("last_run_timestamp_seconds", "When the command last ended.",
       [](const CommandState& c) { return c.last_run ? Value(seconds(c.last_run->ended_at)) : Value(); });
  each("last_run_exit_code", "What it ended in; 0 is done, nothing left.",
       [](const CommandState& c) { return c.last_run ? Value(c.last_run->exit_code) : Value(); });
  each("last_run_duration_seconds", "How long it took.",
       [](const CommandState& c) { return c.last_run ? Value(seconds(c.last_run->took_ms)) : Value(); });
  each("last_success_timestamp_seconds", "When it last ended in 0.",
       [](const CommandState& c) { return c.last_success ? Value(seconds(*c.last_success)) : Value(); });
}

void problem(Page& page, const Problem& problem, const std::string& command) {
  page.sample("problem_since_timestamp_seconds", "Since when something is wrong that is not over, by its kind.",
              {{"command", command}, {"kind", words_of(problem.kind).name}}, seconds(problem.since));
}

void problems(Page& page, const TellingState& state) {
  const bool wanted = state.sign_in && state.sign_in->kind != ProblemKind::expiring;
  page.sample("sign_in_needed", "1 where a person must sign in or act on the account.", {}, wanted ? 1 : 0);
  if (state.sign_in) problem(page, *state.sign_in, "");
  for (const auto& [name, command] : state.commands) {
    for (const auto* found : {&command.problem, &command.waiting}) {
      if (*found) problem(page, **found, name);
    }
  }
}

void session(Page& page, const SessionReport& session) {
  if (session.days_left) {
    page.sample("session_days_left", "Whole days until Apple's trust in this computer is over, as far as known.", {},
                static_cast<double>(*session.days_left));
  }
  if (session.trusted_until_estimate) {
    page.sample("session_trusted_until_timestamp_seconds", "When that is.", {},
                seconds(*session.trusted_until_estimate));
  }
}

void figures(Page& page, const TellingState& state) {
  const char* help = "";
  for (const auto& row : kRows) {
    if (*row.help != '\0') help = row.help;
    const auto command = state.commands.find(row.command);
    if (command == state.commands.end()) continue;
    const auto figure = command->second.figures.find(row.figure);
    if (figure == command->second.figures.end()) continue;
    Labels labels;
    if (*row.label != '\0') labels.emplace_back(row.label, row.value);
    page.sample(row.metric, help, labels, static_cast<double>(figure->second));
  }
}

}  // namespace

std::string encode_metrics(const MetricsOf& what) {
  Page page(what.account);
  runs(page, what.state);
  problems(page, what.state);
  session(page, what.session);
  figures(page, what.state);
  return page.take();
}

}  // namespace i2i::app
