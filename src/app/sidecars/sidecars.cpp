#include "app/sidecars/sidecars.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <functional>
#include <utility>

#include "app/sidecars/sidecar_decision.hpp"
#include "app/sidecars/sidecar_file.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/sidecars.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;
using Action = SidecarDecision::Action;

constexpr const char* kDoneFact = "sidecars_done";
/// Raised when the same facts lead to another text: every sidecar is then looked at once more.
constexpr int kForm = 1;
constexpr std::size_t kWritesInARow = 64;    // intents in one transaction
constexpr std::size_t kLooksInARow = 1'000;  // looks that changed nothing, in one transaction
// Above it a number was not given by us: rows are numbered from 1 on, and the bits of all below fit into 13 MB.
constexpr std::int64_t kHighestPlacement = 100'000'000;
constexpr int kFailuresInARow = 12;  // the volume is failing, not these files

/// "form rating shared others".
std::string done_text(const SyncOptions& options, const ledger::SidecarTotals& totals) {
  return fmt::format("{} {} {} {}", kForm, options.sidecar_rating ? 1 : 0, totals.shared, totals.others);
}

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Immich hides the video of a live photo, and shows the still's texts for it.
bool has_sidecar(const ledger::AssetView& view, model::RenditionKind kind) {
  switch (kind) {
    case model::RenditionKind::live_video:
      return false;
    case model::RenditionKind::edited_video:
      return view.master.is_video;
    case model::RenditionKind::original:
    case model::RenditionKind::alternative:
    case model::RenditionKind::edited:
      break;
  }
  return true;
}

media::SidecarFacts facts_of(const model::Asset& asset) {
  return {asset.title, asset.description, asset.keywords, asset.captured, asset.offset_s, asset.location, false};
}

/// Of all that a sidecar's text depends on beside the file's own bytes, which never change.
std::int64_t fingerprint_of(const media::SidecarFacts& facts, util::UnixMillis mtime_ms) {
  util::Hasher hasher(util::HashKind::sha1);
  const auto number = [&](std::uint64_t value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    hasher.update({bytes, sizeof bytes});
  };
  const auto text = [&](const std::string& value) {
    number(value.size());
    hasher.update(value);
  };
  const auto maybe = [&](const auto& value) {
    number(value ? 1 : 0);
    if (value) number(static_cast<std::uint64_t>(*value));
  };
  number(kForm);
  text(facts.title);
  text(facts.description);
  number(facts.keywords.size());
  for (const auto& keyword : facts.keywords) text(keyword);
  maybe(facts.captured);
  maybe(facts.offset_s);
  number(facts.location ? 1 : 0);
  if (facts.location) {
    number(std::bit_cast<std::uint64_t>(facts.location->latitude));
    number(std::bit_cast<std::uint64_t>(facts.location->longitude));
    number(std::bit_cast<std::uint64_t>(facts.location->altitude.value_or(0)));
  }
  number(facts.favorite ? 1 : 0);
  number(static_cast<std::uint64_t>(mtime_ms));
  std::int64_t value = 0;
  const std::string digest = hasher.finish();
  std::memcpy(&value, digest.data(), sizeof value);
  return value;
}

class Pass {
 public:
  Pass(const SidecarParts& parts, SyncReport& report)
      : parts_(parts), report_(report), catalogue_(parts.ledger), sidecars_(parts.ledger) {}

  Result<void> run() {
    if (parts_.options.sidecar_rating) I2I_TRY(read_favorites());
    I2I_TRY(speak(Speakers::living));
    if (parts_.options.selection.include_deleted) I2I_TRY(speak(Speakers::deleted));
    return flush();
  }

 private:
  enum class Speakers { living, deleted };

  struct Write {
    std::string asset;
    model::Checksum checksum;
    ledger::SidecarPlace place;
    media::SidecarFacts facts;
    SidecarDecision decision;
  };

  /// A content is a favourite if any of its assets is.
  Result<void> read_favorites() {
    I2I_TRY(catalogue_.for_each_asset([&](const ledger::AssetView& view) -> Result<void> {
      if (!view.asset.favorite || view.asset.deleted) return {};
      for (const auto& rendition : view.renditions) favorites_.push_back(key_of(rendition.checksum));
      return {};
    }));
    std::sort(favorites_.begin(), favorites_.end());
    return {};
  }
  [[nodiscard]] bool is_favorite(const model::Checksum& checksum) const {
    return std::binary_search(favorites_.begin(), favorites_.end(), key_of(checksum));
  }
  static std::size_t key_of(const model::Checksum& checksum) { return std::hash<model::Checksum>{}(checksum); }

