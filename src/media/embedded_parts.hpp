#pragma once
// The parts read_embedded is made of: one reader for each way of storing a date and a place.

#include <optional>
#include <string_view>

#include "i2i/media/embedded.hpp"
#include "media/byte_view.hpp"

namespace i2i::media {

/// The block that Exif (CIPA DC-008) shares with TIFF, from its "II" or "MM" on.
Embedded read_exif(const ByteView& block);

/// Where the Exif block of a still picture begins; nullopt where it has none.
std::optional<ByteView> exif_of_jpeg(const ByteView& file);
std::optional<ByteView> exif_of_png(const ByteView& file);
std::optional<ByteView> exif_of_webp(const ByteView& file);
std::optional<ByteView> exif_of_heif(const ByteView& file);

/// What the moov box of a film says.
Embedded read_movie(const ByteView& moov);

/// "2024:05:06 07:08:09" (Exif) and "2024-05-06T07:08:09": seconds on that clock. Fractions and what follows are passed
/// over; nullopt for what is no date of the years 1 to 9999.
std::optional<std::int64_t> parse_wall(std::string_view text);
/// "+02:00", "+0200", "Z": seconds east of UTC.
std::optional<int> parse_offset(std::string_view text);
/// A place of the globe; nullopt for (0, 0) and what lies outside.
std::optional<model::Location> place_on_earth(double latitude, double longitude, std::optional<double> altitude);

}  // namespace i2i::media
