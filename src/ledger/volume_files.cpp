#include "i2i/ledger/volume_files.hpp"

#include "ledger/connection.hpp"

namespace i2i::ledger {
namespace {

using util::Result;

constexpr const char* kReading = "reading the list of the volume's files";
constexpr const char* kWriting = "writing the list of the volume's files";
constexpr std::int64_t kChunk = 1'000;

#define I2I_FILE "SELECT path, kind, size, mtime_ms, mtime_ns, inode, checksum, sha1_hex FROM volume_files "

VolumeFile read(const Query& query) {
  VolumeFile file;
  file.path = query.text(0);
  file.kind = query.one_of(1, FileKind::unreadable);
  file.facts.size = static_cast<std::uint64_t>(query.integer(2));
  file.facts.mtime_ms = query.integer(3);
  file.facts.mtime_ns = static_cast<std::uint32_t>(query.integer(4));
  file.facts.inode = static_cast<std::uint64_t>(query.integer(5));
  file.facts.is_regular = true;
  file.checksum = query.unpacked(6);
  file.sha1_hex = query.unpacked(7);
  return file;
}

std::vector<VolumeFile> rows(Query query) {
  std::vector<VolumeFile> files;
  while (query.step()) files.push_back(read(query));
  return files;
}

}  // namespace

bool is_same_file(const util::FileFacts& a, const util::FileFacts& b) {
  return a.size == b.size && a.mtime_ms == b.mtime_ms && a.mtime_ns == b.mtime_ns && a.inode == b.inode;
}

Result<std::int64_t> VolumeFiles::begin_walk() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> Result<std::int64_t> {
    Query query = connection.query("SELECT coalesce(max(walk), 0) + 1 FROM volume_files");
    return query.step() ? query.integer(0) : 1;
  });
}

Result<void> VolumeFiles::saw(std::int64_t walk, const std::string& path, FileKind kind, const util::FileFacts& facts) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> Result<void> {
    connection
        .query(
            "INSERT INTO volume_files (path, walk, kind, size, mtime_ms, mtime_ns, inode, checksum, sha1_hex)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', '')"
            " ON CONFLICT (path) DO UPDATE SET walk = ?2, kind = ?3, size = ?4, mtime_ms = ?5, mtime_ns = ?6, inode = "
            "?7,"
            " checksum = CASE WHEN size = ?4 AND mtime_ms = ?5 AND mtime_ns = ?6 AND inode = ?7 THEN checksum ELSE '' "
            "END,"
            " sha1_hex = CASE WHEN size = ?4 AND mtime_ms = ?5 AND mtime_ns = ?6 AND inode = ?7 THEN sha1_hex ELSE '' "
            "END")
        .bind(path, walk, static_cast<int>(kind), facts.size, facts.mtime_ms, static_cast<std::int64_t>(facts.mtime_ns),
              facts.inode)
        .run();
    return {};
  });
}

Result<void> VolumeFiles::end_walk(std::int64_t walk) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> Result<void> {
    connection.query("DELETE FROM volume_files WHERE walk <> ?1").bind(walk).run();
    return {};
  });
}

Result<void> VolumeFiles::set_content(const std::string& path, const model::ContentProof& proof) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> Result<void> {
    connection.query("UPDATE volume_files SET checksum = ?2, sha1_hex = ?3 WHERE path = ?1")
        .bind(path, Packed{proof.checksum}, Packed{proof.sha1_hex})
        .run();
    return {};
  });
}

Result<void> VolumeFiles::set_kind(const std::string& path, FileKind kind) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> Result<void> {
    connection.query("UPDATE volume_files SET kind = ?2 WHERE path = ?1").bind(path, static_cast<int>(kind)).run();
    return {};
  });
}

Result<void> VolumeFiles::remove(const std::string& path) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> Result<void> {
    connection.query("DELETE FROM volume_files WHERE path = ?1").bind(path).run();
    return {};
  });
}

Result<std::optional<VolumeFile>> VolumeFiles::at(const std::string& path) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> Result<std::optional<VolumeFile>> {
    Query query = connection.query(I2I_FILE "WHERE path = ?1");
    if (!query.bind(path).step()) return std::optional<VolumeFile>();
    return std::optional(read(query));
  });
}

Result<std::vector<VolumeFile>> VolumeFiles::with_content(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> Result<std::vector<VolumeFile>> {
    Query query = connection.query(I2I_FILE "WHERE checksum = ?1 AND checksum <> '' ORDER BY path");
    query.bind(Packed{checksum});
    return rows(std::move(query));
  });
}

Result<void> VolumeFiles::for_each(std::optional<FileKind> kind,
                                   const std::function<Result<void>(const VolumeFile&)>& visit) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> Result<void> {
    std::string last;
    for (;;) {
      // A kind of -1 stands for all.
      Query query = connection.query(I2I_FILE "WHERE path > ?1 AND (kind = ?2 OR ?2 = -1) ORDER BY path LIMIT ?3");
      query.bind(last, kind ? static_cast<int>(*kind) : -1, kChunk);
      const std::vector<VolumeFile> files = rows(std::move(query));
      if (files.empty()) return {};
      last = files.back().path;
      for (const VolumeFile& file : files) I2I_TRY(visit(file));
    }
  });
}

Result<std::map<FileKind, VolumeFiles::Count>> VolumeFiles::counts() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> Result<std::map<FileKind, Count>> {
    std::map<FileKind, Count> counts;
    Query query = connection.query(
        "SELECT kind, count(*), sum(size), total(checksum = ''), total(CASE WHEN checksum = '' THEN size END)"
        " FROM volume_files GROUP BY kind");
    while (query.step()) {
      counts[query.one_of(0, FileKind::unreadable)] = {query.integer(1), query.integer(2), query.integer(3),
                                                       query.integer(4)};
    }
    return counts;
  });
}

}  // namespace i2i::ledger
