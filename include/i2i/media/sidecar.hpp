#pragma once
// XMP sidecars: what iCloud knows of a photo beyond what the file says, in the form that Immich reads.
// Sources: docs/protocol/immich.md §12; XMP specification part 1 (ISO 16684-1) and part 2; docs/decisions/0013 and
// 0014.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "i2i/media/embedded.hpp"

namespace i2i::media {

/// What iCloud says of a content, as it came: may be anything.
struct SidecarFacts {
  std::string title;        // captionEnc
  std::string description;  // extendedDescEnc
  std::vector<std::string> keywords;
  std::optional<util::UnixMillis> captured;
  std::optional<int> offset_s;
  std::optional<model::Location> location;
  bool favorite = false;
};

enum class SidecarRating { left_out, five_for_favorites };

/// What is written and replaced together.
enum class SidecarField { description, tags, date, place, rating };
inline constexpr std::size_t kSidecarFields = 5;

/// What a sidecar is to say; what is empty is not said. All texts are fit for XML, not yet escaped.
struct Sidecar {
  std::string title;
  std::string description;        // what Immich shows: title and description in one
  std::vector<std::string> tags;  // sorted, each once; '/' parts levels
  std::string date;               // "2024-05-06T09:08:09+02:00"
  std::string latitude;           // "48,51.504000N"
  std::string longitude;          // "2,17.670000E"
  std::string altitude;           // "-35000/1000", metres
  std::string rating;             // "5"

  [[nodiscard]] bool says(SidecarField field) const;
  [[nodiscard]] bool says_anything() const;
};

/// Leaves out what the file says itself. file: what is embedded in it; mtime_ms: its modification time, which Immich
/// takes for the date of a file that has none. Which date differs from which: docs/decisions/0013.
Sidecar compose_sidecar(const SidecarFacts& facts, const Embedded& file, util::UnixMillis mtime_ms,
                        SidecarRating rating);

/// The whole file: the same bytes for the same sidecar, on every machine. One that says nothing is valid, too.
std::string write_sidecar(const Sidecar& sidecar);

/// Four bytes for each field, to tell later which of them changed.
std::string digest_of(const Sidecar& sidecar);
/// The fields that differ from what digest_of gave before; all that say something where before is no such text.
std::vector<SidecarField> changed_fields(std::string_view before, const Sidecar& now);

/// A sidecar that others changed, with only these fields replaced by ours; everything else of it stays. nullopt where
/// the text is no XML or has no rdf:RDF in it.
std::optional<std::string> edit_sidecar(const std::string& existing, const Sidecar& now,
                                        const std::vector<SidecarField>& fields);

/// True for bytes that write_sidecar made, whoever may have changed them with a text editor since.
bool is_own_sidecar(std::string_view bytes);

/// The ending that is added to the whole name of the file.
inline constexpr std::string_view kSidecarEnding = ".xmp";
inline std::string sidecar_path(const std::string& media_path) { return media_path + std::string(kSidecarEnding); }

}  // namespace i2i::media
