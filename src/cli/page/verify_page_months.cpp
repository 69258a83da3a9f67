#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "cli/page/html.hpp"
#include "cli/page/verify_page_parts.hpp"
#include "i2i/util/time.hpp"

namespace i2i::cli::page {
namespace {

using Month = app::VerifyReport::Month;

constexpr std::array<const char*, 12> kNames{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::int64_t unseen(const Month& month) {
  return std::max<std::int64_t>(0, month.files - month.proven - month.different - month.pending);
}

bool is_whole(const Month& month) { return month.proven == month.files; }

std::string told(const Month& month) {
  std::string text = html::counted(month.files, "file", "files");
  if (is_whole(month)) return text + ", all proven";
  const std::pair<std::int64_t, const char*> parts[] = {{month.proven, "proven"},
                                                        {month.different, "different"},
                                                        {month.pending, "pending"},
                                                        {unseen(month), "not looked at"}};
  for (const auto& [count, word] : parts) {
    if (count > 0) text += fmt::format(", {} {}", html::number(count), word);
  }
  return text;
}

std::string cell(const Month& month, std::size_t number, std::int64_t tallest) {
  constexpr double kWhole = 92;  // of the row's height, so that the tallest does not touch the year above
  const double height = kWhole * static_cast<double>(month.files) / static_cast<double>(tallest);
  return fmt::format(
      "<td title=\"{0} {1}: {2}\"><span class=\"column\" style=\"height:{3:.1f}%\">{4}{5}{6}{7}</span>"
      "<span class=\"unseen-text\">{2}</span></td>",
      kNames[number], month.month.substr(0, 4), told(month), height, html::bar_part("pending", month.pending),
      html::bar_part("different", month.different), html::bar_part("unseen", unseen(month)),
      html::bar_part("proven", month.proven));
}

std::string chart(const std::vector<Month>& months, std::int64_t tallest) {
  std::map<std::string, std::array<const Month*, 12>> years;
  for (const auto& month : months) {
    if (month.month.size() != 7) continue;
    const auto number = static_cast<std::size_t>(std::stoul(month.month.substr(5)));
    if (number < 1 || number > kNames.size()) continue;
    years.try_emplace(month.month.substr(0, 4)).first->second[number - 1] = &month;
  }
  std::string table =
      "<table class=\"chart\">\n<caption>Files by the month they were taken in</caption>\n<thead><tr><th "
      "scope=\"col\">Year</th>";
  for (const char* name : kNames)
    table += fmt::format("<th scope=\"col\"><abbr title=\"{0}\">{1}</abbr></th>", name, name[0]);
  table += "</tr></thead>\n<tbody>\n";
  for (const auto& [year, of_year] : years) {
    table += fmt::format("<tr><th scope=\"row\">{}</th>", year);
    for (std::size_t i = 0; i < of_year.size(); ++i) {
      table += of_year[i] == nullptr ? "<td></td>" : cell(*of_year[i], i, tallest);
    }
    table += "</tr>\n";
  }
  return table + "</tbody>\n</table>\n";
}

std::string number_cell(std::int64_t value) {
  return fmt::format("<td class=\"n{}\">{}</td>", value == 0 ? " zero" : "", html::number(value));
}

std::string row(const Month& month) {
  std::string cells = fmt::format("<tr><th scope=\"row\">{}</th>", month.month.empty() ? "no date" : month.month);
  for (const auto value : {month.files, month.proven, month.different, month.pending, unseen(month)}) {
    cells += number_cell(value);
  }
  return cells + "</tr>\n";
}

std::string numbers(const std::vector<const Month*>& months) {
  std::string table =
      "<div class=\"wide\" role=\"region\" aria-label=\"Months in numbers\" tabindex=\"0\">\n<table "
      "class=\"numbers\">\n<thead><tr><th scope=\"col\">Month</th><th "
      "scope=\"col\" class=\"n\">Files</th>"
      "<th scope=\"col\" class=\"n\">Proven</th><th scope=\"col\" class=\"n\">Different</th>"
      "<th scope=\"col\" class=\"n\">Pending</th><th scope=\"col\" class=\"n\">Not looked "
      "at</th></tr></thead>\n<tbody>\n";
  for (const auto* month : months) table += row(*month);
  return table + "</tbody>\n</table>\n</div>\n";
}

}  // namespace

std::string when(util::UnixMillis time) {
  constexpr std::size_t kDay = 10;     // "2026-11-23"
  constexpr std::size_t kMinutes = 5;  // "08:30"
  const auto iso = util::format_utc(time);
  return iso.substr(0, kDay) + " " + iso.substr(kDay + 1, kMinutes) + " UTC";
}

std::string months(const std::vector<Month>& months) {
  if (months.empty()) return {};
  std::vector<const Month*> all;
  std::vector<const Month*> amiss;
  const Month* most = &months.front();
  for (const auto& month : months) {
    all.push_back(&month);
    if (!is_whole(month)) amiss.push_back(&month);
    if (month.files > most->files) most = &month;
  }
  std::string text = chart(months, std::max<std::int64_t>(1, most->files));
  text +=
      fmt::format("<p class=\"small\">The tallest bar is {} with {}.",
                  most->month.empty() ? "what has no date" : most->month, html::counted(most->files, "file", "files"));
  if (months.back().month.empty()) text += fmt::format(" Without a date: {}.", told(months.back()));
  text += "</p>\n";
  if (!amiss.empty()) text += "<h3>Months that are not whole</h3>\n" + numbers(amiss);
  if (amiss.size() < all.size())
    text += "<details><summary>Every month in numbers</summary>\n" + numbers(all) + "</details>\n";
  return text;
}

}  // namespace i2i::cli::page
