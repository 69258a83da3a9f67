CREATE VIEW readable_assets AS SELECT a.id, z.name AS zone,
  CASE typeof(a.name) WHEN 'blob' THEN substr(hex(a.name), 1, 8) || '-' || substr(hex(a.name), 9, 4) || '-' ||
    substr(hex(a.name), 13, 4) || '-' || substr(hex(a.name), 17, 4) || '-' || substr(hex(a.name), 21) ELSE a.name END AS name,
  m.filename, strftime('%Y-%m-%dT%H:%M:%fZ', a.captured / 1000.0, 'unixepoch') AS captured, a.favorite, a.hidden, a.deleted,
  a.title, a.description, a.keywords, a.latitude, a.longitude
  FROM assets a JOIN zones z ON z.id = a.zone LEFT JOIN masters m ON m.id = a.master;
CREATE VIEW readable_files AS SELECT a.zone, a.name AS asset, f.kind,
  CASE typeof(f.checksum) WHEN 'blob' THEN lower(hex(f.checksum)) ELSE f.checksum END AS checksum, f.size, u.uti, p.path
  FROM (SELECT a.id AS asset, r.kind, r.checksum, r.size, r.uti FROM assets a JOIN master_renditions r ON r.master = a.master
        UNION ALL SELECT r.asset, r.kind, r.checksum, r.size, r.uti FROM asset_renditions r) f
  JOIN readable_assets a ON a.id = f.asset LEFT JOIN utis u ON u.id = f.uti LEFT JOIN placements p ON p.checksum = f.checksum;
CREATE VIEW readable_placements AS SELECT id,
  CASE typeof(checksum) WHEN 'blob' THEN lower(hex(checksum)) ELSE checksum END AS checksum, path,
  CASE state WHEN 0 THEN 'planned' WHEN 1 THEN 'placed' WHEN 2 THEN 'damaged' ELSE 'trashed' END AS state, size,
  CASE WHEN typeof(sha1) = 'text' THEN sha1 WHEN length(sha1) = 20 THEN lower(hex(sha1)) ELSE '' END AS sha1,
  strftime('%Y-%m-%dT%H:%M:%fZ', mtime_ms / 1000.0, 'unixepoch') AS mtime, proven, adopted,
  strftime('%Y-%m-%dT%H:%M:%SZ', proven_at, 'unixepoch') AS proven_at FROM placements;
