#include "i2i/media/naming.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "i2i/util/hash.hpp"
#include "i2i/util/text.hpp"
#include "media/file_types.hpp"

namespace i2i::media {
namespace {

constexpr std::size_t kNameBytes = 255;  // of one path part, on every file system we know
constexpr std::size_t kLongestExtension = 7;
constexpr std::size_t kSuffixDigits = 8;
constexpr std::string_view kEdited = "-edited";
constexpr std::string_view kAlternative = "-alternative";
constexpr std::string_view kSidecar = ".xmp";

/// Paths never change once written, so room is left for all that may ever be added: two suffixes, a sidecar's ending.
constexpr std::size_t kStemBytes =
    kNameBytes - 2 * (1 + kSuffixDigits) - kAlternative.size() - (1 + kLongestExtension) - kSidecar.size();

bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_ascii_alphanumeric(char c) { return is_ascii_letter(c) || (c >= '0' && c <= '9'); }

/// Not allowed in names on some file system that people share their photos from, or misread by Immich (backslash).
bool is_replaced(char32_t c) {
  constexpr std::u32string_view kForbidden = U"<>:\"/\\|?*\u2028\u2029";
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || kForbidden.find(c) != std::u32string_view::npos;
}

std::string replace_forbidden(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const util::CodePoint point = util::next_code_point(text);
    if (is_replaced(point.value)) {
      clean += '_';
    } else if (!util::is_bidi_control(point.value)) {
      util::append_utf8(clean, point.value);
    }
    text.remove_prefix(point.bytes);
  }
  return clean;
}

std::string_view without_trailing_blanks_and_dots(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" .") + 1);
}

/// Names that some systems open as a device, whatever follows the first dot.
bool is_device(std::string_view stem) {
  constexpr std::array<std::string_view, 6> kDevices{"con", "prn", "aux", "nul", "conin$", "conout$"};
  constexpr std::array<std::string_view, 13> kPorts{"0", "1", "2", "3",      "4",      "5",     "6",
                                                    "7", "8", "9", "\u00B9", "\u00B2", "\u00B3"};
  const std::string name = util::ascii_lower(without_trailing_blanks_and_dots(stem));
  if (std::find(kDevices.begin(), kDevices.end(), name) != kDevices.end()) return true;
  if (!name.starts_with("com") && !name.starts_with("lpt")) return false;
  return std::find(kPorts.begin(), kPorts.end(), std::string_view(name).substr(3)) != kPorts.end();
}

/// Names that storage systems make and guard themselves, or that Immich passes over unless told otherwise: an album of
/// that name would be lost. Source: docs/protocol/immich.md §6 (default exclusion patterns; those with a dot are
/// covered by "no leading dot").
bool is_reserved_for_systems(std::string_view part) {
  constexpr std::array<std::string_view, 6> kReserved{"@eadir",     "#recycle",     "#snapshot",
                                                      "lost+found", "$recycle.bin", "system volume information"};
  return std::find(kReserved.begin(), kReserved.end(), util::ascii_lower(part)) != kReserved.end();
}

std::string cut(std::string_view text, std::size_t limit_bytes) {
  return std::string(without_trailing_blanks_and_dots(util::cut_utf8(text, limit_bytes)));
}

struct SplitName {
  std::string_view stem;
  std::string_view extension;  // "" none
};

/// "9.41.00 AM" and "version 2.0" have no extension; "IMG_1.JPG" and "note.xyz" have.
SplitName split_extension(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {name, {}};
  const std::string_view extension = name.substr(dot + 1);
  const bool looks_like_one = !extension.empty() && extension.size() <= kLongestExtension &&
                              std::all_of(extension.begin(), extension.end(), is_ascii_alphanumeric) &&
                              std::any_of(extension.begin(), extension.end(), is_ascii_letter);
  // No photo may be named like the sidecar of another: Immich would read it as one, and ours would have no place.
  if (!looks_like_one || util::ascii_lower(extension) == "xmp") return {name, {}};
  return {name.substr(0, dot), extension};
}

