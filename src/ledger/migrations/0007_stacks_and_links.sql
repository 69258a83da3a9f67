R"sql(
-- burstFlags as Apple sent it; 0 where a record came before this column (docs/decisions/0020-stacks.md).
ALTER TABLE assets ADD COLUMN burst_flags INTEGER NOT NULL DEFAULT 0;

CREATE INDEX assets_deleted ON assets (zone) WHERE deleted = 1;

-- locked = 1: it is in Immich's locked folder, where no API key sees or changes it.
ALTER TABLE imported_assets ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;

-- What was last sent as stacks: each content names the one on top of its stack (itself included).
CREATE TABLE imported_stacks (
  checksum TEXT PRIMARY KEY,
  top TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX imported_stacks_by_top ON imported_stacks (top);

-- Live photos whose link in Immich was looked at. video: '' where the still is to have none. stamp: of the files as they were then.
CREATE TABLE imported_links (
  still TEXT PRIMARY KEY,
  video TEXT NOT NULL,
  stamp TEXT NOT NULL
) WITHOUT ROWID;
)sql"
