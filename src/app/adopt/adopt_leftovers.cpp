// Files that no wanted content is: which of them lie where a wanted content should.
#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <set>

#include "app/adopt/adopt_steps.hpp"
#include "app/adopt/size_set.hpp"
#include "app/selection/home.hpp"
#include "app/selection/wanted.hpp"
#include "i2i/media/other_names.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using ledger::FileKind;
using util::ErrorCode;
using util::fail;
using util::Result;

/// Whether a file of some name may be among the leftovers: one bit a name, so that the many names of a million contents
/// need not be looked up.
class NameFilter {
 public:
  void add(const std::string& name) {
    if (bits_.empty()) bits_.resize(kBits);
    bits_[std::hash<std::string>{}(name) % kBits] = true;
  }
  [[nodiscard]] bool may_have(const std::string& name) const {
    return !bits_.empty() && bits_[std::hash<std::string>{}(name) % kBits];
  }
  [[nodiscard]] bool empty() const { return bits_.empty(); }

 private:
  static constexpr std::size_t kBits = std::size_t{1} << 23;
  std::vector<bool> bits_;
};

class PlaceVisitor : public WantedVisitor {
 public:
  PlaceVisitor(const AdoptParts& parts, AdoptionReport& report, const NameFilter& names)
      : parts_(parts),
        report_(report),
        names_(names),
        placements_(parts.ledger),
        files_(parts.ledger),
        group_(parts.ledger) {}

  Result<void> wanted(const ledger::AssetView& view, const std::vector<model::Rendition>& renditions,
                      const std::vector<std::string>& album_paths) override {
    if (parts_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while recognising files");
    I2I_TRY(group_.next());
    for (const auto& rendition : renditions) {
      I2I_ASSIGN(const auto placement, placements_.find(rendition.checksum));
      I2I_ASSIGN(const bool wants, wants_file(placement, parts_.root));
      if (wants) I2I_TRY(look_for(view, rendition, name_facts(view, album_paths)));
    }
    return {};
  }
  Result<void> excluded(const ledger::AssetView&, const std::string&) override { return {}; }
  Result<void> unavailable(const ledger::AssetView&) override { return {}; }

  Result<void> finish() { return group_.close(); }

 private:
  Result<void> look_for(const ledger::AssetView& view, const model::Rendition& rendition,
                        const media::NameFacts& facts) {
    for (const auto& path : places(view, rendition, facts)) {
      I2I_ASSIGN(const auto file, files_.at(path));
      if (!file || (file->kind != FileKind::unknown && file->kind != FileKind::not_read)) continue;
      if (model::is_provable(rendition.checksum)) return is_damaged(view, rendition, *file);
      // Its checksum proves nothing either way: place, name and size are what there is to go by.
      if (file->facts.size != rendition.size || file->sha1_hex.empty()) continue;
      I2I_TRY(group_.next());
      I2I_ASSIGN(const bool taken, adopt_one(parts_, rendition, *file));
      if (taken) ++report_.matched;
      return {};
    }
    return {};
  }

  /// Paths at which a file of that name lies, of all at which the rendition might.
  std::vector<std::string> places(const ledger::AssetView& view, const model::Rendition& rendition,
                                  const media::NameFacts& facts) {
    const auto original = std::find_if(view.renditions.begin(), view.renditions.end(),
                                       [](const auto& other) { return other.kind == model::RenditionKind::original; });
    std::vector<std::string> names =
        media::names_elsewhere(facts, rendition, original == view.renditions.end() ? nullptr : &*original);
    Home home = home_by_layout(parts_.layout, facts);
    std::vector<std::string> folders{home.folder};
    if (auto beside = home_of_siblings(placements_, view); beside && *beside) {
      folders.push_back((*beside)->folder);
      names.push_back(media::file_name((*beside)->stem, "", rendition, view.master.filename, view.master.item_type));
    }
    for (const auto& suffix : suffixes_for(view, rendition.checksum)) {
      names.push_back(media::file_name(home.stem, suffix, rendition, view.master.filename, view.master.item_type));
    }
    for (auto& folder : media::folders_elsewhere(facts)) folders.push_back(std::move(folder));
    std::vector<std::string> paths;
    for (const auto& name : names) {
      if (!names_.may_have(name)) continue;
      for (const auto& folder : folders) paths.push_back(join(folder, name));
    }
    return paths;
  }

  Result<void> is_damaged(const ledger::AssetView& view, const model::Rendition& rendition,
                          const ledger::VolumeFile& file) {
    I2I_TRY(group_.next());
    I2I_TRY(files_.set_kind(file.path, FileKind::damaged));
    if (report_.damaged_files.size() >= kNamedInReport) return {};
    const std::string name = view.master.filename.empty() ? leaf_of(file.path) : view.master.filename;
    report_.damaged_files.push_back(
        {file.path, file.facts.size == rendition.size
                        ? fmt::format("not the bytes that iCloud has for {}", name)
                        : fmt::format("{} bytes, iCloud has {} for {}", file.facts.size, rendition.size, name)});
    return {};
  }

  const AdoptParts& parts_;
  AdoptionReport& report_;
  const NameFilter& names_;
  ledger::Placements placements_;
  ledger::VolumeFiles files_;
  WriteGroup group_;
};

/// What was not read but has the size of some content may be a copy of it.
Result<void> part_by_size(const AdoptParts& parts) {
  SizeSet sizes;
  I2I_TRY(ledger::Catalogue(parts.ledger).for_each_asset([&](const ledger::AssetView& view) -> Result<void> {
    if (parts.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while recognising files");
    for (const auto& rendition : view.renditions) sizes.add(rendition.size);
    return {};
  }));
  ledger::VolumeFiles files(parts.ledger);
  WriteGroup group(parts.ledger);
  const auto part = [&](const ledger::VolumeFile& file) -> Result<void> {
    if (!file.checksum.empty() || !sizes.contains(file.facts.size)) return {};
    I2I_TRY(group.next());
    return files.set_kind(file.path, FileKind::not_read);
  };
  I2I_TRY(files.for_each(FileKind::unknown, part));
  return group.close();
}

}  // namespace

Result<void> look_at_leftovers(const AdoptParts& parts, AdoptionReport& report) {
  ledger::VolumeFiles files(parts.ledger);
  I2I_ASSIGN(const auto counts, files.counts());
  if (!counts.contains(FileKind::unknown)) return {};
  I2I_TRY(part_by_size(parts));
  NameFilter names;
  for (const auto kind : {FileKind::unknown, FileKind::not_read}) {
    I2I_TRY(files.for_each(kind, [&](const ledger::VolumeFile& file) -> Result<void> {
      names.add(leaf_of(file.path));
      return {};
    }));
  }
  if (names.empty()) return {};
  PlaceVisitor visitor(parts, report, names);
  I2I_TRY(walk_wanted(parts.ledger, parts.selection,
                      parts.layout.wants_album() ? AlbumPaths::needed : AlbumPaths::not_needed, visitor));
  return visitor.finish();
}

}  // namespace i2i::app
