#include <fmt/core.h>

#include <algorithm>

#include "cli/page/html.hpp"
#include "cli/page/verify_page_parts.hpp"

namespace i2i::cli::page {
namespace {

/// Of each group. A page with a hundred thousand rows opens nowhere; the JSON has them all.
constexpr std::size_t kListed = 300;

std::string where_of(const std::string& where) {
  if (where == "volume") return "On the volume";
  if (where == "immich") return "In Immich";
  return html::text(where);
}

std::int64_t size_of(const DifferenceGroup& group) { return static_cast<std::int64_t>(group.differences.size()); }

std::string step(const std::string& what, const std::string& remedy) {
  return fmt::format("<li><span>{}</span> <span class=\"remedy\">{}</span></li>\n", what, html::text(remedy));
}

}  // namespace

std::vector<DifferenceGroup> grouped(const std::vector<app::Difference>& differences) {
  std::vector<DifferenceGroup> groups;
  for (const auto& difference : differences) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const DifferenceGroup& one) {
      return one.where == difference.where && one.remedy == difference.remedy;
    });
    if (group == groups.end()) group = groups.insert(groups.end(), {difference.where, difference.remedy, {}});
    group->differences.push_back(&difference);
  }
  for (auto& group : groups) {
    std::sort(group.differences.begin(), group.differences.end(),
              [](const app::Difference* a, const app::Difference* b) { return a->path < b->path; });
  }
  return groups;
}

std::string what_to_do(const app::VerifyReport& report, const std::optional<util::Error>& error) {
  std::string steps;
  if (error) steps += step(html::text(error->message), error->remedy);
  for (const auto& group : grouped(report.differences)) {
    steps +=
        step(fmt::format("{}: {}", where_of(group.where), html::counted(size_of(group), "difference", "differences")),
             group.remedy);
  }
  if (report.pending > 0) {
    steps +=
        step(html::counted(report.pending, "file is", "files are") + " newer than the last sync, or left over by it",
             "icloud2immich sync");
  }
  if (report.immich.unread > 0) {
    steps +=
        step(html::counted(report.immich.unread, "file is", "files are") + " not read by Immich yet, so not compared",
             "Verify again when Immich's jobs are done.");
  }
  return steps.empty() ? "" : "<ul class=\"steps\">\n" + steps + "</ul>\n";
}

std::string differences(const app::VerifyReport& report) {
  std::string text;
  for (const auto& group : grouped(report.differences)) {
    text += fmt::format("<h3>{}: {}</h3>\n<p class=\"remedy\">{}</p>\n", where_of(group.where),
                        html::counted(size_of(group), "file", "files"), html::text(group.remedy));
    text +=
        "<table class=\"files\">\n<thead><tr><th scope=\"col\">File</th><th scope=\"col\">What is "
        "wrong</th></tr></thead>\n"
        "<tbody>\n";
    const auto listed = std::min(group.differences.size(), kListed);
    for (std::size_t i = 0; i < listed; ++i) {
      const auto& one = *group.differences[i];
      text +=
          fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", html::name(one.path), html::text(one.what));
    }
    text += "</tbody>\n</table>\n";
    if (listed < group.differences.size()) {
      text += fmt::format("<p class=\"small\">… and {} more; <code>verify --report FILE.json</code> names all.</p>\n",
                          html::number(size_of(group) - static_cast<std::int64_t>(listed)));
    }
  }
  return text;
}

}  // namespace i2i::cli::page
