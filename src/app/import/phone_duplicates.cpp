#include "app/import/phone_duplicates.hpp"

#include <algorithm>

#include "i2i/ledger/placements.hpp"

namespace i2i::app {

using util::Result;

namespace {
constexpr std::size_t kBatch = 5'000;
}

Result<std::int64_t> count_phone_duplicates(ImmichAccess& access, ledger::Ledger& ledger) {
  std::int64_t found = 0;
  std::vector<std::string> batch;
  const auto ask = [&]() -> Result<void> {
    if (batch.empty()) return {};
    I2I_ASSIGN(const auto answers, of_immich(access.owner().uploads(batch)));
    found += std::count_if(answers.begin(), answers.end(),
                           [](const auto& answer) { return !answer.asset_id.empty() && !answer.trashed; });
    batch.clear();
    return {};
  };
  ledger::Placements placements(ledger);
  I2I_TRY(placements.for_each(ledger::PlacementState::placed, [&](const ledger::Placement& placement) -> Result<void> {
    if (placement.sha1_hex.empty()) return {};
    batch.push_back(placement.sha1_hex);
    return batch.size() < kBatch ? Result<void>{} : ask();
  }));
  I2I_TRY(ask());
  return found;
}

}  // namespace i2i::app
