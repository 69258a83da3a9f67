R"sql(
-- The same facts in fewer bytes (docs/decisions/0019-a-compact-ledger.md; the views at the end show them as texts).
-- Packed columns (checksums, names of assets and masters, sha1) hold a blob where the text is an upper-case UUID, a provable
-- checksum or a SHA-1, and the text otherwise. i2i_packed and i2i_path_key exist only while this runs.

-- Types of files, each by a number in masters.item_type and …_renditions.uti; 0 there: none.
CREATE TABLE utis (
  id INTEGER PRIMARY KEY,
  uti TEXT NOT NULL UNIQUE
);
INSERT INTO utis (uti) SELECT item_type FROM masters WHERE item_type <> '' UNION SELECT uti FROM master_renditions WHERE uti <> ''
  UNION SELECT uti FROM asset_renditions WHERE uti <> '';

-- known = 0: an asset names this master, but its record has not come (or is gone).
CREATE TABLE new_masters (
  id INTEGER PRIMARY KEY,
  zone INTEGER NOT NULL REFERENCES zones (id),
  name BLOB NOT NULL,
  generation INTEGER NOT NULL,
  known INTEGER NOT NULL,
  filename TEXT NOT NULL DEFAULT '',
  item_type INTEGER NOT NULL DEFAULT 0,
  is_video INTEGER NOT NULL DEFAULT 0
);
INSERT INTO new_masters SELECT id, zone, i2i_packed(name), generation, known, filename,
  coalesce((SELECT u.id FROM utis u WHERE u.uti = item_type), 0), is_video FROM masters ORDER BY id;
DROP TABLE masters;
ALTER TABLE new_masters RENAME TO masters;
CREATE UNIQUE INDEX masters_by_name ON masters (zone, name);
CREATE INDEX masters_unknown ON masters (zone, name) WHERE known = 0;

