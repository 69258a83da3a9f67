#pragma once
// Keeps the library of an account with Advanced Data Protection open for as long as a run needs it.

#include <functional>
#include <optional>

#include "i2i/app/account.hpp"
#include "i2i/icloud/sign_in.hpp"

namespace i2i::app {

/// Says what is waited for, once, then how long still, once a minute. While it waits, other work of the run goes on.
class ConsentLog : public icloud::ConsentWatcher {
 public:
  explicit ConsentLog(const RunContext& context) : context_(context) {}
  /// Work that goes on while a person is waited for: called again and again, each call as long as it likes but short;
  /// false where there is nothing to do now.
  using Work = std::function<util::Result<bool>()>;
  void set_work(Work work) { work_ = std::move(work); }

  void asked(std::chrono::seconds wait) override;
  void waiting(std::chrono::seconds left) override;
  void given(const icloud::ProtectedData& data) override;
  util::Result<void> pass(std::chrono::milliseconds time) override;

 private:
  const RunContext& context_;
  Work work_;
  std::optional<std::chrono::seconds> told_;  // what was left when it was last said
};

/// Not thread-safe: belongs to the thread that asks iCloud.
class ProtectedAccess {
 public:
  ProtectedAccess(const RunContext& context, icloud::SignIn& sign_in)
      : context_(context), sign_in_(sign_in), watcher_(context) {}

  /// For CloudKit, before each of its calls. Asks for consent where it is known to be missing: before the library is
  /// read for the first time, and when its end has come; renews it a little before.
  util::Result<void> keep_open();
  /// For CloudKit, when the library is shut.
  util::Result<bool> reopen(icloud::Shut why);

  /// What goes on while a person is waited for; it ends with the object returned.
  class Meanwhile {
   public:
    Meanwhile(ProtectedAccess& access, ConsentLog::Work work) : access_(access) {
      access_.watcher_.set_work(std::move(work));
    }
    ~Meanwhile() { access_.watcher_.set_work({}); }
    Meanwhile(const Meanwhile&) = delete;
    Meanwhile& operator=(const Meanwhile&) = delete;
    Meanwhile(Meanwhile&&) = delete;
    Meanwhile& operator=(Meanwhile&&) = delete;

   private:
    ProtectedAccess& access_;
  };

 private:
  util::Result<void> open_at_start();
  util::Result<icloud::ProtectedData> open(icloud::PcsCookies cookies);

  const RunContext& context_;
  icloud::SignIn& sign_in_;
  ConsentLog watcher_;
  bool looked_ = false;
  std::optional<util::UnixMillis> renewal_tried_for_;  // the end of consent it was tried for
};

/// What auth says of the consent of an account: "" where there is nothing to say.
/// With a wait a person is asked; without, nobody is. Errors as SignIn's.
util::Result<std::string> consent_for_sign_in(const RunContext& context, icloud::SignIn& sign_in);
util::Result<std::string> describe_consent(icloud::SignIn& sign_in);

}  // namespace i2i::app
