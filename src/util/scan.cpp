// Root::scan: every visible regular file below, in no order and in flat memory.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "i2i/util/file.hpp"
#include "util/file_internal.hpp"

namespace i2i::util {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct DirectoryCloser {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, DirectoryCloser>;

class Scanner {
 public:
  Scanner(const std::string& root, const Root::Scan& scan) : root_(root), scan_(scan) {}

  /// Takes the descriptor over. Files are told as they are read, folders below are entered afterwards: only their names
  /// are kept.
  Result<void> enter(Fd folder, const std::string& prefix, int depth) {
    // A level costs a descriptor; no photo library is this deep, and a loop of bind mounts would be endless.
    constexpr int kDeepest = 100;
    if (depth > kDeepest) {
      return fail(ErrorCode::volume, fmt::format("{}/{}: folders are nested too deeply", root_, prefix));
    }
    const Directory directory(::fdopendir(folder.get()));
    if (!directory) return fail(file_error(errno, "read folder", root_ + "/" + prefix));
    static_cast<void>(folder.release());
    std::vector<std::string> below;
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(directory.get());
      if (entry == nullptr) break;
      if (entry->d_name[0] == '.') continue;
      I2I_TRY(look_at(::dirfd(directory.get()), prefix, entry->d_name, entry->d_type, below));
    }
    if (errno != 0) return fail(file_error(errno, "read folder", root_ + "/" + prefix));
    for (const auto& name : below) I2I_TRY(go_down(::dirfd(directory.get()), prefix + name, name, depth));
    return {};
  }

 private:
  Result<void> look_at(int folder, const std::string& prefix, const std::string& name, unsigned char type,
                       std::vector<std::string>& below) {
    const std::string relative = prefix + name;
    if (type == DT_DIR) {
      below.push_back(name);
      return {};
    }
    // Some file systems do not tell what a name is before it is looked at.
    if (type != DT_REG && type != DT_UNKNOWN) return {};
    if (type == DT_REG) {
      I2I_ASSIGN(const bool passed_over, scan_.passes_over(relative));
      if (passed_over) return {};
    }
    struct stat status {};
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return {};  // went away since the folder was read
      return fail(file_error(errno, "look at", root_ + "/" + relative));
    }
    const FileFacts facts = to_facts(status);
    if (facts.is_directory) below.push_back(name);
    if (!facts.is_regular) return {};
    if (type == DT_UNKNOWN) {
      I2I_ASSIGN(const bool passed_over, scan_.passes_over(relative));
      if (passed_over) return {};
    }
    return scan_.file(relative, facts);
  }

  Result<void> go_down(int folder, const std::string& relative, const std::string& name, int depth) {
    Fd below(::openat(folder, name.c_str(), kFolderFlags));
    if (!below.valid()) {
      if (errno == ENOENT || errno == ELOOP || errno == ENOTDIR) return {};  // replaced meanwhile, as by a link
      // Such as lost+found: what nobody may read is no photo of ours.
      if (errno == EACCES || errno == EPERM) {
        scan_.unreadable_folder(relative, file_error(errno, "read folder", root_ + "/" + relative));
        return {};
      }
      return fail(file_error(errno, "read folder", root_ + "/" + relative));
    }
    return enter(std::move(below), relative + "/", depth + 1);
  }

  const std::string& root_;
  const Root::Scan& scan_;
};

}  // namespace

Result<void> Root::scan(const Scan& scan) const {
  I2I_ASSIGN(Fd folder, open_folder(""));
  return Scanner(path_, scan).enter(std::move(folder), "", 0);
}

}  // namespace i2i::util
