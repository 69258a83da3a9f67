#include <fmt/core.h>

#include <algorithm>

#include "cli/page/html.hpp"
#include "cli/page/verify_page_parts.hpp"
#include "i2i/util/text.hpp"

namespace i2i::cli::page {
namespace {

using Sums = app::VerifyReport::Sums;

std::string bytes(std::int64_t value) {
  return util::human_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0)));
}

std::string swatch(const char* colour) {
  return fmt::format("<i class=\"swatch {}\" aria-hidden=\"true\"></i>", colour);
}

/// A row of a small list of counts; one that is 0 and tells nothing is left away.
struct Count {
  const char* what;
  std::int64_t value;
  bool always = false;
  bool amiss = false;
};

std::string counts(const std::vector<Count>& rows) {
  std::string list = "<dl>\n";
  for (const auto& row : rows) {
    if (row.value == 0 && !row.always) continue;
    list += fmt::format("<div{}><dt>{}</dt><dd>{}</dd></div>\n", row.amiss && row.value > 0 ? " class=\"amiss\"" : "",
                        row.what, html::number(row.value));
  }
  return list + "</dl>\n";
}

std::string card(const std::string& title, const std::string& how, const std::string& content) {
  return fmt::format("<div class=\"card\">\n<h3>{}</h3>\n<p class=\"small\">{}</p>\n{}</div>\n", title, how, content);
}

std::string volume_card(const app::VerifyReport& report) {
  const auto& volume = report.volume;
  if (!report.volume_asked) return card("Volume", "Not looked at in this run.", "");
  const std::string how = report.photos_dir.empty() ? "" : html::name(report.photos_dir);
  return card("Volume", fmt::format("{}{}{} read", how, how.empty() ? "" : "<br>", bytes(volume.bytes_read)),
              counts({{report.quick ? "as they were when proven" : "equal to Apple's checksum", volume.matching, true},
                      {"of them read by the interrupted run before", volume.read_before},
                      {"by size only", volume.unproven},
                      {"missing", volume.missing, true, true},
                      {"damaged", volume.damaged, true, true},
                      {"not looked at", volume.not_checked},
                      {"files that are not ours", volume.extra}}));
}

std::string immich_card(const app::VerifyReport& report) {
  const auto& immich = report.immich;
  if (!immich.asked) return card("Immich", "Not asked in this run.", "");
  return card("Immich", "Asked for each file: is it there, online, of the same size.",
              counts({{"present", immich.present, true},
                      {"missing", immich.missing, true, true},
                      {"offline", immich.offline, false, true},
                      {"in its trash", immich.trashed, false, true},
                      {"of another size", immich.different, false, true},
                      {"not read by Immich yet", immich.unread},
                      {"of a kind that it does not take", immich.not_importable}}));
}

/// What a selection's reason means; the option that changes it.
std::string why_left_out(const std::string& reason) {
  static const std::map<std::string, std::string> why{
      {"hidden", "Hidden in Photos. <code>sync --include hidden</code> brings them."},
      {"recently-deleted", "In Recently Deleted. <code>sync --include recently-deleted</code> brings them."},
      {"library", "In a library that <code>sync --library</code> does not name."},
      {"album",
       "Not in an album that is wanted, or in one that is not: <code>sync --album</code>, "
       "<code>--exclude-album</code>."},
      {"media-type", "Photos, or videos, that <code>sync --only</code> leaves out."},
      {"date", "Before <code>sync --since</code> or after <code>--until</code>."},
      {"recent", "Older than the newest that <code>sync --recent</code> takes."},
      {"files", "Without a file of the kinds that <code>sync --files</code> names."}};
  const auto found = why.find(reason);
  return found == why.end() ? std::string{} : found->second;
}

}  // namespace

const std::array<Word, 6>& words(bool quick) {
  static const std::array<Word, 6> read{{
      {"proven", "proven", "the bytes have Apple's checksum", &Sums::proven},
      {"by-size", "by size only", "Apple's checksum is of a form that cannot be computed", &Sums::by_size},
      {"different", "different", "missing or damaged on the volume", &Sums::different},
      {"pending", "pending", "newer than the last sync, or left over by it", &Sums::pending},
      {"unavailable", "without a file", "Apple offers none (yet)", &Sums::unavailable},
      {"unseen", "not looked at", "on the volume, but not checked in this run", &Sums::not_checked},
  }};
  static const std::array<Word, 6> looked = [] {
    auto changed = read;
    changed[0].meaning = "of the size and time they had when their bytes were proven";
    return changed;
  }();
  return quick ? looked : read;
}

std::string sums_bar(const app::VerifyReport& report) {
  std::string parts;
  std::string told;
  for (const auto& word : words(report.quick)) {
    const auto count = report.files.*word.count;
    parts += html::bar_part(word.colour, count);
    if (count > 0) told += fmt::format("<li>{}{} {}</li>\n", swatch(word.colour), html::number(count), word.word);
  }
  if (parts.empty()) return {};
  return fmt::format(
      "<div class=\"bar\" aria-hidden=\"true\">{}</div>\n<ul class=\"legend\" aria-label=\"Files\">\n{}</ul>\n", parts,
      told);
}

