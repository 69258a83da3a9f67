#include "media/byte_view.hpp"

namespace i2i::media {
namespace {

constexpr std::size_t kBlock = std::size_t{16} << 10;
constexpr int kBoxesAtMost = 1'000;

}  // namespace

std::optional<std::string> BlockReader::read(std::uint64_t offset, std::size_t size) {
  if (error_ || offset > source_.size() || size > source_.size() - offset) return std::nullopt;
  if (offset < at_ || offset + size > at_ + block_.size()) {
    auto block = source_.read(offset, std::max(size, kBlock));
    if (!block) {
      error_ = std::move(block).error();
      return std::nullopt;
    }
    at_ = offset;
    block_ = *std::move(block);
    if (block_.size() < size) return std::nullopt;  // shorter than it said: it was cut meanwhile
  }
  return block_.substr(offset - at_, size);
}

std::optional<std::uint64_t> ByteView::number(std::uint64_t offset, std::size_t bytes) const {
  const auto raw = text(offset, bytes);
  if (!raw || bytes > 8) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    const std::size_t at = order_ == ByteOrder::big ? i : bytes - 1 - i;
    value = (value << 8U) | static_cast<unsigned char>((*raw)[at]);
  }
  return value;
}

std::optional<std::string> ByteView::text(std::uint64_t offset, std::size_t bytes) const {
  if (offset > size_ || bytes > size_ - offset) return std::nullopt;
  return reader_->read(base_ + offset, bytes);
}

std::optional<Box> box_at(const ByteView& boxes, std::uint64_t offset) {
  const auto size = boxes.number(offset, 4);
  auto type = boxes.text(offset + 4, 4);
  if (!size || !type) return std::nullopt;
  std::uint64_t header = 8;
  std::uint64_t whole = *size;
  if (whole == 1) {
    const auto large = boxes.number(offset + 8, 8);
    if (!large) return std::nullopt;
    header = 16;
    whole = *large;
  } else if (whole == 0) {
    whole = boxes.size() - offset;  // up to the end
  }
  if (whole < header) return std::nullopt;
  return Box{*std::move(type), boxes.part(offset + header, whole - header), whole};
}

std::optional<ByteView> find_box(const ByteView& boxes, std::string_view type) {
  std::uint64_t offset = 0;
  for (int count = 0; count < kBoxesAtMost && offset < boxes.size(); ++count) {
    const auto box = box_at(boxes, offset);
    if (!box) return std::nullopt;
    if (box->type == type) return box->content;
    if (box->whole > boxes.size() - offset) return std::nullopt;
    offset += box->whole;
  }
  return std::nullopt;
}

}  // namespace i2i::media