  Result<void> speak(Speakers speakers) {
    return catalogue_.for_each_asset([&](const ledger::AssetView& view) -> Result<void> {
      if (parts_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while writing sidecars");
      if (view.asset.deleted != (speakers == Speakers::deleted)) return {};
      if (++assets_ % 1000 == 0) parts_.observer.progress({Progress::Phase::sidecars, assets_, 0, 0, 0});
      for (const auto& rendition : view.renditions) {
        if (has_sidecar(view, rendition.kind)) I2I_TRY(speak_for(view, rendition.checksum));
      }
      return {};
    });
  }

  /// The order of the catalogue is the order of precedence: the first asset of a content speaks for it.
  Result<void> speak_for(const ledger::AssetView& view, const model::Checksum& checksum) {
    I2I_ASSIGN(auto place, sidecars_.place(checksum));
    if (!place) return {};
    I2I_ASSIGN(const bool spoken_for, is_spoken_for(place->id));
    if (spoken_for) return {};
    auto facts = facts_of(view.asset);
    facts.favorite = is_favorite(checksum);
    if (place->looked == fingerprint_of(facts, place->mtime_ms)) return {};
    auto looked = look({view.asset.name, checksum, *place, std::move(facts), {}});
    if (!looked) return note_failure(view.asset.name, place->path, std::move(looked).error());
    return {};
  }

  Result<bool> is_spoken_for(std::int64_t id) {
    if (id < 0 || id > kHighestPlacement) {
      return fail(ledger::damaged("numbers a file " + std::to_string(id) + ", which no sync does"));
    }
    const auto index = static_cast<std::size_t>(id);
    if (index >= spoken_for_.size()) spoken_for_.resize(std::max(index + 1, spoken_for_.size() * 2));
    const bool was = spoken_for_[index];
    spoken_for_[index] = true;
    return was;
  }

  Result<void> look(Write write) {
    auto embedded = read_embedded_of(parts_.root, write.place.path);
    if (!embedded) {
      // Not there, though it was placed: verify tells, the next sync mends, and then it is looked at again.
      if (embedded.error().code == ErrorCode::not_found) return {};
      return fail(std::move(embedded).error());
    }
    const auto wanted = media::compose_sidecar(
        write.facts, *embedded, write.place.mtime_ms,
        parts_.options.sidecar_rating ? media::SidecarRating::five_for_favorites : media::SidecarRating::left_out);
    I2I_ASSIGN(const auto disk, read_sidecar(parts_.root, write.place.path));
    I2I_ASSIGN(const auto row, sidecars_.find(write.checksum));
    const ledger::SidecarRow known = row.value_or(ledger::SidecarRow{});
    write.decision = decide_sidecar(wanted, known, disk);
    if (write.decision.action == Action::nothing) {
      const bool news = row ? write.decision.state != known.now : write.decision.state != ledger::SidecarState{};
      return settle({write.checksum, fingerprint_of(write.facts, write.place.mtime_ms), std::nullopt,
                     news ? std::optional(write.decision.state) : std::nullopt});
    }
    if (parts_.dry_run) {
      ++report_.sidecars.written;
      return {};
    }
    writes_.push_back(std::move(write));
    return writes_.size() < kWritesInARow ? Result<void>{} : flush();
  }

  Result<void> settle(ledger::SidecarSettled settled) {
    if (parts_.dry_run) return {};
    settled_.push_back(std::move(settled));
    return settled_.size() < kLooksInARow ? Result<void>{} : store_settled();
  }

  Result<void> store_settled() {
    if (settled_.empty()) return {};
    auto stored = sidecars_.settle(settled_);
    settled_.clear();
    return stored;
  }

  /// What will be written is noted first, so that a run that dies in between knows its own work again.
  Result<void> flush() {
    std::vector<ledger::Sidecars::Intent> intents;
    for (const auto& write : writes_) {
      if (write.decision.action == Action::write) intents.push_back({write.checksum, write.decision.state});
    }
    if (!intents.empty()) I2I_TRY(sidecars_.intend(intents));
    Result<void> outcome;
    for (const auto& write : writes_) {
      if (outcome = carry_out(write); !outcome) break;
    }
    writes_.clear();
    if (auto stored = store_settled(); !stored && outcome) outcome = stored;
    return outcome;
  }

  Result<void> carry_out(const Write& write) {
    const auto& path = write.place.path;
    if (write.decision.action == Action::write) {
      auto placed = place_sidecar(parts_.root, write.checksum, path, write.decision.text, write.decision.replaces);
      if (!placed) return note_failure(write.asset, path, std::move(placed).error());
    }
    const auto mtime = touch_media(parts_.root, path, write.place.mtime_ms);
    if (!mtime) return note_failure(write.asset, path, mtime.error());
    util::log_debug("wrote the sidecar of {}", util::escape_for_terminal(path));
    ++report_.sidecars.written;
    failures_in_a_row_ = 0;
    settled_.push_back({write.checksum, fingerprint_of(write.facts, *mtime), *mtime, write.decision.state});
    return {};
  }

  /// One file that fails does not end a run; a volume that fails does.
  Result<void> note_failure(const std::string& asset, const std::string& path, util::Error error) {
    const bool of_this_file =
        error.code == ErrorCode::volume || error.code == ErrorCode::refused || error.code == ErrorCode::not_found;
    if (!of_this_file || ++failures_in_a_row_ >= kFailuresInARow) {
      return fail(error.in("while writing the sidecar of " + path));
    }
    util::log_warn("the sidecar of {}: {}", util::escape_for_terminal(path), error.message);
    const auto slash = path.rfind('/');
    const std::string sidecar = media::sidecar_path(path);
    report_.failures.push_back(
        {asset, slash == std::string::npos ? sidecar : sidecar.substr(slash + 1), sidecar, std::move(error)});
    ++report_.sidecars.failed;
    return {};
  }

  const SidecarParts& parts_;
  SyncReport& report_;
  ledger::Catalogue catalogue_;
  ledger::Sidecars sidecars_;
  std::vector<std::size_t> favorites_;  // sorted keys: a million favourites are eight megabytes
  std::vector<bool> spoken_for_;        // by placement: a bit for each of a million
  std::vector<Write> writes_;
  std::vector<ledger::SidecarSettled> settled_;
  std::int64_t assets_ = 0;
  int failures_in_a_row_ = 0;
};

}  // namespace

