#include "app/import/presence.hpp"

#include <algorithm>

#include "i2i/util/hash.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {

using util::Result;

namespace {

/// With the probe one request (immich::Client::presence).
constexpr std::size_t kBatch = 4'999;

std::string extension_of(const std::string& path) {
  const auto dot = path.rfind('.');
  if (dot == std::string::npos || path.find('/', dot) != std::string::npos) return {};
  return util::ascii_lower(path.substr(dot));
}

/// Asks in bulk, and does not believe it blindly: the bulk call is meant for uploads, and that it knows external files
/// is nothing Immich promises (docs/protocol/immich.md §9.2).
class Asker {
 public:
  explicit Asker(ImmichAccess& access) : access_(access) {}

  Result<std::vector<immich::Presence>> ask(const std::vector<std::string>& paths) {
    if (!by_search_) {
      I2I_ASSIGN(auto answers, in_bulk(paths));
      if (!by_search_) return answers;
      util::log_warn(
          "Immich's answer to which files it has is wrong; each is searched for instead, which takes longer.");
    }
    return of_immich(access_.owner().presence_by_search(paths));
  }

 private:
  Result<std::vector<immich::Presence>> in_bulk(std::vector<std::string> paths) {
    // A name nobody has: "there" would be said of anything.
    if (!probed_) paths.push_back(access_.container_path(util::random_uuid()));
    I2I_ASSIGN(auto answers, of_immich(access_.owner().presence(paths)));
    if (answers.size() != paths.size()) {
      return util::fail(util::ErrorCode::bad_answer, "Immich answered for another number of files than were asked for");
    }
    if (!probed_) {
      probed_ = true;
      by_search_ = !answers.back().asset_id.empty();
      answers.pop_back();
    }
    // The first "not there" of a run is proven.
    const auto absent =
        std::find_if(answers.begin(), answers.end(), [](const auto& it) { return it.asset_id.empty(); });
    if (!absence_proven_ && absent != answers.end()) {
      absence_proven_ = true;
      const auto& path = paths[static_cast<std::size_t>(absent - answers.begin())];
      I2I_ASSIGN(const auto found, of_immich(access_.owner().presence_by_search({path})));
      by_search_ = by_search_ || !found.front().asset_id.empty();
    }
    return answers;
  }

  ImmichAccess& access_;
  bool probed_ = false;
  bool absence_proven_ = false;
  bool by_search_ = false;
};

}  // namespace

bool is_importable(const std::string& path, const std::vector<std::string>& extensions) {
  const auto extension = extension_of(path);
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

Result<PresenceTotals> for_each_presence(ImmichAccess& access, ledger::Ledger& ledger,
                                         const std::function<Result<void>(const PresentFile&)>& visit,
                                         const std::function<Result<bool>(const ledger::Placement&)>& is_known) {
  I2I_ASSIGN(const auto extensions, of_immich(access.owner().media_extensions()));
  PresenceTotals totals;
  Asker asker(access);
  std::vector<ledger::Placement> batch;
  const auto ask = [&]() -> Result<void> {
    if (batch.empty()) return {};
    std::vector<std::string> paths;
    paths.reserve(batch.size());
    for (const auto& placement : batch) paths.push_back(access.container_path(placement.path));
    I2I_ASSIGN(const auto answers, asker.ask(paths));
    for (std::size_t i = 0; i < batch.size(); ++i) I2I_TRY(visit({batch[i], answers[i]}));
    batch.clear();
    return {};
  };
  ledger::Placements placements(ledger);
  I2I_TRY(placements.for_each(ledger::PlacementState::placed, [&](const ledger::Placement& placement) -> Result<void> {
    if (!is_importable(placement.path, extensions)) {
      ++totals.not_importable;
      ++totals.not_importable_kinds[extension_of(placement.path)];
      return {};
    }
    ++totals.expected;
    if (is_known) {
      I2I_ASSIGN(const bool known, is_known(placement));
      if (known) ++totals.known;
      if (known) return {};
    }
    batch.push_back(placement);
    return batch.size() < kBatch ? Result<void>{} : ask();
  }));
  I2I_TRY(ask());
  return totals;
}

}  // namespace i2i::app
