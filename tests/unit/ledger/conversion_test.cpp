// Ledgers of earlier versions, converted when they are opened.

#include <sys/wait.h>

#include <csignal>

#include "i2i/ledger/imports.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/ledger/runs.hpp"
#include "i2i/ledger/sidecars.hpp"
#include "i2i/ledger/trash.hpp"
#include "i2i/ledger/volume_files.hpp"
#include "ledger_fixture.hpp"
#include "old_ledger.hpp"

using namespace i2i::ledger;
using namespace ledger_test;
using i2i::util::ErrorCode;

namespace {

const std::string kFirst = "AZ7t0ft34QcGBWeKJBGa3YovlVEM";
const std::string kSecond = "AcCkJnrWsPt3X4/ffjn/q3C1DWK/";
const std::string kUnproven = "AtCkJnrWsPt3X4/ffjn/q3C1DWK/";
const std::string kKept = "AekCkJnrWsPt3X4/ffjn/q3C1DWK";
const std::string kGone = "AfkCkJnrWsPt3X4/ffjn/q3C1DWK";
const std::string kAssetName = "08B4FDA8-C892-450E-8653-91958FC61F13";
const std::string kSha1 = "43e8ed1ae3e5276642358e0e5d4201aaf5fd2b88";

/// Every table has a row, and every packed column one of each form.
const std::string kRows =
    "INSERT INTO zones (id, database, name, owner, token, generation) VALUES (1, 0, 'PrimarySync', '_owner', 'T', 3);"
    "INSERT INTO masters VALUES (1, 1, '" +
    kFirst +
    "', 3, 1, 'IMG_1.HEIC', 'public.heic', 0);"
    "INSERT INTO masters VALUES (2, 1, 'plain-master', 3, 1, 'IMG_2.JPG', '', 0);"
    "INSERT INTO masters VALUES (3, 1, 'never-came', 3, 0, '', '', 0);"
    "INSERT INTO master_renditions VALUES (1, 0, '" +
    kFirst +
    "', 7, 'public.heic');"
    "INSERT INTO master_renditions VALUES (1, 1, '" +
    kSecond +
    "', 8, 'com.apple.quicktime-movie');"
    "INSERT INTO master_renditions VALUES (2, 0, '" +
    kUnproven +
    "', 9, '');"
    "INSERT INTO assets VALUES (1, 1, '" +
    kAssetName +
    "', 3, 1, 2000, 1995, 3600, 1, 0, 0, 1, 'Title', '', '5:beach', 1.5, 2.5, NULL, '');"
    "INSERT INTO assets VALUES (2, 1, 'plain-asset', 3, 2, 2000, NULL, NULL, 0, 1, 0, 0, '', '', '', NULL, NULL, NULL, "
    "'');"
    "INSERT INTO assets VALUES (3, 1, 'asset-without', 3, 3, 2001, NULL, NULL, 0, 0, 0, 0, '', '', '', NULL, NULL, "
    "NULL, '');"
    "INSERT INTO asset_renditions VALUES (1, 3, 'edited-checksum', 5, 'public.jpeg');"
    "INSERT INTO albums VALUES (1, 1, 'album-1', 3, 'Holiday', '', 0, 1);"
    "INSERT INTO memberships VALUES (1, 1, 'm1', 3, '" +
    kAssetName +
    "', 'album-1', 1);"
    "INSERT INTO placements VALUES (4, '" +
    kFirst + "', '2024/IMG_1.HEIC', '2024/img_1.heic', 1, 7, '" + kSha1 +
    "', 5000, 1, 0, -77);"
    "INSERT INTO placements VALUES (5, '" +
    kSecond +
    "', '2024/img_1.HEIC', '2024/img_1.heic//2024/img_1.HEIC', 1, 8, '', 5001, 0, 1, NULL);"
    "INSERT INTO placements VALUES (6, '" +
    kUnproven +
    "', '2024/\xC3\x84.JPG', '2024/\xC3\xA4.jpg', 0, 9, '', 5002, 0, 0, NULL);"
    "INSERT INTO placements VALUES (9, 'edited-checksum', 'x.JPG', 'x.jpg', 3, 5, '" +
    kSha1 +
    "', 5003, 1, 0, 1);"
    "INSERT INTO placements VALUES (7, '" +
    kKept + "', 'k', 'k', 1, 1, '', 1, 1, 0, NULL), (8, '" + kGone +
    "', 'g', 'g', 1, 1, '', 1, 1, 0, NULL);"
    "INSERT INTO kept_contents VALUES ('" +
    kKept +
    "');"
    "INSERT INTO trash VALUES ('edited-checksum', '.icloud2immich/trash/x.JPG', 99, '" +
    kAssetName +
    "', 'not-in-icloud');"
    "INSERT INTO kept_contents VALUES ('" +
    kSecond +
    "');"
    "INSERT INTO imported_assets VALUES ('" +
    kFirst + "', 'id-1', 1, NULL), ('" + kSecond +
    "', 'id-2', 1, NULL), ('zz', 'id-3', 0, 1);"
    "INSERT INTO imported_albums VALUES (1, 'PrimarySync', 'album-1', 'im-1', 'Holiday');"
    "INSERT INTO imported_members VALUES (1, '" +
    kFirst +
    "'), (1, 'zz');"
    "INSERT INTO left_overs VALUES (1, '" +
    kSecond +
    "', 'no answer');"
    "INSERT INTO sidecars VALUES ('" +
    kFirst +
    "', x'01', x'02', 1, x'', x'', 0);"
    "INSERT INTO volume_files VALUES ('other.jpg', 1, 1, 3, 4, 5, 6, '" +
    kFirst + "', '" + kSha1 +
    "'), ('unread.jpg', 1, 1, 3, 4, 5, 6, '', '');"
    "INSERT INTO facts VALUES ('dsid', '1');";

std::int64_t number(const std::string& path, const std::string& sql) {
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  return database.execAndGet(sql).getInt64();
}

/// So many placed photos as SQL.
std::string many(int count) {
  return "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(count) +
         " + 9) INSERT INTO placements SELECT i, printf('AZ7t0ft34QcGBWeKJBGa3Yo%05d', i), printf('p/%d.JPG', i),"
         " printf('p/%d.jpg', i), 1, i, printf('%040x', i), i, 1, 0, i FROM n;";
}

}  // namespace