CREATE TABLE albums (
  id INTEGER PRIMARY KEY,
  zone INTEGER NOT NULL REFERENCES zones (id),
  name TEXT NOT NULL,
  generation INTEGER NOT NULL,
  title TEXT NOT NULL,
  parent TEXT NOT NULL,
  is_folder INTEGER NOT NULL,
  position INTEGER NOT NULL,
  UNIQUE (zone, name)
);
CREATE TABLE "asset_renditions" (
  asset INTEGER NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  checksum BLOB NOT NULL,
  size INTEGER NOT NULL,
  uti INTEGER NOT NULL,
  PRIMARY KEY (asset, kind)
) WITHOUT ROWID;
CREATE TABLE "assets" (
  id INTEGER PRIMARY KEY,
  zone INTEGER NOT NULL REFERENCES zones (id),
  name BLOB NOT NULL,
  generation INTEGER NOT NULL,
  master INTEGER REFERENCES masters (id),
  added_order INTEGER NOT NULL,
  captured INTEGER,
  offset_s INTEGER,
  favorite INTEGER NOT NULL,
  hidden INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  adjusted INTEGER NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  keywords TEXT NOT NULL,
  latitude REAL,
  longitude REAL,
  altitude REAL,
  burst_id TEXT NOT NULL
, burst_flags INTEGER NOT NULL DEFAULT 0);
CREATE TABLE awaited_files (
  zone INTEGER NOT NULL REFERENCES zones (id) ON DELETE CASCADE,
  record TEXT NOT NULL,
  kind INTEGER NOT NULL,
  PRIMARY KEY (zone, record, kind)
) WITHOUT ROWID;
CREATE TABLE facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE imported_albums (
  id INTEGER PRIMARY KEY,
  zone TEXT NOT NULL,
  album TEXT NOT NULL,
  immich_id TEXT NOT NULL,
  name_sent TEXT NOT NULL,
  UNIQUE (zone, album)
);
CREATE TABLE imported_assets (
  checksum TEXT PRIMARY KEY,
  asset_id TEXT NOT NULL,
  favorite_sent INTEGER,
  hidden_sent INTEGER
, locked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE imported_links (
  still TEXT PRIMARY KEY,
  video TEXT NOT NULL,
  stamp TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE imported_members (
  album INTEGER NOT NULL REFERENCES imported_albums (id) ON DELETE CASCADE,
  checksum TEXT NOT NULL,
  PRIMARY KEY (album, checksum)
) WITHOUT ROWID;
CREATE TABLE imported_stacks (
  checksum TEXT PRIMARY KEY,
  top TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE kept_contents (
  checksum TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE left_overs (
  id INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE TABLE "master_renditions" (
  master INTEGER NOT NULL REFERENCES masters (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  checksum BLOB NOT NULL,
  size INTEGER NOT NULL,
  uti INTEGER NOT NULL,
  PRIMARY KEY (master, kind)
) WITHOUT ROWID;
CREATE TABLE "masters" (
  id INTEGER PRIMARY KEY,
  zone INTEGER NOT NULL REFERENCES zones (id),
  name BLOB NOT NULL,
  generation INTEGER NOT NULL,
  known INTEGER NOT NULL,
  filename TEXT NOT NULL DEFAULT '',
  item_type INTEGER NOT NULL DEFAULT 0,
  is_video INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE memberships (
  id INTEGER PRIMARY KEY,
  zone INTEGER NOT NULL REFERENCES zones (id),
  name TEXT NOT NULL,
  generation INTEGER NOT NULL,
  asset TEXT NOT NULL,
  album TEXT NOT NULL,
  position INTEGER NOT NULL,
  UNIQUE (zone, name)
);
CREATE TABLE "placements" (
  id INTEGER PRIMARY KEY,
  checksum BLOB NOT NULL,
  path TEXT NOT NULL,
  path_key INTEGER NOT NULL,
  state INTEGER NOT NULL,
  size INTEGER NOT NULL,
  sha1 BLOB NOT NULL,
  mtime_ms INTEGER NOT NULL,
  proven INTEGER NOT NULL,
  adopted INTEGER NOT NULL,
  sidecar_input INTEGER
, proven_at INTEGER);
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  command TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  exit_code INTEGER NOT NULL DEFAULT 0,
  summary TEXT NOT NULL DEFAULT ''
);
CREATE TABLE sidecars (
  checksum TEXT PRIMARY KEY,
  said BLOB NOT NULL,
  sha1 BLOB NOT NULL,
  origin INTEGER NOT NULL,
  next_said BLOB NOT NULL,
  next_sha1 BLOB NOT NULL,
  next_origin INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE trash (
  checksum TEXT PRIMARY KEY,
  trash_path TEXT NOT NULL,
  trashed_at INTEGER NOT NULL,
  asset TEXT NOT NULL,
  reason TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE utis (
  id INTEGER PRIMARY KEY,
  uti TEXT NOT NULL UNIQUE
);
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
CREATE TABLE zones (
  id INTEGER PRIMARY KEY,
  database INTEGER NOT NULL,
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  token TEXT NOT NULL DEFAULT '',
  generation INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0,
  UNIQUE (database, name, owner)
);
CREATE INDEX assets_by_master ON assets (master);
CREATE UNIQUE INDEX assets_by_name ON assets (zone, name);
CREATE INDEX assets_deleted ON assets (zone) WHERE deleted = 1;
CREATE INDEX assets_favorite ON assets (id) WHERE favorite = 1;
CREATE INDEX assets_hidden ON assets (id) WHERE hidden = 1;
CREATE INDEX assets_in_order ON assets (zone, added_order, name);
CREATE INDEX imported_stacks_by_top ON imported_stacks (top);
CREATE UNIQUE INDEX masters_by_name ON masters (zone, name);
CREATE INDEX masters_unknown ON masters (zone, name) WHERE known = 0;
CREATE INDEX memberships_by_album ON memberships (zone, album, position);
CREATE INDEX memberships_by_asset ON memberships (zone, asset);
CREATE UNIQUE INDEX placements_by_checksum ON placements (checksum);
CREATE INDEX placements_by_path ON placements (path_key);
CREATE INDEX placements_in_trash ON placements (id) WHERE state = 3;
CREATE INDEX volume_files_by_checksum ON volume_files (checksum) WHERE checksum <> '';
