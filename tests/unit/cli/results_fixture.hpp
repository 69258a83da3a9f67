#pragma once
// One result of each kind with something in every field, and names as a hostile server sends them.

#include "cli/results.hpp"
#include "i2i/cli/options.hpp"

namespace cli_test {

inline constexpr i2i::util::UnixMillis kStart = 1'795'422'600'000;  // 2026-11-23T08:30:00Z

/// Clears the screen, turns the direction, is no UTF-8, ends its line.
inline const std::string kHostile =
    "\x1b[2J\xE2\x80\xAE"
    "gpj.exe\xff\n\"quoted\"";

inline i2i::cli::CommandResult result(const std::string& command) {
  i2i::cli::CommandResult made;
  made.command = command;
  made.apple_id = "someone@example.org";
  made.started_at = kStart;
  made.took = std::chrono::milliseconds(12'345);
  return made;
}

inline i2i::app::SessionReport valid_session() {
  i2i::app::SessionReport session;
  session.state = "valid";
  session.signed_in_at = kStart - 86'400'000;
  session.trusted_until_estimate = kStart + 29LL * 86'400'000;
  session.days_left = 29;
  return session;
}

inline i2i::cli::CommandResult auth_result() {
  auto made = result("auth");
  i2i::app::AuthReport report;
  report.session = valid_session();
  report.apple_id = made.apple_id;
  report.message = "The session works.";
  made.report = report;
  return made;
}

inline i2i::cli::CommandResult sync_result() {
  auto made = result("sync");
  made.exit_code = 4;
  i2i::app::SyncReport report;
  i2i::app::LibraryReport primary;
  primary.zone = "PrimarySync";
  primary.mode = i2i::app::MirrorMode::changes;
  primary.assets = 48'213;
  primary.added = 12;
  primary.changed = 3;
  primary.deleted = 1;
  primary.excluded = 9;
  i2i::app::LibraryReport shared;
  shared.zone = "SharedSync-" + kHostile;
  shared.mode = i2i::app::MirrorMode::full;
  shared.error = i2i::util::Error{i2i::util::ErrorCode::unreachable, "Apple did not answer about " + kHostile,
                                  "Try again later.", std::chrono::seconds(90)};
  shared.apple_counts = {{"visible", 21, 19}, {"recently_deleted", 3, 3}};
  shared.short_by = 2;
  report.libraries = {primary, shared};
  report.selected = 48'204;
  report.files = {48'000, 47'000, 990, 5, 2, 5, 1};
  report.sidecars = {1'500, 6, 8, 0};
  report.excluded = {{"hidden", 7}, {"recently-deleted", 2}};
  report.skipped = {{"unknown type", 4}};
  i2i::app::AdoptionReport adoption;
  adoption.files = 48'113;
  adoption.files_read = 47'100;
  adoption.bytes_read = 123'456'789'000;
  adoption.matched = 5;
  adoption.copies = 1;
  adoption.damaged = 1;
  adoption.unknown = 23;
  adoption.left_out = 4;
  adoption.not_read = 2;
  adoption.other = 907;
  adoption.unreadable = 1;
  adoption.list = "/state/someone@example.org/adoption.txt";
  adoption.damaged_files = {{"2023/05/06/" + kHostile, "100 bytes, iCloud has 2000 for " + kHostile}};
  adoption.copy_files = {{"copies/" + kHostile, "the same as 2023/05/06/IMG_1.HEIC"}};
  adoption.unknown_files = std::vector<i2i::app::AdoptionReport::File>(21, {"mine/" + kHostile, ""});
  adoption.unreadable_files = {{"lost+found", "no permission"}};
  report.adoption = adoption;
  report.bytes_downloaded = 1'234'567'890;
  report.requests = {3, 40, 1000, 0};
  report.failures = {{"A1",
                      kHostile,
                      "2024/05/06/" + kHostile,
                      {i2i::util::ErrorCode::mismatch, "wrong bytes, twice", "", std::nullopt}}};
  report.notes = {"Apple counts other items in " + kHostile};
  made.report = report;
  return made;
}

inline i2i::cli::CommandResult import_result() {
  auto made = result("import");
  i2i::app::ImportReport report;
  report.library.id = "6f9619ff-8b86-d011-b42d-00cf4fc964ff";
  report.library.name = kHostile;
  report.library.created = true;
  report.library.moved_from = "/external/" + kHostile;
  report.assets.expected = 48'000;
  report.assets.present = 47'990;
  report.assets.missing = 4;
  report.assets.offline = 3;
  report.assets.trashed = 2;
  report.assets.not_importable = 3;
  report.not_importable_kinds = {{"", 1}, {".aae", 2}};
  report.albums.created = 5;
  report.albums.updated = 6;
  report.favorites = 7;
  report.archived = 8;
  report.stacks = 9;
  report.live_photos.linked = 10;
  report.live_photos.unlinked = 11;
  report.scanned = true;
  report.phone_duplicates = 12;
  report.write_calls = 31;
  report.missing = {"2024/" + kHostile};
  report.missing_reasons = {{"not found", 3}, {"excluded by **/" + kHostile + "/**", 1}};
  report.extras = i2i::app::ExtrasReport{13, 14, 15, 16, 17, 18, {"2024/" + kHostile}};
  report.notes = {"note about " + kHostile};
  made.exit_code = 4;
  made.report = report;
  return made;
}

inline i2i::cli::CommandResult verify_result() {
  auto made = result("verify");
  made.exit_code = 5;
  i2i::app::VerifyReport report;
  report.icloud.assets = 48'213;
  report.icloud.selected = 48'192;
  report.icloud.files = 48'000;
  report.files = {47'000, 3, 3, 12, 2, 980};
  report.assets = {47'200, 3, 3, 12, 13, 961};
  report.months = {{"2024-05", 47'990, 46'990, 3, 14}, {"", 10, 10, 0, 0}};
  report.proofs = {kStart - 86'400'000, kStart, 46'000, 500, 400, 90, 10};
  report.safe_to_delete = i2i::app::VerifyReport::SafeToDelete{
      1,
      "/state/safe-to-delete.txt",
      {{"A2", "PrimarySync", kStart - 86'400'000, "IMG_2 " + kHostile, "2024/IMG_2.HEIC"}}};
  report.restore_sample = i2i::app::VerifyReport::RestoreSample{20, 17, 1, 2, 34'000'000};
  report.volume.bytes_read = 234'567'890'123;
  report.volume.read_before = 1'000;
  report.volume.not_checked = 980;
  report.volume.matching = 47'000;
  report.volume.missing = 1;
  report.volume.damaged = 2;
  report.volume.unproven = 3;
  report.volume.extra = 4;
  report.immich.asked = true;
  report.immich.present = 46'000;
  report.immich.missing = 5;
  report.immich.offline = 6;
  report.immich.trashed = 7;
  report.immich.different = 8;
  report.immich.unread = 14;
  report.immich.not_importable = 9;
  report.excluded = {{"album", 11}, {"hidden", 10}};
  report.pending = 12;
  report.unavailable = 13;
  report.photos_dir = "/photos/" + kHostile;
  report.icloud_asked = true;
  report.volume_asked = true;
  report.subset = 0.75;
  report.queued_for_repair = 2;
  report.differences = {{"2024/" + kHostile, "A1", "volume", "the bytes differ: " + kHostile,
                         "icloud2immich verify --repair, then icloud2immich sync"}};
  made.report = report;
  return made;
}

inline i2i::cli::CommandResult status_result() {
  auto made = result("status");
  i2i::app::StatusReport report;
  report.session = valid_session();
  report.ledger.assets = 48'213;
  report.ledger.files = 48'000;
  report.ledger.bytes = 234'567'890'123;
  report.trash = {"/photos/.icloud2immich/trash", 12, 34'000'000};
  report.proofs = {kStart - 36 * i2i::util::UnixMillis{86'400'000}, kStart - 3'600'000, 10};
  report.last_runs = {{"sync", kStart - 3'600'000, kStart - 3'000'000, 4, "990 files fetched, " + kHostile},
                      {"import", kStart - 7'200'000, std::nullopt, 0, ""}};
  report.pending = 5;
  report.advice = "5 files are pending: icloud2immich sync";
  report.manifest = i2i::app::StatusReport::Manifest{"/photos/" + kHostile, 48'000, 234'567'890'123};
  made.report = report;
  return made;
}

inline i2i::cli::CommandResult doctor_result() {
  auto made = result("doctor");
  i2i::app::DoctorReport report;
  report.checks = {
      {"state", "/state/you@example.com can be written to, and is closed to others", std::nullopt},
      {"immich-key", "",
       i2i::util::Error{i2i::util::ErrorCode::immich_refused, "the key of " + kHostile + " lacks album.create",
                        "Add it in Immich.", std::nullopt}}};
  made.exit_code = 8;
  made.report = report;
  return made;
}

/// What a command that could not even begin leaves.
inline i2i::cli::CommandResult failed(i2i::cli::Command command) {
  auto made = result(i2i::cli::to_string(command));
  made.apple_id = "\x1b[2Jsomeone@example.org";
  made.started_at = kStart;
  made.took = std::chrono::milliseconds(1);
  made.exit_code = 6;
  made.error = i2i::util::Error{i2i::util::ErrorCode::throttled, "Apple throttles " + kHostile, "Try again in an hour.",
                                std::chrono::seconds(3600)};
  return made;
}

}  // namespace cli_test
