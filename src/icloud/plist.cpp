#include "icloud/plist.hpp"

#include <bit>
#include <charconv>
#include <cmath>

namespace i2i::icloud {
namespace {

constexpr std::size_t kMaxValues = 4096;
constexpr int kMaxDepth = 8;
constexpr std::size_t kTrailerBytes = 32;

void append_utf8(std::string& out, std::uint32_t code) {
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) code = 0xFFFD;
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6U));
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12U));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | (code >> 18U));
    put(0x80U | ((code >> 12U) & 0x3FU));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

/// Objects, then a table of their offsets, then a trailer that says where the table is and which object is the root.
class BinaryReader {
 public:
  explicit BinaryReader(std::string_view bytes) : bytes_(bytes) {}

  std::optional<Plist> read() {
    if (bytes_.size() < 8 + kTrailerBytes) return std::nullopt;
    const std::size_t trailer = bytes_.size() - kTrailerBytes;
    offset_size_ = static_cast<unsigned char>(bytes_[trailer + 6]);
    reference_size_ = static_cast<unsigned char>(bytes_[trailer + 7]);
    count_ = *big_endian(trailer + 8, 8);
    const std::uint64_t top = *big_endian(trailer + 16, 8);
    table_ = *big_endian(trailer + 24, 8);
    if (offset_size_ < 1 || offset_size_ > 8 || reference_size_ < 1 || reference_size_ > 8) return std::nullopt;
    if (count_ > kMaxValues || table_ > trailer || count_ * offset_size_ > trailer - table_) return std::nullopt;
    return object(top, 0);
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> big_endian(std::uint64_t at, std::uint64_t size) const {
    if (size > 8 || at > bytes_.size() || size > bytes_.size() - at) return std::nullopt;
    std::uint64_t value = 0;
    for (std::uint64_t i = 0; i < size; ++i) value = (value << 8U) | static_cast<unsigned char>(bytes_[at + i]);
    return value;
  }

  [[nodiscard]] std::optional<std::string_view> slice(std::uint64_t at, std::uint64_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return std::nullopt;
    return bytes_.substr(at, size);
  }

  std::optional<Plist> object(std::uint64_t index, int depth) {
    if (index >= count_ || depth > kMaxDepth || ++values_ > kMaxValues) return std::nullopt;
    const auto at = big_endian(table_ + index * offset_size_, offset_size_);
    if (!at) return std::nullopt;
    const auto marker = big_endian(*at, 1);
    if (!marker) return std::nullopt;
    const std::uint64_t low = *marker & 0x0FU;
    switch (*marker >> 4U) {
      case 0x0:
        if (low == 8 || low == 9) return number_value(low == 9 ? 1 : 0);
        return Plist{};
      case 0x1:
        return integer(*at + 1, low);
      case 0x2:
      case 0x3:
        return real(*at + 1, low);
      case 0x4:
        return sized(*at, low) ? std::optional(Plist{}) : std::nullopt;
      case 0x5:
      case 0x6:
        return text(*at, low, *marker >> 4U == 0x6);
      case 0xA:
        return collection(*at, low, depth, Plist::Kind::array);
      case 0xD:
        return collection(*at, low, depth, Plist::Kind::dict);
      default:
        return Plist{};
    }
  }

  static Plist number_value(double number) {
    Plist value;
    value.kind = Plist::Kind::number;
    value.number = number;
    return value;
  }

  [[nodiscard]] std::optional<Plist> integer(std::uint64_t at, std::uint64_t low) const {
    if (low > 3) return Plist{};  // 128 bits: nothing a photo record means
    const auto raw = big_endian(at, std::uint64_t{1} << low);
    if (!raw) return std::nullopt;
    // Only the eight-byte form is signed.
    return number_value(low == 3 ? static_cast<double>(static_cast<std::int64_t>(*raw)) : static_cast<double>(*raw));
  }

  [[nodiscard]] std::optional<Plist> real(std::uint64_t at, std::uint64_t low) const {
    if (low != 2 && low != 3) return Plist{};
    const auto raw = big_endian(at, std::uint64_t{1} << low);
    if (!raw) return std::nullopt;
    if (low == 2) return number_value(static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(*raw))));
    return number_value(std::bit_cast<double>(*raw));
  }

  struct Sized {
    std::uint64_t at;     // of the first element
    std::uint64_t count;  // of elements
  };

  /// The count of a string, array or dict: in the marker, or (0xF) in an integer that follows it.
  [[nodiscard]] std::optional<Sized> sized(std::uint64_t at, std::uint64_t low) const {
    if (low != 0x0F) return Sized{at + 1, low};
    const auto marker = big_endian(at + 1, 1);
    if (!marker || *marker >> 4U != 0x1 || (*marker & 0x0FU) > 3) return std::nullopt;
    const std::uint64_t width = std::uint64_t{1} << (*marker & 0x0FU);
    const auto count = big_endian(at + 2, width);
    if (!count || *count > bytes_.size()) return std::nullopt;
    return Sized{at + 2 + width, *count};
  }

  [[nodiscard]] std::optional<Plist> text(std::uint64_t at, std::uint64_t low, bool wide) const {
    const auto size = sized(at, low);
    if (!size) return std::nullopt;
    const auto raw = slice(size->at, size->count * (wide ? 2 : 1));
    if (!raw) return std::nullopt;
    Plist value;
    value.kind = Plist::Kind::text;
    if (!wide) {
      for (const char c : *raw)
        append_utf8(value.text, static_cast<unsigned char>(c) < 0x80 ? static_cast<unsigned char>(c) : 0xFFFD);
      return value;
    }
    for (std::uint64_t i = 0; i < size->count; ++i) {
      auto code = static_cast<std::uint32_t>(*big_endian(size->at + 2 * i, 2));
      if (code >= 0xD800 && code < 0xDC00 && i + 1 < size->count) {
        const auto low_half = static_cast<std::uint32_t>(*big_endian(size->at + 2 * (i + 1), 2));
        if (low_half >= 0xDC00 && low_half < 0xE000) {
          code = 0x10000 + ((code - 0xD800) << 10U) + (low_half - 0xDC00);
          ++i;
        }
      }
      append_utf8(value.text, code);
    }
    return value;
  }

  std::optional<Plist> collection(std::uint64_t at, std::uint64_t low, int depth, Plist::Kind kind) {
    const auto size = sized(at, low);
    const std::uint64_t references_each = kind == Plist::Kind::dict ? 2 : 1;
    if (!size || size->count > kMaxValues) return std::nullopt;
    if (!slice(size->at, size->count * references_each * reference_size_)) return std::nullopt;
    Plist value;
    value.kind = kind;
    const std::uint64_t values_at = size->at + (references_each - 1) * size->count * reference_size_;
    for (std::uint64_t i = 0; i < size->count; ++i) {
      if (kind == Plist::Kind::dict) {
        auto key = object(*big_endian(size->at + i * reference_size_, reference_size_), depth + 1);
        if (!key || key->kind != Plist::Kind::text) return std::nullopt;
        value.keys.push_back(std::move(key->text));
      }
      auto item = object(*big_endian(values_at + i * reference_size_, reference_size_), depth + 1);
      if (!item) return std::nullopt;
      value.items.push_back(*std::move(item));
    }
    return value;
  }

  std::string_view bytes_;
  std::uint64_t offset_size_ = 0;
  std::uint64_t reference_size_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t table_ = 0;
  std::size_t values_ = 0;
};

