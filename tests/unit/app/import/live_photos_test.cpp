#include "app/import/live_photos.hpp"

#include "i2i/ledger/imports.hpp"
#include "unit/app/immich_fixture.hpp"

using namespace app_test;
using i2i::app::ImportReport;

namespace {

using Links = std::map<std::string, std::string>;

struct World : ImmichWorld {
  /// Stills and films that Immich has under "id-" and their bytes; film, edit and its film may be left out.
  void photo(const std::string& still, const std::string& film, const std::string& edit = "",
             const std::string& edit_film = "") {
    Photo photo{still, still + ".HEIC", still};
    if (!film.empty()) {
      photo.master_renditions = {rendition(RenditionKind::live_video, film, "com.apple.quicktime-movie")};
    }
    if (!edit.empty()) photo.asset_renditions.push_back(rendition(RenditionKind::edited, edit, "public.jpeg"));
    if (!edit_film.empty()) {
      photo.asset_renditions.push_back(rendition(RenditionKind::edited_video, edit_film, "com.apple.quicktime-movie"));
    }
    add(photo);
    for (const auto& bytes : {still, film, edit, edit_film}) {
      if (!bytes.empty() && !placement(bytes)) file("2024/" + bytes + ".X", bytes, "id-" + bytes);
    }
  }
  void linked(const std::string& still, const std::string& film) { of(still).film = "id-" + film; }
  File& of(const std::string& bytes) { return has.at("/external/icloud/2024/" + bytes + ".X"); }
  Links links() {
    Links found;
    for (const auto& [path, file] : has) {
      if (!file.film.empty()) found[file.id] = file.film;
    }
    return found;
  }
  ImportReport run() {
    ImportReport report;
    i2i::app::Carried carried(ledger);
    must(i2i::app::LivePhotos(*access, ledger, carried, stop.get_token(), report).run("library"));
    return report;
  }
  void expect(std::int64_t made, std::int64_t undone, const Links& now) {
    const auto report = run();
    CHECK(report.live_photos.linked == made);
    CHECK(report.live_photos.unlinked == undone);
    CHECK(links() == now);
    http.requests.clear();
    CHECK(run().live_photos.linked == 0);
    CHECK(http.requests.empty());  // nothing was read anew since: nothing is asked
  }
  /// The file was written anew, so Immich reads it anew.
  void touch(const std::string& bytes) {
    auto row = *placement(bytes);
    row.mtime_ms += 1000;
    must(i2i::ledger::Placements(ledger).mark_placed({row}));
  }
};

}  // namespace

TEST_CASE("a live photo that Immich did not link is linked") {
  World world;
  world.photo("a", "a-film");
  world.expect(1, 0, {{"id-a", "id-a-film"}});
}

TEST_CASE("a link that is right is left alone") {
  World world;
  world.photo("a", "a-film");
  world.linked("a", "a-film");
  world.expect(0, 0, {{"id-a", "id-a-film"}});
}

TEST_CASE("films that went crosswise between original and edit are put right") {
  World world;
  world.photo("a", "a-film", "e", "e-film");
  world.linked("a", "e-film");
  world.linked("e", "a-film");
  world.expect(2, 0, {{"id-a", "id-a-film"}, {"id-e", "id-e-film"}});
}

TEST_CASE("an edit without a film loses the original's, which goes back to the original") {
  World world;
  world.photo("a", "a-film", "e");
  world.linked("e", "a-film");
  world.expect(1, 1, {{"id-a", "id-a-film"}});
}

TEST_CASE("unlinking shows a film, so the right link to it is made anew") {
  World world;
  world.photo("a", "a-film", "e");
  world.linked("a", "a-film");
  world.linked("e", "a-film");
  world.expect(1, 1, {{"id-a", "id-a-film"}});
}

TEST_CASE("a film of another photo that a person linked to an edit stays") {
  World world;
  world.photo("a", "a-film", "e");
  world.linked("a", "a-film");
  world.linked("e", "of-theirs");
  world.expect(0, 0, {{"id-a", "id-a-film"}, {"id-e", "id-of-theirs"}});
}

TEST_CASE("what a person unlinked stays, until the file is read anew") {
  World world;
  world.photo("a", "a-film");
  world.linked("a", "a-film");
  world.run();
  world.of("a").film.clear();
  world.http.requests.clear();
  world.run();
  CHECK(world.http.requests.empty());
  CHECK(world.links().empty());
  world.touch("a");
  world.expect(1, 0, {{"id-a", "id-a-film"}});
}

TEST_CASE("a film that Immich has not yet is linked by the import that finds it; a locked still by none") {
  World world;
  world.photo("a", "a-film");
  must(i2i::ledger::Imports(world.ledger).forget_asset(checksum_of("a-film")));
  world.expect(0, 0, {});
  must(i2i::ledger::Imports(world.ledger)
           .put_assets({{checksum_of("a-film"), "id-a-film", std::nullopt, std::nullopt}}));
  world.of("a").visibility = "locked";  // by a person
  world.expect(0, 0, {});
  world.of("a").visibility = "timeline";
  world.touch("a");
  world.expect(1, 0, {{"id-a", "id-a-film"}});
}

TEST_CASE("videos and photos without a film are nobody's business") {
  World world;
  world.photo("a", "");
  Photo video{"v", "v.MOV", "v"};
  video.video = true;
  world.add(video);
  world.file("2024/v.MOV", "v", "id-v");
  world.run();
  CHECK(world.http.requests.empty());
}

TEST_CASE("many live photos are looked at by a listing") {
  World world;
  constexpr int kMany = 201;
  for (int i = 0; i < kMany; ++i) world.photo("s" + std::to_string(i), "f" + std::to_string(i));
  CHECK(world.run().live_photos.linked == kMany);
  int single = 0;
  for (const auto& line : world.http.lines()) single += line.starts_with("GET /assets/") ? 1 : 0;
  CHECK(single == 0);
}
