#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "i2i/model/asset.hpp"
#include "i2i/util/result.hpp"

namespace i2i::media {

/// What the layout template may ask for, besides the name.
struct NameFacts {
  std::string filename;       // as iCloud has it, may be anything; "" missing
  std::string master;         // record name, for a missing file name
  std::string item_type;      // UTI of the original
  std::optional<util::UnixMillis> captured;
  std::optional<int> offset_s;
  std::string library;        // "Personal", "Shared"
  std::string album;          // first album by path; "" none
};

/// A parsed --layout: "{year}/{month}/{day}", also {album} {library} and plain text.
class Layout {
 public:
  static util::Result<Layout> parse(const std::string& text);
  /// The folder, relative, every part safe; "" for the root. Source: docs/cli.md, sync --layout.
  [[nodiscard]] std::string folder(const NameFacts& facts) const;

 private:
  struct Piece {
    enum class Kind { text, year, month, day, album, library } kind;
    std::string text;
  };
  std::vector<Piece> pieces_;
};

/// One path part that is safe everywhere: no separator or backslash, not "." or "..", no control or bidirectional characters, none of
/// < > : " | ? *, no trailing blank or dot, no leading dot, no device name, NFC, at most 255 bytes (limit), never empty.
std::string safe_part(std::string_view text, std::size_t limit_bytes = 255);

/// Extension without dot for a UTI ("HEIC"), or "" where unknown. Source: docs/protocol/icloud.md §9.5.
std::string extension_for(std::string_view uti);

/// The safe stem all renditions of an asset share (no extension), and room left for "-edited", a suffix and an extension.
std::string stem_for(const NameFacts& facts);

/// The file name of a rendition: "IMG_1.HEIC", "IMG_1.MOV", "IMG_1-edited.JPG", with suffix "IMG_1-3fa2b1c9.HEIC".
/// stem as given by stem_for; suffix "" or as given by suffix_for. The extension: that of the rendition's UTI where known and different in
/// meaning from the stored name's (JPG/JPEG keep what the name had), else the stored name's, else "bin".
std::string file_name(const std::string& stem, const std::string& suffix, const model::Rendition& rendition,
                      const std::string& stored_filename);

/// 8 hex digits drawn from a checksum: the same on every run, on every machine.
std::string suffix_for(const model::Checksum& checksum);

}  // namespace i2i::media
