#include "app/catalogue/ask_again.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/catalogue/sync_state_decode.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr std::size_t kLookupNames = 100;  // docs/protocol/icloud.md §7.7

/// What is wanted of a record.
struct Waiting {
  bool unknown_master = false;
  std::set<model::RenditionKind> kinds;
};

using WaitingByName = std::map<std::string, Waiting>;

Result<WaitingByName> waiting_in(ledger::Catalogue& catalogue, const model::ZoneId& zone) {
  WaitingByName waiting;
  I2I_ASSIGN(const auto files, catalogue.awaited_files());
  for (const auto& file : files) {
    if (file.zone == zone) waiting[file.record].kinds.insert(file.kind);
  }
  I2I_ASSIGN(const auto masters, catalogue.unknown_masters(zone));
  for (const auto& name : masters) waiting[name].unknown_master = true;
  return waiting;
}

const std::vector<model::Rendition>* renditions_of(const model::Record& record) {
  if (const auto* master = std::get_if<model::Master>(&record)) return &master->renditions;
  if (const auto* asset = std::get_if<model::Asset>(&record)) return &asset->renditions;
  return nullptr;
}

bool brings_something(const model::Record& record, const Waiting& waiting) {
  const auto* renditions = renditions_of(record);
  if (renditions == nullptr) return false;
  if (waiting.unknown_master && std::holds_alternative<model::Master>(record)) return true;
  return std::any_of(renditions->begin(), renditions->end(), [&](const model::Rendition& rendition) {
    return waiting.kinds.contains(rendition.kind) && !rendition.url.empty();
  });
}

}  // namespace

Result<std::int64_t> ask_again(icloud::CloudKit& cloudkit, ledger::Ledger& ledger, const model::ZoneId& zone) {
  ledger::Catalogue catalogue(ledger);
  I2I_ASSIGN(const auto waiting, waiting_in(catalogue, zone));
  std::int64_t brought = 0;
  for (auto next = waiting.begin(); next != waiting.end();) {
    std::vector<std::string> names;
    for (; next != waiting.end() && names.size() < kLookupNames; ++next) names.push_back(next->first);
    I2I_ASSIGN(auto found, cloudkit.lookup(zone, names));
    std::vector<model::Record> news;
    for (auto& one : found) {
      if (one.record && brings_something(*one.record, waiting.at(one.name))) news.push_back(*std::move(one.record));
    }
    if (news.empty()) continue;
    I2I_TRY(note_news(ledger));
    I2I_TRY(catalogue.put_listed(zone, news));
    brought += static_cast<std::int64_t>(news.size());
  }
  return brought;
}

}  // namespace i2i::app
