#pragma once
// What sync, import and verify open alike: the account's lock, its ledger, the session, the wire.

#include <memory>
#include <optional>
#include <string>

#include "app/sign_in/protected_access.hpp"
#include "i2i/app/account.hpp"
#include "i2i/app/live_session.hpp"
#include "i2i/icloud/cloudkit.hpp"
#include "i2i/ledger/ledger.hpp"
#include "i2i/ledger/runs.hpp"
#include "i2i/util/hash.hpp"

namespace i2i::app {

enum class LedgerNeed {
  may_be_new,
  must_exist,
  made_anew,  // what is there is set aside, not deleted
};

/// The account's run: locked, its ledger open (a private copy with --dry-run), the run noted in the ledger's history.
class RunScope {
 public:
  static util::Result<std::unique_ptr<RunScope>> open(const RunContext& context, const std::string& command,
                                                      LedgerNeed need);

  [[nodiscard]] const AccountPaths& paths() const { return paths_; }
  ledger::Ledger& ledger() { return ledger_; }
  /// Where the ledger that was there went (LedgerNeed::made_anew); nullopt where it stayed or there was none.
  [[nodiscard]] const std::optional<std::string>& set_aside() const { return set_aside_; }
  net::CurlClient& http() { return *http_; }

  /// A session that works; the ledger must be of the same account number.
  util::Result<void> sign_in();
  [[nodiscard]] const icloud::SessionData& session() const { return live_->data(); }
  /// After sign_in. The scope must outlive it. pages_in_flight: of a listing, at most.
  icloud::CloudKit make_cloudkit(std::size_t pages_in_flight = 8);
  /// After sign_in: what opens the library where Advanced Data Protection shuts it.
  ProtectedAccess& protected_access() { return *protected_access_; }
  /// The account number, from the session on disk when nobody signed in during this run.
  util::Result<std::string> dsid();

  /// To be called at the end of the run. error: what ended it, if anything did; a refusal by Apple is held against the
  /// next runs (hold.hpp).
  void note_end(int exit_code, const std::string& summary, const std::optional<util::Error>& error);

 private:
  RunScope(RunContext context, AccountPaths paths, ledger::RunLock lock, ledger::Ledger ledger,
           std::unique_ptr<net::CurlClient> http)
      : context_(std::move(context)),
        paths_(std::move(paths)),
        lock_(std::move(lock)),
        ledger_(std::move(ledger)),
        http_(std::move(http)) {}
  util::Result<void> note_refusal(const std::optional<util::Error>& error);

  RunContext context_;
  AccountPaths paths_;
  ledger::RunLock lock_;
  ledger::Ledger ledger_;
  std::unique_ptr<net::CurlClient> http_;
  std::unique_ptr<LiveSession> live_;
  std::unique_ptr<ProtectedAccess> protected_access_;
  std::int64_t run_id_ = 0;
  std::optional<std::string> set_aside_;
};

}  // namespace i2i::app
