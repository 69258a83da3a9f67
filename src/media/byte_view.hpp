#pragma once
// Reading numbers and texts out of a file that anybody may have made: every access is checked, what lies outside is
// nullopt.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "i2i/media/embedded.hpp"

namespace i2i::media {

/// A file read in blocks, of which the last one stays. The first failure of the source is kept; from then on every read
/// is nullopt.
class BlockReader {
 public:
  explicit BlockReader(ByteSource& source) : source_(source) {}
  [[nodiscard]] std::uint64_t size() const { return source_.size(); }
  [[nodiscard]] const std::optional<util::Error>& error() const { return error_; }
  /// Exactly size bytes.
  std::optional<std::string> read(std::uint64_t offset, std::size_t size);

 private:
  ByteSource& source_;
  std::uint64_t at_ = 0;
  std::string block_;
  std::optional<util::Error> error_;
};

enum class ByteOrder { big, little };

/// A part of the file. Copies are cheap; the reader must outlive them.
class ByteView {
 public:
  explicit ByteView(BlockReader& reader) : ByteView(reader, 0, reader.size(), ByteOrder::big) {}

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// What of the given part lies within this one.
  [[nodiscard]] ByteView part(std::uint64_t offset, std::uint64_t size) const {
    const std::uint64_t from = std::min(offset, size_);
    return {*reader_, base_ + from, std::min(size, size_ - from), order_};
  }
  [[nodiscard]] ByteView from(std::uint64_t offset) const { return part(offset, size_); }
  [[nodiscard]] ByteView in_order(ByteOrder order) const { return {*reader_, base_, size_, order}; }

  /// A number of 1 to 8 bytes.
  [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t offset, std::size_t bytes) const;
  [[nodiscard]] std::optional<std::string> text(std::uint64_t offset, std::size_t bytes) const;
  [[nodiscard]] bool has(std::uint64_t offset, std::string_view what) const {
    return text(offset, what.size()) == std::string(what);
  }

 private:
  ByteView(BlockReader& reader, std::uint64_t base, std::uint64_t size, ByteOrder order)
      : reader_(&reader), base_(base), size_(size), order_(order) {}

  BlockReader* reader_;
  std::uint64_t base_;
  std::uint64_t size_;
  ByteOrder order_;
};

/// The first box of a type among those that follow each other in a view (ISO base media, QuickTime), without its
/// header. type: four bytes.
std::optional<ByteView> find_box(const ByteView& boxes, std::string_view type);

/// A box of any type: what is in it, and the header's type.
struct Box {
  std::string type;
  ByteView content;
  std::uint64_t whole;  // bytes, header included
};
std::optional<Box> box_at(const ByteView& boxes, std::uint64_t offset);

}  // namespace i2i::media
