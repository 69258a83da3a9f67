#pragma once
// Proof that the proof works: some originals, drawn at random, are fetched from iCloud again and compared with what
// lies on the volume.

#include <functional>
#include <string>

#include "i2i/app/report.hpp"
#include "i2i/icloud/cloudkit.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/model/selection.hpp"
#include "i2i/net/http.hpp"
#include "i2i/util/file.hpp"

namespace i2i::app {

struct RestoreSampleParts {
  net::HttpClient& http;
  icloud::CloudKit& cloudkit;
  ledger::Ledger& ledger;
  const util::Root& root;
  const model::Selection& selection;
  util::Clock& clock;
  std::stop_token stop;
};

/// Draws so many placed originals, each as likely as any other, and tells of each whose bytes differ; what: one
/// sentence. Errors: as CloudKit's lookup, unreachable where a file cannot be fetched, the ledger's, the volume's.
util::Result<VerifyReport::RestoreSample> restore_sample(
    const RestoreSampleParts& parts, std::size_t count,
    const std::function<void(const ledger::Placement&, std::string what)>& differs);

}  // namespace i2i::app
