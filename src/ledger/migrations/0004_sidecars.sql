R"sql(
-- A fingerprint of what the last look at a file's sidecar rested on; none: not looked at yet.
ALTER TABLE placements ADD COLUMN sidecar_input INTEGER;

-- Sidecars, by the content they lie beside. said: digests of our fields as last wanted. sha1: of the bytes as we left them.
-- origin: 0 ours, 1 ours with what somebody else wrote, 2 somebody else's. next_…: what is being written; empty otherwise.
CREATE TABLE sidecars (
  checksum TEXT PRIMARY KEY,
  said BLOB NOT NULL,
  sha1 BLOB NOT NULL,
  origin INTEGER NOT NULL,
  next_said BLOB NOT NULL,
  next_sha1 BLOB NOT NULL,
  next_origin INTEGER NOT NULL
) WITHOUT ROWID;
)sql"
