#pragma once
// What a media file says of itself: the capture date and the place, as Immich would take them from the file alone.

#include <cstdint>
#include <optional>
#include <string>

#include "i2i/model/asset.hpp"
#include "i2i/util/result.hpp"

namespace i2i::media {

/// The bytes of a file, wherever they lie.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// The bytes from offset on: size of them, fewer at the end.
  virtual util::Result<std::string> read(std::uint64_t offset, std::size_t size) = 0;
};

/// A clock's face: what was read on it, and where it is known how far it was ahead of UTC.
struct EmbeddedDate {
  std::int64_t wall_s = 0;      // seconds since 1970-01-01T00:00:00 on that clock
  std::optional<int> offset_s;  // seconds east of UTC
};

struct Embedded {
  std::optional<EmbeddedDate> date;
  std::optional<model::Location> location;
};

/// Reads the Exif block of JPEG, HEIC, HEIF, AVIF, PNG, WebP, TIFF and the raw formats made like TIFF (DNG, NEF, ARW,
/// CR2, ORF, RW2, PEF), and the movie header, QuickTime keys and user data of MOV, MP4, M4V and 3GP. Date:
/// DateTimeOriginal, else DateTimeDigitized; of a film the creation date among the keys, else that of the movie header,
/// which is in UTC. A file of another kind, or one that is broken, says nothing. Touches some tens of kilobytes,
/// whatever the file's size. Fails only where source does. docs/protocol/immich.md §12.3 has the order in which Immich
/// looks.
util::Result<Embedded> read_embedded(ByteSource& source);

}  // namespace i2i::media
