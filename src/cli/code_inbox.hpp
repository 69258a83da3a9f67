#pragma once
// A code on its way from `auth --submit-code` to the `auth` that waits in another process, through the account's state
// folder. The waiting end locks CODE.wanted and writes a ticket into it; the other end sees the lock without taking
// any, and leaves ticket and code in CODE. A code with another ticket is from an earlier wait and is thrown away.

#include <optional>
#include <stop_token>
#include <string>

#include "i2i/util/file.hpp"
#include "i2i/util/result.hpp"
#include "i2i/util/secret.hpp"
#include "i2i/util/time.hpp"

namespace i2i::cli {

/// The waiting end; as long as it lives, codes are taken.
class CodeInbox {
 public:
  /// path: AccountPaths::code(). volume where the folder cannot be written or locked.
  static util::Result<CodeInbox> open(const std::string& path);
  /// What was handed over since, once; it is gone from the disk then. nullopt where nothing (readable) is there.
  util::Result<std::optional<std::string>> take() const;

 private:
  CodeInbox(std::string path, util::Fd wanted, std::string ticket)
      : path_(std::move(path)), wanted_(std::move(wanted)), ticket_(std::move(ticket)) {}
  std::string path_;
  util::Fd wanted_;
  std::string ticket_;
};

/// The other end: returns when the waiting auth has taken the code. usage where nobody waits, or nobody takes it in
/// half a minute; the code is gone from the disk then too.
util::Result<void> hand_over(const std::string& path, const util::Secret& digits, util::Clock& clock,
                             const std::stop_token& stop);

}  // namespace i2i::cli
