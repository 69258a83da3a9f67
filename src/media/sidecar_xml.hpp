#pragma once
// The properties of a sidecar as XML; shared by writing one and by changing somebody else's.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "i2i/media/sidecar.hpp"

namespace i2i::media {

struct XmpName {
  SidecarField field;
  std::string_view prefix;
  std::string_view uri;
  std::string_view name;
};

inline constexpr std::string_view kRdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
inline constexpr std::string_view kDc = "http://purl.org/dc/elements/1.1/";
inline constexpr std::string_view kTiff = "http://ns.adobe.com/tiff/1.0/";
inline constexpr std::string_view kExif = "http://ns.adobe.com/exif/1.0/";
inline constexpr std::string_view kXmp = "http://ns.adobe.com/xap/1.0/";
inline constexpr std::string_view kDigiKam = "http://www.digikam.org/ns/1.0/";

/// Every property that is ours.
inline constexpr std::array<XmpName, 11> kXmpNames{{
    {SidecarField::description, "dc", kDc, "title"},
    {SidecarField::description, "dc", kDc, "description"},
    {SidecarField::description, "tiff", kTiff, "ImageDescription"},
    {SidecarField::tags, "dc", kDc, "subject"},
    {SidecarField::tags, "digiKam", kDigiKam, "TagsList"},
    {SidecarField::date, "exif", kExif, "DateTimeOriginal"},
    {SidecarField::place, "exif", kExif, "GPSLatitude"},
    {SidecarField::place, "exif", kExif, "GPSLongitude"},
    {SidecarField::place, "exif", kExif, "GPSAltitude"},
    {SidecarField::place, "exif", kExif, "GPSAltitudeRef"},
    {SidecarField::rating, "xmp", kXmp, "Rating"},
}};

/// One rdf:Description element with the given fields, " <rdf:Description …>…</rdf:Description>\n" and its name spaces.
std::string description_element(const Sidecar& sidecar, const std::vector<SidecarField>& fields);

}  // namespace i2i::media
