// Immich: there, of a version we know, with keys that may what import does, seeing the volume, working.
#include <fmt/core.h>

#include <algorithm>

#include "app/doctor/doctor_steps.hpp"
#include "app/import/immich_access.hpp"
#include "app/import/immich_library.hpp"
#include "app/import/immich_root.hpp"
#include "app/volume/volume.hpp"
#include "i2i/immich/versions.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

Result<std::string> look_at_server(ImmichAccess& access, const std::string& url) {
  I2I_TRY(access.check_version());
  I2I_ASSIGN(const auto version, of_immich(access.owner().version()));
  const auto warning = immich::warning(version);
  return warning ? *warning : fmt::format("{} answers, version {}", url, immich::to_string(version));
}

Result<std::string> look_at_keys(ImmichAccess& access) {
  I2I_TRY(access.check_keys(ImmichAccess::Need::importing, stack_permissions()));
  return "the key of " + access.user().name + " may all that import does";
}

/// Where the key may not ask (it needs `all` for that) import proves it in another way, which writes.
Result<std::string> look_for_volume(ImmichAccess& access, const DoctorOptions& options, ledger::Ledger& ledger) {
  I2I_ASSIGN(const auto volume_id, known_volume_id(ledger));
  if (volume_id.empty()) return std::string("to be seen after the first sync, which marks the volume");
  const auto sentinel = sentinel_folder(volume_id);
  if (options.immich.path.empty()) I2I_TRY(find_root(access, options.photos_dir, sentinel));
  const auto seen = access.admin().validate_path(access.container_path(sentinel));
  if (!seen && seen.error().code == ErrorCode::refused) return std::string("this key may not ask; import proves it");
  if (!seen) return fail(as_immich(seen.error()));
  if (!seen->valid) return fail(not_seen(access, seen->message));
  return "Immich sees the volume at " + access.container_root();
}

Result<std::string> look_at_queues(ImmichAccess& access) {
  I2I_ASSIGN(const auto queues, of_immich(access.admin().queues()));
  for (const auto& [name, queue] : queues) {
    if (!queue.paused) continue;
    return fail(ErrorCode::immich_refused, "Immich's queue " + name + " is paused",
                "Resume it in Immich under Administration > Jobs (or Queues).");
  }
  return std::string("none is paused");
}

}  // namespace

void check_immich(Checks& checks, const RunContext& context, const DoctorOptions& options, ledger::Ledger& ledger,
                  net::HttpClient& http) {
  const auto failed = [&] { return checks.back().fault.has_value(); };
  auto immich = with_known_root(options.immich, ledger);
  if (!immich) return add_check(checks, "immich", fail(std::move(immich).error()));
  auto access = ImmichAccess::connect(context, http, *immich, options.photos_dir);
  if (!access) return add_check(checks, "immich", fail(std::move(access).error()));
  add_check(checks, "immich", look_at_server(**access, options.immich.url));
  if (failed()) return;
  add_check(checks, "immich-key", look_at_keys(**access));
  if (failed()) return;
  add_check(checks, "immich-path", look_for_volume(**access, options, ledger));
  add_check(checks, "immich-queues", look_at_queues(**access));
}

}  // namespace i2i::app
