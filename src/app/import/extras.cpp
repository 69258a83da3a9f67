#include "app/import/extras.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "app/import/immich_library.hpp"
#include "app/import/presence.hpp"
#include "app/import/seen_lately.hpp"
#include "app/volume/volume.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/ledger/volume_files.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr std::size_t kBatch = 5'000;
constexpr std::size_t kListed = 1'000;

class Extras {
 public:
  Extras(ImmichAccess& access, ledger::Ledger& ledger, const immich::Library& library)
      : access_(access), placements_(ledger), files_(ledger), library_(library) {}

  Result<ExtrasReport> all(const util::Root& root) {
    I2I_ASSIGN(extensions_, of_immich(access_.owner().media_extensions()));
    // What cannot be read, Immich cannot either, and says so itself.
    I2I_TRY(root.scan({[this](const std::string& path) { return passes_over(path); },
                       [this](const std::string& path, const util::FileFacts&) { return saw(path); },
                       [](const std::string&, const util::Error&) {}}));
    I2I_TRY(root.walk_below(kDotFolder, [this](const std::string& path, const util::FileFacts&) -> Result<void> {
      const std::string whole = std::string(kDotFolder) + "/" + path;
      return is_importable(whole, extensions_) ? saw(whole) : Result<void>{};
    }));
    I2I_TRY(ask());
    I2I_TRY(offline_ones());
    std::sort(report_.files.begin(), report_.files.end());
    return std::move(report_);
  }

 private:
  Result<bool> passes_over(const std::string& path) {
    if (!is_importable(path, extensions_)) return true;
    I2I_ASSIGN(const auto placement, placements_.exactly_at(path));
    return placement.has_value();
  }

  Result<void> saw(const std::string& path) {
    batch_.push_back(path);
    return batch_.size() < kBatch ? Result<void>{} : ask();
  }

  Result<void> ask() {
    if (batch_.empty()) return {};
    std::vector<std::string> paths;
    paths.reserve(batch_.size());
    for (const auto& path : batch_) paths.push_back(access_.container_path(path));
    I2I_ASSIGN(const auto answers, of_immich(access_.owner().presence(paths)));
    for (std::size_t i = 0; i < batch_.size() && i < answers.size(); ++i) {
      if (answers[i].asset_id.empty() || answers[i].trashed) continue;
      I2I_TRY(count(batch_[i]));
    }
    batch_.clear();
    return {};
  }

  Result<void> count(const std::string& path) {
    if (report_.files.size() < kListed) report_.files.push_back(path);
    if (path.starts_with(std::string(kDotFolder) + "/")) {
      ++report_.in_dot_folder;
      return {};
    }
    I2I_ASSIGN(const auto known, files_.at(path));
    ++(known && known->kind == ledger::FileKind::copy ? report_.copies : report_.others);
    return {};
  }

  Result<void> offline_ones() {
    return of_immich(access_.owner().for_each_offline(library_.id, [&](const immich::AssetInfo& asset) -> Result<void> {
      if (!seen_.is_new(asset.id)) return {};
      const std::string root = access_.container_root() + "/";
      if (asset.path.starts_with(root)) {
        I2I_ASSIGN(const auto placement, placements_.exactly_at(asset.path.substr(root.size())));
        if (!placement) {
          ++report_.gone;
        } else if (placement->state == ledger::PlacementState::trashed) {
          ++report_.trashed;
        }
        return {};
      }
      const bool covered = std::any_of(library_.import_paths.begin(), library_.import_paths.end(),
                                       [&](const auto& it) { return asset.path.starts_with(without_slash(it) + "/"); });
      if (!covered) ++report_.earlier_path;
      return {};
    }));
  }

  ImmichAccess& access_;
  ledger::Placements placements_;
  ledger::VolumeFiles files_;
  const immich::Library& library_;
  std::vector<std::string> extensions_;
  std::vector<std::string> batch_;
  SeenLately seen_;
  ExtrasReport report_;
};

}  // namespace

Result<ExtrasReport> find_extras(ImmichAccess& access, ledger::Ledger& ledger, const util::Root& root,
                                 const immich::Library& library) {
  return Extras(access, ledger, library).all(root);
}

std::vector<std::string> notes_of(const ExtrasReport& extras) {
  std::vector<std::string> notes;
  if (extras.in_dot_folder > 0) {
    notes.push_back(fmt::format(
        "{} files of {} on the volume, where trash and copies lie, show in Immich: a link leads there, or a folder of "
        "the library does. Add the exclusion pattern **/{}/** to the library under Administration > External "
        "Libraries.",
        extras.in_dot_folder, kDotFolder, kDotFolder));
  }
  return notes;
}

}  // namespace i2i::app
