#include "app/run/list_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace i2i::app {

using util::fail;
using util::Result;

Result<void> ListFile::line(const std::string& text) {
  if (!fd_.valid()) {
    fd_ = util::Fd(::open(temporary().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd_.valid()) return fail(util::file_error(errno, "write", temporary()));
  }
  buffer_ += text + "\n";
  constexpr std::size_t kPiece = std::size_t{64} << 10;
  return buffer_.size() < kPiece ? Result<void>{} : flush();
}

Result<bool> ListFile::finish() {
  if (!fd_.valid()) return false;
  I2I_TRY(flush());
  fd_.reset();
  if (std::rename(temporary().c_str(), path_.c_str()) != 0) return fail(util::file_error(errno, "write", path_));
  return true;
}

Result<void> ListFile::flush() {
  auto written = util::write_all(fd_, buffer_, temporary());
  buffer_.clear();
  return written;
}

}  // namespace i2i::app
