#include "app/sidecars/sidecar_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "app/volume/volume.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

constexpr std::size_t kNameBytes = 255;
constexpr std::uint64_t kSidecarAtMost = std::uint64_t{4} << 20;

class FileSource : public media::ByteSource {
 public:
  FileSource(const util::Fd& fd, std::uint64_t size, const std::string& path) : fd_(fd), size_(size), path_(path) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  Result<std::string> read(std::uint64_t offset, std::size_t size) override {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
      const ssize_t got = ::pread(fd_.get(), bytes.data() + have, size - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return fail(util::file_error(errno, "read", path_));
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
  }

 private:
  const util::Fd& fd_;
  std::uint64_t size_;
  const std::string& path_;
};

/// "2024/IMG_1.xmp" for "2024/IMG_1.HEIC"; "" where the name has no ending.
std::string short_sidecar_path(const std::string& media_path) {
  const auto dot = media_path.rfind('.');
  if (dot == std::string::npos || media_path.find('/', dot) != std::string::npos) return {};
  return media_path.substr(0, dot) + std::string(media::kSidecarEnding);
}

}  // namespace

Result<media::Embedded> read_embedded_of(const util::Root& root, const std::string& media_path) {
  I2I_ASSIGN(const auto fd, root.open_file(media_path, O_RDONLY | O_NONBLOCK));  // a pipe in its place would wait
  I2I_ASSIGN(const auto facts, util::facts_of(fd, media_path));
  if (!facts.is_regular) return media::Embedded{};
  FileSource source(fd, facts.size, media_path);
  return media::read_embedded(source);
}

Result<SidecarOnDisk> read_sidecar(const util::Root& root, const std::string& media_path) {
  using Kind = SidecarOnDisk::Kind;
  const std::string path = media::sidecar_path(media_path);
  SidecarOnDisk disk;
  disk.kind = Kind::unusable;
  // Only a file that was adopted under its own name leaves no room.
  if (path.size() - (util::folder_of(path).empty() ? 0 : util::folder_of(path).size() + 1) > kNameBytes) return disk;
  I2I_ASSIGN(const auto facts, root.facts(path));
  if (!facts) {
    disk.kind = Kind::absent;
    const std::string short_path = short_sidecar_path(media_path);
    if (short_path.empty()) return disk;
    I2I_ASSIGN(const auto other, root.facts(short_path));
    disk.short_form = other && other->is_regular;
    return disk;
  }
  if (!facts->is_regular || facts->size > kSidecarAtMost) return disk;
  const auto fd = root.open_file(path, O_RDONLY | O_NONBLOCK);
  if (!fd) return disk;  // somebody's who lets nobody read it
  FileSource source(*fd, facts->size, path);
  I2I_ASSIGN(disk.bytes, source.read(0, facts->size));
  disk.kind = Kind::file;
  return disk;
}

Result<void> place_sidecar(const util::Root& root, const model::Checksum& checksum, const std::string& media_path,
                           const std::string& text, bool replaces) {
  const std::string path = media::sidecar_path(media_path);
  const std::string temporary =
      std::string(kPartFolder) + "/" + util::hex_encode(util::sha1(checksum)) + std::string(media::kSidecarEnding);
  {
    I2I_ASSIGN(const auto fd, root.open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0644));
    I2I_TRY(util::write_all(fd, text, path));
    I2I_TRY(util::sync_file(fd, path));
  }
  if (replaces) {
    I2I_TRY(root.rename_over(temporary, path));
  } else {
    I2I_TRY(root.rename_no_replace(temporary, path));
  }
  return root.sync_directory(util::folder_of(path));
}

Result<util::UnixMillis> touch_media(const util::Root& root, const std::string& media_path, util::UnixMillis from) {
  constexpr util::UnixMillis kSecond = 1000;
  constexpr int kCoarsest = 3;  // FAT counts in two seconds
  for (int step = 1; step <= kCoarsest; ++step) {
    I2I_TRY(root.set_mtime(media_path, from + step * kSecond));
    I2I_ASSIGN(const auto facts, root.facts(media_path));
    if (!facts) return fail(ErrorCode::not_found, media_path + " is not there");
    if (facts->mtime_ms != from) return facts->mtime_ms;
  }
  return from;
}

}  // namespace i2i::app
