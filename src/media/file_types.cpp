#include "media/file_types.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "i2i/util/text.hpp"

namespace i2i::media {
namespace {

constexpr std::array<FileType, 28> kTypes{{
    {"public.jpeg", "JPG", " jpg jpeg jpe "},
    {"public.heic", "HEIC", " heic "},
    {"public.heif", "HEIF", " heif hif "},
    {"public.png", "PNG", " png "},
    {"com.compuserve.gif", "GIF", " gif "},
    {"public.tiff", "TIFF", " tiff tif "},
    {"org.webmproject.webp", "WEBP", " webp "},
    {"public.webp", "WEBP", " webp "},
    {"com.microsoft.bmp", "BMP", " bmp dib "},
    {"public.avif", "AVIF", " avif "},
    {"com.adobe.raw-image", "DNG", " dng "},
    {"com.canon.cr2-raw-image", "CR2", " cr2 "},
    {"com.canon.cr3-raw-image", "CR3", " cr3 "},
    {"com.canon.crw-raw-image", "CRW", " crw "},
    {"com.sony.arw-raw-image", "ARW", " arw "},
    {"com.nikon.raw-image", "NEF", " nef "},
    {"com.nikon.nrw-raw-image", "NRW", " nrw "},
    {"com.olympus.raw-image", "ORF", " orf ori "},
    {"com.olympus.or-raw-image", "ORF", " orf ori "},
    {"com.panasonic.rw2-raw-image", "RW2", " rw2 "},
    {"com.fuji.raw-image", "RAF", " raf "},
    {"com.pentax.raw-image", "PEF", " pef "},
    {"com.apple.quicktime-movie", "MOV", " mov qt ", true},
    {"public.mpeg-4", "MP4", " mp4 mp4v mpg4 ", true},
    {"com.apple.m4v-video", "M4V", " m4v ", true},
    {"public.avi", "AVI", " avi ", true},
    {"public.3gpp", "3GP", " 3gp 3gpp ", true},
    {"public.mpeg", "MPG", " mpg mpeg mpe ", true},
}};

/// Others that Immich imports (docs/protocol/immich.md §7.4), for which iCloud's UTI is not known to us.
constexpr std::string_view kOtherExtensions =
    " 3fr 3g2 aae ari cap cin dcr erf fff flv iiq insp insv jp2 jxl k25 kdc m2t m2ts mkv mpo mrw mts mxf psd raw rwl "
    "sr2 "
    "srf srw svg ts vob webm wmv x3f ";

bool lists(std::string_view words, std::string_view extension) {
  return !extension.empty() && words.find(" " + util::ascii_lower(extension) + " ") != std::string_view::npos;
}

}  // namespace

const FileType* find_type(std::string_view uti) {
  const std::string wanted = util::ascii_lower(uti);
  const auto* found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const FileType& type) { return type.uti == wanted; });
  return found == kTypes.end() ? nullptr : found;
}

bool means(const FileType& type, std::string_view extension) { return lists(type.aliases, extension); }

bool is_media_extension(std::string_view extension) {
  return lists(kOtherExtensions, extension) ||
         std::any_of(kTypes.begin(), kTypes.end(), [&](const FileType& type) { return means(type, extension); });
}

}  // namespace i2i::media
