#include "app/volume/content_check.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "i2i/ledger/ledger.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {

using util::Result;

Result<model::ContentProof> hash_open_file(const util::Fd& fd, const std::string& name, const std::stop_token& stop) {
  model::ContentHasher hasher;
  std::vector<char> buffer(std::size_t{256} << 10);
  while (true) {
    if (stop.stop_requested()) return util::fail(util::ErrorCode::cancelled, "stopped while reading " + name);
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return util::fail(util::file_error(errno, "read", name));
    if (got == 0) return hasher.finish();
    hasher.update({buffer.data(), static_cast<std::size_t>(got)});
  }
}

Result<model::ContentProof> hash_file(const util::Root& root, const std::string& relative, ReadPath path,
                                      const std::stop_token& stop) {
  I2I_ASSIGN(const auto fd, root.open_file(relative, O_RDONLY));
  // Advice only: a file system that ignores it is read from its cache, which is still a read.
  (void)posix_fadvise(fd.get(), 0, 0, path == ReadPath::past_page_cache ? POSIX_FADV_DONTNEED : POSIX_FADV_SEQUENTIAL);
  auto proof = hash_open_file(fd, relative, stop);
  if (path == ReadPath::past_page_cache) (void)posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
  return proof;
}

bool is_content(const model::ContentProof& proof, const model::Checksum& checksum, std::uint64_t size) {
  if (model::is_provable(checksum)) return proof.checksum == checksum;
  return proof.size == size;
}

util::Error contradicted(const std::string& path) {
  return ledger::damaged("says of " + util::escape_for_terminal(path) +
                         " what cannot be so together, beside the bytes that lie there");
}

}  // namespace i2i::app
