#include "cli/page/verify_page.hpp"

#include <fmt/core.h>

#include "cli/page/html.hpp"
#include "cli/page/page_style.hpp"
#include "cli/page/verify_page_parts.hpp"
#include "i2i/app/verify.hpp"
#include "i2i/util/text.hpp"

namespace i2i::cli {
namespace {

struct Verdict {
  const char* mood;  // a class of the page's style
  const char* sign;  // beside the headline, so that colour is not all that tells
  std::string headline;
};

Verdict verdict_of(const app::VerifyReport& report, bool failed) {
  if (!report.differences.empty()) {
    const auto count = static_cast<std::int64_t>(report.differences.size());
    return {"bad", "!", html::counted(count, "difference", "differences") + (failed ? ", and not finished" : "")};
  }
  if (failed) return {"bad", "!", "Not finished"};
  if (report.pending > 0) return {"waits", "…", html::counted(report.pending, "file is pending", "files are pending")};
  if (report.immich.unread > 0) {
    return {"waits", "…", html::counted(report.immich.unread, "file is", "files are") + " not read by Immich yet"};
  }
  const auto& files = report.files;
  const bool all = report.icloud.files > 0 && files.proven == report.icloud.files && !report.quick;
  return {"good", "✓", all ? "Every file is proven" : "No difference found"};
}

/// "iCloud, every byte on the volume, and Immich".
std::string looked_at(const app::VerifyReport& report) {
  std::vector<std::string> places;
  if (report.icloud_asked) places.emplace_back("iCloud");
  if (report.volume_asked) {
    if (report.quick) {
      places.emplace_back(report.subset ? "a part of the volume by its bytes, the rest by size and time"
                                        : "the volume by size and time");
    } else if (report.subset) {
      places.push_back(fmt::format("{:.3g}% of the volume by its bytes", *report.subset * 100));
    } else {
      places.emplace_back("every byte on the volume");
    }
  }
  if (report.immich.asked) places.emplace_back("Immich");
  std::string text;
  for (std::size_t i = 0; i < places.size(); ++i)
    text += (i == 0 ? "" : i + 1 == places.size() ? " and " : ", ") + places[i];
  return text.empty() ? "nothing" : text;
}

std::string hero(const CommandResult& result, const app::VerifyReport& report) {
  const auto verdict = verdict_of(report, result.error.has_value());
  return fmt::format(
      "<header class=\"hero {}\">\n<p class=\"of\">Photos of <bdi>{}</bdi></p>\n"
      "<h1><span class=\"sign\" aria-hidden=\"true\">{}</span><span>{}</span></h1>\n<p class=\"sentence\">{}.</p>\n{}"
      "<p class=\"small\">Looked at {} on {}, in {}.</p>\n</header>\n",
      verdict.mood, html::text(result.apple_id), verdict.sign, verdict.headline,
      html::text(app::verdict_sentence(report)), page::sums_bar(report), looked_at(report),
      page::when(result.started_at),
      util::human_duration(std::chrono::duration_cast<std::chrono::seconds>(result.took)));
}

std::string footer(const app::VerifyReport& report) {
  return fmt::format(
      "<footer>\n<p>Apple publishes a checksum with every file. A file is proven when the bytes that lie on the volume "
      "have that checksum{}. The same result for programs: <code>verify --report FILE.json</code>.</p>\n"
      "<p>Made by icloud2immich {}. This page is one file, and asks nothing from anywhere.</p>\n</footer>\n",
      report.quick ? "; this run trusted size and time of files whose bytes had been proven before" : "", I2I_VERSION);
}

}  // namespace

std::string page::section(const std::string& id, const std::string& heading, const std::string& content) {
  if (content.empty()) return {};
  return fmt::format("<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\">{1}</h2>\n{2}</section>\n", id, heading,
                     content);
}

std::string render_page(const CommandResult& result) {
  static const app::VerifyReport nothing;
  const auto* told = std::get_if<app::VerifyReport>(&result.report);
  const auto& report = told == nullptr ? nothing : *told;
  const auto verdict = verdict_of(report, result.error.has_value());
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<title>{} – photos of {}, "
      "{}</title>\n<style>{}</style>\n</head>\n<body>\n",
      verdict.headline, html::text(result.apple_id), page::when(result.started_at), kPageStyle);
  page += hero(result, report) + "<main>\n";
  page += page::section("do", "What to do", page::what_to_do(report, result.error));
  page += page::section("differences", "Differences", page::differences(report));
  page += page::section("sums", "Numbers that add up", page::sums(report));
  page += page::section("months", "Month by month", page::months(report.months));
  page += page::section("places", "Where it was looked", page::places(report));
  page += page::section("proofs", "When the files were last proven", page::proofs(report));
  page += page::section("left-out", "Left out on purpose", page::left_out(report));
  page += page::section("more", "Asked for besides", page::sample_and_safe(report));
  return page + "</main>\n" + footer(report) + "</body>\n</html>\n";
}

}  // namespace i2i::cli
