#pragma once
// Where the files of one asset live together.

#include <optional>
#include <string>
#include <vector>

#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/media/naming.hpp"

namespace i2i::app {

/// Folder and stem of an asset's files.
struct Home {
  std::string folder;
  std::string stem;
};

std::string leaf_of(const std::string& path);
std::string join(const std::string& folder, const std::string& name);

/// What names and folders of an asset are made of. album_paths: where the layout wants them.
media::NameFacts name_facts(const ledger::AssetView& view, const std::vector<std::string>& album_paths);

/// By layout and iCloud's name.
Home home_by_layout(const media::Layout& layout, const media::NameFacts& facts);

/// Beside what is placed of the asset already: its original, else a file of it that was adopted. nullopt where nothing
/// is.
util::Result<std::optional<Home>> home_of_siblings(ledger::Placements& placements, const ledger::AssetView& view);

/// The suffixes that a content's path may have among an asset's, the first that is free being taken: none, and some
/// drawn from checksums and record name, the same on every run.
std::vector<std::string> suffixes_for(const ledger::AssetView& view, const model::Checksum& content);

}  // namespace i2i::app
