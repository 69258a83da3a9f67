#include "app/run/run_scope.hpp"

#include "app/sign_in/holds_decode.hpp"
#include "app/sign_in/password_sign_in.hpp"
#include "i2i/util/log.hpp"

namespace i2i::app {

using util::ErrorCode;
using util::fail;
using util::Result;

namespace {
constexpr const char* kDsidFact = "dsid";
}

Result<std::unique_ptr<RunScope>> RunScope::open(const RunContext& context, const std::string& command,
                                                 LedgerNeed need) {
  I2I_ASSIGN(auto paths, account_paths(context.options));
  I2I_TRY(prepare_account_folder(paths));
  I2I_ASSIGN(auto lock, ledger::RunLock::take(paths.lock()));
  const bool anew = need == LedgerNeed::made_anew;
  // A dry run that makes it anew leaves the old ledger where it is.
  const auto mode = context.options.dry_run && anew  ? ledger::OpenMode::temporary_empty
                    : context.options.dry_run        ? ledger::OpenMode::temporary_copy
                    : need == LedgerNeed::must_exist ? ledger::OpenMode::existing
                                                     : ledger::OpenMode::create;
  std::optional<std::string> set_aside;
  if (anew && !context.options.dry_run) {
    I2I_ASSIGN(set_aside, ledger::set_aside(paths.ledger()));
  }
  auto ledger = ledger::Ledger::open(paths.ledger(), mode);
  if (!ledger) {
    if (ledger.error().code == ErrorCode::not_found) {
      return fail(ErrorCode::usage, "nothing was synced for " + paths.apple_id + " here yet",
                  "Bring the library first: icloud2immich sync --photos-dir DIR");
    }
    return fail(std::move(ledger).error());
  }
  I2I_ASSIGN(auto http, make_http(context));
  std::unique_ptr<RunScope> scope(
      new RunScope(context, std::move(paths), std::move(lock), *std::move(ledger), std::move(http)));
  scope->set_aside_ = std::move(set_aside);
  I2I_ASSIGN(scope->run_id_, ledger::Runs(scope->ledger_).start(command, context.clock.now()));
  return scope;
}

Result<void> RunScope::sign_in() {
  I2I_TRY(pass_hold(context_, load_holds(paths_).data));
  I2I_ASSIGN(live_, LiveSession::open(context_, paths_, *http_));
  protected_access_ = std::make_unique<ProtectedAccess>(context_, live_->sign_in());
  I2I_ASSIGN(const auto known, ledger_.fact(kDsidFact));
  if (known && !known->empty() && *known != session().dsid) {
    return fail(ErrorCode::volume_foreign,
                "this ledger belongs to another account number than " + paths_.apple_id + " has now",
                "Use another --state-dir, or move " + paths_.folder + " away to start anew.");
  }
  return ledger_.set_fact(kDsidFact, session().dsid);
}

icloud::CloudKit RunScope::make_cloudkit(std::size_t pages_in_flight) {
  icloud::CloudKit::Parts parts{*http_,
                                context_.clock,
                                context_.stop,
                                session().database_url,
                                session().client_id,
                                session().dsid,
                                endpoints_for(context_.options, session().region).home,
                                net::Backoff{std::chrono::milliseconds(1'000), std::chrono::milliseconds(60'000), 6},
                                [this] { return live_->recover(); },
                                [this](icloud::Shut why) { return protected_access_->reopen(why); },
                                [this] { return protected_access_->keep_open(); },
                                pages_in_flight};
  return icloud::CloudKit(std::move(parts));
}

Result<std::string> RunScope::dsid() {
  if (live_) return session().dsid;
  I2I_ASSIGN(const auto known, ledger_.fact(kDsidFact));
  return known.value_or("");
}

Result<void> RunScope::note_refusal(const std::optional<util::Error>& error) {
  Holds holds = load_holds(paths_);
  if (!error) {
    if (!holds.data) return {};
    holds.data.reset();
    return store_holds(paths_, holds);
  }
  auto hold = hold_after(HoldKind::data, holds.data, *error, context_.clock.now());
  if (!hold) return {};
  holds.data = std::move(hold);
  return store_holds(paths_, holds);
}

void RunScope::note_end(int exit_code, const std::string& summary, const std::optional<util::Error>& error) {
  if (live_) {
    if (auto kept = live_->keep_cookies(); !kept) {
      util::log_warn("the session could not be stored: {}", kept.error().message);
    }
    if (auto noted = note_refusal(error); !noted) {
      util::log_warn("Apple's refusal could not be noted: {}", noted.error().message);
    }
  }
  if (auto noted = ledger::Runs(ledger_).end(run_id_, context_.clock.now(), exit_code, summary); !noted) {
    util::log_warn("the end of the run could not be noted in the ledger: {}", noted.error().message);
  }
}

}  // namespace i2i::app
