#include "app/catalogue/mirror.hpp"

#include <algorithm>
#include <set>

#include "app/catalogue/ask_again.hpp"
#include "app/catalogue/completeness.hpp"
#include "app/catalogue/ledger_sink.hpp"
#include "app/catalogue/sync_state_decode.hpp"
#include "i2i/icloud/catalogue.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

bool is_ours(const model::ZoneId& zone) { return zone.is_primary() || zone.is_shared_library(); }

std::string token_fact(model::Database database) {
  return database == model::Database::private_db ? "database_token/private" : "database_token/shared";
}

struct DatabaseNews {
  std::vector<icloud::ZoneInfo> zones;
  std::string token;      // "" where only a plain list could be had
  bool is_whole = false;  // all zones there are, not only those with news
};

/// Which zones have news. A refused or strange answer of changes/database falls back to the list of all zones
/// (docs/protocol/icloud.md §8.1: reported, never recorded).
Result<DatabaseNews> read_database(icloud::CloudKit& cloudkit, model::Database database, const std::string& token) {
  auto changes = cloudkit.database_changes(database, token);
  if (changes) return DatabaseNews{std::move(changes->zones), std::move(changes->sync_token), token.empty()};
  const auto code = changes.error().code;
  if (code != ErrorCode::bad_token && code != ErrorCode::bad_answer && code != ErrorCode::not_found) {
    return fail(std::move(changes).error());
  }
  I2I_ASSIGN(auto zones, cloudkit.zones(database));
  return DatabaseNews{std::move(zones), "", true};
}

/// The ledger and the run's stop concern every library, not the one that met them.
bool concerns_all(ErrorCode code) {
  return code == ErrorCode::cancelled || code == ErrorCode::ledger_damaged || code == ErrorCode::volume ||
         code == ErrorCode::volume_full;
}

class Mirror {
 public:
  Mirror(icloud::CloudKit& cloudkit, ledger::Ledger& ledger, MirrorWay way, const model::Selection& selection,
         Observer& observer)
      : cloudkit_(cloudkit),
        ledger_(ledger),
        catalogue_(ledger),
        way_(way),
        selection_(selection),
        observer_(observer) {}

  Result<MirrorReport> run() {
    I2I_ASSIGN(known_, catalogue_.zones());
    for (const auto database : {model::Database::private_db, model::Database::shared_db}) {
      I2I_TRY(read(database));
    }
    I2I_TRY(forget_old_sides());
    tell_of_gone_ones();
    I2I_TRY(miss_personal_library());
    I2I_ASSIGN(const auto zones, catalogue_.zones());
    for (const auto& zone : zones) {
      if (!seen_.contains(zone.id)) I2I_TRY(add_unchanged(zone.id));
    }
    // Only now: a zone that failed must show up as changed again next time.
    for (const auto& [database, token] : tokens_) I2I_TRY(ledger_.set_fact(token_fact(database), token));
    for (const auto& zone : zones) I2I_TRY(ask_again_in(zone.id));
    return std::move(report_);
  }

 private:
  Result<void> read(model::Database database) {
    I2I_ASSIGN(const auto stored, ledger_.fact(token_fact(database)));
    const bool anew = way_ == MirrorWay::list_anew;
    I2I_ASSIGN(const auto news, read_database(cloudkit_, database, anew ? "" : stored.value_or("")));
    bool all_read = true;
    for (const auto& zone : news.zones) {
      if (!is_ours(zone.id)) continue;
      seen_.insert(zone.id);
      I2I_TRY(note_news(ledger_));
      if (zone.deleted) {
        I2I_TRY(forget(zone.id));
        continue;
      }
      living_.insert(zone.id);
      all_read = read_zone(zone.id) && all_read;
      if (stopped_) return fail(*stopped_);
    }
    if (news.is_whole) I2I_TRY(forget_unlisted(database));
    // A library whose listing did not end well has no token: it is listed again, changed or not.
    for (const auto& zone : known_) {
      if (zone.id.database != database || !zone.token.empty() || seen_.contains(zone.id)) continue;
      seen_.insert(zone.id);
      living_.insert(zone.id);
      I2I_TRY(note_news(ledger_));
      all_read = read_zone(zone.id) && all_read;
      if (stopped_) return fail(*stopped_);
    }
    if (all_read) tokens_.emplace_back(database, news.token);
    return {};
  }

