// What Apple's servers really sent, decoded.

#include <map>
#include <set>

#include "catch.hpp"
#include "i2i/model/checksum.hpp"
#include "i2i/util/hash.hpp"
#include "icloud/records_decode.hpp"
#include "recorded_exchanges.hpp"

using i2i::icloud::Page;
using i2i::model::Asset;
using i2i::model::Master;
using i2i::model::RenditionKind;
using i2i::model::Skipped;
using recorded::Exchange;

namespace {

i2i::net::Response response_of(const Exchange& exchange) {
  i2i::net::Response response;
  response.status = exchange.status;
  response.body = exchange.answer;
  return response;
}

bool lists_photos(const Exchange& exchange) {
  if (exchange.operation != "records/query") return false;
  return exchange.question["query"].value("recordType", "").starts_with("CPLAssetAndMaster");
}

struct Counts {
  std::size_t masters = 0;
  std::size_t assets = 0;
  std::size_t live = 0;
  std::size_t edited = 0;
  std::size_t deleted = 0;
  std::size_t placed = 0;
  std::map<std::string, std::size_t> skipped;
};

/// Checks each record of a photo list and counts them.
void count_page(const Page& page, Counts& counts) {
  std::set<std::string> masters;
  for (const auto& record : page.records) {
    if (const auto* master = std::get_if<Master>(&record)) {
      ++counts.masters;
      masters.insert(master->name);
      CHECK_FALSE(master->filename.empty());
      CHECK_FALSE(master->item_type.empty());
      REQUIRE_FALSE(master->renditions.empty());
      const auto& original = master->renditions.front();
      CHECK(original.kind == RenditionKind::original);
      CHECK(original.checksum == master->name);
      CHECK(original.size > 0);
      CHECK(original.url.starts_with("https://cvws.icloud-content.com/B/"));
      for (const auto& rendition : master->renditions) {
        CHECK(i2i::model::is_provable(rendition.checksum));
        counts.live += rendition.kind == RenditionKind::live_video ? 1U : 0U;
      }
    } else if (const auto* asset = std::get_if<Asset>(&record)) {
      ++counts.assets;
      CHECK(masters.count(asset->master) == 1);
      CHECK(asset->captured.has_value());
      CHECK(asset->added.has_value());
      CHECK(asset->adjusted == !asset->renditions.empty());
      counts.edited += asset->renditions.size();
      counts.deleted += asset->deleted ? 1U : 0U;
      counts.placed += asset->location ? 1U : 0U;
    } else {
      const auto* skipped = std::get_if<Skipped>(&record);
      REQUIRE(skipped != nullptr);
      CHECK_FALSE(skipped->reason.empty());
      ++counts.skipped[skipped->reason];
    }
  }
}

Counts count_photos(const std::string& recording) {
  Counts counts;
  for (const auto& exchange : recorded::exchanges(recording)) {
    if (!lists_photos(exchange)) continue;
    INFO(exchange.name);
    const auto page = i2i::icloud::decode_query(response_of(exchange));
    REQUIRE(page);
    CHECK(page->raw_records == page->records.size());
    CHECK(page->failed.empty());
    CHECK_FALSE(page->sync_token.empty());
    count_page(*page, counts);
  }
  return counts;
}

}  // namespace

TEST_CASE("every record of the recorded lists becomes a master or an asset") {
  if (!recorded::present("recorded lists")) return;
  const Counts photos = count_photos("listing_photos");
  CHECK(photos.masters == 101);
  CHECK(photos.assets == 101);
  CHECK(photos.live == 77);
  CHECK(photos.edited == 8);
  CHECK(photos.placed >= 85);
  CHECK(photos.skipped.empty());
  const Counts deleted = count_photos("autodelete_photos");
  CHECK(deleted.masters == 16);
  CHECK(deleted.assets == 16);
  CHECK(deleted.deleted == 16);
  CHECK(deleted.live == 2);
  CHECK(deleted.edited == 1);
  CHECK(deleted.placed == 2);
  CHECK(deleted.skipped.empty());
}

TEST_CASE("the recorded albums are albums, or skipped with a reason") {
  if (!recorded::present("recorded albums")) return;
  std::size_t albums = 0;
  std::map<std::string, std::size_t> skipped;
  for (const auto& exchange : recorded::exchanges("listing_albums")) {
    if (exchange.operation != "records/query" || exchange.question["query"]["recordType"] != "CPLAlbumByPositionLive") {
      continue;
    }
    const auto page = i2i::icloud::decode_query(response_of(exchange));
    REQUIRE(page);
    for (const auto& record : page->records) {
      if (const auto* album = std::get_if<i2i::model::Album>(&record)) {
        ++albums;
        CHECK_FALSE(album->title.empty());
        CHECK_FALSE(album->is_folder);
      } else {
        const auto* left_out = std::get_if<Skipped>(&record);
        REQUIRE(left_out != nullptr);
        ++skipped[left_out->reason];
      }
    }
    CHECK(albums + skipped.size() <= page->raw_records);
  }
  CHECK(albums > 5);
  CHECK(skipped.count("a folder of the system") == 1);
  CHECK(skipped.size() == 1);
}

TEST_CASE("recorded zones, counts and index states are read") {
  if (!recorded::present("recorded zones and counts")) return;
  std::set<std::string> zones;
  std::set<std::int64_t> counts;
  std::size_t states = 0;
  for (const char* const recording : {"listing_photos", "listing_albums", "autodelete_photos"}) {
    for (const auto& exchange : recorded::exchanges(recording)) {
      INFO(exchange.name);
      const auto response = response_of(exchange);
      if (exchange.operation == "zones/list") {
        const auto database =
            exchange.database == "private" ? i2i::model::Database::private_db : i2i::model::Database::shared_db;
        const auto found = i2i::icloud::decode_zones(response, database);
        REQUIRE(found);
        for (const auto& zone : *found) {
          zones.insert(zone.id.name.substr(0, 11));
          CHECK_FALSE(zone.id.owner.empty());
          CHECK_FALSE(zone.deleted);
        }
      } else if (exchange.operation == "internal/records/query/batch") {
        const auto count = i2i::icloud::decode_count(response);
        REQUIRE(count);
        counts.insert(*count);
      } else if (exchange.operation == "records/query" &&
                 exchange.question["query"]["recordType"] == "CheckIndexingState") {
        CHECK(i2i::icloud::decode_indexing(response) == true);
        ++states;
      }
    }
  }
  CHECK(zones == std::set<std::string>{"PrimarySync", "SharedSync-"});
  CHECK(counts.count(33161) == 1);
  CHECK(states >= 7);
}

TEST_CASE("the checksum of the recorded photo is computed from its bytes") {
  if (!recorded::present("recorded photo")) return;
  const std::string bytes = recorded::read_whole(recorded::folder() + "/body-dac074f958ef.bin");
  REQUIRE(bytes.size() == 1884695);
  i2i::model::ContentHasher hasher;
  for (std::size_t at = 0; at < bytes.size(); at += 65536) hasher.update(std::string_view(bytes).substr(at, 65536));
  const auto proof = hasher.finish();
  CHECK(proof.checksum == "AY6c+BsE0jjaXx9tmVGJM1D2VcEO");
  CHECK(proof.size == 1884695);
}