Result<bool> are_sidecars_done(ledger::Ledger& ledger, const SyncOptions& options, SyncReport& report) {
  if (!options.sidecars) return true;
  I2I_ASSIGN(const auto done, ledger.fact(kDoneFact));
  if (!done) return false;
  const auto parts = util::split(*done, ' ');
  if (parts.size() != 4 || parts[0] != std::to_string(kForm)) return false;
  if (parts[1] != (options.sidecar_rating ? "1" : "0")) return false;
  report.sidecars.kept = number_of(parts[2]);
  report.sidecars.foreign = number_of(parts[3]);
  return true;
}

Result<void> catch_up_with_sidecars(const SidecarParts& parts, SyncReport& report) {
  if (!parts.options.sidecars || parts.dry_run) return {};
  I2I_ASSIGN(const bool done, are_sidecars_done(parts.ledger, parts.options, report));
  if (done) return parts.ledger.set_fact(kDoneFact, "");
  const std::size_t failures = report.failures.size();
  I2I_TRY(Pass(parts, report).run());
  report.failures.resize(failures);
  report.sidecars.failed = 0;
  return {};
}

Result<void> bring_sidecars(const SidecarParts& parts, SyncReport& report) {
  // Switched off, what is there stays; that changes go by unseen is noted for the day they are wanted again.
  if (!parts.options.sidecars) return parts.dry_run ? Result<void>{} : parts.ledger.set_fact(kDoneFact, "");
  I2I_TRY(Pass(parts, report).run());
  I2I_ASSIGN(const auto totals, ledger::Sidecars(parts.ledger).totals());
  report.sidecars.kept = totals.shared;
  report.sidecars.foreign = totals.others;
  if (parts.dry_run) {
    report.notes.push_back(fmt::format("Dry run: {} sidecars of files that are there would be written.",
                                       std::exchange(report.sidecars.written, 0)));
    return {};
  }
  return parts.ledger.set_fact(kDoneFact, report.sidecars.failed > 0 ? "" : done_text(parts.options, totals));
}

}  // namespace i2i::app
