#pragma once
// The size that Immich read of each file: the only thing of an external file's content that it tells
// (docs/protocol/immich.md §10).

#include <cstdint>
#include <deque>
#include <set>
#include <string>

#include "i2i/immich/client.hpp"

namespace i2i::app {

struct SizeInImmich {
  enum class State {
    known,
    unread,  // Immich has not read the file yet, or too many are so to ask for each
    locked,  // a key can see that it is there, nothing more
  };
  State state = State::unread;
  std::uint64_t bytes = 0;
};

/// Asks for whole libraries, a thousand assets a request, when the first of their assets is wanted; what such a listing
/// leaves out is asked for one by one, at most so many. Holds 16 bytes an asset.
class SizesInImmich {
 public:
  static constexpr int kMostSingle = 1'000;

  explicit SizesInImmich(immich::Client& client) : client_(client) {}

  /// For an asset that is there and not in the trash. Blocks. Errors: those of immich::Client.
  util::Result<SizeInImmich> of(const std::string& asset_id);

 private:
  struct Entry {
    std::uint64_t key;
    std::uint64_t bytes;
  };
  [[nodiscard]] const Entry* find(std::uint64_t key) const;
  util::Result<void> list(const std::string& library_id);

  immich::Client& client_;
  std::deque<Entry> entries_;  // by key; a deque grows without a copy
  std::set<std::string> listed_;
  int single_ = 0;
};

}  // namespace i2i::app
