// What adoption left over: counted and named in the report, all of it in a list for a person to read.
#include <fmt/core.h>

#include "app/adopt/adopt_steps.hpp"
#include "app/run/list_file.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using ledger::FileKind;
using util::Result;

struct Section {
  FileKind kind;
  const char* word;
  const char* meaning;
  std::int64_t AdoptionReport::*count;
  std::vector<AdoptionReport::File> AdoptionReport::*named;  // nullptr: only in the list
};

constexpr Section kSections[] = {
    {FileKind::damaged, "damaged",
     "At the place and under the name of a file of iCloud, with other bytes. iCloud's is fetched under another name; "
     "look "
     "at these, then remove them yourself.",
     &AdoptionReport::damaged, nullptr},
    {FileKind::unknown, "unknown", "Photos and videos that are not in iCloud.", &AdoptionReport::unknown,
     &AdoptionReport::unknown_files},
    {FileKind::copy, "copy", "Further copies of files that are recognised elsewhere.", &AdoptionReport::copies,
     &AdoptionReport::copy_files},
    {FileKind::unreadable, "unreadable", "Could not be read.", &AdoptionReport::unreadable,
     &AdoptionReport::unreadable_files},
    {FileKind::left_out, "left-out", "In iCloud, but left out by the options of this sync.", &AdoptionReport::left_out,
     nullptr},
    {FileKind::not_read, "not-read",
     "Of the size of a file that is recognised elsewhere or left out: not read, perhaps a copy.",
     &AdoptionReport::not_read, nullptr},
};

Result<std::string> what_of(ledger::Placements& placements, const ledger::VolumeFile& file) {
  if (file.kind != FileKind::copy) return std::string{};
  I2I_ASSIGN(const auto placement, placements.find(file.checksum));
  return placement ? "the same as " + placement->path : std::string{};
}

}  // namespace

Result<void> tell_leftovers(const AdoptParts& parts, AdoptionReport& report) {
  ledger::VolumeFiles files(parts.ledger);
  ledger::Placements placements(parts.ledger);
  I2I_ASSIGN(const auto counts, files.counts());
  ListFile list(parts.list_path);
  if (const auto other = counts.find(FileKind::other); other != counts.end()) report.other = other->second.files;
  for (const auto& section : kSections) {
    const auto count = counts.find(section.kind);
    if (count == counts.end()) continue;
    report.*section.count += count->second.files;
    I2I_TRY(list.line(fmt::format("# {} ({}): {}", section.word, count->second.files, section.meaning)));
    const auto name = [&](const ledger::VolumeFile& file) -> Result<void> {
      I2I_ASSIGN(auto what, what_of(placements, file));
      // Names are data: one line each, whatever is in them.
      I2I_TRY(list.line(fmt::format("{}\t{}{}", section.word, util::escape_for_terminal(file.path),
                                    what.empty() ? "" : "\t" + util::escape_for_terminal(what))));
      if (section.named != nullptr && (report.*section.named).size() < kNamedInReport) {
        (report.*section.named).push_back({file.path, std::move(what)});
      }
      return {};
    };
    I2I_TRY(files.for_each(section.kind, name));
  }
  I2I_ASSIGN(const bool written, list.finish());
  if (written) report.list = parts.list_path;
  return {};
}

}  // namespace i2i::app
