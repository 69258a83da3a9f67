#include "i2i/icloud/cloudkit.hpp"

#include <fmt/core.h>

#include <utility>

#include "icloud/records_decode.hpp"
#include "icloud/records_encode.hpp"

namespace i2i::icloud {
namespace {

using util::ErrorCode;

constexpr std::size_t kMaxLookup = 100;
constexpr int kMaxPages = 1000;

constexpr const char* kQuery = "records/query";
constexpr const char* kLookup = "records/lookup";
constexpr const char* kBatch = "internal/records/query/batch";
constexpr const char* kZoneChanges = "changes/zone";
constexpr const char* kDatabaseChanges = "changes/database";
constexpr const char* kZones = "zones/list";

bool is_transient(const util::Error& error) {
  const net::Action action = net::action_for(error.code);
  return action == net::Action::retry_later || action == net::Action::refresh_session;
}

/// Of an album's page only the relations: its photos come without their fields and must not replace whole ones.
void keep_relations(Page& page) {
  std::erase_if(page.records, [](const model::Record& record) {
    if (std::holds_alternative<model::Membership>(record)) return false;
    if (const auto* tombstone = std::get_if<model::Tombstone>(&record)) {
      return tombstone->name.find("-IN-") == std::string::npos;
    }
    const auto* skipped = std::get_if<model::Skipped>(&record);
    return skipped == nullptr || (skipped->type != "CPLContainerRelation" && !skipped->type.empty());
  });
  std::erase_if(page.failed, [](const std::string& name) { return name.find("-IN-") == std::string::npos; });
}

}  // namespace

util::Result<std::vector<ZoneInfo>> CloudKit::zones(model::Database database) {
  std::vector<ZoneInfo> zones;
  I2I_TRY(call(database, kZones, "{}", [&](std::size_t, const net::Response& response) -> util::Result<void> {
    I2I_ASSIGN(zones, decode_zones(response, database));
    return {};
  }));
  return zones;
}

util::Result<DatabaseChanges> CloudKit::database_changes(model::Database database, const std::string& token) {
  DatabaseChanges all;
  all.sync_token = token;
  for (int pages = 0; pages < kMaxPages; ++pages) {
    DatabaseChangesPage page;
    const auto done = call(database, kDatabaseChanges, encode_database_changes(all.sync_token),
                           [&](std::size_t, const net::Response& response) -> util::Result<void> {
                             I2I_ASSIGN(page, decode_database_changes(response, database));
                             return {};
                           });
    if (!done) {
      util::Error error = done.error();
      // However a token is refused here, the remedy is the same: list the zones.
      if (error.code == ErrorCode::refused) error.code = ErrorCode::bad_token;
      return util::fail(std::move(error));
    }
    for (auto& zone : page.changes.zones) all.zones.push_back(std::move(zone));
    if (!page.changes.sync_token.empty()) all.sync_token = std::move(page.changes.sync_token);
    if (!page.more) return all;
  }
  return util::fail(ErrorCode::bad_answer, "iCloud's list of changed zones does not end");
}

util::Result<void> CloudKit::list_each(const model::ZoneId& zone, Index index, const NextRank& next,
                                       const TakePage& take) {
  std::vector<std::int64_t> ranks;
  const auto next_body = [&]() -> std::optional<std::string> {
    const auto rank = next();
    if (!rank) return std::nullopt;
    ranks.push_back(*rank);
    return encode_list(zone, index, *rank);
  };
  Page page;
  const auto read = [&](std::size_t, const net::Response& response) -> util::Result<void> {
    I2I_ASSIGN(page, decode_query(response));
    return {};
  };
  auto done = call_each(
      zone.database, kQuery, next_body, [this] { return pacer_.allowed(); }, read,
      [&](std::size_t which) { return take(ranks[which], page); });
  if (!done && done.error().code == ErrorCode::not_found && zone.is_primary()) {
    return util::fail(no_library(std::move(done).error()));
  }
  return done;
}

util::Result<Page> CloudKit::list(const model::ZoneId& zone, Index index, std::int64_t rank) {
  Page page;
  I2I_TRY(call_zone(zone, kQuery, {encode_list(zone, index, rank)},
                    [&](std::size_t, const net::Response& response) -> util::Result<void> {
                      I2I_ASSIGN(page, decode_query(response));
                      return {};
                    }));
  return page;
}

util::Result<Page> CloudKit::albums(const model::ZoneId& zone, const std::string& parent,
                                    const std::string& continuation) {
  Page page;
  I2I_TRY(call_zone(zone, kQuery, {encode_albums(zone, parent, continuation)},
                    [&](std::size_t, const net::Response& response) -> util::Result<void> {
                      I2I_ASSIGN(page, decode_query(response));
                      return {};
                    }));
  return page;
}

util::Result<Page> CloudKit::album_members(const model::ZoneId& zone, const std::string& album, std::int64_t rank) {
  I2I_ASSIGN(auto pages, members(zone, {{album, rank}}));
  return std::move(pages.front());
}

util::Result<std::vector<Page>> CloudKit::members(const model::ZoneId& zone, const std::vector<MemberPage>& wanted) {
  std::vector<std::string> bodies;
  bodies.reserve(wanted.size());
  for (const auto& page : wanted) bodies.push_back(encode_members(zone, page.album, page.rank));
  std::vector<Page> pages(wanted.size());
  I2I_TRY(call_zone(zone, kQuery, bodies, [&](std::size_t which, const net::Response& response) -> util::Result<void> {
    I2I_ASSIGN(pages[which], decode_query(response));
    keep_relations(pages[which]);
    return {};
  }));
  return pages;
}

util::Result<Page> CloudKit::changes(const model::ZoneId& zone, const std::optional<std::string>& token) {
  Page page;
  const auto done = call_zone(zone, kZoneChanges, {encode_changes(zone, token)},
                              [&](std::size_t, const net::Response& response) -> util::Result<void> {
                                I2I_ASSIGN(page, decode_changes(response));
                                return {};
                              });
  if (!done) {
    util::Error error = done.error();
    // Tokens of the database or of another zone are refused in other words than garbage (§8.2).
    if (error.code == ErrorCode::refused && token) error.code = ErrorCode::bad_token;
    return util::fail(std::move(error));
  }
  return page;
}

util::Result<std::vector<LookedUp>> CloudKit::lookup(const model::ZoneId& zone, const std::vector<std::string>& names) {
  I2I_ASSERT(names.size() <= kMaxLookup);
  std::vector<LookedUp> all(names.size());
  std::vector<std::size_t> open(names.size());
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  for (int attempt = 1; !open.empty(); ++attempt) {
    std::vector<std::string> asked;
    asked.reserve(open.size());
    for (const auto at : open) asked.push_back(names[at]);
    std::vector<LookedUp> found;
    I2I_TRY(call_zone(zone, kLookup, {encode_lookup(zone, asked)},
                      [&](std::size_t, const net::Response& response) -> util::Result<void> {
                        I2I_ASSIGN(found, decode_lookup(response, asked));
                        return {};
                      }));
    std::vector<std::size_t> again;
    util::Error last;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (found[i].error && is_transient(*found[i].error)) {
        again.push_back(open[i]);
        last = *found[i].error;
      }
      all[open[i]] = std::move(found[i]);
    }
    open = std::move(again);
    if (open.empty()) break;
    if (auto waited = wait_after(last, attempt); !waited) {
      // One record that stays out of reach does not take the others with it.
      if (waited.error().code == ErrorCode::cancelled) return util::fail(waited.error());
      break;
    }
  }
  return all;
}

util::Result<std::int64_t> CloudKit::count(const model::ZoneId& zone, Index index) {
  std::int64_t count = 0;
  I2I_TRY(call_zone(zone, kBatch, {encode_count(zone, index)},
                    [&](std::size_t, const net::Response& response) -> util::Result<void> {
                      I2I_ASSIGN(count, decode_count(response));
                      return {};
                    }));
  return count;
}

util::Result<bool> CloudKit::is_indexed(const model::ZoneId& zone) {
  bool indexed = true;
  I2I_TRY(call_zone(zone, kQuery, {encode_indexing(zone)},
                    [&](std::size_t, const net::Response& response) -> util::Result<void> {
                      I2I_ASSIGN(indexed, decode_indexing(response));
                      return {};
                    }));
  return indexed;
}

}  // namespace i2i::icloud
