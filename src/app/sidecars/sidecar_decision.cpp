#include "app/sidecars/sidecar_decision.hpp"

#include "i2i/util/hash.hpp"

namespace i2i::app {
namespace {

using Action = SidecarDecision::Action;
using Kind = SidecarOnDisk::Kind;
using ledger::SidecarOrigin;
using ledger::SidecarState;

SidecarDecision leave(SidecarState state) { return {Action::nothing, {}, false, std::move(state)}; }
SidecarDecision leave_to_others() { return leave({{}, {}, SidecarOrigin::others}); }

SidecarDecision write(const media::Sidecar& wanted, std::string text, SidecarOrigin origin, bool replaces) {
  SidecarState state{media::digest_of(wanted), util::sha1(text), origin};
  return {Action::write, std::move(text), replaces, std::move(state)};
}

SidecarDecision write_first(const media::Sidecar& wanted, const SidecarState& known, const SidecarOnDisk& disk) {
  if (!wanted.says_anything()) return leave(known);
  // Immich would read ours alone: what somebody keeps in the short form must not vanish behind it.
  if (disk.short_form && known.sha1.empty()) return leave_to_others();
  return write(wanted, media::write_sidecar(wanted), SidecarOrigin::ours, false);
}

/// Only the given fields of what lies there become ours.
SidecarDecision write_into(const media::Sidecar& wanted, const SidecarState& known, const SidecarOnDisk& disk,
                           const std::vector<media::SidecarField>& fields) {
  auto text = media::edit_sidecar(disk.bytes, wanted, fields);
  if (!text) return known.sha1.empty() ? leave_to_others() : leave({known.said, known.sha1, SidecarOrigin::shared});
  auto decision = write(wanted, *std::move(text), SidecarOrigin::shared, true);
  if (decision.text == disk.bytes) decision.action = Action::nothing;
  return decision;
}

/// The ledger knows nothing of it: it was there before us, or the ledger was made anew, or it came back from the trash.
SidecarDecision meet(const media::Sidecar& wanted, const SidecarState& known, const SidecarOnDisk& disk) {
  using enum media::SidecarField;
  if (disk.bytes == media::write_sidecar(wanted)) {
    return leave({media::digest_of(wanted), util::sha1(disk.bytes), SidecarOrigin::ours});
  }
  if (!media::is_own_sidecar(disk.bytes)) return leave_to_others();
  return write_into(wanted, known, disk, {description, tags, date, place, rating});
}

SidecarDecision write_again(const media::Sidecar& wanted, const SidecarState& known, const SidecarOnDisk& disk,
                            const std::string& disk_sha1) {
  if (disk_sha1 == known.sha1 && known.origin == SidecarOrigin::ours) {
    auto decision = write(wanted, media::write_sidecar(wanted), SidecarOrigin::ours, true);
    if (decision.text == disk.bytes) decision.action = Action::nothing;
    return decision;
  }
  const auto changed = media::changed_fields(known.said, wanted);
  if (changed.empty()) return leave({known.said, known.sha1, SidecarOrigin::shared});
  return write_into(wanted, known, disk, changed);
}

}  // namespace

SidecarDecision decide_sidecar(const media::Sidecar& wanted, const ledger::SidecarRow& known,
                               const SidecarOnDisk& disk) {
  if (disk.kind == Kind::unusable) return leave_to_others();
  if (disk.kind == Kind::absent) return write_first(wanted, known.now, disk);
  const std::string disk_sha1 = util::sha1(disk.bytes);
  const bool interrupted = !known.next.sha1.empty() && disk_sha1 == known.next.sha1;
  const SidecarState& now = interrupted ? known.next : known.now;
  auto decision = now.sha1.empty() ? meet(wanted, now, disk) : write_again(wanted, now, disk, disk_sha1);
  if (interrupted && decision.action == Action::nothing) decision.action = Action::touch;
  return decision;
}

}  // namespace i2i::app
