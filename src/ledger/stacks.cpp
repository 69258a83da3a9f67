#include "i2i/ledger/stacks.hpp"

#include <algorithm>
#include <set>

#include "ledger/connection.hpp"

namespace i2i::ledger {
namespace {

using model::Checksum;

constexpr const char* kReading = "reading the stacks";
constexpr const char* kWriting = "writing the stacks";
/// Groups compared at once.
constexpr std::int64_t kChunk = 1'000;

std::optional<std::int64_t> group_of(Connection& connection, const Checksum& checksum) {
  Query query = connection.query("SELECT grp FROM temp.wanted_stacks WHERE checksum = ?1");
  if (!query.bind(Packed{checksum}).step()) return std::nullopt;
  return query.integer(0);
}

bool is_alone(Connection& connection, const Checksum& checksum) {
  return connection.query("SELECT 1 FROM temp.wanted_alone WHERE checksum = ?1").bind(Packed{checksum}).step();
}

std::optional<Checksum> sent_top_of(Connection& connection, const Checksum& checksum) {
  Query query = connection.query("SELECT top FROM imported_stacks WHERE checksum = ?1");
  if (!query.bind(Packed{checksum}).step()) return std::nullopt;
  return query.unpacked(0);
}

std::vector<Checksum> sent_below(Connection& connection, const Checksum& top) {
  std::vector<Checksum> members;
  Query query = connection.query("SELECT checksum FROM imported_stacks WHERE top = ?1 ORDER BY checksum");
  query.bind(Packed{top});
  while (query.step()) members.push_back(query.unpacked(0));
  return members;
}

std::set<Checksum> sent_tops(Connection& connection, const std::vector<Checksum>& members) {
  std::set<Checksum> tops;
  for (const Checksum& member : members) {
    if (auto top = sent_top_of(connection, member)) tops.insert(*std::move(top));
  }
  return tops;
}

/// What differs from what was sent; nullopt where nothing does.
std::optional<StackChange> change_of(Connection& connection, std::vector<Checksum> wanted) {
  const std::set<Checksum> tops = sent_tops(connection, wanted);
  StackChange change;
  change.was_sent = !tops.empty();
  std::set<Checksum> sent;
  for (const Checksum& top : tops) {
    for (Checksum& member : sent_below(connection, top)) sent.insert(std::move(member));
  }
  const std::set<Checksum> here(wanted.begin(), wanted.end());
  if (tops == std::set<Checksum>{wanted.front()} && sent == here) return std::nullopt;
  for (const Checksum& member : sent) {
    if (here.contains(member)) continue;
    const bool shown = group_of(connection, member) || is_alone(connection, member);
    (shown ? change.leaving : change.outdated).push_back(member);
  }
  change.wanted = std::move(wanted);
  return change;
}

}  // namespace

util::Result<void> Stacks::begin() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS wanted_stacks (checksum TEXT PRIMARY KEY, grp INTEGER NOT NULL, rank INTEGER"
        " NOT NULL) WITHOUT ROWID;"
        "CREATE INDEX IF NOT EXISTS temp.wanted_stacks_in_order ON wanted_stacks (grp, rank);"
        "CREATE TEMP TABLE IF NOT EXISTS wanted_alone (checksum TEXT PRIMARY KEY) WITHOUT ROWID;"
        "DELETE FROM temp.wanted_stacks; DELETE FROM temp.wanted_alone;");
    return {};
  });
}

util::Result<void> Stacks::want(const std::vector<Checksum>& contents) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    if (contents.empty()) return {};
    if (contents.size() == 1) {
      // Of no interest where it never was in a stack: most of a library.
      if (!sent_top_of(connection, contents.front())) return {};
      connection.query("INSERT OR IGNORE INTO temp.wanted_alone (checksum) VALUES (?1)")
          .bind(Packed{contents.front()})
          .run();
      return {};
    }
    std::optional<std::int64_t> group;
    for (const Checksum& checksum : contents) {
      if (!group) group = group_of(connection, checksum);
    }
    if (!group) {
      Query last = connection.query("SELECT coalesce(max(grp), 0) FROM temp.wanted_stacks");
      last.step();
      group = last.integer(0) + 1;
    }
    for (const Checksum& checksum : contents) {
      connection
          .query(
              "INSERT OR IGNORE INTO temp.wanted_stacks (checksum, grp, rank) SELECT ?1, ?2, count(*) FROM"
              " temp.wanted_stacks WHERE grp = ?2")
          .bind(Packed{checksum}, *group)
          .run();
    }
    return {};
  });
}

util::Result<std::vector<StackChange>> Stacks::changes_after(std::int64_t& group) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<StackChange>> {
    std::vector<std::vector<Checksum>> groups;
    {
      Query query = connection.query(
          "SELECT grp, checksum FROM temp.wanted_stacks WHERE grp > ?1 AND grp <= ?2 ORDER BY grp, rank");
      query.bind(group, group + kChunk);
      std::int64_t last = group;
      while (query.step()) {
        if (query.integer(0) != last) groups.emplace_back();
        last = query.integer(0);
        groups.back().push_back(query.unpacked(1));
      }
    }
    group = groups.empty() ? -1 : group + kChunk;
    std::vector<StackChange> changes;
    for (auto& wanted : groups) {
      if (auto change = change_of(connection, std::move(wanted))) changes.push_back(*std::move(change));
    }
    return changes;
  });
}

/// Stacks of which nothing is in a wanted one.
util::Result<std::vector<StackChange>> Stacks::ended() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<StackChange>> {
    std::vector<Checksum> tops;
    {
      Query query = connection.query(
          "SELECT DISTINCT top FROM imported_stacks s WHERE NOT EXISTS (SELECT 1 FROM imported_stacks o JOIN"
          " temp.wanted_stacks w ON w.checksum = o.checksum WHERE o.top = s.top) ORDER BY top");
      while (query.step()) tops.push_back(query.unpacked(0));
    }
    std::vector<StackChange> changes;
    for (const Checksum& top : tops) {
      StackChange change;
      change.was_sent = true;
      for (Checksum& member : sent_below(connection, top)) {
        if (!is_alone(connection, member)) {
          change.outdated.push_back(std::move(member));
        } else if (change.wanted.empty()) {
          change.wanted.push_back(std::move(member));
        } else {
          change.leaving.push_back(std::move(member));
        }
      }
      changes.push_back(std::move(change));
    }
    return changes;
  });
}

util::Result<void> Stacks::for_each_change(const std::function<util::Result<void>(const StackChange&)>& visit) {
  for (std::int64_t group = 0; group >= 0;) {
    I2I_ASSIGN(const auto changes, changes_after(group));
    for (const StackChange& change : changes) I2I_TRY(visit(change));
  }
  I2I_ASSIGN(const auto ends, ended());
  for (const StackChange& change : ends) I2I_TRY(visit(change));
  return {};
}

util::Result<void> Stacks::set_sent(const StackChange& change) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    for (const auto* contents : {&change.wanted, &change.outdated, &change.leaving}) {
      for (const Checksum& checksum : *contents) {
        connection.query("DELETE FROM imported_stacks WHERE checksum = ?1").bind(Packed{checksum}).run();
      }
    }
    for (const Checksum& checksum : change.wanted) {
      if (change.wanted.size() < 2) break;
      connection.query("INSERT INTO imported_stacks (checksum, top) VALUES (?1, ?2)")
          .bind(Packed{checksum}, Packed{change.wanted.front()})
          .run();
    }
    scope.commit();
    return {};
  });
}

}  // namespace i2i::ledger