/// The elements of Apple's plist 1.0 DTD; declarations, comments and attributes are passed over, entities never
/// defined.
class XmlReader {
 public:
  explicit XmlReader(std::string_view bytes) : rest_(bytes) {}

  std::optional<Plist> read() {
    if (next_tag() != "plist") return std::nullopt;
    return element(next_tag(), 0);
  }

 private:
  /// The name of the next tag, with its leading or trailing '/'; "" at the end or where the text is broken.
  std::string next_tag() {
    while (true) {
      const std::size_t open = rest_.find('<');
      if (open == std::string_view::npos) return {};
      text_ = rest_.substr(0, open);
      rest_.remove_prefix(open + 1);
      const bool comment = rest_.starts_with("!--");
      const std::size_t close = comment ? rest_.find("-->") : rest_.find('>');
      if (close == std::string_view::npos) return {};
      const std::string_view tag = rest_.substr(0, close);
      rest_.remove_prefix(close + (comment ? 3 : 1));
      if (comment || tag.starts_with('?') || tag.starts_with('!')) continue;
      std::string name(tag.substr(0, tag.find_first_of(" \t\r\n")));
      if (tag.ends_with('/') && !name.ends_with('/')) name.push_back('/');
      return name;
    }
  }

  /// Text up to the closing tag of a leaf; nullopt where another tag comes first.
  std::optional<std::string> leaf(const std::string& name) {
    if (next_tag() != "/" + name) return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const std::size_t semicolon = text_[i] == '&' ? text_.find(';', i) : std::string_view::npos;
      if (semicolon == std::string_view::npos) {
        out.push_back(text_[i]);
        continue;
      }
      if (!append_entity(out, text_.substr(i + 1, semicolon - i - 1))) return std::nullopt;
      i = semicolon;
    }
    return out;
  }

  static bool append_entity(std::string& out, std::string_view entity) {
    if (entity == "lt" || entity == "gt" || entity == "amp" || entity == "quot" || entity == "apos") {
      out.push_back(entity == "lt"     ? '<'
                    : entity == "gt"   ? '>'
                    : entity == "amp"  ? '&'
                    : entity == "quot" ? '"'
                                       : '\'');
      return true;
    }
    if (!entity.starts_with('#')) return false;
    const bool hex = entity.starts_with("#x");
    entity.remove_prefix(hex ? 2 : 1);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(entity.data(), entity.data() + entity.size(), code, hex ? 16 : 10);
    if (error != std::errc{} || end != entity.data() + entity.size()) return false;
    append_utf8(out, code);
    return true;
  }

  std::optional<Plist> element(const std::string& tag, int depth) {
    if (tag.empty() || depth > kMaxDepth || ++values_ > kMaxValues) return std::nullopt;
    Plist value;
    if (tag == "dict/" || tag == "array/" || tag == "dict" || tag == "array") {
      value.kind = tag.starts_with("dict") ? Plist::Kind::dict : Plist::Kind::array;
      if (tag.ends_with('/')) return value;
      return children(std::move(value), "/" + tag, depth);
    }
    if (tag == "string/") {
      value.kind = Plist::Kind::text;
      return value;
    }
    if (tag == "true/" || tag == "false/") {
      value.kind = Plist::Kind::number;
      value.number = tag == "true/" ? 1 : 0;
      return value;
    }
    auto text = leaf(tag);
    if (!text) return std::nullopt;
    if (tag == "string") {
      value.kind = Plist::Kind::text;
      value.text = *std::move(text);
    } else if (tag == "real" || tag == "integer") {
      const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value.number);
      if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
      value.kind = Plist::Kind::number;
    }
    return value;  // date, data and whatever comes: present, of no use here
  }

  std::optional<Plist> children(Plist value, const std::string& closing, int depth) {
    for (std::string tag = next_tag(); tag != closing; tag = next_tag()) {
      if (value.kind == Plist::Kind::dict) {
        if (tag != "key") return std::nullopt;
        auto key = leaf("key");
        if (!key) return std::nullopt;
        value.keys.push_back(*std::move(key));
        tag = next_tag();
      }
      auto item = element(tag, depth + 1);
      if (!item) return std::nullopt;
      value.items.push_back(*std::move(item));
    }
    return value;
  }

  std::string_view rest_;
  std::string_view text_;  // before the tag that was read last
  std::size_t values_ = 0;
};

}  // namespace

const Plist* Plist::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size() && i < items.size(); ++i) {
    if (keys[i] == key) return &items[i];
  }
  return nullptr;
}

std::optional<Plist> parse_plist(std::string_view bytes) {
  if (bytes.starts_with("bplist")) return BinaryReader(bytes).read();
  return XmlReader(bytes).read();
}

}  // namespace i2i::icloud
