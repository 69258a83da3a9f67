#include "i2i/ledger/runs.hpp"

#include "ledger/connection.hpp"

namespace i2i::ledger {
namespace {

constexpr const char* kReading = "reading the runs";
constexpr const char* kWriting = "writing the runs";
/// Enough for a month of a job every hour.
constexpr std::int64_t kRunsKept = 1'000;

}  // namespace

util::Result<std::int64_t> Runs::start(const std::string& command, util::UnixMillis now) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<std::int64_t> {
    Scope scope(connection);
    connection.query("INSERT INTO runs (command, started_at) VALUES (?1, ?2)").bind(command, now).run();
    const std::int64_t id = connection.last_row_id();
    connection.query("DELETE FROM runs WHERE id <= ?1").bind(id - kRunsKept).run();
    scope.commit();
    return id;
  });
}

util::Result<void> Runs::end(std::int64_t id, util::UnixMillis now, int exit_code, const std::string& summary) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    connection.query("UPDATE runs SET ended_at = ?2, exit_code = ?3, summary = ?4 WHERE id = ?1")
        .bind(id, now, exit_code, summary)
        .run();
    return {};
  });
}

util::Result<std::vector<Run>> Runs::last(std::size_t count) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<Run>> {
    std::vector<Run> runs;
    Query query = connection.query(
        "SELECT command, started_at, ended_at, exit_code, summary FROM runs ORDER BY id DESC LIMIT ?1");
    query.bind(static_cast<std::int64_t>(count));
    while (query.step()) {
      Run run;
      run.command = query.text(0);
      run.started_at = query.integer(1);
      run.ended_at = query.maybe_integer(2);
      run.exit_code = static_cast<int>(query.integer(3));
      run.summary = query.text(4);
      runs.push_back(std::move(run));
    }
    return runs;
  });
}

util::Result<void> Runs::set_left_overs(const std::vector<LeftOver>& left_overs) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    connection.query("DELETE FROM left_overs").run();
    for (const LeftOver& left_over : left_overs) {
      connection.query("INSERT INTO left_overs (checksum, reason) VALUES (?1, ?2)")
          .bind(Packed{left_over.checksum}, left_over.reason)
          .run();
    }
    scope.commit();
    return {};
  });
}

util::Result<std::vector<Runs::LeftOver>> Runs::left_overs() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<LeftOver>> {
    std::vector<LeftOver> found;
    Query query = connection.query("SELECT checksum, reason FROM left_overs ORDER BY id");
    while (query.step()) {
      found.push_back({query.unpacked(0), query.text(1)});
    }
    return found;
  });
}

}  // namespace i2i::ledger
