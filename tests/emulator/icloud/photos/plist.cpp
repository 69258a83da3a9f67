#include "emulator/icloud/photos/plist.hpp"

#include <algorithm>
#include <bit>

namespace emulator::icloud {
namespace {

constexpr double kAppleEpoch = 978307200.0;  // 2001-01-01 in Unix seconds

void put(std::string& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = size; i > 0; --i) out += static_cast<char>((value >> (8 * (i - 1))) & 255U);
}

std::string marker(unsigned kind, std::size_t count) {
  std::string out;
  if (count < 15) {
    out += static_cast<char>(kind | count);
    return out;
  }
  out += static_cast<char>(kind | 0x0fU);
  const bool wide = count > 255;
  out += static_cast<char>(wide ? 0x11 : 0x10);
  put(out, count, wide ? 2 : 1);
  return out;
}

std::string real_object(double value) {
  std::string out = "\x23";
  put(out, std::bit_cast<std::uint64_t>(value), 8);
  return out;
}

std::string date_object(std::int64_t unix_ms) {
  std::string out = "\x33";
  put(out, std::bit_cast<std::uint64_t>(static_cast<double>(unix_ms) / 1000.0 - kAppleEpoch), 8);
  return out;
}

/// UTF-16 units of valid UTF-8; a stray byte stands for itself.
std::vector<std::uint16_t> utf16(const std::string& text) {
  std::vector<std::uint16_t> units;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t code = length == 1 ? lead : lead & (0xffU >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) {
      code = (code << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    }
    i += length;
    if (code >= 0x10000) {
      code -= 0x10000;
      units.push_back(static_cast<std::uint16_t>(0xd800U | (code >> 10U)));
      units.push_back(static_cast<std::uint16_t>(0xdc00U | (code & 0x3ffU)));
    } else {
      units.push_back(static_cast<std::uint16_t>(code));
    }
  }
  return units;
}

std::string text_object(const std::string& text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
  if (ascii) return marker(0x50, text.size()) + text;
  const auto units = utf16(text);
  std::string out = marker(0x60, units.size());
  for (const auto unit : units) put(out, unit, 2);
  return out;
}

/// Objects of a flat collection; equal ones are stored once, as Apple's own writer does.
class Objects {
 public:
  std::size_t add(const std::string& object) {
    const auto found = std::find(objects_.begin() + 1, objects_.end(), object);
    if (found != objects_.end()) return static_cast<std::size_t>(found - objects_.begin());
    objects_.push_back(object);
    return objects_.size() - 1;
  }

  /// The whole file, with the collection itself (its marker and references) as the first object.
  std::string finish(unsigned kind, std::size_t count, const std::vector<std::size_t>& references) {
    const std::size_t reference_size = objects_.size() > 255 ? 2 : 1;
    objects_[0] = marker(kind, count);
    for (const auto reference : references) put(objects_[0], reference, reference_size);
    std::string out = "bplist00";
    std::vector<std::size_t> offsets;
    for (const auto& object : objects_) {
      offsets.push_back(out.size());
      out += object;
    }
    const std::size_t table = out.size();
    const std::size_t offset_size = table > 255 ? 2 : 1;
    for (const auto offset : offsets) put(out, offset, offset_size);
    out.append(6, '\0');
    put(out, offset_size, 1);
    put(out, reference_size, 1);
    put(out, objects_.size(), 8);
    put(out, 0, 8);
    put(out, table, 8);
    return out;
  }

 private:
  std::vector<std::string> objects_{std::string{}};
};

}  // namespace

std::string location_plist(const Place& place) {
  Objects objects;
  std::vector<std::size_t> references;
  for (const auto* key : {"alt", "course", "horzAcc", "lat", "lon", "speed", "timestamp", "vertAcc"}) {
    references.push_back(objects.add(text_object(key)));
  }
  for (const double value : {place.alt, place.course, place.horz_acc, place.lat, place.lon, place.speed}) {
    references.push_back(objects.add(real_object(value)));
  }
  references.push_back(objects.add(date_object(place.timestamp_ms)));
  references.push_back(objects.add(real_object(place.vert_acc)));
  return objects.finish(0xd0, 8, references);
}

std::string keywords_plist(const std::vector<std::string>& keywords) {
  Objects objects;
  std::vector<std::size_t> references;
  for (const auto& keyword : keywords) references.push_back(objects.add(text_object(keyword)));
  return objects.finish(0xa0, keywords.size(), references);
}

}  // namespace emulator::icloud
