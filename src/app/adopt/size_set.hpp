#pragma once
// Which file sizes occur among contents, exactly, in memory that hardly grows: most of a million photos are smaller
// than 32 MiB and cost one bit a size.

#include <algorithm>
#include <cstdint>
#include <vector>

namespace i2i::app {

class SizeSet {
 public:
  void add(std::uint64_t size) {
    empty_ = false;
    if (size < kDirect) {
      if (bits_.empty()) bits_.resize(kDirect);
      bits_[size] = true;
      return;
    }
    large_.push_back(size);
    sorted_ = false;
    if (large_.size() < sort_at_) return;
    sort();
    sort_at_ = std::max(kSortAtLeast, large_.size() * 2);
  }
  [[nodiscard]] bool contains(std::uint64_t size) {
    if (size < kDirect) return !bits_.empty() && bits_[size];
    if (!sorted_) sort();
    return std::binary_search(large_.begin(), large_.end(), size);
  }
  [[nodiscard]] bool empty() const { return empty_; }

 private:
  static constexpr std::uint64_t kDirect = std::uint64_t{32} << 20;
  static constexpr std::size_t kSortAtLeast = 4096;

  void sort() {
    std::sort(large_.begin(), large_.end());
    large_.erase(std::unique(large_.begin(), large_.end()), large_.end());
    sorted_ = true;
  }

  std::vector<bool> bits_;
  std::vector<std::uint64_t> large_;
  std::size_t sort_at_ = kSortAtLeast;
  bool sorted_ = false;
  bool empty_ = true;
};

}  // namespace i2i::app