/// Where the type is known, an ending that is no type ("trip.final") belongs to the name.
SplitName split_name(std::string_view name, const FileType* type) {
  const SplitName parts = split_extension(name);
  if (type != nullptr && !is_media_extension(parts.extension)) return {name, {}};
  return parts;
}

std::string clean_filename(std::string_view filename) {
  return safe_part(filename, std::numeric_limits<std::size_t>::max());
}

/// As icloudpd names what has no name. Source: docs/protocol/icloud.md §11.2.
std::string stem_from_record(std::string_view record) {
  std::string stem(record.substr(0, 12));
  std::replace_if(
      stem.begin(), stem.end(), [](char c) { return !is_ascii_alphanumeric(c); }, '_');
  return stem;
}

std::string extension_of_original(std::string_view uti, const std::string& stored_filename) {
  const FileType* type = find_type(uti);
  const std::string clean = stored_filename.empty() ? std::string() : clean_filename(stored_filename);
  const std::string_view stored = split_name(clean, type).extension;
  if (type != nullptr && !means(*type, stored)) return std::string(type->extension);
  return stored.empty() ? "bin" : std::string(stored);
}

/// The two videos beside a photo are QuickTime unless their type says something else.
std::string extension_of_video(std::string_view uti) {
  const FileType* type = find_type(uti);
  return std::string(type != nullptr && type->is_video ? type->extension : "MOV");
}

std::string extension_of_other(std::string_view uti, const std::string& stored_filename) {
  const FileType* type = find_type(uti);
  return type != nullptr ? std::string(type->extension) : extension_of_original("", stored_filename);
}

}  // namespace

std::string safe_part(std::string_view text, std::size_t limit_bytes) {
  // A mark taken out from between a letter and its accent lets them join, hence the second NFC.
  std::string part = cut(util::to_nfc(replace_forbidden(util::to_nfc(text))), limit_bytes);
  if (part.empty()) return "_";
  if (part.front() == '.' || is_reserved_for_systems(part)) part = cut("_" + part, limit_bytes);
  const std::size_t stem = std::min(part.find('.'), part.size());
  if (is_device(std::string_view(part).substr(0, stem))) part = cut(part.insert(stem, 1, '_'), limit_bytes);
  return part;
}

std::string extension_for(std::string_view uti) {
  const FileType* type = find_type(uti);
  return type != nullptr ? std::string(type->extension) : std::string();
}

std::string stem_for(const NameFacts& facts) {
  if (util::trim(facts.filename).empty()) return safe_part(stem_from_record(facts.master), kStemBytes);
  const std::string clean = clean_filename(facts.filename);
  return safe_part(split_name(clean, find_type(facts.item_type)).stem, kStemBytes);
}

std::string file_name(const std::string& stem, const std::string& suffix, const model::Rendition& rendition,
                      const std::string& stored_filename, std::string_view original_uti) {
  using enum model::RenditionKind;
  std::string tail = suffix.empty() ? std::string() : "-" + suffix;
  std::string extension;
  switch (rendition.kind) {
    case original:
      extension = extension_of_original(rendition.uti, stored_filename);
      break;
    case live_video:
      extension = extension_of_video(rendition.uti);
      break;
    case alternative:
      extension = extension_of_other(rendition.uti, stored_filename);
      if (util::ascii_lower(extension) == util::ascii_lower(extension_of_original(original_uti, stored_filename))) {
        tail += kAlternative;
      }
      break;
    case edited:
      extension = extension_of_other(rendition.uti, stored_filename);
      tail += kEdited;
      break;
    case edited_video:
      extension = extension_of_video(rendition.uti);
      tail += kEdited;
      break;
  }
  tail.append(".").append(extension);
  // Only a stem that is not ours (of a file that was adopted) can be too long.
  return std::string(util::cut_utf8(stem, kNameBytes - std::min(kNameBytes, tail.size()))) + tail;
}

std::string suffix_for(const model::Checksum& checksum) {
  // Of the text, not of the bytes in it: forms that we cannot read get one, too.
  return util::hex_encode(util::sha256(checksum)).substr(0, kSuffixDigits);
}

}  // namespace i2i::media
