R"sql(
-- gone = 1: the zone is no longer in the account. Its rows stay, so that nothing of it is taken for deleted.
ALTER TABLE zones ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;

-- Masters that assets name and whose record has not come: asked for by name.
CREATE INDEX masters_unknown ON masters (zone, name) WHERE known = 0;

-- Files that Apple offered no address for in the last sync: record is a master's or an asset's name. Each run asks again.
CREATE TABLE awaited_files (
  zone INTEGER NOT NULL REFERENCES zones (id) ON DELETE CASCADE,
  record TEXT NOT NULL,
  kind INTEGER NOT NULL,
  PRIMARY KEY (zone, record, kind)
) WITHOUT ROWID;
)sql"
