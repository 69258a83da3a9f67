// Root: the photos dir, and everything done beneath it.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <vector>

#include "i2i/util/file.hpp"
#include "util/file_internal.hpp"

namespace i2i::util {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY;

struct DirectoryCloser {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, DirectoryCloser>;

/// What the renames of a pair of paths need.
struct Ends {
  Fd from_folder;
  Fd to_folder;
  std::string from_leaf;
  std::string to_leaf;
};

Error not_a_plain_path(const std::string& relative) {
  return {ErrorCode::internal, fmt::format("'{}' is no path below the photos dir", relative), "", std::nullopt};
}

/// The names in a folder that are not hidden, in byte order. Consumes the descriptor.
Result<std::vector<std::string>> visible_names(const Fd& folder, const std::string& path) {
  Fd copy(::openat(folder.get(), ".", kFolderFlags | O_CLOEXEC));  // its own position, unlike dup
  if (!copy.valid()) return fail(file_error(errno, "read folder", path));
  const Directory directory(::fdopendir(copy.get()));
  if (!directory) return fail(file_error(errno, "read folder", path));
  static_cast<void>(copy.release());
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) break;
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  if (errno != 0) return fail(file_error(errno, "read folder", path));
  std::sort(names.begin(), names.end());
  return names;
}

class Walker {
 public:
  using Visit = std::function<Result<void>(const std::string&, const FileFacts&)>;
  Walker(std::string root, const Visit& visit) : root_(std::move(root)), visit_(visit) {}

  Result<void> enter(const Fd& folder, const std::string& prefix, int depth) {
    // A level costs a descriptor; no photo library is this deep, and a loop of bind mounts would be endless.
    constexpr int kDeepest = 100;
    if (depth > kDeepest) {
      return fail(ErrorCode::volume, fmt::format("{}/{}: folders are nested too deeply", root_, prefix));
    }
    I2I_ASSIGN(const auto names, visible_names(folder, root_ + "/" + prefix));
    for (const auto& name : names) I2I_TRY(look_at(folder, prefix, name, depth));
    return {};
  }

 private:
  Result<void> look_at(const Fd& folder, const std::string& prefix, const std::string& name, int depth) {
    const std::string relative = prefix + name;
    struct stat status {};
    if (::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return {};  // went away since the folder was read
      return fail(file_error(errno, "look at", root_ + "/" + relative));
    }
    const FileFacts facts = to_facts(status);
    if (facts.is_regular) return visit_(relative, facts);
    if (!facts.is_directory) return {};
    const Fd below(::openat(folder.get(), name.c_str(), kFolderFlags | O_NOFOLLOW | O_CLOEXEC));
    if (!below.valid()) {
      if (errno == ENOENT || errno == ELOOP || errno == ENOTDIR) return {};  // replaced meanwhile, as by a link
      return fail(file_error(errno, "read folder", root_ + "/" + relative));
    }
    return enter(below, relative + "/", depth + 1);
  }

  std::string root_;
  const Visit& visit_;
};

}  // namespace

void set_mode(const Fd& fd, mode_t mode) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0 || (status.st_mode & mode) == mode) return;
  // Only what the umask took is given back: a folder's setgid bit and what an access list grants stay.
  [[maybe_unused]] const int refused = ::fchmod(fd.get(), (status.st_mode & 07777) | mode);
}

