// The client's catalogue against the practice cloud's database service, without a wire between them: every record of a
// library that changes after each page is there in the end, once.

#include <map>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "emulator/icloud/photos/ck_service.hpp"
#include "emulator/icloud/photos/editor.hpp"
#include "i2i/icloud/catalogue.hpp"

using i2i::model::Record;
using i2i::model::ZoneId;
using i2i::util::Result;

namespace {

/// Hands requests to the service as its server would.
class Wire : public i2i::net::HttpClient {
 public:
  explicit Wire(emulator::icloud::CkService& service) : service_(service) {}

  i2i::net::TransferId submit(i2i::net::Request request, i2i::net::Done done) override {
    emulator::Request wanted;
    wanted.method = "POST";
    wanted.body = *request.body;
    const std::size_t path = request.url.find("/database/");
    const std::size_t question_mark = request.url.find('?');
    wanted.path = request.url.substr(path, question_mark - path);
    std::istringstream parameters(request.url.substr(question_mark + 1));
    for (std::string part; std::getline(parameters, part, '&');) {
      wanted.query[part.substr(0, part.find('='))] = part.substr(part.find('=') + 1);
    }
    const auto answer = service_.handle(wanted);
    ++requests;
    i2i::net::Response response;
    response.status = answer.status;
    response.body = answer.body;
    done(std::move(response));
    return 0;
  }
  void resume(i2i::net::TransferId) override {}
  int requests = 0;

 private:
  emulator::icloud::CkService& service_;
};

class Sink : public i2i::icloud::CatalogueSink {
 public:
  std::map<std::string, i2i::model::Asset> assets;
  std::set<std::string> masters;
  std::set<std::string> members;
  std::set<std::string> albums;
  std::string token;

  Result<void> begin_listing(const ZoneId&) override {
    shown_.clear();
    listing_ = true;
    return {};
  }
  Result<void> put_listed(const ZoneId&, const std::vector<Record>& records) override {
    put(records);
    return {};
  }
  Result<i2i::icloud::Shown> shown(const ZoneId&) override {
    i2i::icloud::Shown shown;
    for (const auto& [name, asset] : assets) {
      if (shown_.count(name) == 0) continue;
      ++(asset.deleted ? shown.recently_deleted : asset.hidden ? shown.hidden : shown.visible);
    }
    return shown;
  }
  Result<void> finish_listing(const ZoneId&, const std::string& at, i2i::icloud::Unshown unshown) override {
    CHECK(unshown == i2i::icloud::Unshown::forget);
    const auto is_unshown = [this](const std::string& name) { return shown_.count(name) == 0; };
    std::erase_if(assets, [&](const auto& entry) { return is_unshown(entry.first); });
    std::erase_if(masters, is_unshown);
    std::erase_if(members, is_unshown);
    std::erase_if(albums, is_unshown);
    listing_ = false;
    token = at;
    return {};
  }
  Result<void> put_changes(const ZoneId&, const std::vector<Record>& records, const std::string& at) override {
    put(records);
    if (!listing_) token = at;
    return {};
  }
  Result<bool> is_listed_asset(const ZoneId&, const std::string& name) override {
    const auto found = assets.find(name);
    return found != assets.end() && !found->second.hidden && !found->second.deleted;
  }

 private:
  void put(const std::vector<Record>& records) {
    for (const auto& record : records) {
      if (const auto* gone = std::get_if<i2i::model::Tombstone>(&record)) {
        for (auto* set : {&masters, &members, &albums}) set->erase(gone->name);
        assets.erase(gone->name);
      }
      if (const auto* asset = std::get_if<i2i::model::Asset>(&record)) assets[show(asset->name)] = *asset;
      if (const auto* master = std::get_if<i2i::model::Master>(&record)) masters.insert(show(master->name));
      if (const auto* member = std::get_if<i2i::model::Membership>(&record)) members.insert(show(member->name));
      if (const auto* album = std::get_if<i2i::model::Album>(&record)) albums.insert(show(album->name_id));
    }
  }
  const std::string& show(const std::string& name) { return *shown_.insert(name).first; }

  std::set<std::string> shown_;
  bool listing_ = false;
};

struct Bench {
  emulator::Now now = [] { return std::int64_t{1790000000000}; };
  emulator::icloud::Library library{now};
  emulator::icloud::LibraryEditor editor{library};
  emulator::icloud::SignedUrls urls{"https://cvws.icloud-content.localhost", "secret", now};
  emulator::icloud::CkService service{library, urls, {}};
  Wire wire{service};
  Sink sink;
  i2i::icloud::CloudKit cloudkit{{wire, i2i::util::system_clock(), {}, "https://ck", "c", "1", "https://home", {}, {}}};
  ZoneId zone{"PrimarySync", "", i2i::model::Database::private_db};

