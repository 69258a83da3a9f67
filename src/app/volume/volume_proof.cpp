#include "app/volume/volume_proof.hpp"

#include <algorithm>
#include <vector>

#include "app/volume/content_check.hpp"
#include "i2i/ledger/placements.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr std::int64_t kSample = 20;
constexpr std::uint64_t kHashedAtMost = std::uint64_t{32} << 20;

Result<std::vector<ledger::Placement>> sample_of(ledger::Ledger& ledger) {
  ledger::Placements placements(ledger);
  I2I_ASSIGN(const auto totals, placements.totals());
  const std::int64_t step = std::max<std::int64_t>(1, totals.placed / kSample);
  std::vector<ledger::Placement> sample;
  std::int64_t number = 0;
  I2I_TRY(placements.for_each(ledger::PlacementState::placed, [&](const ledger::Placement& placement) -> Result<void> {
    if (number++ % step == 0) sample.push_back(placement);
    return {};
  }));
  return sample;
}

Result<bool> is_as_known(const util::Root& root, const util::FileFacts& facts, const ledger::Placement& placement) {
  if (!facts.is_regular || facts.size != placement.size) return false;
  if (placement.size > kHashedAtMost) return true;
  I2I_ASSIGN(const auto proof, hash_file(root, placement.path, ReadPath::cached, {}));
  return placement.sha1_hex.empty() ? is_content(proof, placement.checksum, placement.size)
                                    : proof.sha1_hex == placement.sha1_hex;
}

}  // namespace

Result<bool> holds_our_files(const util::Root& root, ledger::Ledger& ledger) {
  I2I_ASSIGN(const auto sample, sample_of(ledger));
  std::size_t there = 0;
  for (const auto& placement : sample) {
    const auto facts = root.facts(placement.path);
    if (!facts || !*facts) continue;  // also where a link stands in the way
    ++there;
    I2I_ASSIGN(const bool right, is_as_known(root, **facts, placement));
    if (!right) return false;
  }
  return there > 0 && there * 2 >= sample.size();
}

}  // namespace i2i::app
