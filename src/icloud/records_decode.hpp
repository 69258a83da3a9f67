#pragma once
// Answers of Photos' CloudKit database taken apart: text in, values out. Pure; nothing here talks to anybody.
// Source: docs/protocol/icloud.md §6-9 and Appendix B.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "i2i/icloud/cloudkit.hpp"
#include "i2i/model/asset.hpp"
#include "i2i/net/http.hpp"
#include "i2i/util/result.hpp"

namespace i2i::icloud {

/// One server's word about a failure, wherever it stood (§6.4): the whole answer, a zone, a batch, a record.
struct ServerError {
  std::string code;    // "TRY_AGAIN_LATER"; "" where only a status or a sentence came
  std::string reason;  // the server's sentence; data, never shown unescaped
  std::optional<std::int64_t> retry_after_s;
};

/// What the failure means for us.
/// status: the HTTP status of the answer; decides where code says nothing we know.
util::Error error_of(int status, const ServerError& error);

/// records/query. Per-record errors become Skipped and are named in Page::failed; one that names no record fails the
/// page.
util::Result<Page> decode_query(const net::Response& response);
/// changes/zone with one zone.
util::Result<Page> decode_changes(const net::Response& response);
/// records/lookup: one entry for each name, in the order of names.
util::Result<std::vector<LookedUp>> decode_lookup(const net::Response& response, const std::vector<std::string>& names);
/// zones/list. Zones that carry an error are left out.
util::Result<std::vector<ZoneInfo>> decode_zones(const net::Response& response, model::Database database);

struct DatabaseChangesPage {
  DatabaseChanges changes;
  bool more = false;
};
util::Result<DatabaseChangesPage> decode_database_changes(const net::Response& response, model::Database database);
/// internal/records/query/batch with one index.
util::Result<std::int64_t> decode_count(const net::Response& response);
/// CheckIndexingState: true where the index is finished, or the answer does not say.
util::Result<bool> decode_indexing(const net::Response& response);

}  // namespace i2i::icloud