TEST_CASE("an old ledger is converted, and says what it said") {
  const TempDir dir;
  const std::string path = dir.file("ledger");
  make_old_ledger(path, kRows);
  {
    Ledger ledger = must(Ledger::open(path, OpenMode::existing));
    must(ledger.check());
    Catalogue catalogue(ledger);
    CHECK(asset_names(catalogue) == std::vector<std::string>{"PrimarySync/plain-asset", "PrimarySync/" + kAssetName,
                                                             "PrimarySync/asset-without"});
    const auto view = must(catalogue.asset(kPrimary, kAssetName));
    REQUIRE(view);
    CHECK((view->asset.title == "Title" && view->asset.captured == 1995 && view->asset.location->longitude == 2.5));
    CHECK((view->master.name == kFirst && view->master.item_type == "public.heic"));
    REQUIRE(view->renditions.size() == 3);
    CHECK((view->renditions[0].checksum == kFirst && view->renditions[0].uti == "public.heic"));
    CHECK((view->renditions[1].checksum == kSecond && view->renditions[1].uti == "com.apple.quicktime-movie"));
    CHECK((view->renditions[2].checksum == "edited-checksum" && view->renditions[2].size == 5));
    const auto plain = must(catalogue.asset(kPrimary, "plain-asset"));
    REQUIRE(plain);
    CHECK((plain->renditions.at(0).checksum == kUnproven && plain->renditions.at(0).uti.empty()));
    CHECK(plain->master.item_type.empty());
    CHECK(must(catalogue.unknown_masters(kPrimary)) == std::vector<std::string>{"never-came"});
    CHECK(favorite_names(catalogue) == std::vector<std::string>{kAssetName});
    CHECK(must(catalogue.album_paths_of(kPrimary, kAssetName)) == std::vector<std::string>{"Holiday"});
    CHECK(member_names(catalogue, must(catalogue.albums()).at(0)) == std::vector<std::string>{kAssetName});

    Placements placements(ledger);
    const Placement first = must(placements.find(kFirst)).value();
    CHECK((first.path == "2024/IMG_1.HEIC" && first.sha1_hex == kSha1 && first.size == 7 && first.mtime_ms == 5000));
    CHECK((first.proven && !first.adopted && first.state == PlacementState::placed));
    CHECK(must(placements.at_path("2024/img_1.HEIC"))->checksum == kSecond);
    CHECK(must(placements.at_path("2024/IMG_1.heic")));
    CHECK(must(placements.at_path("2024/A\xCC\x88.jpg"))->checksum == kUnproven);
    CHECK(must(placements.find(kUnproven))->sha1_hex.empty());
    CHECK(must(placements.find("edited-checksum"))->state == PlacementState::trashed);

    Sidecars sidecars(ledger);
    CHECK(must(sidecars.place(kFirst))->id == 4);
    CHECK(must(sidecars.place(kFirst))->looked == -77);
    CHECK(must(sidecars.find(kFirst))->now.origin == SidecarOrigin::shared);
    const auto trashed = must(Trash(ledger).files());
    REQUIRE(trashed.size() == 1);
    CHECK((trashed[0].placement.path == "x.JPG" && trashed[0].asset == kAssetName));
    CHECK(must(Trash(ledger).wanted_back(RecentlyDeleted::is_gone)).size() == 1);
    const auto gone = must(Trash(ledger).gone(RecentlyDeleted::is_gone));
    REQUIRE(gone.size() == 1);
    CHECK(gone[0].placement.checksum == kGone);

    Imports imports(ledger);
    std::string seen;
    must(imports.for_each_asset([&](const ImportedAsset& one) -> i2i::util::Result<void> {
      seen += one.checksum + "=" + one.asset_id + " ";
      return {};
    }));
    CHECK(seen == "zz=id-3 " + kFirst + "=id-1 " + kSecond + "=id-2 ");
    CHECK(must(imports.members_sent("PrimarySync", "album-1")) == std::vector<std::string>{kFirst, "zz"});
    CHECK(must(Runs(ledger).left_overs()).at(0).checksum == kSecond);
    const auto files = must(VolumeFiles(ledger).with_content(kFirst));
    REQUIRE(files.size() == 1);
    CHECK((files[0].path == "other.jpg" && files[0].sha1_hex == kSha1));
    CHECK(must(VolumeFiles(ledger).at("unread.jpg"))->checksum.empty());
    CHECK(must(ledger.fact("dsid")) == "1");
  }
  CHECK(number(path, "PRAGMA user_version") == newest_schema());
  CHECK(number(path, "SELECT count(*) FROM readable_files WHERE path = '2024/IMG_1.HEIC'") == 1);
  // Whoever reads it needs nothing of ours, and records still refer to what they referred to.
  CHECK(number(path, "SELECT count(*) FROM pragma_foreign_key_check") == 0);
  CHECK(number(path, "SELECT count(*) FROM sqlite_master WHERE sql LIKE '%i2i_%' OR sql LIKE '%new_%'") == 0);
}

