#include <set>

#include "app/catalogue/sync_state_decode.hpp"
#include "unit/app/app_fixture.hpp"

using namespace i2i::app;
using app_test::Library;
using app_test::must;
using i2i::model::MediaFilter;
using i2i::model::Selection;

namespace {

/// Each changes one thing of a selection.
const std::vector<std::pair<const char*, void (*)(Selection&)>> kChanges{
    {"libraries",
     [](Selection& s) {
       s.libraries = {"shared", "SharedSync-1"};
     }},
    {"albums",
     [](Selection& s) {
       s.albums = {"Parent/Child", "\xF0\x9F\x8E\x84 \"quoted\""};
     }},
    {"excluded albums", [](Selection& s) { s.excluded_albums = {"Work"}; }},
    {"hidden", [](Selection& s) { s.include_hidden = true; }},
    {"deleted", [](Selection& s) { s.include_deleted = true; }},
    {"photos", [](Selection& s) { s.media = MediaFilter::photos; }},
    {"videos", [](Selection& s) { s.media = MediaFilter::videos; }},
    {"since", [](Selection& s) { s.since = -1; }},
    {"since 1970", [](Selection& s) { s.since = 0; }},
    {"until", [](Selection& s) { s.until = 1'700'000'000'123; }},
    {"newest", [](Selection& s) { s.newest = 10; }},
    {"no originals", [](Selection& s) { s.want_original = false; }},
    {"no live videos", [](Selection& s) { s.want_live = false; }},
    {"no raw", [](Selection& s) { s.want_raw = false; }},
    {"no edits", [](Selection& s) { s.want_edited = false; }},
};

}  // namespace

TEST_CASE("each wish of a selection makes another text, and comes back") {
  std::set<std::string> texts{encode_selection({})};
  Library library;
  for (const auto& [name, change] : kChanges) {
    INFO(name);
    SyncState state;
    change(state.selection);
    const auto text = encode_selection(state.selection);
    CHECK(texts.insert(text).second);
    CHECK(encode_selection(state.selection) == text);
    must(store_sync_state(library.ledger, state));
    const auto back = must(load_sync_state(library.ledger));
    REQUIRE(back);
    CHECK(encode_selection(back->selection) == text);
  }
}

TEST_CASE("the last sync's state comes back") {
  Library library;
  CHECK(!must(load_sync_state(library.ledger)));
  SyncState state;
  state.layout = "{year}/{album}";
  state.complete = true;
  state.wanted = 48'213;
  state.unavailable = 3;
  state.excluded = {{"hidden", 2}, {"album", 9}};
  state.excluded_by_zone = {{"PrimarySync", 11}};
  must(store_sync_state(library.ledger, state));
  const auto back = must(load_sync_state(library.ledger));
  REQUIRE(back);
  CHECK(back->layout == state.layout);
  CHECK(back->complete);
  CHECK(back->wanted == state.wanted);
  CHECK(back->unavailable == state.unavailable);
  CHECK(back->excluded == state.excluded);
  CHECK(back->excluded_by_zone == state.excluded_by_zone);
}

TEST_CASE("a state that cannot be read never looks complete") {
  Library library;
  for (const char* text : {"", "{", "not json"}) {
    INFO(text);
    must(library.ledger.set_fact("sync_state", text));
    CHECK(!load_sync_state(library.ledger));
  }
  for (const char* text : {"{}", "[]", "null", R"({"complete":"maybe"})"}) {
    INFO(text);
    must(library.ledger.set_fact("sync_state", text));
    const auto back = must(load_sync_state(library.ledger));
    REQUIRE(back);
    CHECK(!back->complete);
  }
}

TEST_CASE("news stay until they are cleared; not knowing is news") {
  Library library;
  CHECK(must(has_news(library.ledger)));
  must(clear_news(library.ledger));
  CHECK(!must(has_news(library.ledger)));
  must(note_news(library.ledger));
  CHECK(must(has_news(library.ledger)));
}
