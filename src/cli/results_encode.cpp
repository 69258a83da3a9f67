#include "cli/results.hpp"
#include "i2i/app/verify.hpp"
#include "i2i/util/json.hpp"
#include "i2i/util/time.hpp"

namespace i2i::cli {
namespace {

using util::Json;

Json session_json(const app::SessionReport& session) {
  Json json{
      {"state", session.state}, {"signed_in_at", nullptr}, {"trusted_until_estimate", nullptr}, {"days_left", nullptr}};
  if (session.signed_in_at) json["signed_in_at"] = util::format_utc(*session.signed_in_at);
  if (session.trusted_until_estimate)
    json["trusted_until_estimate"] = util::format_utc(*session.trusted_until_estimate);
  if (session.days_left) json["days_left"] = *session.days_left;
  return json;
}

Json error_json(const util::Error& error) {
  Json json{{"message", error.message}, {"remedy", error.remedy}};
  if (error.retry_after) json["retry_after_s"] = error.retry_after->count();
  return json;
}

Json report_json(const app::AuthReport& report) { return {{"session", session_json(report.session)}}; }

Json files_json(const std::vector<app::AdoptionReport::File>& files) {
  Json list = Json::array();
  for (const auto& file : files) list.push_back({{"path", file.path}, {"what", file.what}});
  return list;
}

Json adoption_json(const std::optional<app::AdoptionReport>& report) {
  if (!report) return nullptr;
  return {{"files", report->files},
          {"files_read", report->files_read},
          {"bytes_read", report->bytes_read},
          {"matched", report->matched},
          {"copies", report->copies},
          {"damaged", report->damaged},
          {"unknown", report->unknown},
          {"left_out", report->left_out},
          {"not_read", report->not_read},
          {"other", report->other},
          {"unreadable", report->unreadable},
          {"list", report->list.empty() ? Json(nullptr) : Json(report->list)},
          {"damaged_files", files_json(report->damaged_files)},
          {"copy_files", files_json(report->copy_files)},
          {"unknown_files", files_json(report->unknown_files)},
          {"unreadable_files", files_json(report->unreadable_files)}};
}

Json report_json(const app::SyncReport& report) {
  Json libraries = Json::array();
  for (const auto& library : report.libraries) {
    Json item{{"zone", library.zone},        {"mode", app::to_string(library.mode)}, {"assets", library.assets},
              {"added", library.added},      {"changed", library.changed},           {"deleted", library.deleted},
              {"excluded", library.excluded}};
    if (!library.apple_counts.empty()) {
      item["short_by"] = library.short_by;
      for (const auto& count : library.apple_counts) {
        item["apple_counts"][count.list] = {{"apple", count.apple}, {"listed", count.listed}};
      }
    }
    if (library.error) item["error"] = error_json(*library.error);
    libraries.push_back(std::move(item));
  }
  Json failures = Json::array();
  for (const auto& failure : report.failures) {
    failures.push_back(
        {{"asset", failure.asset}, {"file", failure.file}, {"path", failure.path}, {"error", failure.error.message}});
  }
  const auto& files = report.files;
  return {{"libraries", libraries},
          {"files",
           {{"wanted", files.wanted},
            {"present", files.present},
            {"downloaded", files.downloaded},
            {"adopted", files.adopted},
            {"unavailable", files.unavailable},
            {"failed", files.failed},
            {"trashed", files.trashed}}},
          {"sidecars",
           {{"written", report.sidecars.written},
            {"kept", report.sidecars.kept},
            {"foreign", report.sidecars.foreign},
            {"failed", report.sidecars.failed}}},
          {"selected", report.selected},
          {"excluded", report.excluded},
          {"skipped", report.skipped},
          {"adoption", adoption_json(report.adoption)},
          {"bytes_downloaded", report.bytes_downloaded},
          {"requests",
           {{"auth", report.requests.auth},
            {"catalogue", report.requests.catalogue},
            {"download", report.requests.download}}},
          {"failures", failures},
          {"notes", report.notes}};
}

Json extras_json(const std::optional<app::ExtrasReport>& extras) {
  if (!extras) return {};
  return {{"others", extras->others},   {"copies", extras->copies}, {"in_dot_folder", extras->in_dot_folder},
          {"trashed", extras->trashed}, {"gone", extras->gone},     {"earlier_path", extras->earlier_path},
          {"files", extras->files}};
}

Json report_json(const app::ImportReport& report) {
  const auto& assets = report.assets;
  Json not_importable = Json::object();
  for (const auto& [kind, count] : report.not_importable_kinds)
    not_importable[kind.empty() ? "no extension" : kind] = count;
  const auto& library = report.library;
  return {{"library",
           {{"id", library.id},
            {"name", library.name},
            {"created", library.created},
            {"moved_from", library.moved_from.empty() ? Json() : Json(library.moved_from)}}},
          {"assets",
           {{"expected", assets.expected},
            {"present", assets.present},
            {"missing", assets.missing},
            {"offline", assets.offline},
            {"trashed", assets.trashed},
            {"not_importable", assets.not_importable}}},
          {"albums", {{"created", report.albums.created}, {"updated", report.albums.updated}}},
          {"favorites", report.favorites},
          {"archived", report.archived},
          {"stacks", report.stacks},
          {"live_photos", {{"linked", report.live_photos.linked}, {"unlinked", report.live_photos.unlinked}}},
          {"scanned", report.scanned},
          {"phone_duplicates", report.phone_duplicates ? Json(*report.phone_duplicates) : Json()},
          {"write_calls", report.write_calls},
          {"missing", report.missing},
          {"missing_reasons", report.missing_reasons},
          {"extras", extras_json(report.extras)},
          {"not_importable_reasons", std::move(not_importable)},
          {"notes", report.notes}};
}

Json sums_json(const app::VerifyReport::Sums& sums) {
  return {{"proven", sums.proven},   {"by_size", sums.by_size},         {"different", sums.different},
          {"pending", sums.pending}, {"unavailable", sums.unavailable}, {"not_checked", sums.not_checked}};
}

Json when_json(const std::optional<util::UnixMillis>& when) {
  return when ? Json(util::format_utc(*when)) : Json(nullptr);
}

Json safe_json(const app::VerifyReport::SafeToDelete& safe) {
  Json listed = Json::array();
  for (const auto& asset : safe.listed) {
    listed.push_back({{"asset", asset.asset},
                      {"library", asset.library},
                      {"captured", when_json(asset.captured)},
                      {"name", asset.name},
                      {"path", asset.path}});
  }
  return {{"assets", safe.assets}, {"list", safe.list.empty() ? Json(nullptr) : Json(safe.list)}, {"listed", listed}};
}

Json sample_json(const app::VerifyReport::RestoreSample& sample) {
  return {{"drawn", sample.drawn},
          {"same", sample.same},
          {"different", sample.different},
          {"not_offered", sample.not_offered},
          {"bytes", sample.bytes}};
}

Json months_json(const std::vector<app::VerifyReport::Month>& months) {
  Json json = Json::array();
  for (const auto& month : months) {
    json.push_back({{"month", month.month.empty() ? Json(nullptr) : Json(month.month)},
                    {"files", month.files},
                    {"proven", month.proven},
                    {"different", month.different},
                    {"pending", month.pending}});
  }
  return json;
}

Json against_json(const app::VerifyReport& report) {
  Json names = Json::array();
  if (report.icloud_asked) names.push_back("icloud");
  if (report.volume_asked) names.push_back("volume");
  if (report.immich.asked) names.push_back("immich");
  return names;
}

Json report_json(const app::VerifyReport& report) {
  Json differences = Json::array();
  for (const auto& difference : report.differences) {
    differences.push_back({{"path", difference.path},
                           {"asset", difference.asset},
                           {"where", difference.where},
                           {"what", difference.what},
                           {"remedy", difference.remedy}});
  }
  Json json{{"icloud",
             {{"assets", report.icloud.assets}, {"selected", report.icloud.selected}, {"files", report.icloud.files}}},
            {"files", sums_json(report.files)},
            {"assets", sums_json(report.assets)},
            {"months", months_json(report.months)},
            {"proofs",
             {{"oldest", when_json(report.proofs.oldest)},
              {"newest", when_json(report.proofs.newest)},
              {"this_run", report.proofs.this_run},
              {"month", report.proofs.month},
              {"year", report.proofs.year},
              {"older", report.proofs.older},
              {"never", report.proofs.never}}},
            {"restore_sample", report.restore_sample ? sample_json(*report.restore_sample) : Json(nullptr)},
            {"safe_to_delete", report.safe_to_delete ? safe_json(*report.safe_to_delete) : Json(nullptr)},
            {"volume",
             {{"matching", report.volume.matching},
              {"missing", report.volume.missing},
              {"damaged", report.volume.damaged},
              {"unproven", report.volume.unproven},
              {"extra", report.volume.extra},
              {"bytes_read", report.volume.bytes_read},
              {"read_before", report.volume.read_before},
              {"not_checked", report.volume.not_checked}}},
            {"immich", nullptr},
            {"excluded", report.excluded},
            {"pending", report.pending},
            {"unavailable", report.unavailable},
            {"photos_dir", report.photos_dir},
            {"against", against_json(report)},
            {"quick", report.quick},
            {"subset", report.subset ? Json(*report.subset) : Json(nullptr)},
            {"queued_for_repair", report.queued_for_repair},
            {"differences", differences},
            {"sentence", app::verdict_sentence(report)},
            {"verdict", report.complete() ? "complete" : "incomplete"}};
  if (report.immich.asked) {
    json["immich"] = {{"present", report.immich.present},
                      {"missing", report.immich.missing},
                      {"offline", report.immich.offline},
                      {"trashed", report.immich.trashed},
                      {"different", report.immich.different},
                      {"unread", report.immich.unread},
                      {"not_importable", report.immich.not_importable}};
  }
  return json;
}

Json manifest_json(const std::optional<app::StatusReport::Manifest>& manifest) {
  if (!manifest) return nullptr;
  return {{"file", manifest->file}, {"files", manifest->files}, {"bytes", manifest->bytes}};
}

Json report_json(const app::StatusReport& report) {
  Json runs = Json::array();
  for (const auto& run : report.last_runs) {
    Json item{{"command", run.command},
              {"started_at", util::format_utc(run.started_at)},
              {"ended_at", nullptr},
              {"exit_code", nullptr},
              {"summary", run.summary}};
    if (run.ended_at) {
      item["ended_at"] = util::format_utc(*run.ended_at);
      item["exit_code"] = run.exit_code;
    }
    runs.push_back(std::move(item));
  }
  return {
      {"session", session_json(report.session)},
      {"ledger", {{"assets", report.ledger.assets}, {"files", report.ledger.files}, {"bytes", report.ledger.bytes}}},
      {"trash", {{"folder", report.trash.folder}, {"files", report.trash.files}, {"bytes", report.trash.bytes}}},
      {"proofs",
       {{"oldest", when_json(report.proofs.oldest)},
        {"newest", when_json(report.proofs.newest)},
        {"never", report.proofs.never}}},
      {"last_runs", runs},
      {"pending", report.pending},
      {"manifest", manifest_json(report.manifest)},
      {"advice", report.advice}};
}

Json report_json(const app::DoctorReport& report) {
  Json checks = Json::array();
  for (const auto& check : report.checks) {
    checks.push_back({{"name", check.name},
                      {"ok", !check.fault},
                      {"message", check.fault ? check.fault->message : check.message},
                      {"remedy", check.fault ? check.fault->remedy : ""}});
  }
  return {{"checks", checks}};
}

template <class Report>
Json blank_json() {
  return report_json(Report{});
}

/// A command that could not even begin: its keys are there all the same, so that a script need not ask first.
Json blank_report_json(const std::string& command) {
  if (command == "sync") return blank_json<app::SyncReport>();
  if (command == "import") return blank_json<app::ImportReport>();
  if (command == "verify") return blank_json<app::VerifyReport>();
  if (command == "doctor") return blank_json<app::DoctorReport>();
  app::SessionReport nobody_looked;
  nobody_looked.state = "unknown";
  if (command == "auth") return report_json(app::AuthReport{nobody_looked, "", ""});
  app::StatusReport report;
  report.session = nobody_looked;
  return report_json(report);
}

Json json_of(const CommandResult& result) {
  return std::visit(
      [&](const auto& report) {
        if constexpr (std::is_same_v<std::decay_t<decltype(report)>, std::monostate>) {
          return blank_report_json(result.command);
        } else {
          return report_json(report);
        }
      },
      result.report);
}

Json document(const std::vector<CommandResult>& results, int exit_code) {
  Json commands = Json::array();
  for (const auto& result : results) {
    Json item = json_of(result);
    item["command"] = result.command;
    item["apple_id"] = result.apple_id;
    item["started_at"] = util::format_utc(result.started_at);
    item["duration_s"] = static_cast<double>(result.took.count()) / 1000.0;
    item["exit_code"] = result.exit_code;
    if (result.error) item["error"] = error_json(*result.error);
    commands.push_back(std::move(item));
  }
  return {{"schema", 1}, {"commands", commands}, {"exit_code", exit_code}};
}

}  // namespace

std::string encode_results(const std::vector<CommandResult>& results, int exit_code) {
  return util::dump_json(document(results, exit_code));
}

std::string encode_report(const CommandResult& result) {
  Json json = document({result}, result.exit_code);
  json["program"] = "icloud2immich " I2I_VERSION;
  return util::dump_json(json) + "\n";
}

}  // namespace i2i::cli
