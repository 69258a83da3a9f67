#include <fmt/core.h>

#include "cli/results.hpp"
#include "i2i/app/verify.hpp"
#include "i2i/util/text.hpp"
#include "i2i/util/time.hpp"

namespace i2i::cli {
namespace {

constexpr std::size_t kListed = 20;  // of a long list on a terminal; --json has them all

std::string number(std::int64_t value) {
  return value < 0 ? std::to_string(value) : util::with_thousands(static_cast<std::uint64_t>(value));
}
std::string bytes(std::int64_t value) {
  return util::human_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0)));
}
std::string shown(const std::string& text) { return util::escape_for_terminal(text); }

std::string by_reason(const std::map<std::string, std::int64_t>& counts) {
  std::string text;
  for (const auto& [reason, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number(count), reason);
  return text;
}

std::string notes(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& note : list) text += "  note: " + shown(note) + "\n";
  return text;
}

std::string not_listed(std::size_t count) {
  return count > kListed ? fmt::format("            … and {} more (--json has them all)\n", count - kListed) : "";
}

std::string text_of(const std::monostate&) { return {}; }

std::string session_text(const app::SessionReport& session) {
  std::string text = "  session   " + session.state;
  if (session.signed_in_at) text += ", signed in " + util::format_utc(*session.signed_in_at);
  if (session.trusted_until_estimate) text += ", good until about " + util::format_utc(*session.trusted_until_estimate);
  return text + "\n";
}

std::string text_of(const app::AuthReport& report) {
  return "  " + shown(report.message) + "\n" + session_text(report.session);
}

std::string named(const char* word, const std::vector<app::AdoptionReport::File>& files, std::int64_t count) {
  std::string text;
  for (std::size_t i = 0; i < files.size() && i < kListed; ++i) {
    text += fmt::format("  {:<9} {}{}\n", word, shown(files[i].path),
                        files[i].what.empty() ? "" : ": " + shown(files[i].what));
  }
  if (count > static_cast<std::int64_t>(kListed)) {
    text += fmt::format("            … and {} more\n", number(count - static_cast<std::int64_t>(kListed)));
  }
  return text;
}

std::string adoption_text(const app::AdoptionReport& report) {
  std::string text = fmt::format(
      "  volume    {} files looked at, {} read ({}): {} recognised, {} damaged, {} unknown, {} further copies, {} left "
      "out, {} sidecars and other files\n",
      number(report.files), number(report.files_read), bytes(report.bytes_read), number(report.matched),
      number(report.damaged), number(report.unknown), number(report.copies), number(report.left_out),
      number(report.other));
  if (report.not_read > 0) {
    text += fmt::format("            {} of the size of a file that is there or left out were not read\n",
                        number(report.not_read));
  }
  text += named("damaged", report.damaged_files, report.damaged);
  text += named("unknown", report.unknown_files, report.unknown);
  text += named("copy", report.copy_files, report.copies);
  text += named("unread", report.unreadable_files, report.unreadable);
  if (report.damaged > 0) {
    text += "            iCloud's files come under other names beside the damaged ones; remove those yourself\n";
  }
  if (!report.list.empty()) text += "            all of them: " + shown(report.list) + "\n";
  return text;
}

