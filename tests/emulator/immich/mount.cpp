#include "emulator/immich/mount.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "emulator/immich/codec.hpp"
#include "emulator/immich/media_types.hpp"
#include "emulator/immich/patterns.hpp"

namespace emulator::immich {
namespace fs = std::filesystem;

namespace {

bool below(const std::string& path, const std::string& folder) {
  return path == folder || folder == "/" || (path.starts_with(folder) && path[folder.size()] == '/');
}

std::optional<std::string> folder_refusal(const fs::path& real) {
  struct stat info {};
  if (::stat(real.c_str(), &info) != 0)
    return errno == ENOENT ? "Path does not exist (ENOENT)"
                           : "Error: " + std::error_code(errno, std::generic_category()).message();
  if (!S_ISDIR(info.st_mode)) return "Not a directory";
  if (::access(real.c_str(), R_OK) != 0) return "Lacking read permission for folder";
  return std::nullopt;
}

}  // namespace

std::string normalised(const std::string& path) {
  std::string result = fs::path(path).lexically_normal().generic_string();
  if (result.starts_with("//")) result.erase(0, 1);
  while (result.size() > 1 && result.back() == '/') result.pop_back();
  return result;
}

std::optional<fs::path> MountView::real_path(const std::string& container_path) const {
  const std::string path = normalised(container_path);
  if (below(path, kUploadFolder)) {
    if (config_.media_dir.empty()) return std::nullopt;
    return fs::path(config_.media_dir.string() + path.substr(std::string_view(kUploadFolder).size()));
  }
  if (config_.faults.mount != Mount::present) return std::nullopt;
  if (!below(path, config_.container_prefix)) return std::nullopt;
  const std::string rest = path.substr(config_.container_prefix == "/" ? 0 : config_.container_prefix.size());
  return fs::path(config_.photos_dir.string() + rest);
}

std::optional<std::string> MountView::refusal(const std::string& import_path) const {
  static constexpr const char* kAbsent = "Path does not exist (ENOENT)";
  for (const char* const own : {"/data", "/usr/src/app/upload", "/immich/media"})
    if (below(normalised(import_path), own)) return "Cannot use media upload folder for external libraries";
  if (!import_path.starts_with('/'))
    return "Import path must be absolute, try " + normalised("/usr/src/app/" + import_path);
  const std::string path = normalised(import_path);
  const std::string& prefix = config_.container_prefix;
  if (path == prefix) {
    if (config_.faults.mount == Mount::missing) return kAbsent;
    if (config_.faults.mount == Mount::empty) return std::nullopt;
  } else if (below(prefix, path)) {
    return std::nullopt;  // a folder above the volume
  }
  if (path == "/etc/passwd") return "Not a directory";
  if (path == "/etc" || path == "/usr" || path == "/tmp") return std::nullopt;
  const auto real = real_path(path);
  return real ? folder_refusal(*real) : std::optional<std::string>(kAbsent);
}

std::optional<FileFacts> MountView::stat_file(const std::string& container_path) const {
  const auto real = real_path(container_path);
  struct stat info {};
  if (!real || ::stat(real->c_str(), &info) != 0 || !S_ISREG(info.st_mode) || ::access(real->c_str(), R_OK) != 0)
    return std::nullopt;
  return FileFacts{static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1000 + info.st_mtim.tv_nsec / 1'000'000,
                   static_cast<std::uint64_t>(info.st_size)};
}

bool MountView::walk_folder(const fs::path& real, const std::string& container,
                            const std::vector<std::string>& exclusions, Walk& walk) const {
  std::error_code error;
  fs::directory_iterator it(real, error);
  if (error) return false;
  std::vector<std::string> names;
  for (; it != fs::directory_iterator(); it.increment(error)) {
    if (error) return false;
    names.push_back(it->path().filename().string());
  }
  if (error) return false;
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    if (name.front() == '.' || !is_utf8(name)) continue;
    struct stat info {};
    const fs::path entry = real / name;
    if (::stat(entry.c_str(), &info) != 0) continue;  // a broken link, or a loop the system refused
    std::string path = container + "/" + name;
    std::replace(path.begin(), path.end(), '\\', '/');
    if (S_ISDIR(info.st_mode)) {
      if (!walk_folder(entry, path, exclusions, walk)) return false;
      continue;
    }
    if (!S_ISREG(info.st_mode) || media_kind(name, config_.version) == MediaKind::none) continue;
    if (std::any_of(exclusions.begin(), exclusions.end(),
                    [&](const std::string& pattern) { return glob_matches(pattern, path, Case::insensitive); }))
      continue;
    const auto& limit = config_.faults.crawl_throws_after;
    if (limit && walk.files.size() >= *limit) return false;
    walk.files.push_back(path);
  }
  return true;
}

Walk MountView::walk(const std::vector<std::string>& import_paths, const std::vector<std::string>& exclusions) const {
  Walk walk;
  for (const std::string& import_path : import_paths) {
    std::string path = normalised(import_path);
    if (below(config_.container_prefix, path)) path = config_.container_prefix;
    const auto real = real_path(path);
    if (!real) continue;
    if (!walk_folder(*real, path == "/" ? "" : path, exclusions, walk)) {
      walk.threw = true;
      break;
    }
  }
  // The same path in two overlapping import paths is one file (§7.10).
  std::vector<std::string> unique;
  std::set<std::string> seen;
  for (std::string& file : walk.files)
    if (seen.insert(file).second) unique.push_back(std::move(file));
  walk.files = std::move(unique);
  return walk;
}

}  // namespace emulator::immich
