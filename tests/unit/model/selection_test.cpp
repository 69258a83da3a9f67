#include "i2i/model/selection.hpp"

#include <vector>

#include "catch.hpp"

using namespace i2i::model;
using Names = std::vector<std::string>;

namespace {

const ZoneId kPrimaryZone{"PrimarySync", "_owner", Database::private_db};
const ZoneId kSharedZone{"SharedSync-0A1B", "_other", Database::shared_db};
const ZoneId kLinkZone{"CMM-0A1B", "", Database::private_db};

}  // namespace

TEST_CASE("which libraries are wanted") {
  struct Row {
    const char* name;
    Names libraries;
    bool primary;
    bool shared;
    bool link;
  };
  const std::vector<Row> rows{
      {"no choice", {}, true, true, false},
      {"all", {"all"}, true, true, false},
      {"All, as typed", {"All"}, true, true, false},
      {"primary", {"primary"}, true, false, false},
      {"shared", {"shared"}, false, true, false},
      {"both", {"shared", "primary"}, true, true, false},
      {"by name", {"SharedSync-0A1B"}, false, true, false},
      {"another by name", {"SharedSync-FFFF"}, false, false, false},
      {"names are exact", {"primarysync"}, false, false, false},
      {"something else by name", {"CMM-0A1B"}, false, false, true},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    Selection selection;
    selection.libraries = row.libraries;
    CHECK(selection.wants_zone(kPrimaryZone) == row.primary);
    CHECK(selection.wants_zone(kSharedZone) == row.shared);
    CHECK(selection.wants_zone(kLinkZone) == row.link);
  }
}

TEST_CASE("which files of an asset are wanted") {
  using enum RenditionKind;
  Selection all;
  for (const auto kind : {original, live_video, alternative, edited, edited_video}) CHECK(all.wants(kind));
  Selection none;
  none.want_original = none.want_live = none.want_raw = none.want_edited = false;
  for (const auto kind : {original, live_video, alternative, edited, edited_video}) CHECK_FALSE(none.wants(kind));
  none.want_edited = true;
  CHECK(none.wants(edited));
  CHECK(none.wants(edited_video));
  CHECK_FALSE(none.wants(live_video));
  none.want_raw = true;
  CHECK(none.wants(alternative));
}

TEST_CASE("why an asset is left out") {
  struct Case {
    Asset asset;
    Master master;
    ZoneId zone = kPrimaryZone;
    Names albums;
    Selection selection;
  };
  struct Row {
    const char* name;
    void (*arrange)(Case&);
    const char* reason;  // "" wanted
  };
  const std::vector<Row> rows{
      {"nothing special", [](Case&) {}, ""},
      {"another library", [](Case& c) { c.selection.libraries = {"shared"}; }, "library"},
      {"hidden", [](Case& c) { c.asset.hidden = true; }, "hidden"},
      {"hidden, asked for", [](Case& c) { c.asset.hidden = c.selection.include_hidden = true; }, ""},
      {"deleted", [](Case& c) { c.asset.deleted = true; }, "recently-deleted"},
      {"deleted, asked for", [](Case& c) { c.asset.deleted = c.selection.include_deleted = true; }, ""},
      {"hidden and deleted", [](Case& c) { c.asset.hidden = c.asset.deleted = true; }, "recently-deleted"},
      {"hidden and deleted, only hidden asked for",
       [](Case& c) { c.asset.hidden = c.asset.deleted = c.selection.include_hidden = true; }, "recently-deleted"},
      {"hidden and deleted, only deleted asked for",
       [](Case& c) { c.asset.hidden = c.asset.deleted = c.selection.include_deleted = true; }, "hidden"},
      {"a video among photos",
       [](Case& c) {
         c.master.is_video = true;
         c.selection.media = MediaFilter::photos;
       },
       "media-type"},
      {"a photo among photos", [](Case& c) { c.selection.media = MediaFilter::photos; }, ""},
      {"a photo among videos", [](Case& c) { c.selection.media = MediaFilter::videos; }, "media-type"},
      {"at the first instant", [](Case& c) { c.selection.since = 1000; }, ""},
      {"before the first instant", [](Case& c) { c.selection.since = 1001; }, "date"},
      {"before the end", [](Case& c) { c.selection.until = 1001; }, ""},
      {"at the end", [](Case& c) { c.selection.until = 1000; }, "date"},
      {"no date, no period", [](Case& c) { c.asset.captured.reset(); }, ""},
      {"no date in a period",
       [](Case& c) {
         c.asset.captured.reset();
         c.selection.since = 0;
       },
       "date"},
      {"the last minute of the last day, on its own clock",
       [](Case& c) {
         c.asset.captured = 86'400'000 + 60'000;  // a minute past midnight UTC, late in the evening before in New York
         c.asset.offset_s = -18'000;
         c.selection.until = 86'400'000;
         c.selection.until_is_day = true;
       },
       ""},
      {"the same instant, to the instant",
       [](Case& c) {
         c.asset.captured = 86'400'000 + 60'000;
         c.asset.offset_s = -18'000;
         c.selection.until = 86'400'000;
       },
       "date"},
      {"the first minute of the first day, on its own clock",
       [](Case& c) {
         c.asset.captured = 86'400'000 - 7'200'000 + 60'000;
         c.asset.offset_s = 7'200;
         c.selection.since = 86'400'000;
         c.selection.since_is_day = true;
       },
       ""},
      {"a day of one whose clock is unknown is UTC's",
       [](Case& c) {
         c.asset.captured = 86'400'000;
         c.selection.until = 86'400'000;
         c.selection.until_is_day = true;
       },
       "date"},
      {"in the album", [](Case& c) { c.selection.albums = {"Travel/2023/Paris"}; }, ""},
      {"below the folder", [](Case& c) { c.selection.albums = {"Travel"}; }, ""},
      {"below the inner folder, with a slash", [](Case& c) { c.selection.albums = {"Travel/2023/"}; }, ""},
      {"a name that only begins alike",
       [](Case& c) {
         c.selection.albums = {"Trav", "Travel/202"};
       },
       "album"},
      {"one of two",
       [](Case& c) {
         c.selection.albums = {"Cats", "Food"};
       },
       ""},
      {"in no wanted album", [](Case& c) { c.selection.albums = {"Dogs"}; }, "album"},
      {"in no album at all",
       [](Case& c) {
         c.albums.clear();
         c.selection.albums = {"Travel"};
       },
       "album"},
      {"excluded", [](Case& c) { c.selection.excluded_albums = {"Food"}; }, "album"},
      {"excluded folder", [](Case& c) { c.selection.excluded_albums = {"Travel"}; }, "album"},
      {"exclusion wins",
       [](Case& c) {
         c.selection.albums = {"Travel"};
         c.selection.excluded_albums = {"Food"};
       },
       "album"},
      {"another excluded", [](Case& c) { c.selection.excluded_albums = {"Dogs"}; }, ""},
      {"composed differently",
       [](Case& c) {
         c.albums = {"Café"};
         c.selection.albums = {"Cafe\u0301"};
       },
       ""},
      {"the first reason counts",
       [](Case& c) {
         c.asset.hidden = true;
         c.selection.libraries = {"shared"};
         c.selection.until = 0;
       },
       "library"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    Case c;
    c.asset.captured = 1000;
    c.albums = {"Travel/2023/Paris", "Food"};
    row.arrange(c);
    CHECK(exclusion_reason(c.asset, c.master, c.zone, c.albums, c.selection).value_or("") == row.reason);
  }
}