std::string text_of(const app::SyncReport& report) {
  std::string text;
  for (const auto& library : report.libraries) {
    text +=
        fmt::format("  library   {}: {} items ({}; {} added, {} changed, {} deleted, {} left out)\n",
                    shown(library.zone), number(library.assets), app::to_string(library.mode), number(library.added),
                    number(library.changed), number(library.deleted), number(library.excluded));
    if (library.error) text += "            " + shown(library.error->message) + "\n";
  }
  const auto& files = report.files;
  text +=
      fmt::format("  files     {} wanted: {} there already, {} fetched ({}), {} recognised on the volume, {} failed\n",
                  number(files.wanted), number(files.present), number(files.downloaded), bytes(report.bytes_downloaded),
                  number(files.adopted), number(files.failed));
  const auto& sidecars = report.sidecars;
  if (sidecars.written + sidecars.kept + sidecars.foreign + sidecars.failed > 0) {
    text +=
        fmt::format("  sidecars  {} written, {} kept with others' changes, {} not ours, {} failed\n",
                    number(sidecars.written), number(sidecars.kept), number(sidecars.foreign), number(sidecars.failed));
  }
  if (report.adoption) text += adoption_text(*report.adoption);
  if (files.unavailable > 0)
    text += fmt::format("  {} items have no file at Apple (yet); asked again next time\n", number(files.unavailable));
  if (files.trashed > 0) {
    text += fmt::format("  deleted   {} files moved to .icloud2immich/trash/ (listed in trash.jsonl beside it)\n",
                        number(files.trashed));
  }
  if (!report.excluded.empty()) text += "  left out  " + by_reason(report.excluded) + "\n";
  text += fmt::format("  requests  {} sign-in, {} catalogue, {} downloads\n", report.requests.auth,
                      report.requests.catalogue, report.requests.download);
  for (std::size_t i = 0; i < report.failures.size() && i < kListed; ++i) {
    const auto& failure = report.failures[i];
    text += fmt::format("  failed    {}: {}\n", shown(failure.path), shown(failure.error.message));
  }
  return text + not_listed(report.failures.size()) + notes(report.notes);
}

/// What is not zero of it, each with its reason.
std::string extras_text(const app::ExtrasReport& extras) {
  const std::pair<std::int64_t, const char*> reasons[] = {
      {extras.others, "on the volume, not from iCloud"}, {extras.copies, "copies of files that are there"},
      {extras.in_dot_folder, "in .icloud2immich"},       {extras.trashed, "offline, in the volume's trash"},
      {extras.gone, "offline, gone from the volume"},    {extras.earlier_path, "offline, at an earlier path"}};
  std::string text;
  for (const auto& [count, why] : reasons) {
    if (count > 0) text += (text.empty() ? "  besides   " : ", ") + number(count) + " " + why;
  }
  return text.empty() ? text : text + "\n";
}

std::string text_of(const app::ImportReport& report) {
  std::string text;
  if (!report.library.id.empty()) {
    text +=
        fmt::format("  library   '{}' ({}), {}\n", shown(report.library.name),
                    report.library.created ? "created" : "found", report.scanned ? "scanned" : "nothing new to scan");
  }
  const auto& assets = report.assets;
  text += fmt::format("  assets    {} of {} in Immich, {} missing, {} offline, {} in the trash, {} not importable\n",
                      number(assets.present), number(assets.expected), number(assets.missing), number(assets.offline),
                      number(assets.trashed), number(assets.not_importable));
  for (const auto& [kind, count] : report.not_importable_kinds)
    text += fmt::format("            {} {}: this Immich takes no such files; they stay on the volume\n", number(count),
                        kind.empty() ? "without an extension" : shown(kind));
  for (const auto& [reason, count] : report.missing_reasons)
    if (reason != "not found") text += fmt::format("            {} missing: {}\n", number(count), shown(reason));
  if (report.extras) text += extras_text(*report.extras);
  text += fmt::format("  changed   {} albums created, {} updated, {} favourites, {} archived\n",
                      number(report.albums.created), number(report.albums.updated), number(report.favorites),
                      number(report.archived));
  text += fmt::format("            {} stacks, {} live photos linked, {} unlinked\n", number(report.stacks),
                      number(report.live_photos.linked), number(report.live_photos.unlinked));
  for (std::size_t i = 0; i < report.missing.size() && i < kListed; ++i)
    text += "  missing   " + shown(report.missing[i]) + "\n";
  return text + not_listed(report.missing.size()) + notes(report.notes);
}

