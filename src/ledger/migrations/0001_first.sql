R"sql(
CREATE TABLE facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- The mirror of iCloud. generation: the listing that last showed the row (zones.generation counts them).
CREATE TABLE zones (
  id INTEGER PRIMARY KEY,
  database INTEGER NOT NULL,
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  token TEXT NOT NULL DEFAULT '',
  generation INTEGER NOT NULL DEFAULT 0,
  UNIQUE (database, name, owner)
);

-- known = 0: an asset names this master, but its record has not come (or is gone).
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

-- No index by checksum: it is the one that would make a listing write the most, and no frequent question needs it.
CREATE TABLE master_renditions (
  master INTEGER NOT NULL REFERENCES masters (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  size INTEGER NOT NULL,
  uti TEXT NOT NULL,
  PRIMARY KEY (master, kind)
) WITHOUT ROWID;

-- added_order: added, or the smallest integer where iCloud gave none. keywords: netstrings ("5:beach3:sun").
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
CREATE INDEX assets_in_order ON assets (zone, added_order, name);
CREATE INDEX assets_by_master ON assets (master);
CREATE INDEX assets_favorite ON assets (id) WHERE favorite = 1;
CREATE INDEX assets_hidden ON assets (id) WHERE hidden = 1;

CREATE TABLE asset_renditions (
  asset INTEGER NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  size INTEGER NOT NULL,
  uti TEXT NOT NULL,
  PRIMARY KEY (asset, kind)
) WITHOUT ROWID;

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

-- asset and album are record names: a relation may come before what it relates.
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
CREATE INDEX memberships_by_album ON memberships (zone, album, position);
CREATE INDEX memberships_by_asset ON memberships (zone, asset);

-- The one path of a content. folded: the path as a case-insensitive disk compares it. state: 0 planned, 1 placed, 2 damaged.
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
);
CREATE INDEX placements_in_order ON placements (state, path);

-- What Immich knows of us, and what was last sent to it.
CREATE TABLE imported_assets (
  checksum TEXT PRIMARY KEY,
  asset_id TEXT NOT NULL,
  favorite_sent INTEGER,
  hidden_sent INTEGER
) WITHOUT ROWID;

CREATE TABLE imported_albums (
  id INTEGER PRIMARY KEY,
  zone TEXT NOT NULL,
  album TEXT NOT NULL,
  immich_id TEXT NOT NULL,
  name_sent TEXT NOT NULL,
  UNIQUE (zone, album)
);

CREATE TABLE imported_members (
  album INTEGER NOT NULL REFERENCES imported_albums (id) ON DELETE CASCADE,
  checksum TEXT NOT NULL,
  PRIMARY KEY (album, checksum)
) WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  command TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  exit_code INTEGER NOT NULL DEFAULT 0,
  summary TEXT NOT NULL DEFAULT ''
);

CREATE TABLE left_overs (
  id INTEGER PRIMARY KEY,
  checksum TEXT NOT NULL,
  reason TEXT NOT NULL
);
)sql"
