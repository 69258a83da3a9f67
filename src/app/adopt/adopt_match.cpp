// Which of the files that were read are contents of iCloud.
#include <algorithm>

#include "app/adopt/adopt_steps.hpp"
#include "app/selection/home.hpp"
#include "app/selection/wanted.hpp"
#include "i2i/media/other_names.hpp"

namespace i2i::app {
namespace {

using ledger::FileKind;
using ledger::PlacementState;
using util::ErrorCode;
using util::fail;
using util::Result;

class Matcher : public WantedVisitor {
 public:
  Matcher(const AdoptParts& parts, AdoptionReport& report)
      : parts_(parts), report_(report), placements_(parts.ledger), files_(parts.ledger), group_(parts.ledger) {}

  Result<void> wanted(const ledger::AssetView& view, const std::vector<model::Rendition>& renditions,
                      const std::vector<std::string>& album_paths) override {
    if (parts_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while recognising files");
    I2I_TRY(group_.next());
    bool adopted = false;
    for (const auto& rendition : renditions) {
      // What cannot be computed from the bytes cannot be recognised by them.
      if (!model::is_provable(rendition.checksum)) continue;
      I2I_ASSIGN(auto found, files_.with_content(rendition.checksum));
      if (found.empty()) continue;
      I2I_ASSIGN(const auto placement, placements_.find(rendition.checksum));
      I2I_ASSIGN(const bool wants, wants_file(placement, parts_.root));
      if (!wants) continue;
      if (found.size() > 1) I2I_TRY(ours_first(found, view, rendition, placement, album_paths));
      for (const auto& file : found) {
        I2I_TRY(group_.next());
        I2I_ASSIGN(const bool taken, adopt_one(parts_, rendition, file));
        if (!taken) continue;
        ++report_.matched;
        adopted = true;
        break;
      }
    }
    return adopted ? release_siblings(view) : Result<void>{};
  }
  Result<void> excluded(const ledger::AssetView&, const std::string&) override { return {}; }
  Result<void> unavailable(const ledger::AssetView&) override { return {}; }

  Result<void> finish() { return group_.close(); }

 private:
  /// Of several copies the one at the path that we would give it ourselves comes first: a ledger that is made anew
  /// finds its own files again.
  Result<void> ours_first(std::vector<ledger::VolumeFile>& found, const ledger::AssetView& view,
                          const model::Rendition& rendition, const std::optional<ledger::Placement>& placement,
                          const std::vector<std::string>& album_paths) {
    const Home home = home_by_layout(parts_.layout, name_facts(view, album_paths));
    std::vector<std::string> ours;
    if (placement) ours.push_back(placement->path);
    for (const auto& suffix : suffixes_for(view, rendition.checksum)) {
      ours.push_back(join(home.folder,
                          media::file_name(home.stem, suffix, rendition, view.master.filename, view.master.item_type)));
    }
    std::stable_partition(found.begin(), found.end(), [&](const ledger::VolumeFile& file) {
      return std::find(ours.begin(), ours.end(), file.path) != ours.end();
    });
    return {};
  }

  /// Paths that are only reserved for the asset's other files are chosen again, beside what was adopted.
  Result<void> release_siblings(const ledger::AssetView& view) {
    for (const auto& rendition : view.renditions) {
      I2I_ASSIGN(const auto placement, placements_.find(rendition.checksum));
      if (!placement || placement->state != PlacementState::planned) continue;
      I2I_ASSIGN(const auto there, parts_.root.facts(placement->path));
      if (there) continue;
      I2I_TRY(group_.next());
      I2I_TRY(placements_.release(placement->checksum));
    }
    return {};
  }

  const AdoptParts& parts_;
  AdoptionReport& report_;
  ledger::Placements placements_;
  ledger::VolumeFiles files_;
  WriteGroup group_;
};

/// What was read and not adopted: copies, and contents that are left out.
Result<void> tell_contents_apart(const AdoptParts& parts) {
  ledger::Catalogue catalogue(parts.ledger);
  ledger::Placements placements(parts.ledger);
  ledger::VolumeFiles files(parts.ledger);
  WriteGroup group(parts.ledger);
  const auto name_contents = [&](const ledger::AssetView& view) -> Result<void> {
    if (parts.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while recognising files");
    I2I_TRY(group.next());
    for (const auto& rendition : view.renditions) {
      I2I_ASSIGN(const auto found, files.with_content(rendition.checksum));
      if (found.empty()) continue;
      I2I_ASSIGN(const auto placement, placements.find(rendition.checksum));
      for (const auto& file : found) {
        I2I_TRY(group.next());
        I2I_TRY(files.set_kind(file.path, placement ? FileKind::copy : FileKind::left_out));
      }
    }
    return {};
  };
  I2I_TRY(catalogue.for_each_asset(name_contents));
  // The rest of what was to be read is no content at all.
  const auto name_rest = [&](const ledger::VolumeFile& file) -> Result<void> {
    I2I_TRY(group.next());
    if (file.checksum.empty()) return files.set_kind(file.path, FileKind::unreadable);
    return files.set_kind(file.path, media::looks_like_media(file.path) ? FileKind::unknown : FileKind::other);
  };
  I2I_TRY(files.for_each(FileKind::to_read, name_rest));
  return group.close();
}

}  // namespace

Result<void> WriteGroup::next() {
  if (transaction_ && writes_ >= kSize) I2I_TRY(close());
  if (!transaction_) {
    I2I_ASSIGN(auto transaction, ledger::Transaction::begin(ledger_));
    transaction_.emplace(std::move(transaction));
  }
  ++writes_;
  return {};
}

Result<void> WriteGroup::close() {
  writes_ = 0;
  if (!transaction_) return {};
  I2I_TRY(transaction_->commit());
  transaction_.reset();
  return {};
}

Result<bool> wants_file(const std::optional<ledger::Placement>& placement, const util::Root& root) {
  if (!placement || placement->state == PlacementState::planned) return true;
  if (placement->state != PlacementState::damaged) return false;
  // A damaged file is mended where it lies. One that a person moved is taken where it lies now.
  I2I_ASSIGN(const auto there, root.facts(placement->path));
  return !there.has_value();
}

Result<bool> adopt_one(const AdoptParts& parts, const model::Rendition& rendition, const ledger::VolumeFile& file) {
  ledger::Placements placements(parts.ledger);
  I2I_ASSIGN(const auto there, parts.root.facts(file.path));
  if (!there || !there->is_regular || !ledger::is_same_file(*there, file.facts)) return false;
  I2I_ASSIGN(const auto owner, placements.exactly_at(file.path));
  if (owner && owner->checksum != rendition.checksum) {
    if (owner->state != PlacementState::planned) return false;
    // Reserved for another content, which gets another name: no download could ever get here.
    I2I_TRY(placements.release(owner->checksum));
  }
  ledger::Placement placement;
  placement.checksum = rendition.checksum;
  placement.path = file.path;
  placement.size = file.facts.size;
  placement.sha1_hex = file.sha1_hex;
  placement.mtime_ms = there->mtime_ms;
  placement.proven = model::is_provable(rendition.checksum);
  placement.adopted = true;
  I2I_TRY(placements.adopt(placement));
  I2I_TRY(ledger::VolumeFiles(parts.ledger).remove(file.path));
  return true;
}

Result<void> match_contents(const AdoptParts& parts, AdoptionReport& report) {
  I2I_ASSIGN(const auto counts, ledger::VolumeFiles(parts.ledger).counts());
  const bool any = std::any_of(counts.begin(), counts.end(), [](const auto& kind) {
    return kind.first == FileKind::to_read || kind.second.unread_files < kind.second.files;
  });
  if (!any) return {};
  Matcher matcher(parts, report);
  I2I_TRY(walk_wanted(parts.ledger, parts.selection,
                      parts.layout.wants_album() ? AlbumPaths::needed : AlbumPaths::not_needed, matcher));
  I2I_TRY(matcher.finish());
  return tell_contents_apart(parts);
}

}  // namespace i2i::app
