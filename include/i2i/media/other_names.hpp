#pragma once
// Where other programs put what they fetched from iCloud, for people who come from them.

#include <string>
#include <vector>

#include "i2i/media/naming.hpp"

namespace i2i::media {

/// Names that icloudpd, in any of its modes, and clients alike give a rendition of an asset; the likeliest first, none
/// twice. original: the asset's own, for its size and type; nullptr where Apple offers none.
/// Source: docs/protocol/icloud.md §11.2 to §11.6.
std::vector<std::string> names_elsewhere(const NameFacts& facts, const model::Rendition& rendition,
                                         const model::Rendition* original);

/// Folders that icloudpd puts an asset in by default ("2024/05/06"), and none ("" for `--folder-structure none`). It
/// goes by the time zone of the machine it ran on, which nobody knows: the days before and after at UTC count too.
/// Source: docs/protocol/icloud.md §11.1.
std::vector<std::string> folders_elsewhere(const NameFacts& facts);

/// What a name is without its extension and without what names_elsewhere adds to a stem for the rendition's kind:
/// "IMG_1_HEVC.MOV" -> "IMG_1".
std::string stem_elsewhere(const std::string& name, model::RenditionKind kind);

/// True for a file that shows a photo or a video by its ending; false for sidecars, lists and partial files.
bool looks_like_media(const std::string& path);

/// True for what a system or another program keeps for itself: recycle bins, a NAS's thumbnails, what a Mac's library
/// holds beside originals and edits. Immich does not look at most of it either.
bool is_kept_by_others(const std::string& path);

/// True for a download that another program has not finished: never ours to take.
bool is_partial_file(const std::string& path);

}  // namespace i2i::media
