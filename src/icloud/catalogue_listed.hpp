#pragma once
// What one listing has shown, remembered in few bytes a photo: enough to tell what is missing and what moved.

#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "i2i/model/asset.hpp"

namespace i2i::icloud {

/// Which masters and assets came without their partner (docs/protocol/icloud.md §7.3). Keeps only names that are
/// unmatched.
class Pairs {
 public:
  /// The records of one page.
  void add(const std::vector<model::Record>& records);
  /// Masters that assets refer to and that never came; a second asset of a master that came pages ago counts too.
  [[nodiscard]] std::vector<std::string> wanted() const { return {wanted_.begin(), wanted_.end()}; }
  /// Masters that no asset refers to: their assets were in no page.
  [[nodiscard]] std::size_t without_asset() const { return without_asset_.size(); }

 private:
  std::unordered_set<std::string> wanted_;
  std::unordered_set<std::string> without_asset_;
};

/// Where each asset stood: its list and the date it is ordered by, in one number each (8 MB for a million): 48 bits of
/// its name, 2 of the list, 14 of the date. Two names that share their bits make a listing be repeated for nothing; a
/// move that keeps its bits is one in sixteen thousand, and the overlap of the pages still sees it.
class Places {
 public:
  void reserve(std::size_t assets) { places_.reserve(assets); }
  void add(const model::Asset& asset);
  /// To be called once, before the questions.
  void sort();
  /// True where an asset came in two places: it moved while it was listed.
  [[nodiscard]] bool moved_meanwhile() const;
  /// True where the asset was listed with the same date in the same list: nothing shifted.
  [[nodiscard]] bool is_unmoved(const model::Asset& asset) const;
  /// True where an asset of this name was listed, in whatever list.
  [[nodiscard]] bool was_listed(const std::string& name) const;

 private:
  std::vector<std::uint64_t> places_;
};

/// Skipped records for a report: all counted, the first hundred of each reason kept.
void note_skipped(const std::vector<model::Record>& records, std::vector<model::Skipped>& kept,
                  std::map<std::string, std::int64_t>& by_reason);

}  // namespace i2i::icloud
