R"sql(
-- Contents whose file lies, or is about to lie, in the volume's trash (--deleted trash). The placement keeps the path, for the day the
-- file comes back; its state is 3 once the file is in the trash, 1 while the move is only intended.
CREATE TABLE trash (
  checksum TEXT PRIMARY KEY,
  trash_path TEXT NOT NULL,
  trashed_at INTEGER NOT NULL,
  asset TEXT NOT NULL,
  reason TEXT NOT NULL
) WITHOUT ROWID;

-- Contents that left the catalogue otherwise than by a deletion: their library went from the account, or iCloud no longer offers a file of
-- an asset that is there. They are not gone.
CREATE TABLE kept_contents (
  checksum TEXT PRIMARY KEY
) WITHOUT ROWID;
)sql"