int rename_after_looking(int from_folder, const std::string& from, int to_folder, const std::string& to) {
  // The run's lock keeps others of us away in between.
  struct stat status {};
  if (::fstatat(to_folder, to.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return EEXIST;
  if (errno != ENOENT) return errno;
  return ::renameat(from_folder, from.c_str(), to_folder, to.c_str()) == 0 ? 0 : errno;
}

Result<Root> Root::open(const std::string& path) {
  Fd fd(retry_interrupted([&] { return ::open(path.c_str(), kFolderFlags | O_CLOEXEC); }));
  if (!fd.valid()) return fail(file_error(errno, "open folder", path));
  return Root(path, std::move(fd));
}

std::string Root::full(const std::string& relative) const { return relative.empty() ? path_ : path_ + "/" + relative; }

/// Opened for reading, because O_PATH descriptors cannot be flushed.
Result<Fd> Root::open_folder(const std::string& relative) const {
  Fd fd = relative.empty() ? Fd(::openat(fd_.get(), ".", kFolderFlags | O_CLOEXEC))
                           : open_beneath(fd_.get(), relative, kFolderFlags, 0);
  if (!fd.valid()) return fail(file_error(errno, "open folder", full(relative)));
  return fd;
}

Result<Fd> Root::open_parent(const std::string& relative, std::string& leaf) const {
  if (!is_plain_relative(relative)) return fail(not_a_plain_path(relative));
  const std::size_t slash = relative.rfind('/');
  leaf = slash == std::string::npos ? relative : relative.substr(slash + 1);
  return open_folder(slash == std::string::npos ? std::string() : relative.substr(0, slash));
}

Result<Fd> Root::open_file(const std::string& relative, int flags, mode_t mode) const {
  if (!is_plain_relative(relative)) return fail(not_a_plain_path(relative));
  Fd fd = open_beneath(fd_.get(), relative, flags, mode);
  if (!fd.valid()) return fail(file_error(errno, "open", full(relative)));
  if ((flags & O_CREAT) != 0) set_mode(fd, mode);
  return fd;
}

Result<std::optional<FileFacts>> Root::facts(const std::string& relative) const {
  if (!is_plain_relative(relative)) return fail(not_a_plain_path(relative));
  // O_PATH opens a link itself as the last part, and needs no permission on the file.
  const Fd fd = open_beneath(fd_.get(), relative, O_PATH, 0);
  if (fd.valid()) {
    I2I_ASSIGN(const FileFacts facts, facts_of(fd, full(relative)));
    return std::optional(facts);
  }
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  return fail(file_error(errno, "look at", full(relative)));
}

Result<void> Root::make_directories(const std::string& relative, mode_t mode) const {
  if (relative.empty()) return {};
  if (!is_plain_relative(relative)) return fail(not_a_plain_path(relative));
  if (open_beneath(fd_.get(), relative, kFolderFlags, 0).valid()) return {};
  for (std::size_t end = relative.find('/');; end = relative.find('/', end + 1)) {
    const std::string path = relative.substr(0, end);
    std::string leaf;
    I2I_ASSIGN(const Fd parent, open_parent(path, leaf));
    if (::mkdirat(parent.get(), leaf.c_str(), mode) == 0) {
      I2I_ASSIGN(const Fd made, open_folder(path));
      set_mode(made, mode);
      I2I_TRY(sync_folder(parent, full(path)));
    } else if (errno != EEXIST) {
      return fail(file_error(errno, "make folder", full(path)));
    }
    if (end == std::string::npos) break;
  }
  // What was there already may be a file or a link.
  I2I_TRY(open_folder(relative));
  return {};
}

Result<void> Root::write_small_file(const std::string& relative, std::string_view content) const {
  const std::string temporary = relative + ".new";
  I2I_TRY(remove_own_file(temporary));
  {
    I2I_ASSIGN(const Fd fd, open_file(temporary, O_WRONLY | O_CREAT | O_EXCL));
    I2I_TRY(write_all(fd, content, full(temporary)));
    I2I_TRY(sync_file(fd, full(temporary)));
  }
  I2I_TRY(rename_over(temporary, relative));
  const std::size_t slash = relative.rfind('/');
  return sync_directory(slash == std::string::npos ? std::string() : relative.substr(0, slash));
}

Result<void> Root::rename_no_replace(const std::string& from, const std::string& to) const {
  Ends ends;
  I2I_ASSIGN(ends.from_folder, open_parent(from, ends.from_leaf));
  I2I_ASSIGN(ends.to_folder, open_parent(to, ends.to_leaf));
  int error_number = 0;
  if (::renameat2(ends.from_folder.get(), ends.from_leaf.c_str(), ends.to_folder.get(), ends.to_leaf.c_str(),
                  RENAME_NOREPLACE) != 0) {
    error_number = errno;
  }
  // EPERM is how sandboxes older than the call say that it does not exist.
  if (error_number == EINVAL || error_number == ENOSYS || error_number == ENOTSUP || error_number == EPERM) {
    error_number = rename_after_looking(ends.from_folder.get(), ends.from_leaf, ends.to_folder.get(), ends.to_leaf);
  }
  if (error_number == EEXIST) return fail(ErrorCode::refused, fmt::format("{} exists already", full(to)));
  if (error_number != 0) return fail(file_error(error_number, "rename to", full(to)));
  return {};
}

Result<void> Root::rename_over(const std::string& from, const std::string& to) const {
  Ends ends;
  I2I_ASSIGN(ends.from_folder, open_parent(from, ends.from_leaf));
  I2I_ASSIGN(ends.to_folder, open_parent(to, ends.to_leaf));
  if (::renameat(ends.from_folder.get(), ends.from_leaf.c_str(), ends.to_folder.get(), ends.to_leaf.c_str()) != 0) {
    return fail(file_error(errno, "rename to", full(to)));
  }
  return {};
}

Result<void> Root::link_aside(const std::string& from, const std::string& to) const {
  constexpr int kCopiesAtMost = 1000;
  Ends ends;
  I2I_ASSIGN(ends.from_folder, open_parent(from, ends.from_leaf));
  I2I_ASSIGN(ends.to_folder, open_parent(to, ends.to_leaf));
  for (int copy = 0; copy < kCopiesAtMost; ++copy) {
    const std::string name = copy == 0 ? ends.to_leaf : fmt::format("{}.{}", ends.to_leaf, copy);
    if (::linkat(ends.from_folder.get(), ends.from_leaf.c_str(), ends.to_folder.get(), name.c_str(), 0) == 0) return {};
    int error_number = errno;
    if (error_number == EPERM || error_number == ENOTSUP || error_number == ENOSYS || error_number == EMLINK) {
      error_number = rename_after_looking(ends.from_folder.get(), ends.from_leaf, ends.to_folder.get(), name);
      if (error_number == 0) return {};
    }
    if (error_number != EEXIST) return fail(file_error(error_number, "set aside", full(from)));
  }
  return fail(ErrorCode::volume, fmt::format("there are too many copies of {} already", full(to)));
}

Result<void> Root::sync_directory(const std::string& relative) const {
  if (!relative.empty() && !is_plain_relative(relative)) return fail(not_a_plain_path(relative));
  I2I_ASSIGN(const Fd folder, open_folder(relative));
  return sync_folder(folder, full(relative));
}

Result<void> Root::set_mtime(const std::string& relative, UnixMillis mtime_ms) const {
  std::string leaf;
  I2I_ASSIGN(const Fd parent, open_parent(relative, leaf));
  if (::utimensat(parent.get(), leaf.c_str(), mtime_spec(mtime_ms).data(), AT_SYMLINK_NOFOLLOW) != 0) {
    return fail(file_error(errno, "set the time of", full(relative)));
  }
  return {};
}

Result<void> Root::remove_own_file(const std::string& relative) const {
  std::string leaf;
  auto parent = open_parent(relative, leaf);
  if (!parent) {
    if (parent.error().code == ErrorCode::not_found) return {};
    return fail(std::move(parent).error());
  }
  if (::unlinkat(parent->get(), leaf.c_str(), 0) != 0 && errno != ENOENT) {
    return fail(file_error(errno, "remove", full(relative)));
  }
  return {};
}

Result<void> Root::walk(const std::function<Result<void>(const std::string&, const FileFacts&)>& visit) const {
  I2I_ASSIGN(const Fd folder, open_folder(""));
  return Walker(path_, visit).enter(folder, "", 0);
}

Result<void> Root::walk_below(const std::string& folder,
                              const std::function<Result<void>(const std::string&, const FileFacts&)>& visit) const {
  I2I_ASSIGN(const auto there, facts(folder));
  if (!there) return {};
  I2I_ASSIGN(const Fd fd, open_folder(folder));
  return Walker(full(folder), visit).enter(fd, "", 0);
}

bool Root::is_still_at_its_path() const {
  struct stat opened {};
  struct stat now {};
  return ::fstat(fd_.get(), &opened) == 0 && ::stat(path_.c_str(), &now) == 0 && opened.st_dev == now.st_dev &&
         opened.st_ino == now.st_ino;
}

Result<std::pair<std::uint64_t, std::uint64_t>> Root::space() const {
  struct statvfs status {};
  if (retry_interrupted([&] { return ::fstatvfs(fd_.get(), &status); }) != 0) {
    return fail(file_error(errno, "look at the free space of", path_));
  }
  const std::uint64_t block = status.f_frsize;
  return std::pair(std::uint64_t{status.f_bavail} * block, std::uint64_t{status.f_blocks} * block);
}

bool Root::holds_file_system_of(const std::string& path) const {
  struct stat own {};
  struct stat other {};
  return ::fstat(fd_.get(), &own) == 0 && ::stat(path.c_str(), &other) == 0 && own.st_dev == other.st_dev;
}

}  // namespace i2i::util
