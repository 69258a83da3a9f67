#include "cli/code_inbox.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "i2i/util/hash.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::cli {
namespace {

using util::ErrorCode;
using util::fail;
using util::Fd;
using util::Result;

constexpr std::size_t kTicketBytes = 16;
constexpr std::size_t kTicketLength = 2 * kTicketBytes;
constexpr std::size_t kLongestCode = 64;
constexpr auto kPoll = std::chrono::milliseconds(100);
/// The waiting auth looks twice a second, but may be in the middle of a request.
constexpr auto kPatience = std::chrono::seconds(30);

std::string wanted_path(const std::string& path) { return path + ".wanted"; }

struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

util::Error nobody_waits() {
  return {ErrorCode::usage, "nobody waits for a code",
          "Start icloud2immich auth for this account; while it waits, hand the code over again.", std::nullopt};
}

/// The ticket of the auth that waits now; "" while it is only about to write it. nullopt where nobody waits.
std::optional<std::string> ticket_of_waiting(const std::string& path) {
  const Fd fd(::open(wanted_path(path).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.valid()) return std::nullopt;
  // Only looks: a lock of our own, however short, would be in the way of the waiting end.
  struct flock lock = whole_file(F_RDLCK);
  if (fcntl(fd.get(), F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
  std::array<char, kTicketLength> text{};
  const ssize_t got = ::pread(fd.get(), text.data(), text.size(), 0);
  return got == static_cast<ssize_t>(text.size()) ? std::string(text.data(), text.size()) : std::string();
}

/// Root's code (docker exec, kubectl exec) must be readable for the user whose folder it is.
void give_to_owner(const std::string& path) {
  if (geteuid() != 0) return;
  struct stat folder {};
  if (stat(path.substr(0, path.rfind('/')).c_str(), &folder) != 0) return;
  if (lchown(path.c_str(), folder.st_uid, folder.st_gid) != 0) util::log_debug("the code keeps its owner");
}

/// Takes our own code back and says why, unless it was taken at the last moment.
Result<void> take_back(const std::string& path, util::Error why) {
  if (::unlink(path.c_str()) != 0 && errno == ENOENT) return {};
  return fail(std::move(why));
}

}  // namespace

Result<CodeInbox> CodeInbox::open(const std::string& path) {
  const std::string wanted = wanted_path(path);
  Fd fd(::open(wanted.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return fail(util::file_error(errno, "write", wanted));
  struct flock lock = whole_file(F_WRLCK);
  if (fcntl(fd.get(), F_OFD_SETLK, &lock) != 0) return fail(util::file_error(errno, "lock", wanted));
  if (::ftruncate(fd.get(), 0) != 0) return fail(util::file_error(errno, "write", wanted));
  std::string ticket = util::hex_encode(util::random_bytes(kTicketBytes));
  I2I_TRY(util::write_all(fd, ticket, wanted));
  (void)::unlink(path.c_str());  // of an earlier wait; its ticket would not fit either
  return CodeInbox(path, std::move(fd), std::move(ticket));
}

Result<std::optional<std::string>> CodeInbox::take() const {
  const auto text = util::read_small_file(path_, kTicketLength + 1 + kLongestCode);
  if (!text && text.error().code == ErrorCode::not_found) return std::optional<std::string>{};
  if (!text) {
    util::log_debug("a code was handed over that cannot be read: {}", text.error().message);
    return std::optional<std::string>{};
  }
  if (::unlink(path_.c_str()) != 0) return fail(util::file_error(errno, "remove", path_));
  if (text->size() <= kTicketLength || text->compare(0, kTicketLength, ticket_) != 0) {
    util::log_info("A code from an earlier sign-in was thrown away.");
    return std::optional<std::string>{};
  }
  return std::optional<std::string>(text->substr(kTicketLength + 1));
}

Result<void> hand_over(const std::string& path, const util::Secret& digits, util::Clock& clock,
                       const std::stop_token& stop) {
  const auto until = clock.steady() + kPatience;
  std::string ticket;
  while (ticket.empty()) {
    const auto found = ticket_of_waiting(path);
    if (!found || clock.steady() >= until) return fail(nobody_waits());
    ticket = *found;
    if (ticket.empty() && !clock.sleep(kPoll, stop)) return fail(ErrorCode::cancelled, "stopped on request");
  }
  const util::Secret text(ticket + " " + digits.reveal() + "\n");
  I2I_TRY(util::write_file_atomic(path, text.reveal(), 0600));
  give_to_owner(path);
  while (true) {
    const auto there = util::read_small_file(path, kTicketLength + 1 + kLongestCode);
    if (!there && there.error().code == ErrorCode::not_found) return {};
    if (there && *there != text.reveal()) {
      return fail(ErrorCode::usage, "another code was handed over at the same moment, and this one was not tried",
                  "See what the waiting auth says; hand this one over again if it still asks.");
    }
    if (ticket_of_waiting(path) != ticket) return take_back(path, nobody_waits());
    if (clock.steady() >= until) {
      return take_back(path, {ErrorCode::usage, "the waiting auth did not take the code",
                              "See what it says, then hand the code over again.", std::nullopt});
    }
    if (!clock.sleep(kPoll, stop)) {
      return take_back(path, {ErrorCode::cancelled, "stopped on request", "", std::nullopt});
    }
  }
}

}  // namespace i2i::cli