TEST_CASE("a converted ledger is smaller, and keeps its rules") {
  const TempDir dir;
  const std::string path = dir.file("ledger");
  make_old_ledger(path, kRows + many(5'000));
  const auto before = number(path, "PRAGMA page_count");
  { const Ledger ledger = must(Ledger::open(path, OpenMode::existing)); }
  CHECK(number(path, "PRAGMA page_count") * 4 < before * 3);
  Ledger ledger = must(Ledger::open(path, OpenMode::existing));
  // Foreign keys are on again: what belonged to a photo goes with it.
  Catalogue catalogue(ledger);
  must(catalogue.put_changes(kPrimary, {i2i::model::Tombstone{kAssetName}}, "T2"));
  CHECK(member_names(catalogue, must(catalogue.albums()).at(0)).empty());
  CHECK(number(path, "SELECT count(*) FROM asset_renditions") == 0);
  Placement twice;
  twice.checksum = kFirst;
  twice.path = "elsewhere";
  CHECK(Placements(ledger).reserve(twice).error().code == ErrorCode::refused);
}

TEST_CASE("a dry run converts its own copy and leaves the file alone") {
  const TempDir dir;
  const std::string path = dir.file("ledger");
  make_old_ledger(path, kRows);
  {
    Ledger ledger = must(Ledger::open(path, OpenMode::temporary_copy));
    CHECK(must(Placements(ledger).find(kFirst)));
  }
  CHECK(number(path, "PRAGMA user_version") == kOldSchema);
}

TEST_CASE("a conversion that fails leaves the old ledger, and the next start converts it") {
  const TempDir dir;
  const std::string path = dir.file("ledger");
  make_old_ledger(path, kRows);
  // As damage may have it: an index without its rule, and two rows that break it.
  make_old_ledger(
      dir.file("twins"),
      kRows +
          "PRAGMA writable_schema = ON;"
          "UPDATE sqlite_master SET sql = replace(sql, 'checksum TEXT NOT NULL UNIQUE', 'checksum TEXT NOT NULL')"
          " WHERE name = 'placements' AND type = 'table';"
          "DELETE FROM sqlite_master WHERE name = 'sqlite_autoindex_placements_1';"
          "UPDATE sqlite_master SET name = 'sqlite_autoindex_placements_1' WHERE name = "
          "'sqlite_autoindex_placements_2';");
  {
    SQLite::Database database(dir.file("twins"), SQLite::OPEN_READWRITE);
    database.exec(
        "INSERT INTO placements SELECT 70, checksum, 'p', 'p', state, size, sha1_hex, mtime_ms, proven, adopted, NULL"
        " FROM placements WHERE id = 4");
  }
  const auto opened = Ledger::open(dir.file("twins"), OpenMode::existing);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::ledger_damaged);
  CHECK(number(dir.file("twins"), "PRAGMA user_version") == kOldSchema);
  CHECK(number(dir.file("twins"), "SELECT count(sha1_hex) FROM placements") == 7);
  {
    SQLite::Database database(dir.file("twins"), SQLite::OPEN_READWRITE);
    database.exec("DELETE FROM placements WHERE id = 70");
  }
  Ledger ledger = must(Ledger::open(dir.file("twins"), OpenMode::existing));
  CHECK(must(Placements(ledger).find(kFirst))->sha1_hex == kSha1);
}

TEST_CASE("killed while it converts, it is converted at the next start") {
  constexpr int kRowCount = 20'000;
  int killed = 0;
  for (const int after_us : {0, 2'000, 10'000, 30'000, 60'000, 100'000, 200'000}) {
    const TempDir dir;
    const std::string path = dir.file("ledger");
    make_old_ledger(path, kRows + many(kRowCount));
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      const auto ledger = Ledger::open(path, OpenMode::existing);
      ::_exit(ledger ? 0 : 1);
    }
    ::usleep(static_cast<useconds_t>(after_us));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) ++killed;
    Ledger ledger = must(Ledger::open(path, OpenMode::existing));
    must(ledger.check());
    CHECK(must(Placements(ledger).totals()).placed == kRowCount + 4);
    CHECK(must(Placements(ledger).find(kFirst))->sha1_hex == kSha1);
  }
  CHECK(killed > 0);
}