  /// All zones were listed, and these were not among them.
  Result<void> forget_unlisted(model::Database database) {
    for (const auto& zone : known_) {
      if (zone.id.database != database || seen_.contains(zone.id)) continue;
      seen_.insert(zone.id);
      I2I_TRY(forget(zone.id));
    }
    return {};
  }

  /// A shared library that has just turned up under the other database has moved there: its owner's and its
  /// participants' sides are different zones to iCloud, and one library.
  Result<void> forget_old_sides() {
    for (const auto& zone : known_) {
      const auto is_new_side = [&](const model::ZoneId& other) {
        return other.name == zone.id.name && other.database != zone.id.database && !is_known(other);
      };
      if (living_.contains(zone.id) || std::none_of(living_.begin(), living_.end(), is_new_side)) continue;
      I2I_TRY(note_news(ledger_));
      I2I_TRY(catalogue_.mark_gone(zone.id));
    }
    return {};
  }

  [[nodiscard]] bool is_known(const model::ZoneId& zone) const {
    return std::any_of(known_.begin(), known_.end(), [&](const auto& row) { return row.id == zone; });
  }

  /// An account whose Photos were never opened has no personal library; neither has one whose new terms nobody accepted
  /// (docs/protocol/icloud.md §6.4). That is no empty library.
  Result<void> miss_personal_library() {
    const model::ZoneId primary{"PrimarySync", "", model::Database::private_db};
    I2I_ASSIGN(const auto zones, catalogue_.zones());
    const auto is_personal = [](const model::ZoneId& zone) { return zone.is_primary(); };
    const bool is_there =
        std::any_of(zones.begin(), zones.end(), [&](const auto& row) { return is_personal(row.id); }) ||
        std::any_of(living_.begin(), living_.end(), is_personal);
    if (is_there || !selection_.wants_zone(primary)) return {};
    const bool has_others = !living_.empty() || !zones.empty();
    LibraryReport library;
    library.zone = primary.name;
    library.error = cloudkit_.why_no_library();
    if (concerns_all(library.error->code)) return fail(*library.error);
    if (has_others) {
      library.error->remedy += " For the shared library alone: icloud2immich sync --library shared";
    }
    util::log_error("{}", library.error->message);
    report_.libraries.push_back(std::move(library));
    report_.complete = false;
    tokens_.clear();
    return {};
  }

  /// False where the zone failed; its error is in the report.
  bool read_zone(const model::ZoneId& zone) {
    LibraryReport library;
    library.zone = zone.name;
    LedgerSink sink(ledger_);
    auto outcome = read_zone_into(zone, library, sink);
    if (auto kept = sink.commit(); !kept && outcome) outcome = std::move(kept);
    library.added = sink.applied().added;
    library.changed = sink.applied().changed;
    library.deleted = sink.applied().deleted;
    if (auto counts = catalogue_.counts(zone)) library.assets = counts->assets;
    if (!outcome) {
      report_.complete = false;
      library.error = outcome.error().in("while reading the library " + zone.name);
      // Apple lists it and then does not know it: only the account's owner can settle that (docs/protocol/icloud.md
      // §6.4).
      if (library.error->code == ErrorCode::not_found) library.error->code = ErrorCode::account_action;
      util::log_error("{}", library.error->message);
      if (concerns_all(outcome.error().code)) stopped_ = library.error;
    }
    report_.libraries.push_back(std::move(library));
    return outcome.has_value();
  }

  Result<void> read_zone_into(const model::ZoneId& zone, LibraryReport& library, LedgerSink& sink) {
    const auto row = std::find_if(known_.begin(), known_.end(), [&](const auto& k) { return k.id == zone; });
    const bool has_token = row != known_.end() && !row->token.empty();
    if (has_token && way_ == MirrorWay::changes_where_possible) {
      auto changes = icloud::read_changes(cloudkit_, zone, row->token, sink);
      if (changes) {
        library.mode = changes->records > 0 ? MirrorMode::changes : MirrorMode::unchanged;
        count_skipped(changes->skipped_by_reason);
        return {};
      }
      if (changes.error().code != ErrorCode::bad_token) return fail(std::move(changes).error());
      report_.notes.push_back("iCloud no longer accepts the position stored for " + zone.name +
                              "; the library is listed anew, no file is fetched again.");
    }
    return list(zone, library, sink);
  }

