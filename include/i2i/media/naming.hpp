#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "i2i/model/asset.hpp"
#include "i2i/util/result.hpp"

namespace i2i::media {

/// What the layout template may ask for, besides the name.
struct NameFacts {
  std::string filename;   // as iCloud has it, may be anything; "" missing
  std::string master;     // record name, for a missing file name
  std::string item_type;  // UTI of the original
  std::optional<util::UnixMillis> captured;
  std::optional<int> offset_s;
  std::string library;  // "Personal", "Shared"
  std::string album;    // first album by path; "" none
};

/// A parsed --layout: "{year}/{month}/{day}", also {album} {library} and plain text.
class Layout {
 public:
  /// usage where a placeholder is unknown or plain text cannot be in a folder's name. "" is the photos dir itself.
  static util::Result<Layout> parse(const std::string& text);
  /// The folder, relative, every part safe; "" for the root. Without a date from 1900 to 2100 "unknown-date" stands in
  /// place of all its parts; without an album "no-album"; an album in folders becomes nested folders. Source:
  /// docs/cli.md, sync --layout.
  [[nodiscard]] std::string folder(const NameFacts& facts) const;
  /// True where the folder depends on the album, which has to be looked up then.
  [[nodiscard]] bool wants_album() const;

 private:
  struct Piece {
    enum class Kind { text, year, month, day, album, library } kind;
    std::string text;
  };
  using Part = std::vector<Piece>;  // one folder of the template
  static util::Result<Piece> placeholder(std::string_view name);
  static util::Result<Part> parse_part(std::string_view text);
  static bool is_date(const Piece& piece);
  static Part without_date(const Part& part);
  [[nodiscard]] std::vector<Part> without_dates() const;
  std::vector<Part> parts_;
};

/// One path part that is safe everywhere: no separator or backslash, not "." or "..", no control or bidirectional
/// characters, none of < > : " | ? *, no trailing blank or dot, no leading dot, no device name, no folder that storage
/// systems guard ("@eaDir", "lost+found"), NFC, at most 255 bytes (limit), never empty.
std::string safe_part(std::string_view text, std::size_t limit_bytes = 255);

/// Extension without dot for a UTI ("HEIC"), or "" where unknown. Source: docs/protocol/icloud.md §9.5.
std::string extension_for(std::string_view uti);

/// The safe stem all renditions of an asset share (no extension), with room left for what file_name and a sidecar add.
/// Without a file name: the first 12 characters of the master's record name (docs/protocol/icloud.md §11.2).
std::string stem_for(const NameFacts& facts);

/// The file name of a rendition: "IMG_1.HEIC", "IMG_1.MOV", "IMG_1-edited.JPG", with suffix "IMG_1-3fa2b1c9.HEIC",
/// "IMG_1-3fa2b1c9-edited.JPG".
/// stem as given by stem_for; suffix "" or as given by suffix_for. original_uti: of the asset's original; an
/// alternative that would get the original's extension is "IMG_1-alternative.JPG". The original's extension is the
/// stored name's where that means the type of the UTI (.jpeg stays) or the UTI is unknown, else the UTI's, else "bin".
/// Other renditions: the UTI's, else MOV for videos, else as the original's.
std::string file_name(const std::string& stem, const std::string& suffix, const model::Rendition& rendition,
                      const std::string& stored_filename, std::string_view original_uti = {});

/// 8 hex digits drawn from a checksum: the same on every run, on every machine.
std::string suffix_for(const model::Checksum& checksum);

}  // namespace i2i::media