std::string sums(const app::VerifyReport& report) {
  std::string table = fmt::format(
      "<table class=\"sums\">\n<caption>From what iCloud {} to what was looked for</caption>\n"
      "<thead><tr><th scope=\"col\">Photos and videos</th><th scope=\"col\" "
      "class=\"n\">Items</th></tr></thead>\n<tbody>\n"
      "<tr><th scope=\"row\">all that are listed</th><td class=\"n\">{}</td></tr>\n",
      report.icloud_asked ? "shows" : "showed at the last look", html::number(report.icloud.assets));
  for (const auto& [reason, count] : report.excluded) {
    table += fmt::format("<tr><th scope=\"row\">left out: {}</th><td class=\"n\">− {}</td></tr>\n", html::text(reason),
                         html::number(count));
  }
  table += fmt::format(
      "</tbody>\n<tfoot><tr><th scope=\"row\">selected</th><td class=\"n\">{}</td></tr></tfoot>\n</table>\n",
      html::number(report.icloud.selected));
  table +=
      "<table class=\"sums\">\n<caption>Each selected item by the worst of its files, each wanted file by itself"
      "</caption>\n<thead><tr><th scope=\"col\">Found</th><th scope=\"col\" class=\"n\">Items</th>"
      "<th scope=\"col\" class=\"n\">Files</th></tr></thead>\n<tbody>\n";
  for (const auto& word : words(report.quick)) {
    const auto items = report.assets.*word.count;
    const auto files = report.files.*word.count;
    if (items == 0 && files == 0) continue;
    table += fmt::format(
        "<tr><th scope=\"row\">{}{} <small>{}</small></th><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
        swatch(word.colour), word.word, word.meaning, html::number(items), html::number(files));
  }
  return fmt::format(
      "<div class=\"pair\">\n{}</tbody>\n<tfoot><tr><th scope=\"row\">together</th><td class=\"n\">{}</td><td "
      "class=\"n\">{}</td></tr>"
      "</tfoot>\n</table>\n</div>\n",
      table, html::number(report.icloud.selected), html::number(report.icloud.files));
}

std::string places(const app::VerifyReport& report) {
  const auto icloud = card("iCloud", report.icloud_asked ? "Asked in this run." : "Not asked: as the last run knew it.",
                           counts({{"photos and videos", report.icloud.assets, true},
                                   {"of them selected", report.icloud.selected, true},
                                   {"different files of these", report.icloud.files, true}}));
  return "<div class=\"cards\">\n" + icloud + volume_card(report) + immich_card(report) + "</div>\n";
}

std::string proofs(const app::VerifyReport& report) {
  const auto& proofs = report.proofs;
  const struct {
    const char* colour;
    const char* word;
    std::int64_t count;
  } ages[] = {{"age-0", "in this run", proofs.this_run},
              {"age-1", "before it, within a month", proofs.month},
              {"age-2", "before that, within a year", proofs.year},
              {"age-3", "longer ago", proofs.older},
              {"different", "never yet", proofs.never}};
  std::string bar;
  std::string rows;
  std::int64_t together = 0;
  for (const auto& age : ages) {
    bar += html::bar_part(age.colour, age.count);
    together += age.count;
    rows += fmt::format("<tr><th scope=\"row\">{}{}</th><td class=\"n\">{}</td></tr>\n", swatch(age.colour), age.word,
                        html::number(age.count));
  }
  if (together == 0) return {};
  std::string said;
  if (proofs.oldest && proofs.newest) {
    said = fmt::format("<p>The oldest proof is of {}, the newest of {}.</p>\n", when(*proofs.oldest),
                       when(*proofs.newest));
  }
  return fmt::format(
      "{}<div class=\"bar\" aria-hidden=\"true\">{}</div>\n<table class=\"sums\">\n<caption>All files that were "
      "brought to the "
      "volume, by the time their bytes were last hashed and compared</caption>\n<thead><tr><th scope=\"col\">Last "
      "proven</th>"
      "<th scope=\"col\" class=\"n\">Files</th></tr></thead>\n<tbody>\n{}</tbody>\n<tfoot><tr><th "
      "scope=\"row\">together</th>"
      "<td class=\"n\">{}</td></tr></tfoot>\n</table>\n",
      said, bar, rows, html::number(together));
}

std::string left_out(const app::VerifyReport& report) {
  if (report.excluded.empty()) return {};
  std::string rows;
  for (const auto& [reason, count] : report.excluded) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td>{}</td></tr>\n", html::text(reason),
                        html::number(count), why_left_out(reason));
  }
  return "<table class=\"reasons\">\n<thead><tr><th scope=\"col\">Reason</th><th scope=\"col\" class=\"n\">Items</th>"
         "<th scope=\"col\">Why</th></tr></thead>\n<tbody>\n" +
         rows + "</tbody>\n</table>\n";
}

std::string sample_and_safe(const app::VerifyReport& report) {
  std::string cards;
  if (const auto& sample = report.restore_sample) {
    cards +=
        card("Fetched again",
             fmt::format("{} of originals, drawn at random, against the files on the volume.", bytes(sample->bytes)),
             counts({{"the same, byte for byte", sample->same, true},
                     {"different", sample->different, true, true},
                     {"no longer offered", sample->not_offered}}));
  }
  if (const auto& safe = report.safe_to_delete) {
    const std::string how = safe->list.empty() ? "" : "All of them: " + html::name(safe->list);
    cards += card("Safe to delete in iCloud", how, counts({{"items", safe->assets, true}}));
  }
  return cards.empty() ? "" : "<div class=\"cards\">\n" + cards + "</div>\n";
}

}  // namespace i2i::cli::page
