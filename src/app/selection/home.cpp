#include "app/selection/home.hpp"

#include "i2i/util/file.hpp"

#include "i2i/media/other_names.hpp"

namespace i2i::app {

using util::Result;

std::string leaf_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string join(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

media::NameFacts name_facts(const ledger::AssetView& view, const std::vector<std::string>& album_paths) {
  return {view.master.filename,
          view.master.name,
          view.master.item_type,
          view.asset.captured,
          view.asset.offset_s,
          view.zone.is_primary() ? "Personal" : "Shared",
          album_paths.empty() ? std::string{} : album_paths.front()};
}

Home home_by_layout(const media::Layout& layout, const media::NameFacts& facts) {
  return {layout.folder(facts), media::stem_for(facts)};
}

Result<std::optional<Home>> home_of_siblings(ledger::Placements& placements, const ledger::AssetView& view) {
  std::optional<Home> beside_other;
  for (const auto& rendition : view.renditions) {
    I2I_ASSIGN(const auto placement, placements.find(rendition.checksum));
    if (!placement) continue;
    const std::string name = leaf_of(placement->path);
    if (rendition.kind == model::RenditionKind::original) {
      return std::optional<Home>(Home{util::folder_of(placement->path), name.substr(0, name.rfind('.'))});
    }
    if (!placement->adopted || beside_other) continue;
    beside_other = Home{util::folder_of(placement->path), media::stem_elsewhere(name, rendition.kind)};
  }
  return beside_other;
}

std::vector<std::string> suffixes_for(const ledger::AssetView& view, const model::Checksum& content) {
  // Drawn from the asset's first file, so that its renditions stay together and every run finds the same.
  const std::string suffix = media::suffix_for(view.renditions.front().checksum);
  // The edits of one photo, one after the other, use those up: paths are for ever.
  const std::string of_content = media::suffix_for(content);
  return {std::string{}, suffix, suffix + "-" + media::suffix_for(view.asset.name), of_content,
          suffix + "-" + of_content};
}

}  // namespace i2i::app
