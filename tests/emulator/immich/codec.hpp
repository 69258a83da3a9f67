#pragma once
// Hashes, encodings and the forms of ids and times on the wire (docs/protocol/immich.md §4.2, §7.3).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace emulator::immich {

/// 20 raw bytes.
std::string sha1(std::string_view bytes);
/// SHA-1 of "path:" and the path; what external assets carry as checksum. 20 raw bytes.
std::string path_checksum(std::string_view container_path);
std::string base64(std::string_view bytes);
/// 28 characters are base64, anything else hex; nothing where it decodes to no bytes.
std::optional<std::string> decode_checksum(std::string_view text);
/// Version 4 with the right variant bits, any case.
bool is_uuid_v4(std::string_view text);
/// Lets invalid UTF-8 never reach a JSON body.
bool is_utf8(std::string_view text);

/// "2023-11-20T01:11:00.000Z", the form of asset-level fields.
std::string iso_z(std::int64_t ms);
/// "2023-11-20T01:11:00.5+00:00", the form of fields that come from the database's own JSON.
std::string iso_offset(std::int64_t ms);

/// A point in time as read, with its offset where one was written.
struct ReadTime {
  std::int64_t utc_ms = 0;  // the instant; where no offset was written, as if it were UTC
  std::optional<int> offset_minutes;
  bool zulu = false;  // written with Z
};
/// Takes ISO 8601 ("2021-05-06T07:08:09.25+02:00", date alone too) and the EXIF form ("2021:05:06 07:08:09").
std::optional<ReadTime> read_time(std::string_view text);

}  // namespace emulator::immich
