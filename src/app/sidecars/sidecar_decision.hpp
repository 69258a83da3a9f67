#pragma once
// What becomes of one sidecar: from what iCloud wants said, what the ledger remembers and what lies on the volume.

#include <string>

#include "i2i/ledger/sidecars.hpp"
#include "i2i/media/sidecar.hpp"

namespace i2i::app {

struct SidecarOnDisk {
  enum class Kind { absent, file, unusable };  // unusable: a folder, a link, unreadable, too large to be a sidecar
  Kind kind = Kind::absent;
  std::string bytes;
  bool short_form = false;  // "IMG_1.xmp" lies beside "IMG_1.HEIC"; only looked for where the long form is absent
};

struct SidecarDecision {
  enum class Action {
    nothing,  // as it should be
    write,    // text, where there was none or over what is there
    touch,    // written by a run that died before it touched the media file
  };
  Action action = Action::nothing;
  std::string text;
  bool replaces = false;
  ledger::SidecarState state;  // afterwards
};

/// Ours by the ledger's hash is written anew; what somebody else wrote to gets only the fields that changed in iCloud;
/// what was there before us stays. docs/decisions/0014.
SidecarDecision decide_sidecar(const media::Sidecar& wanted, const ledger::SidecarRow& known,
                               const SidecarOnDisk& disk);

}  // namespace i2i::app
