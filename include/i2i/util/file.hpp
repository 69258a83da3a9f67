#pragma once
// Files and folders. Everything below a root is opened relative to it and never through a symbolic link (openat2's
// RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS, or a walk with O_NOFOLLOW where the kernel is older).

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "i2i/util/result.hpp"
#include "i2i/util/time.hpp"

namespace i2i::util {

/// An open file descriptor, closed when it goes.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

struct FileFacts {
  std::uint64_t size = 0;
  UnixMillis mtime_ms = 0;
  std::uint32_t mtime_ns = 0;  // nanoseconds within mtime's second
  std::uint64_t inode = 0;
  bool is_regular = false;
  bool is_directory = false;
};

/// Error for the errno of a file operation: volume_full for ENOSPC/EDQUOT, not_found for ENOENT, else volume.
Error file_error(int error_number, std::string_view what, std::string_view path);

/// Reads up to bytes.size() bytes; 0 at the end. path: for the message.
Result<std::size_t> read_some(const Fd& fd, std::span<char> bytes, std::string_view path);
Result<void> write_all(const Fd& fd, std::string_view bytes, std::string_view path);
/// fsync; for a folder, file systems that cannot are tolerated.
Result<void> sync_file(const Fd& fd, std::string_view path);
Result<void> sync_folder(const Fd& fd, std::string_view path);
/// The name of the network file system that path lies on ("NFS", "SMB", "fuse.sshfs"); "" on a local one, or where that
/// cannot be told.
std::string network_file_system(const std::string& path);
/// Lets the kernel begin to write out what is dirty, without waiting. Advice: errors come with sync_file.
void start_write_out(const Fd& fd);
Result<void> set_mtime(const Fd& fd, UnixMillis mtime_ms, std::string_view path);
/// Facts of an open file.
Result<FileFacts> facts_of(const Fd& fd, std::string_view path);

/// Whole small file (session, secret, marker); not_found where it is absent. limit_bytes: longer is an error.
Result<std::string> read_small_file(const std::string& path, std::size_t limit_bytes = 1 << 20);
/// Written beside, fsynced, renamed over, folder fsynced: old or new content, never half. mode e.g. 0600.
Result<void> write_file_atomic(const std::string& path, std::string_view content, mode_t mode);
/// A file that is written piece by piece beside its name and comes to that name whole: finish flushes it, renames it
/// over what is there, and flushes the folder. Without finish nothing is left of it.
class NewFile {
 public:
  static Result<NewFile> begin(const std::string& path, mode_t mode);
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();
  Result<void> write(std::string_view bytes);
  Result<void> finish();

 private:
  NewFile(std::string path, std::string temporary, Fd fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}
  Result<void> flush();
  std::string path_;
  std::string temporary_;  // "" once it has its name
  std::string buffer_;
  Fd fd_;
};
/// Whether write_file_atomic could write there now: makes the file beside it, and takes that away again. For a person
/// who would else wait for hours, and then learn that the folder is not there.
Result<void> try_to_write(const std::string& path);
/// mkdir -p with this mode for the folders it makes.
Result<void> make_directories(const std::string& path, mode_t mode);

/// The folder of a relative path: what stands before the last '/'; "" without one.
std::string folder_of(std::string_view relative);

/// A folder that everything else is resolved beneath: the photos dir.
/// Relative paths use '/', have no leading '/', no '..', no empty parts. Symbolic links on the way are errors
/// (ErrorCode::volume), never followed. Methods may be called from several threads.
class Root {
 public:
  static Result<Root> open(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }

  /// flags as for open(2); O_CLOEXEC and O_NOFOLLOW are added. With O_CREAT the file gets this mode whatever the umask,
  /// where the file system has modes.
  [[nodiscard]] Result<Fd> open_file(const std::string& relative, int flags, mode_t mode = 0644) const;
  /// lstat beneath; nullopt where nothing is there.
  [[nodiscard]] Result<std::optional<FileFacts>> facts(const std::string& relative) const;
  /// mkdir -p; what it makes has this mode whatever the umask, where the file system has modes.
  [[nodiscard]] Result<void> make_directories(const std::string& relative, mode_t mode = 0755) const;
  /// Written beside (`relative`.new), fsynced, renamed over, folder fsynced: old or new content, never half.
  [[nodiscard]] Result<void> write_small_file(const std::string& relative, std::string_view content) const;
  /// renameat2(RENAME_NOREPLACE); where the file system cannot, checks first. ErrorCode::refused where the target
  /// exists.
  [[nodiscard]] Result<void> rename_no_replace(const std::string& from, const std::string& to) const;
  /// rename over what is there.
  [[nodiscard]] Result<void> rename_over(const std::string& from, const std::string& to) const;
  /// A second name for a file (a hard link), so that the first can be renamed over without a gap; where `to` is taken,
  /// `to.1`, `to.2`, … is. A file system without links gets a rename instead.
  [[nodiscard]] Result<void> link_aside(const std::string& from, const std::string& to) const;
  [[nodiscard]] Result<void> sync_directory(const std::string& relative) const;
  [[nodiscard]] Result<void> set_mtime(const std::string& relative, UnixMillis mtime_ms) const;
  /// Only for our own partial files and probes. No error where it is not there.
  [[nodiscard]] Result<void> remove_own_file(const std::string& relative) const;
  /// Calls visit for each regular file below, depth first in name order; symbolic links and names starting with a dot
  /// are passed over. A folder that cannot be read ends the walk with an error; the first error of visit does too.
  [[nodiscard]] Result<void> walk(
      const std::function<Result<void>(const std::string& relative, const FileFacts& facts)>& visit) const;
  /// As walk, but in no order and in memory that does not grow with a folder's files; a folder that cannot be read is
  /// passed over and told.
  struct Scan {
    /// Asked before a regular file is looked at: true passes it over.
    std::function<Result<bool>(const std::string& relative)> passes_over;
    std::function<Result<void>(const std::string& relative, const FileFacts& facts)> file;
    std::function<void(const std::string& relative, const Error& error)> unreadable_folder;
  };
  [[nodiscard]] Result<void> scan(const Scan& scan) const;
  /// The same below one folder, which may have a dot; the paths given are relative to it. Nothing where it is absent.
  [[nodiscard]] Result<void> walk_below(
      const std::string& folder,
      const std::function<Result<void>(const std::string& relative, const FileFacts& facts)>& visit) const;
  /// True while the path still leads to the folder that was opened: nobody mounted something else over it, or took it
  /// away.
  [[nodiscard]] bool is_still_at_its_path() const;
  /// Free and total bytes of the file system.
  [[nodiscard]] Result<std::pair<std::uint64_t, std::uint64_t>> space() const;
  /// True where what lies at path lies on the root's own file system: they fill up together.
  [[nodiscard]] bool holds_file_system_of(const std::string& path) const;

 private:
  Root(std::string path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  [[nodiscard]] std::string full(const std::string& relative) const;
  [[nodiscard]] Result<Fd> open_folder(const std::string& relative) const;
  [[nodiscard]] Result<Fd> open_parent(const std::string& relative, std::string& leaf) const;
  std::string path_;
  Fd fd_;
};

}  // namespace i2i::util
