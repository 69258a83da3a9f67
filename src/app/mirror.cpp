#include "app/mirror.hpp"

#include <algorithm>
#include <set>

#include "app/sync_state_decode.hpp"
#include "i2i/icloud/catalogue.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

/// The ledger as the catalogue's keeper; adds up what each page changed.
class LedgerSink : public icloud::CatalogueSink {
 public:
  explicit LedgerSink(ledger::Catalogue& catalogue) : catalogue_(catalogue) {}

  Result<void> begin_listing(const model::ZoneId& zone) override { return catalogue_.begin_listing(zone); }
  Result<void> put_listed(const model::ZoneId& zone, const std::vector<model::Record>& records) override {
    return add(catalogue_.put_listed(zone, records));
  }
  Result<void> finish_listing(const model::ZoneId& zone, const std::string& token) override {
    return add(catalogue_.finish_listing(zone, token));
  }
  Result<void> put_changes(const model::ZoneId& zone, const std::vector<model::Record>& records,
                           const std::string& token) override {
    return add(catalogue_.put_changes(zone, records, token));
  }
  Result<bool> is_listed_asset(const model::ZoneId& zone, const std::string& name) override {
    return catalogue_.is_listed_asset(zone, name);
  }
  [[nodiscard]] const ledger::Applied& applied() const { return applied_; }

 private:
  Result<void> add(Result<ledger::Applied> page) {
    if (!page) return fail(std::move(page).error());
    applied_.added += page->added;
    applied_.changed += page->changed;
    applied_.deleted += page->deleted;
    return {};
  }
  ledger::Catalogue& catalogue_;
  ledger::Applied applied_;
};

bool is_ours(const model::ZoneId& zone) { return zone.is_primary() || zone.is_shared_library(); }

std::string token_fact(model::Database database) {
  return database == model::Database::private_db ? "database_token/private" : "database_token/shared";
}

struct DatabaseNews {
  std::vector<icloud::ZoneInfo> zones;
  std::string token;  // "" where only a plain list could be had
};

/// Which zones have news. A refused or strange answer of changes/database falls back to the list of all zones
/// (docs/protocol/icloud.md §8.1: reported, never recorded).
Result<DatabaseNews> read_database(icloud::CloudKit& cloudkit, model::Database database, const std::string& token) {
  auto changes = cloudkit.database_changes(database, token);
  if (changes) return DatabaseNews{std::move(changes->zones), std::move(changes->sync_token)};
  const auto code = changes.error().code;
  if (code != ErrorCode::bad_token && code != ErrorCode::bad_answer && code != ErrorCode::not_found) {
    return fail(std::move(changes).error());
  }
  I2I_ASSIGN(auto zones, cloudkit.zones(database));
  return DatabaseNews{std::move(zones), ""};
}

class Mirror {
 public:
  Mirror(icloud::CloudKit& cloudkit, ledger::Ledger& ledger, MirrorWay way, Observer& observer)
      : cloudkit_(cloudkit), ledger_(ledger), catalogue_(ledger), way_(way), observer_(observer) {}

  Result<MirrorReport> run() {
    I2I_ASSIGN(known_, catalogue_.zones());
    for (const auto database : {model::Database::private_db, model::Database::shared_db}) {
      I2I_TRY(read(database));
    }
    for (const auto& zone : known_) {
      if (!seen_.contains(zone.id)) I2I_TRY(add_unchanged(zone.id));
    }
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
      all_read = read_zone(zone.id) && all_read;
      if (stopped_) return fail(*stopped_);
    }
    // Only now: a zone that failed must show up as changed again next time.
    if (all_read) I2I_TRY(ledger_.set_fact(token_fact(database), news.token));
    return {};
  }

  /// False where the zone failed; its error is in the report.
  bool read_zone(const model::ZoneId& zone) {
    LibraryReport library;
    library.zone = zone.name;
    LedgerSink sink(catalogue_);
    auto outcome = read_zone_into(zone, library, sink);
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
      // A signal or a broken ledger concerns everything, not this zone.
      if (const auto code = outcome.error().code; code == ErrorCode::cancelled || code == ErrorCode::ledger_damaged ||
                                                  code == ErrorCode::volume || code == ErrorCode::volume_full) {
        stopped_ = library.error;
      }
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
        count_skipped(changes->skipped);
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
    count_skipped(listing.skipped);
    if (!listing.indexed) {
      report_.complete = false;
      report_.notes.push_back("Apple is still indexing " + zone.name +
                              " for the web; more photos may appear in the next run.");
    }
    I2I_ASSIGN(const auto counts, catalogue_.counts(zone));
    if (listing.apple_count >= 0 && listing.apple_count != counts.assets) {
      report_.notes.push_back("Apple counts " + std::to_string(listing.apple_count) + " items in " + zone.name + ", " +
                              std::to_string(counts.assets) +
                              " were listed; Apple's count is known to be off at times.");
    }
    return {};
  }

  Result<void> forget(const model::ZoneId& zone) {
    I2I_TRY(catalogue_.forget_zone(zone));
    report_.notes.push_back("The library " + zone.name + " is gone from the account; its files stay on the volume.");
    return {};
  }

  Result<void> add_unchanged(const model::ZoneId& zone) {
    LibraryReport library;
    library.zone = zone.name;
    I2I_ASSIGN(const auto counts, catalogue_.counts(zone));
    library.assets = counts.assets;
    report_.libraries.push_back(std::move(library));
    return {};
  }

  void count_skipped(const std::vector<model::Skipped>& skipped) {
    for (const auto& record : skipped) ++report_.skipped[record.reason];
  }

  icloud::CloudKit& cloudkit_;
  ledger::Ledger& ledger_;
  ledger::Catalogue catalogue_;
  MirrorWay way_;
  Observer& observer_;
  std::vector<ledger::ZoneRow> known_;
  std::set<model::ZoneId> seen_;
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

Result<MirrorReport> mirror(icloud::CloudKit& cloudkit, ledger::Ledger& ledger, MirrorWay way, Observer& observer) {
  return Mirror(cloudkit, ledger, way, observer).run();
}

}  // namespace i2i::app
