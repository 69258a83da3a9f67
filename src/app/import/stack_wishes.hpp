#pragma once
// Which files of the catalogue Photos shows as one (docs/decisions/0020-stacks.md).

#include <map>
#include <string>
#include <vector>

#include "i2i/ledger/catalogue.hpp"

namespace i2i::app {

/// The contents of one asset that stand for themselves, the one to show first: the edit, then JPEG or HEIC, then RAW.
/// Not the films of live photos: those are linked.
std::vector<model::Checksum> stackable_contents(const ledger::AssetView& view);

/// Collects the frames of bursts; everything else is known from one asset alone.
class Bursts {
 public:
  /// False where the asset is no frame of a burst, or hidden: such a one is hidden by itself.
  bool add(const ledger::AssetView& view, const std::vector<model::Checksum>& contents);
  /// The contents of each burst, those of the frame that was picked first, then in the order they were taken.
  [[nodiscard]] std::vector<std::vector<model::Checksum>> all() const;

 private:
  struct Frame {
    int rank = 0;  // smaller: nearer to the top
    util::UnixMillis captured = 0;
    std::string name;
    std::vector<model::Checksum> contents;
  };
  std::map<std::string, std::vector<Frame>> frames_;  // by zone and burst
};

/// 0: the key frame; 1: picked by a person; 2: picked by the camera; 3: not picked, or not known.
int burst_rank(std::int64_t burst_flags);

}  // namespace i2i::app
