R"sql(
-- When the file's bytes were last hashed whole (fetched, or read back by verify) and were the content, in seconds since 1970; NULL: not
-- since this column is there, or adopted.
ALTER TABLE placements ADD COLUMN proven_at INTEGER;

DROP VIEW readable_placements;
CREATE VIEW readable_placements AS SELECT id,
  CASE typeof(checksum) WHEN 'blob' THEN lower(hex(checksum)) ELSE checksum END AS checksum, path,
  CASE state WHEN 0 THEN 'planned' WHEN 1 THEN 'placed' WHEN 2 THEN 'damaged' ELSE 'trashed' END AS state, size,
  CASE WHEN typeof(sha1) = 'text' THEN sha1 WHEN length(sha1) = 20 THEN lower(hex(sha1)) ELSE '' END AS sha1,
  strftime('%Y-%m-%dT%H:%M:%fZ', mtime_ms / 1000.0, 'unixepoch') AS mtime, proven, adopted,
  strftime('%Y-%m-%dT%H:%M:%SZ', proven_at, 'unixepoch') AS proven_at FROM placements;
)sql"