  std::string asset(std::size_t index) { return library.zone("PrimarySync").assets[index].id; }

  void check_complete() {
    auto& truth = library.zone("PrimarySync");
    std::size_t assets = 0;
    for (const auto& one : truth.assets) {
      if (one.purged) continue;
      ++assets;
      REQUIRE(sink.assets.count(one.id) == 1);
      CHECK(sink.assets[one.id].hidden == one.hidden);
      CHECK(sink.assets[one.id].deleted == one.deleted());
      CHECK(sink.masters.count(truth.master_id(one.master)) == 1);
    }
    CHECK(sink.assets.size() == assets);
    std::size_t members = 0;
    for (const auto& one : truth.relations) {
      if (one.purged) continue;
      ++members;
      CHECK(sink.members.count(truth.relation_id(one)) == 1);
    }
    CHECK(sink.members.size() == members);
    std::size_t albums = 0;
    for (const auto& one : truth.albums) albums += one.purged || one.without_name ? 0U : 1U;
    CHECK(sink.albums.size() == albums);
    CHECK(sink.token == truth.current_token());
  }
};

}  // namespace

TEST_CASE("the practice library is listed whole, then read by its changes") {
  Bench bench;
  bench.library.generate({.assets = 700, .live_every = 7});
  const std::string folder = bench.editor.create_album("PrimarySync", "Journeys", {}, true);
  const std::string album = bench.editor.create_album("PrimarySync", "Paris", folder);
  for (std::size_t i = 0; i < 150; ++i) bench.editor.add_to_album(bench.asset(i), album);
  for (std::size_t i = 0; i < 120; ++i) bench.editor.set_hidden(bench.asset(200 + i), true);
  for (std::size_t i = 0; i < 20; ++i) bench.editor.trash(bench.asset(400 + i));
  bench.editor.duplicate(bench.asset(5));
  const auto listed = i2i::icloud::list_zone(bench.cloudkit, bench.zone, bench.sink, {});
  REQUIRE(listed);
  CHECK(listed->listings == 1);
  CHECK_FALSE(listed->fell_back_to_history);
  CHECK(listed->apple_count() == 701);
  bench.check_complete();

  const int before = bench.wire.requests;
  const auto quiet = i2i::icloud::read_changes(bench.cloudkit, bench.zone, bench.sink.token, bench.sink);
  REQUIRE(quiet);
  CHECK(quiet->records == 0);
  CHECK(bench.wire.requests == before + 1);

  bench.editor.purge(bench.asset(0));
  bench.editor.restore(bench.asset(400));
  bench.editor.set_hidden(bench.asset(201), false);
  bench.editor.remove_from_album(bench.asset(3), album);
  bench.editor.edit(bench.asset(7), emulator::icloud::blob_generated(99, 500), "public.jpeg");
  REQUIRE(i2i::icloud::read_changes(bench.cloudkit, bench.zone, bench.sink.token, bench.sink));
  bench.check_complete();
  CHECK(bench.sink.assets.at(bench.asset(7)).renditions.size() == 1);
}

TEST_CASE("a practice library that changes after pages is complete in the end") {
  struct Row {
    const char* name;
    int until_page;  // changes happen after each page up to this one
    int listings;
    bool history;
  };
  const std::vector<Row> rows = {{"while the first listing", 5, 2, false}, {"without end", 1000, 3, true}};
  for (const auto& row : rows) {
    INFO(row.name);
    Bench bench;
    bench.library.generate({.assets = 900});
    std::size_t next = 0;
    bench.service.set_after_page([&](const emulator::icloud::ListedPage& page) {
      if (page.number > static_cast<std::uint64_t>(row.until_page) || next > 200) return;
      bench.editor.trash(bench.asset(next));
      bench.editor.set_hidden(bench.asset(next + 1), true);
      bench.editor.purge(bench.asset(next + 2));
      next += 3;
      emulator::icloud::NewItem item;
      item.original = emulator::icloud::blob_generated(10'000 + next, 100);
      bench.editor.add(item);
    });
    const auto listed = i2i::icloud::list_zone(bench.cloudkit, bench.zone, bench.sink, {});
    REQUIRE(listed);
    CHECK(listed->listings == row.listings);
    CHECK(listed->fell_back_to_history == row.history);
    bench.check_complete();
  }
}
