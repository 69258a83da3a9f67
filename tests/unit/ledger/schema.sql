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
CREATE TABLE asset_renditions (
  asset INTEGER NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  size INTEGER NOT NULL,
  uti TEXT NOT NULL,
  PRIMARY KEY (asset, kind)
) WITHOUT ROWID;
CREATE TABLE assets (
  id INTEGER PRIMARY KEY,
  zone INTEGER NOT NULL REFERENCES zones (id),
  name TEXT NOT NULL,
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
  burst_id TEXT NOT NULL,
  UNIQUE (zone, name)
);
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
) WITHOUT ROWID;
CREATE TABLE imported_members (
  album INTEGER NOT NULL REFERENCES imported_albums (id) ON DELETE CASCADE,
  checksum TEXT NOT NULL,
  PRIMARY KEY (album, checksum)
) WITHOUT ROWID;
CREATE TABLE kept_contents (
  checksum TEXT PRIMARY KEY
) WITHOUT ROWID;
CREATE TABLE left_overs (
  id INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL,
  reason TEXT NOT NULL
);
CREATE TABLE master_renditions (
  master INTEGER NOT NULL REFERENCES masters (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  size INTEGER NOT NULL,
  uti TEXT NOT NULL,
  PRIMARY KEY (master, kind)
) WITHOUT ROWID;
CREATE TABLE masters (
  id INTEGER PRIMARY KEY,
  zone INTEGER NOT NULL REFERENCES zones (id),
  name TEXT NOT NULL,
  generation INTEGER NOT NULL,
  known INTEGER NOT NULL,
  filename TEXT NOT NULL DEFAULT '',
  item_type TEXT NOT NULL DEFAULT '',
  is_video INTEGER NOT NULL DEFAULT 0,
  UNIQUE (zone, name)
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
CREATE TABLE placements (
  id INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,
  folded TEXT NOT NULL UNIQUE,
  state INTEGER NOT NULL,
  size INTEGER NOT NULL,
  sha1_hex TEXT NOT NULL,
  mtime_ms INTEGER NOT NULL,
  proven INTEGER NOT NULL,
  adopted INTEGER NOT NULL
, sidecar_input INTEGER);
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
CREATE INDEX assets_favorite ON assets (id) WHERE favorite = 1;
CREATE INDEX assets_hidden ON assets (id) WHERE hidden = 1;
CREATE INDEX assets_in_order ON assets (zone, added_order, name);
CREATE INDEX masters_unknown ON masters (zone, name) WHERE known = 0;
CREATE INDEX memberships_by_album ON memberships (zone, album, position);
CREATE INDEX memberships_by_asset ON memberships (zone, asset);
CREATE INDEX placements_in_order ON placements (state, path);
CREATE INDEX volume_files_by_checksum ON volume_files (checksum) WHERE checksum <> '';
