R"sql(
-- Files of the volume that are no content's placement, as adoption last saw them (docs/decisions/0011-adoption.md).
-- walk: the walk that last met it. kind: FileKind. checksum and sha1_hex: '' until the file was read; they hold as long as size, time and
-- inode stay the same.
CREATE TABLE volume_files (
  path TEXT PRIMARY KEY,
  walk INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  size INTEGER NOT NULL,
  mtime_ms INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  sha1_hex TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX volume_files_by_checksum ON volume_files (checksum) WHERE checksum <> '';
)sql"
