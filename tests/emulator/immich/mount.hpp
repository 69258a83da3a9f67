#pragma once
// The container's view of the volume: paths, validation and the walk (docs/protocol/immich.md §6, §7.2, §7.9).

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "emulator/immich/config.hpp"

namespace emulator::immich {

struct FileFacts {
  std::int64_t mtime_ms = 0;
  std::uint64_t size = 0;
};

struct Walk {
  std::vector<std::string> files;  // container paths, in byte order of their folders
  bool threw = false;              // an error ended it early
};

/// Where uploads lie in the container.
inline constexpr const char* kUploadFolder = "/data/upload";

/// The volume and Immich's own upload folder.
class MountView {
 public:
  explicit MountView(const ImmichConfig& config) : config_(config) {}

  /// Why an import path is refused, in the server's words; nothing where it is good.
  [[nodiscard]] std::optional<std::string> refusal(const std::string& import_path) const;
  /// A regular file that can be read.
  [[nodiscard]] std::optional<FileFacts> stat_file(const std::string& container_path) const;
  /// The file on our side; nothing outside the two folders, or of the volume while the mount is away.
  [[nodiscard]] std::optional<std::filesystem::path> real_path(const std::string& container_path) const;
  /// Media files below the given paths: hidden entries skipped, links followed, exclusion patterns applied.
  [[nodiscard]] Walk walk(const std::vector<std::string>& import_paths,
                          const std::vector<std::string>& exclusions) const;

 private:
  bool walk_folder(const std::filesystem::path& real, const std::string& container,
                   const std::vector<std::string>& exclusions, Walk& walk) const;
  const ImmichConfig& config_;
};

/// "//", "/./" and "x/.." collapsed, no trailing slash.
std::string normalised(const std::string& path);

}  // namespace emulator::immich
