// The photos dir: there, the right one, writable, with room.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>

#include "app/doctor/doctor_steps.hpp"
#include "app/volume/volume.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

/// Below this a run would soon end in 9.
constexpr std::uint64_t kLittleSpace = std::uint64_t{1} << 30;

Result<std::string> describe_volume(const util::Root& root, ledger::Ledger& ledger) {
  I2I_ASSIGN(const auto known, known_volume_id(ledger));
  if (known.empty()) return root.path() + " is there; the first sync marks it as this account's";
  return root.path() + " is the volume that this account's files were written to";
}

/// Access rights and a read-only mount; nothing is written.
Result<std::string> can_write(const util::Root& root) {
  if (::faccessat(AT_FDCWD, root.path().c_str(), W_OK | X_OK, AT_EACCESS) == 0)
    return "files can be written to " + root.path();
  return fail(util::file_error(errno, "write to the photos dir", root.path()));
}

Result<std::string> look_at_space(const util::Root& root) {
  I2I_ASSIGN(const auto space, root.space());
  const std::string text =
      fmt::format("{} of {} are free", util::human_bytes(space.first), util::human_bytes(space.second));
  if (space.first >= kLittleSpace) return text;
  return fail(ErrorCode::volume_full, "only " + text, "Make room on the volume, or mount a larger one.");
}

}  // namespace

void check_volume(Checks& checks, const std::string& photos_dir, ledger::Ledger& ledger, const std::string& dsid) {
  const auto root = open_volume(photos_dir, ledger, dsid, VolumeUse::read);
  if (!root) return add_check(checks, "volume", fail(root.error()));
  add_check(checks, "volume", describe_volume(*root, ledger));
  add_check(checks, "writable", can_write(*root));
  add_check(checks, "space", look_at_space(*root));
}

}  // namespace i2i::app
