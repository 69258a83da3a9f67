#include "icloud/catalogue_listed.hpp"

#include <algorithm>
#include <string_view>

namespace i2i::icloud {
namespace {

/// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

constexpr std::uint64_t kNameBits = ~std::uint64_t{0xFFFF};

std::uint64_t name_bits(std::string_view name) { return hash_of(name) & kNameBits; }

std::uint64_t place_of(const model::Asset& asset) {
  const std::uint64_t list = asset.deleted ? 2 : asset.hidden ? 1 : 0;
  const std::uint64_t date = hash_of(asset.captured ? std::to_string(*asset.captured) : "-") & 0x3FFFU;
  return name_bits(asset.name) | (list << 14U) | date;
}

}  // namespace

void Pairs::add(const std::vector<model::Record>& records) {
  std::unordered_set<std::string_view> referred;
  std::unordered_set<std::string_view> came;
  for (const auto& record : records) {
    if (const auto* asset = std::get_if<model::Asset>(&record)) referred.insert(asset->master);
    if (const auto* master = std::get_if<model::Master>(&record)) came.insert(master->name);
  }
  for (const auto name : came) {
    if (wanted_.erase(std::string(name)) == 0 && !referred.contains(name)) without_asset_.emplace(name);
  }
  for (const auto name : referred) {
    if (without_asset_.erase(std::string(name)) == 0 && !came.contains(name)) wanted_.emplace(name);
  }
}

void Places::add(const model::Asset& asset) { places_.push_back(place_of(asset)); }

void Places::sort() { std::sort(places_.begin(), places_.end()); }

bool Places::moved_meanwhile() const {
  return std::adjacent_find(places_.begin(), places_.end(), [](std::uint64_t one, std::uint64_t next) {
           return one != next && (one & kNameBits) == (next & kNameBits);
         }) != places_.end();
}

bool Places::is_unmoved(const model::Asset& asset) const {
  return std::binary_search(places_.begin(), places_.end(), place_of(asset));
}

bool Places::was_listed(const std::string& name) const {
  const auto found = std::lower_bound(places_.begin(), places_.end(), name_bits(name));
  return found != places_.end() && (*found & kNameBits) == name_bits(name);
}

void note_skipped(const std::vector<model::Record>& records, std::vector<model::Skipped>& kept,
                  std::map<std::string, std::int64_t>& by_reason) {
  constexpr std::int64_t kKeptOfEach = 100;
  for (const auto& record : records) {
    const auto* skipped = std::get_if<model::Skipped>(&record);
    if (skipped == nullptr) continue;
    if (++by_reason[skipped->reason] <= kKeptOfEach) kept.push_back(*skipped);
  }
}

}  // namespace i2i::icloud
