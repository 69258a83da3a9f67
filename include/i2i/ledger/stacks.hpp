#pragma once
// Which files Immich is to show as one, against what was last sent to it (docs/decisions/0020-stacks.md).

#include <functional>
#include <string>
#include <vector>

#include "i2i/ledger/ledger.hpp"
#include "i2i/model/checksum.hpp"

namespace i2i::ledger {

/// A stack that is to be another one than was sent.
struct StackChange {
  std::vector<model::Checksum> wanted;    // the one to show first; one content alone: the stack ends
  std::vector<model::Checksum> outdated;  // sent with one of these, and no longer in the catalogue
  std::vector<model::Checksum> leaving;   // sent with one of these, shown by themselves or in another stack now
  bool was_sent = false;
};

/// A run says all it wants, then asks for the differences. What is wanted lives as long as the connection; what was
/// sent, for good.
class Stacks {
 public:
  explicit Stacks(Ledger& ledger) : ledger_(ledger) {}

  util::Result<void> begin();
  /// Contents of one photo, best first. Where some belong to an earlier group already (photos that share a file), the
  /// others join that one at its end.
  util::Result<void> want(const std::vector<model::Checksum>& contents);
  /// In the order they were wanted, then the stacks that end. The visitor may change what was sent.
  util::Result<void> for_each_change(const std::function<util::Result<void>(const StackChange&)>& visit);
  /// Replaces every stack that one of these was in; one content alone, or none, leaves no stack.
  util::Result<void> set_sent(const StackChange& change);

 private:
  util::Result<std::vector<StackChange>> changes_after(std::int64_t& group);
  util::Result<std::vector<StackChange>> ended();
  Ledger& ledger_;
};

}  // namespace i2i::ledger
