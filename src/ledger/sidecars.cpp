#include "i2i/ledger/sidecars.hpp"

#include "ledger/connection.hpp"

namespace i2i::ledger {
namespace {

constexpr const char* kReading = "reading the sidecars";
constexpr const char* kWriting = "writing the sidecars";

void settle_one(Connection& connection, const SidecarSettled& settled) {
  connection.query("UPDATE placements SET sidecar_input = ?2, mtime_ms = coalesce(?3, mtime_ms) WHERE checksum = ?1")
      .bind(Packed{settled.checksum}, settled.looked, settled.mtime_ms)
      .run();
  if (!settled.state) return;
  connection
      .query(
          "INSERT INTO sidecars (checksum, said, sha1, origin, next_said, next_sha1, next_origin)"
          " VALUES (?1, ?2, ?3, ?4, x'', x'', 0) ON CONFLICT (checksum) DO UPDATE SET said = ?2, sha1 = ?3, origin = "
          "?4,"
          " next_said = x'', next_sha1 = x'', next_origin = 0")
      .bind(Packed{settled.checksum}, Blob{settled.state->said}, Blob{settled.state->sha1},
            static_cast<int>(settled.state->origin))
      .run();
}

}  // namespace

util::Result<std::optional<SidecarPlace>> Sidecars::place(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::optional<SidecarPlace>> {
    Query query =
        connection.query("SELECT id, path, mtime_ms, sidecar_input FROM placements WHERE checksum = ?1 AND state = 1");
    if (!query.bind(Packed{checksum}).step()) return std::optional<SidecarPlace>();
    return std::optional(SidecarPlace{query.integer(0), query.text(1), query.integer(2), query.maybe_integer(3)});
  });
}

util::Result<std::optional<SidecarRow>> Sidecars::find(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::optional<SidecarRow>> {
    Query query = connection.query(
        "SELECT said, sha1, origin, next_said, next_sha1, next_origin FROM sidecars WHERE checksum = ?1");
    if (!query.bind(Packed{checksum}).step()) return std::optional<SidecarRow>();
    const auto state = [&](int first) {
      return SidecarState{query.text(first), query.text(first + 1), query.one_of(first + 2, SidecarOrigin::others)};
    };
    return std::optional(SidecarRow{state(0), state(3)});
  });
}

util::Result<SidecarTotals> Sidecars::totals() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<SidecarTotals> {
    SidecarTotals totals;
    Query query = connection.query("SELECT origin, count(*) FROM sidecars WHERE origin > 0 GROUP BY origin");
    while (query.step()) {
      const auto origin = query.one_of(0, SidecarOrigin::others);
      (origin == SidecarOrigin::shared ? totals.shared : totals.others) = query.integer(1);
    }
    return totals;
  });
}

util::Result<void> Sidecars::intend(const std::vector<Intent>& intents) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    for (const Intent& intent : intents) {
      connection
          .query(
              "INSERT INTO sidecars (checksum, said, sha1, origin, next_said, next_sha1, next_origin)"
              " VALUES (?1, x'', x'', 0, ?2, ?3, ?4) ON CONFLICT (checksum) DO UPDATE SET next_said = ?2, next_sha1 = "
              "?3,"
              " next_origin = ?4")
          .bind(Packed{intent.checksum}, Blob{intent.next.said}, Blob{intent.next.sha1},
                static_cast<int>(intent.next.origin))
          .run();
    }
    scope.commit();
    return {};
  });
}

util::Result<void> Sidecars::settle(const std::vector<SidecarSettled>& settled) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    for (const SidecarSettled& one : settled) settle_one(connection, one);
    scope.commit();
    return {};
  });
}

}  // namespace i2i::ledger
