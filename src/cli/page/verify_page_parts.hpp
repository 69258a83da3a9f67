#pragma once
// The sections of the page of a verify. Each returns markup, "" where there is nothing to say.

#include <array>
#include <string>
#include <vector>

#include "i2i/app/report.hpp"

namespace i2i::cli::page {

/// One of the words that every wanted file and every selected item is under.
struct Word {
  const char* colour;  // a class of the page's style
  const char* word;
  const char* meaning;
  std::int64_t app::VerifyReport::Sums::*count;
};
const std::array<Word, 6>& words(bool quick);

/// Differences that are mended in one way, at one place.
struct DifferenceGroup {
  std::string where;
  std::string remedy;
  std::vector<const app::Difference*> differences;  // by path
};
std::vector<DifferenceGroup> grouped(const std::vector<app::Difference>& differences);

/// "2026-11-23 08:30 UTC".
std::string when(util::UnixMillis time);

std::string sums_bar(const app::VerifyReport& report);
std::string what_to_do(const app::VerifyReport& report, const std::optional<util::Error>& error);
std::string differences(const app::VerifyReport& report);
std::string sums(const app::VerifyReport& report);
std::string places(const app::VerifyReport& report);
std::string months(const std::vector<app::VerifyReport::Month>& months);
std::string proofs(const app::VerifyReport& report);
std::string left_out(const app::VerifyReport& report);
std::string sample_and_safe(const app::VerifyReport& report);

/// A section with its heading; "" where content is "".
std::string section(const std::string& id, const std::string& heading, const std::string& content);

}  // namespace i2i::cli::page
