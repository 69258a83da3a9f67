#include "i2i/ledger/live_links.hpp"

#include <algorithm>

#include "ledger/connection.hpp"

namespace i2i::ledger {
namespace {

constexpr const char* kReading = "reading the live photos";
constexpr const char* kWriting = "writing the live photos";

bool is_checked(Connection& connection, const LiveLink& link, const std::string& stamp) {
  Query query = connection.query("SELECT 1 FROM imported_links WHERE still = ?1 AND video = ?2 AND stamp = ?3");
  return query.bind(Packed{link.still}, Packed{link.video}, stamp).step();
}

}  // namespace

util::Result<void> LiveLinks::begin() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS wanted_links (still TEXT PRIMARY KEY, video TEXT NOT NULL, grp INTEGER NOT"
        " NULL, stamp TEXT NOT NULL) WITHOUT ROWID;"
        "CREATE INDEX IF NOT EXISTS temp.wanted_links_in_order ON wanted_links (grp);"
        "DELETE FROM temp.wanted_links;");
    return {};
  });
}

util::Result<void> LiveLinks::want(const LiveGroup& group) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    std::int64_t number = 1;
    {
      Query last = connection.query("SELECT coalesce(max(grp), 0) FROM temp.wanted_links");
      if (last.step()) number = last.integer(0) + 1;
    }
    for (const LiveLink& link : group.links) {
      connection.query("INSERT OR IGNORE INTO temp.wanted_links (still, video, grp, stamp) VALUES (?1, ?2, ?3, ?4)")
          .bind(Packed{link.still}, Packed{link.video}, number, group.stamp)
          .run();
    }
    return {};
  });
}

util::Result<std::vector<LiveGroup>> LiveLinks::changes(std::int64_t& after, std::int64_t limit) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<LiveGroup>> {
    std::vector<LiveGroup> groups;
    {
      Query query = connection.query(
          "SELECT grp, still, video, stamp FROM temp.wanted_links WHERE grp > ?1 AND grp <= ?2 ORDER BY grp, still");
      query.bind(after, after + limit);
      std::int64_t last = after;
      while (query.step()) {
        if (query.integer(0) != last) groups.push_back({{}, query.text(3)});
        last = query.integer(0);
        groups.back().links.push_back({query.unpacked(1), query.unpacked(2)});
      }
    }
    after = groups.empty() ? -1 : after + limit;
    std::erase_if(groups, [&](const LiveGroup& group) {
      return std::all_of(group.links.begin(), group.links.end(),
                         [&](const LiveLink& link) { return is_checked(connection, link, group.stamp); });
    });
    return groups;
  });
}

util::Result<void> LiveLinks::set_checked(const LiveGroup& group) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    for (const LiveLink& link : group.links) {
      connection
          .query(
              "INSERT INTO imported_links (still, video, stamp) VALUES (?1, ?2, ?3)"
              " ON CONFLICT (still) DO UPDATE SET video = ?2, stamp = ?3")
          .bind(Packed{link.still}, Packed{link.video}, group.stamp)
          .run();
    }
    scope.commit();
    return {};
  });
}

}  // namespace i2i::ledger
