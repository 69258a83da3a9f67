#include "app/presence.hpp"

#include <algorithm>

#include "i2i/util/text.hpp"

namespace i2i::app {

using util::Result;

namespace {
constexpr std::size_t kBatch = 5'000;
}

bool is_importable(const std::string& path, const std::vector<std::string>& extensions) {
  const auto dot = path.rfind('.');
  if (dot == std::string::npos || path.find('/', dot) != std::string::npos) return false;
  const auto extension = util::ascii_lower(path.substr(dot));
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

Result<PresenceTotals> for_each_presence(ImmichAccess& access, ledger::Ledger& ledger,
                                         const std::function<Result<void>(const PresentFile&)>& visit) {
  I2I_ASSIGN(const auto extensions, of_immich(access.owner().media_extensions()));
  PresenceTotals totals;
  std::vector<ledger::Placement> batch;
  const auto ask = [&]() -> Result<void> {
    if (batch.empty()) return {};
    std::vector<std::string> paths;
    paths.reserve(batch.size());
    for (const auto& placement : batch) paths.push_back(access.container_path(placement.path));
    I2I_ASSIGN(const auto answers, of_immich(access.owner().presence(paths)));
    if (answers.size() != batch.size()) {
      return util::fail(util::ErrorCode::bad_answer, "Immich answered for another number of files than were asked for");
    }
    for (std::size_t i = 0; i < batch.size(); ++i) I2I_TRY(visit({batch[i], answers[i]}));
    batch.clear();
    return {};
  };
  ledger::Placements placements(ledger);
  I2I_TRY(placements.for_each(ledger::PlacementState::placed, [&](const ledger::Placement& placement) -> Result<void> {
    if (!is_importable(placement.path, extensions)) {
      ++totals.not_importable;
      return {};
    }
    ++totals.expected;
    batch.push_back(placement);
    return batch.size() < kBatch ? Result<void>{} : ask();
  }));
  I2I_TRY(ask());
  return totals;
}

}  // namespace i2i::app
