#include "app/catalogue/sync_state_decode.hpp"

#include "i2i/util/json.hpp"

namespace i2i::app {
namespace {

using util::Json;
using util::Result;

constexpr const char* kFact = "sync_state";
constexpr const char* kNewsFact = "catalogue_news";

Json to_json(const model::Selection& selection) {
  Json json;
  json["libraries"] = selection.libraries;
  json["albums"] = selection.albums;
  json["excluded_albums"] = selection.excluded_albums;
  json["hidden"] = selection.include_hidden;
  json["recently_deleted"] = selection.include_deleted;
  json["media"] = selection.media == model::MediaFilter::both     ? "both"
                  : selection.media == model::MediaFilter::photos ? "photos"
                                                                  : "videos";
  if (selection.since) json["since"] = *selection.since;
  if (selection.until) json["until"] = *selection.until;
  json["days"] = {{"since", selection.since_is_day}, {"until", selection.until_is_day}};
  if (selection.newest) json["newest"] = *selection.newest;
  json["files"] = {{"original", selection.want_original},
                   {"live", selection.want_live},
                   {"raw", selection.want_raw},
                   {"edited", selection.want_edited}};
  return json;
}

std::vector<std::string> texts(const Json& list) {
  std::vector<std::string> out;
  for (const auto& item : list) {
    if (auto text = util::as_text(item)) out.push_back(*std::move(text));
  }
  return out;
}

model::Selection selection_from(const Json& json) {
  model::Selection selection;
  selection.libraries = texts(util::member(json, "libraries"));
  selection.albums = texts(util::member(json, "albums"));
  selection.excluded_albums = texts(util::member(json, "excluded_albums"));
  selection.include_hidden = util::is_true(util::member(json, "hidden"));
  selection.include_deleted = util::is_true(util::member(json, "recently_deleted"));
  const auto media = util::text_or(json, "media");
  if (media == "photos") selection.media = model::MediaFilter::photos;
  if (media == "videos") selection.media = model::MediaFilter::videos;
  selection.since = util::as_integer(util::member(json, "since"));
  selection.until = util::as_integer(util::member(json, "until"));
  selection.since_is_day = util::is_true(util::member(util::member(json, "days"), "since"));
  selection.until_is_day = util::is_true(util::member(util::member(json, "days"), "until"));
  if (const auto newest = util::as_integer(util::member(json, "newest"))) {
    selection.newest = static_cast<std::size_t>(*newest);
  }
  const auto& files = util::member(json, "files");
  selection.want_original = util::is_true(util::member(files, "original"));
  selection.want_live = util::is_true(util::member(files, "live"));
  selection.want_raw = util::is_true(util::member(files, "raw"));
  selection.want_edited = util::is_true(util::member(files, "edited"));
  return selection;
}

std::map<std::string, std::int64_t> numbers(const Json& object) {
  std::map<std::string, std::int64_t> out;
  for (const auto& item : object.items()) out[item.key()] = util::as_integer(item.value()).value_or(0);
  return out;
}

}  // namespace

std::string encode_selection(const model::Selection& selection) { return util::dump_json(to_json(selection)); }

Result<std::optional<SyncState>> load_sync_state(ledger::Ledger& ledger) {
  I2I_ASSIGN(const auto text, ledger.fact(kFact));
  if (!text) return std::optional<SyncState>{};
  const auto parsed = util::parse_json(*text, "its note on the last sync");
  if (!parsed) return util::fail(ledger::damaged("has a note on the last sync that no sync wrote"));
  const Json& json = *parsed;
  SyncState state;
  state.selection = selection_from(util::member(json, "selection"));
  state.layout = util::text_or(json, "layout");
  state.complete = util::is_true(util::member(json, "complete"));
  state.deletions_done = util::is_true(util::member(json, "deletions_done"));
  state.selected = util::as_integer(util::member(json, "selected")).value_or(0);
  state.wanted = util::as_integer(util::member(json, "wanted")).value_or(0);
  state.without_address = util::as_integer(util::member(json, "without_address")).value_or(0);
  state.unavailable = util::as_integer(util::member(json, "unavailable")).value_or(0);
  state.excluded = numbers(util::member(json, "excluded"));
  state.excluded_by_zone = numbers(util::member(json, "excluded_by_zone"));
  return std::optional<SyncState>(std::move(state));
}

Result<void> store_sync_state(ledger::Ledger& ledger, const SyncState& state) {
  Json json;
  json["selection"] = to_json(state.selection);
  json["layout"] = state.layout;
  json["complete"] = state.complete;
  json["deletions_done"] = state.deletions_done;
  json["selected"] = state.selected;
  json["wanted"] = state.wanted;
  json["without_address"] = state.without_address;
  json["unavailable"] = state.unavailable;
  json["excluded"] = state.excluded;
  json["excluded_by_zone"] = state.excluded_by_zone;
  return ledger.set_fact(kFact, util::dump_json(json));
}

Result<void> note_news(ledger::Ledger& ledger) { return ledger.set_fact(kNewsFact, "yes"); }
Result<void> clear_news(ledger::Ledger& ledger) { return ledger.set_fact(kNewsFact, "no"); }
Result<bool> has_news(ledger::Ledger& ledger) {
  I2I_ASSIGN(const auto news, ledger.fact(kNewsFact));
  return news != "no";
}

}  // namespace i2i::app