/// What is not zero of it, so that it adds up in one line.
std::string sums(const app::VerifyReport::Sums& sums) {
  std::string text = number(sums.proven) + " proven";
  const std::pair<std::int64_t, const char*> others[] = {{sums.by_size, "by size only"},
                                                         {sums.different, "different"},
                                                         {sums.pending, "pending"},
                                                         {sums.unavailable, "without a file at Apple"},
                                                         {sums.not_checked, "not looked at"}};
  for (const auto& [count, what] : others) {
    if (count > 0) text += ", " + number(count) + " " + what;
  }
  return text;
}

std::string sample_text(const app::VerifyReport::RestoreSample& sample) {
  std::string text =
      fmt::format("  sample    {} originals fetched again ({}): {} are the files on the volume, byte for byte",
                  number(sample.drawn - sample.not_offered), bytes(sample.bytes), number(sample.same));
  if (sample.different > 0) text += fmt::format(", {} are not", number(sample.different));
  if (sample.not_offered > 0) text += fmt::format("; iCloud offered no file for {} more", number(sample.not_offered));
  return text + "\n";
}

std::string safe_text(const app::VerifyReport::SafeToDelete& safe) {
  if (safe.assets == 0) return "  safe      no item is proven on the volume and present in Immich\n";
  std::string text =
      fmt::format("  safe      {} items may be deleted in iCloud: {}\n", number(safe.assets), shown(safe.list));
  for (std::size_t i = 0; i < safe.listed.size() && i < kListed; ++i) {
    const auto& asset = safe.listed[i];
    text += fmt::format("            {}  {}  {}\n", asset.captured ? util::format_utc(*asset.captured) : "",
                        shown(asset.name), shown(asset.path));
  }
  return text + not_listed(static_cast<std::size_t>(safe.assets));
}

std::string text_of(const app::VerifyReport& report) {
  std::string text = fmt::format("  iCloud    {} items: {} selected, {} left out; {} distinct files wanted\n",
                                 number(report.icloud.assets), number(report.icloud.selected),
                                 number(report.icloud.assets - report.icloud.selected), number(report.icloud.files));
  text += "  items     " + sums(report.assets) + "\n  files     " + sums(report.files) + "\n";
  const auto& volume = report.volume;
  text += fmt::format(
      "  volume    {} proven against Apple's checksum, {} by size only, {} missing, {} damaged, {} not ours\n",
      number(volume.matching), number(volume.unproven), number(volume.missing), number(volume.damaged),
      number(volume.extra));
  if (volume.read_before > 0) {
    text += "            " + number(volume.read_before) + " of them were read by the run that was interrupted\n";
  }
  if (volume.not_checked > 0) {
    text += "            " + number(volume.not_checked) + " not looked at in this run\n";
  }
  if (report.proofs.oldest) {
    text += fmt::format("  proofs    the oldest of {}; {} files have none yet\n",
                        util::format_utc(*report.proofs.oldest), number(report.proofs.never));
  }
  if (report.restore_sample) text += sample_text(*report.restore_sample);
  if (report.immich.asked) {
    text += fmt::format(
        "  Immich    {} present, {} missing, {} offline, {} in the trash, {} of another size, {} of a kind it does not "
        "import\n",
        number(report.immich.present), number(report.immich.missing), number(report.immich.offline),
        number(report.immich.trashed), number(report.immich.different), number(report.immich.not_importable));
    if (report.immich.unread > 0) {
      text += "            " + number(report.immich.unread) +
              " not read by Immich yet, so not compared: verify again when its jobs are done\n";
    }
  }
  if (!report.excluded.empty()) text += "  left out  " + by_reason(report.excluded) + "\n";
  if (report.pending > 0) text += "  pending   " + number(report.pending) + " files: icloud2immich sync\n";
  if (report.unavailable > 0) text += "  no file   " + number(report.unavailable) + " items have none at Apple (yet)\n";
  for (std::size_t i = 0; i < report.differences.size() && i < kListed; ++i) {
    const auto& difference = report.differences[i];
    text += fmt::format("  differs   {} [{}]: {}. {}\n", shown(difference.path), difference.where,
                        shown(difference.what), difference.remedy);
  }
  text += not_listed(report.differences.size());
  if (report.safe_to_delete) text += safe_text(*report.safe_to_delete);
  return text + "  verdict   " + (report.complete() ? "complete: " : "incomplete: ") + app::verdict_sentence(report) +
         "\n";
}

