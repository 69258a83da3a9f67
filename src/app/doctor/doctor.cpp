#include "i2i/app/doctor.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "app/doctor/doctor_steps.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

/// Whether a folder could be written to; nothing is.
Result<void> can_write_to(const std::string& folder) {
  if (::faccessat(AT_FDCWD, folder.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) == 0) return {};
  return fail(util::file_error(errno, "write to the state dir", folder));
}

Result<std::string> look_at_state(const AccountPaths& paths) {
  struct stat facts {};
  if (::lstat(paths.folder.c_str(), &facts) != 0) {
    if (errno != ENOENT) return fail(util::file_error(errno, "look at the state dir", paths.folder));
    return "there is no " + paths.folder + " yet: auth makes it";
  }
  I2I_TRY(can_write_to(paths.folder));
  if ((facts.st_mode & 0077) != 0) {
    return fail(ErrorCode::volume, paths.folder + " is open to others",
                "Close it, since the session lies there: chmod 700 " + paths.folder);
  }
  return paths.folder + " can be written to, and is closed to others";
}

Result<std::string> look_at_ledger(const AccountPaths& paths, ledger::Ledger& ledger) {
  if (::access(paths.ledger().c_str(), F_OK) != 0) return std::string("there is none yet: the first sync makes it");
  I2I_TRY(ledger.check());
  ledger::Catalogue catalogue(ledger);
  I2I_ASSIGN(const auto zones, catalogue.zones());
  std::int64_t assets = 0;
  for (const auto& zone : zones) {
    I2I_ASSIGN(const auto counts, catalogue.counts(zone.id));
    assets += counts.assets;
  }
  I2I_ASSIGN(const auto totals, ledger::Placements(ledger).totals());
  return fmt::format("it is whole: {} items, {} files", util::with_thousands(static_cast<std::uint64_t>(assets)),
                     util::with_thousands(static_cast<std::uint64_t>(totals.placed)));
}

}  // namespace

void add_check(Checks& checks, const std::string& name, Result<std::string> found) {
  if (found) {
    checks.push_back({name, *std::move(found), std::nullopt});
  } else {
    checks.push_back({name, "", std::move(found).error()});
  }
}

DoctorReport examine(const RunContext& context, const DoctorOptions& options) {
  DoctorReport report;
  auto& checks = report.checks;
  const auto paths = account_paths(context.options);
  if (!paths) {
    add_check(checks, "account", fail(paths.error()));
    return report;
  }
  add_check(checks, "state", look_at_state(*paths));
  const auto http = make_http(context);
  if (!http) {
    add_check(checks, "network", fail(http.error()));
    return report;
  }
  // A copy: a run may be on, and nothing is to be migrated.
  auto ledger = ledger::Ledger::open(paths->ledger(), ledger::OpenMode::temporary_copy);
  add_check(checks, "ledger", ledger ? look_at_ledger(*paths, *ledger) : Result<std::string>(fail(ledger.error())));
  const bool ledger_is_whole = !checks.back().fault;
  check_apple(checks, context, *paths, **http);
  if (!ledger_is_whole) return report;
  const auto dsid = ledger->fact("dsid");
  check_volume(checks, options.photos_dir, *ledger, dsid ? dsid->value_or("") : "");
  if (!options.immich.url.empty()) check_immich(checks, context, options, *ledger, **http);
  return report;
}

}  // namespace i2i::app