-- No index by checksum: it is the one that would make a listing write the most, and no frequent question needs it.
CREATE TABLE new_renditions (
  master INTEGER NOT NULL REFERENCES masters (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  checksum BLOB NOT NULL,
  size INTEGER NOT NULL,
  uti INTEGER NOT NULL,
  PRIMARY KEY (master, kind)
) WITHOUT ROWID;
INSERT INTO new_renditions SELECT master, kind, i2i_packed(checksum), size,
  coalesce((SELECT u.id FROM utis u WHERE u.uti = r.uti), 0) FROM master_renditions r ORDER BY master, kind;
DROP TABLE master_renditions;
ALTER TABLE new_renditions RENAME TO master_renditions;

-- added_order: added, or the smallest integer where iCloud gave none. keywords: netstrings ("5:beach3:sun").
CREATE TABLE new_assets (
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
);
INSERT INTO new_assets SELECT id, zone, i2i_packed(name), generation, master, added_order, captured, offset_s, favorite, hidden,
  deleted, adjusted, title, description, keywords, latitude, longitude, altitude, burst_id FROM assets ORDER BY id;
DROP TABLE assets;
ALTER TABLE new_assets RENAME TO assets;
CREATE UNIQUE INDEX assets_by_name ON assets (zone, name);
CREATE INDEX assets_in_order ON assets (zone, added_order, name);
CREATE INDEX assets_by_master ON assets (master);
CREATE INDEX assets_favorite ON assets (id) WHERE favorite = 1;
CREATE INDEX assets_hidden ON assets (id) WHERE hidden = 1;

CREATE TABLE new_renditions (
  asset INTEGER NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  checksum BLOB NOT NULL,
  size INTEGER NOT NULL,
  uti INTEGER NOT NULL,
  PRIMARY KEY (asset, kind)
) WITHOUT ROWID;
INSERT INTO new_renditions SELECT asset, kind, i2i_packed(checksum), size,
  coalesce((SELECT u.id FROM utis u WHERE u.uti = r.uti), 0) FROM asset_renditions r ORDER BY asset, kind;
DROP TABLE asset_renditions;
ALTER TABLE new_renditions RENAME TO asset_renditions;

-- The one path of a content. path_key: 48 bits of a hash of the path as a case-insensitive disk compares it; rows that share one are
-- told apart by their paths. state: 0 planned, 1 placed, 2 damaged, 3 in the volume's trash. sha1: plain; until the file is placed, zeros that keep its room.
-- sidecar_input: a fingerprint of what the last look at the file's sidecar rested on; none: not looked at yet.
CREATE TABLE new_placements (
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
);
INSERT INTO new_placements SELECT id, i2i_packed(checksum), path, i2i_path_key(path), state, size,
  CASE WHEN state = 0 AND sha1_hex = '' THEN zeroblob(28) ELSE i2i_packed(sha1_hex) END, mtime_ms,
  proven, adopted, sidecar_input FROM placements ORDER BY id;
DROP TABLE placements;
ALTER TABLE new_placements RENAME TO placements;
CREATE UNIQUE INDEX placements_by_checksum ON placements (checksum);
CREATE INDEX placements_by_path ON placements (path_key);
CREATE INDEX placements_in_trash ON placements (id) WHERE state = 3;

-- The tables with a row for few photos keep their form; what they are compared with decides how their texts stand in them.
UPDATE memberships SET asset = i2i_packed(asset);
UPDATE imported_assets SET checksum = i2i_packed(checksum);
UPDATE imported_members SET checksum = i2i_packed(checksum);
UPDATE left_overs SET checksum = i2i_packed(checksum);
UPDATE sidecars SET checksum = i2i_packed(checksum);
UPDATE trash SET checksum = i2i_packed(checksum);
UPDATE kept_contents SET checksum = i2i_packed(checksum);
UPDATE volume_files SET checksum = i2i_packed(checksum), sha1_hex = i2i_packed(sha1_hex);

-- For people, and for programs that only read. A checksum is shown in hexadecimal (Apple's form is the base64 of the same bytes).
CREATE VIEW readable_placements AS SELECT id,
  CASE typeof(checksum) WHEN 'blob' THEN lower(hex(checksum)) ELSE checksum END AS checksum, path,
  CASE state WHEN 0 THEN 'planned' WHEN 1 THEN 'placed' WHEN 2 THEN 'damaged' ELSE 'trashed' END AS state, size,
  CASE WHEN typeof(sha1) = 'text' THEN sha1 WHEN length(sha1) = 20 THEN lower(hex(sha1)) ELSE '' END AS sha1,
  strftime('%Y-%m-%dT%H:%M:%fZ', mtime_ms / 1000.0, 'unixepoch') AS mtime, proven, adopted FROM placements;

CREATE VIEW readable_assets AS SELECT a.id, z.name AS zone,
  CASE typeof(a.name) WHEN 'blob' THEN substr(hex(a.name), 1, 8) || '-' || substr(hex(a.name), 9, 4) || '-' ||
    substr(hex(a.name), 13, 4) || '-' || substr(hex(a.name), 17, 4) || '-' || substr(hex(a.name), 21) ELSE a.name END AS name,
  m.filename, strftime('%Y-%m-%dT%H:%M:%fZ', a.captured / 1000.0, 'unixepoch') AS captured, a.favorite, a.hidden, a.deleted,
  a.title, a.description, a.keywords, a.latitude, a.longitude
  FROM assets a JOIN zones z ON z.id = a.zone LEFT JOIN masters m ON m.id = a.master;

-- One row for each file that iCloud has of an asset; path: where it is, or will be.
CREATE VIEW readable_files AS SELECT a.zone, a.name AS asset, f.kind,
  CASE typeof(f.checksum) WHEN 'blob' THEN lower(hex(f.checksum)) ELSE f.checksum END AS checksum, f.size, u.uti, p.path
  FROM (SELECT a.id AS asset, r.kind, r.checksum, r.size, r.uti FROM assets a JOIN master_renditions r ON r.master = a.master
        UNION ALL SELECT r.asset, r.kind, r.checksum, r.size, r.uti FROM asset_renditions r) f
  JOIN readable_assets a ON a.id = f.asset LEFT JOIN utis u ON u.id = f.uti LEFT JOIN placements p ON p.checksum = f.checksum;
)sql"