std::string proofs_text(const app::StatusReport& report) {
  const auto& proofs = report.proofs;
  std::string text;
  if (proofs.oldest) text = "the oldest of " + util::format_utc(*proofs.oldest);
  if (proofs.newest) text += ", the newest of " + util::format_utc(*proofs.newest);
  if (proofs.never > 0) {
    text +=
        fmt::format("{}{} files have none yet: icloud2immich verify", text.empty() ? "" : "; ", number(proofs.never));
  }
  return text.empty() ? text : "  proofs    " + text + "\n";
}

std::string text_of(const app::StatusReport& report) {
  std::string text = session_text(report.session);
  text += fmt::format("  ledger    {} items, {} files, {}\n", number(report.ledger.assets), number(report.ledger.files),
                      bytes(report.ledger.bytes));
  if (report.trash.files > 0) {
    text += fmt::format("  trash     {} files, {}: {}\n", number(report.trash.files), bytes(report.trash.bytes),
                        shown(report.trash.folder));
  }
  text += proofs_text(report);
  for (const auto& run : report.last_runs) {
    text += fmt::format("  {}  {:<7} {}{}{}\n", util::format_utc(run.started_at), run.command,
                        run.ended_at ? "exit " + std::to_string(run.exit_code) : "did not end",
                        run.summary.empty() ? "" : "  ", shown(run.summary));
  }
  text += "  pending   " + number(report.pending) + "\n";
  if (const auto& manifest = report.manifest) {
    text += fmt::format("  manifest  {} files, {}: {}\n", number(manifest->files), bytes(manifest->bytes),
                        shown(manifest->file));
  }
  return text + "  next      " + shown(report.advice) + "\n";
}

std::string text_of(const app::DoctorReport& report) {
  std::string text;
  std::size_t faults = 0;
  for (const auto& check : report.checks) {
    text += fmt::format("  {}  {:<13} {}\n", check.fault ? "FAIL" : "ok  ", check.name,
                        shown(check.fault ? check.fault->message : check.message));
    if (!check.fault) continue;
    ++faults;
    if (!check.fault->remedy.empty()) text += "        -> " + shown(check.fault->remedy) + "\n";
  }
  if (report.checks.empty()) return text;
  return text + (faults == 0 ? fmt::format("  all {} checks are well\n", report.checks.size())
                             : fmt::format("  {} of {} checks failed\n", faults, report.checks.size()));
}

/// Nothing was looked at: numbers would read as if nothing were there.
bool was_refused(const CommandResult& result) {
  return result.error &&
         (result.error->code == util::ErrorCode::usage || result.error->code == util::ErrorCode::run_locked);
}

}  // namespace

std::string render_text(const CommandResult& result) {
  std::string text = fmt::format("{} {} ({})\n", result.command, shown(result.apple_id),
                                 util::human_duration(std::chrono::duration_cast<std::chrono::seconds>(result.took)));
  if (!was_refused(result)) text += std::visit([](const auto& report) { return text_of(report); }, result.report);
  if (!result.written.empty()) text += "  written   " + shown(result.written) + "\n";
  if (result.error) {
    text += "  " + shown(result.error->message) + "\n";
    if (!result.error->remedy.empty()) text += "  -> " + shown(result.error->remedy) + "\n";
    if (result.error->retry_after)
      text += "  -> try again in " + util::human_duration(*result.error->retry_after) + "\n";
  }
  return text;
}

}  // namespace i2i::cli
