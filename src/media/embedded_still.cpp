// Where still pictures keep their Exif block. Sources: ITU-T T.81 annex B and CIPA DC-008 §4.5.4 (JPEG); PNG third
// edition §11.3.4.5 (eXIf); RFC 9649 (WebP); ISO/IEC 14496-12 §8.11 and 23008-12 annex A (HEIF, AVIF).
#include "media/embedded_parts.hpp"

namespace i2i::media {
namespace {

constexpr int kPartsAtMost = 4'096;
constexpr std::string_view kExifMark{"Exif\0\0", 6};

std::optional<ByteView> without_mark(const ByteView& block) {
  return block.has(0, kExifMark) ? block.from(kExifMark.size()) : block;
}

/// The number of the item that holds Exif among those of an iinf box.
std::optional<std::uint64_t> exif_item(const ByteView& iinf) {
  const std::size_t count_bytes = iinf.number(0, 1).value_or(0) == 0 ? 2 : 4;
  std::uint64_t at = 4 + count_bytes;
  for (int i = 0; i < kPartsAtMost && at < iinf.size(); ++i) {
    const auto entry = box_at(iinf, at);
    if (!entry) return std::nullopt;
    const auto version = entry->content.number(0, 1).value_or(0);
    const std::size_t id_bytes = version == 2 ? 2 : 4;
    if (version >= 2 && entry->content.has(4 + id_bytes + 2, "Exif")) return entry->content.number(4, id_bytes);
    at += entry->whole;
  }
  return std::nullopt;
}

struct Extent {
  std::uint64_t offset;
  std::uint64_t length;
};

/// Where an item's bytes lie in the file, by the iloc box; only for the plain way, one piece in the file itself.
std::optional<Extent> place_of_item(const ByteView& iloc, std::uint64_t wanted) {
  const auto version = iloc.number(0, 1);
  const auto sizes = iloc.number(4, 2);
  if (!version || *version > 2 || !sizes) return std::nullopt;
  const std::size_t offset_bytes = *sizes >> 12U & 0xFU;
  const std::size_t length_bytes = *sizes >> 8U & 0xFU;
  const std::size_t base_bytes = *sizes >> 4U & 0xFU;
  const std::size_t index_bytes = *version > 0 ? *sizes & 0xFU : 0;
  const std::size_t id_bytes = *version < 2 ? 2 : 4;
  const auto count = iloc.number(6, id_bytes);
  std::uint64_t at = 6 + id_bytes;
  for (std::uint64_t i = 0; count && i < *count && i < kPartsAtMost; ++i) {
    const auto id = iloc.number(at, id_bytes);
    at += id_bytes;
    std::uint64_t way = 0;
    if (*version > 0) {
      way = iloc.number(at, 2).value_or(0) & 0xFU;
      at += 2;
    }
    at += 2;  // in which file
    const auto base = base_bytes > 0 ? iloc.number(at, base_bytes) : 0;
    at += base_bytes;
    const auto pieces = iloc.number(at, 2);
    at += 2;
    if (!id || !base || !pieces) return std::nullopt;
    if (*id != wanted) {
      at += *pieces * (index_bytes + offset_bytes + length_bytes);
      continue;
    }
    const auto offset = offset_bytes > 0 ? iloc.number(at + index_bytes, offset_bytes) : 0;
    const auto length = iloc.number(at + index_bytes + offset_bytes, length_bytes);
    if (way != 0 || *pieces != 1 || !offset || !length) return std::nullopt;
    return Extent{*base + *offset, *length};
  }
  return std::nullopt;
}

}  // namespace

std::optional<ByteView> exif_of_jpeg(const ByteView& file) {
  constexpr std::uint64_t kStartOfScan = 0xFFDA;
  constexpr std::uint64_t kApp1 = 0xFFE1;
  std::uint64_t at = 2;
  for (int i = 0; i < kPartsAtMost; ++i) {
    const auto marker = file.number(at, 2);
    if (!marker || *marker < 0xFF01 || *marker == kStartOfScan) return std::nullopt;
    if (*marker == 0xFFFF) {  // a fill byte
      ++at;
      continue;
    }
    const auto length = file.number(at + 2, 2);
    if (!length || *length < 2) return std::nullopt;
    if (*marker == kApp1 && file.has(at + 4, kExifMark)) return without_mark(file.part(at + 4, *length - 2));
    at += 2 + *length;
  }
  return std::nullopt;
}

std::optional<ByteView> exif_of_png(const ByteView& file) {
  std::uint64_t at = 8;
  for (int i = 0; i < kPartsAtMost; ++i) {
    const auto length = file.number(at, 4);
    if (!length || file.has(at + 4, "IEND")) return std::nullopt;
    if (file.has(at + 4, "eXIf")) return without_mark(file.part(at + 8, *length));
    at += 12 + *length;
  }
  return std::nullopt;
}

std::optional<ByteView> exif_of_webp(const ByteView& file) {
  const ByteView chunks = file.in_order(ByteOrder::little);
  std::uint64_t at = 12;
  for (int i = 0; i < kPartsAtMost; ++i) {
    const auto length = chunks.number(at + 4, 4);
    if (!length) return std::nullopt;
    if (chunks.has(at, "EXIF")) return without_mark(chunks.part(at + 8, *length));
    at += 8 + *length + *length % 2;
  }
  return std::nullopt;
}

std::optional<ByteView> exif_of_heif(const ByteView& file) {
  const auto meta = find_box(file, "meta");
  if (!meta) return std::nullopt;
  const ByteView boxes = meta->from(4);
  const auto iinf = find_box(boxes, "iinf");
  const auto iloc = find_box(boxes, "iloc");
  const auto item = iinf ? exif_item(*iinf) : std::nullopt;
  if (!item || !iloc) return std::nullopt;
  const auto place = place_of_item(*iloc, *item);
  if (!place) return std::nullopt;
  const ByteView payload = file.part(place->offset, place->length);
  const auto skipped = payload.number(0, 4);  // before the block, most often the mark
  return skipped ? std::optional(payload.from(4 + *skipped)) : std::nullopt;
}

}  // namespace i2i::media