  Result<void> list(const model::ZoneId& zone, LibraryReport& library, LedgerSink& sink) {
    library.mode = MirrorMode::full;
    I2I_ASSIGN(const auto listing,
               icloud::list_zone(cloudkit_, zone, sink, [&](std::int64_t listed, std::int64_t expected) {
                 observer_.progress({Progress::Phase::listing, listed, expected, 0, 0});
               }));
    count_skipped(listing.skipped_by_reason);
    library.apple_counts = apple_counts(listing);
    library.short_by = listing.short_by;
    if (!listing.indexed || !listing.healed || listing.short_by > 0) report_.complete = false;
    if (!listing.indexed) {
      report_.notes.push_back("Apple is still indexing " + zone.name +
                              " for the web; more photos may appear in the next run. Until then nothing in it is taken "
                              "for deleted.");
    }
    if (!listing.healed) {
      report_.notes.push_back(
          "iCloud takes none of its own positions in the changes of " + zone.name +
          " back; it was listed, what changed meanwhile comes with the next run. Until then nothing "
          "in it is taken for deleted.");
    }
    if (auto sentence = shortfall(zone.name, listing)) report_.notes.push_back(*std::move(sentence));
    return {};
  }

  Result<void> forget(const model::ZoneId& zone) {
    I2I_TRY(note_news(ledger_));
    I2I_ASSIGN(const bool was_there, catalogue_.mark_gone(zone));
    if (!was_there) return {};
    gone_.insert(zone.name);
    return {};
  }

  /// Not of a library that has only changed its side.
  void tell_of_gone_ones() {
    for (const auto& zone : living_) gone_.erase(zone.name);
    for (const auto& name : gone_) {
      report_.notes.push_back("The library " + name + " is gone from the account; its files stay on the volume.");
    }
  }

  Result<void> add_unchanged(const model::ZoneId& zone) {
    LibraryReport library;
    library.zone = zone.name;
    I2I_ASSIGN(const auto counts, catalogue_.counts(zone));
    library.assets = counts.assets;
    report_.libraries.push_back(std::move(library));
    return {};
  }

  Result<void> ask_again_in(const model::ZoneId& zone) {
    const auto library = std::find_if(report_.libraries.begin(), report_.libraries.end(),
                                      [&](const LibraryReport& l) { return l.zone == zone.name; });
    if (library == report_.libraries.end() || library->error) return {};
    auto asked = ask_again(cloudkit_, ledger_, zone);
    if (asked) return {};
    const util::Error error = asked.error().in("while asking again for files of the library " + zone.name);
    if (concerns_all(error.code)) return fail(error);
    report_.complete = false;
    library->error = error;
    return {};
  }

  void count_skipped(const std::map<std::string, std::int64_t>& by_reason) {
    for (const auto& [reason, count] : by_reason) report_.skipped[reason] += count;
  }

  icloud::CloudKit& cloudkit_;
  ledger::Ledger& ledger_;
  ledger::Catalogue catalogue_;
  MirrorWay way_;
  const model::Selection& selection_;
  Observer& observer_;
  std::vector<ledger::ZoneRow> known_;
  std::set<model::ZoneId> seen_;    // in this run's answers, gone ones too
  std::set<model::ZoneId> living_;  // of them, those that are there
  std::set<std::string> gone_;      // names of those that were there
  std::vector<std::pair<model::Database, std::string>> tokens_;
  std::optional<util::Error> stopped_;
  MirrorReport report_;
};

}  // namespace

const char* to_string(MirrorMode mode) {
  switch (mode) {
    case MirrorMode::full:
      return "full";
    case MirrorMode::changes:
      return "changes";
    case MirrorMode::unchanged:
      break;
  }
  return "unchanged";
}

Result<MirrorReport> mirror(icloud::CloudKit& cloudkit, ledger::Ledger& ledger, MirrorWay way,
                            const model::Selection& selection, Observer& observer) {
  return Mirror(cloudkit, ledger, way, selection, observer).run();
}

}  // namespace i2i::app
