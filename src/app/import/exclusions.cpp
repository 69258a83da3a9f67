#include "app/import/exclusions.hpp"

#include <algorithm>
#include <string_view>

#include "app/volume/volume.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

struct Wildcards {
  char many = '*';
  char one = '?';
};

/// The whole text; iterative, so that a hostile pattern costs at most its length times the text's.
bool matches(std::string_view pattern, std::string_view text, Wildcards wild) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  const auto next = [&](std::size_t at) {  // one character, not one byte
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    return at;
  };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == wild.many) {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == wild.one) {
      ++p;
      t = next(t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      mark = next(mark);
      t = mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == wild.many) ++p;
  return p == pattern.size();
}

/// Names of a pattern against names of a path; "**" stands for any number of them.
bool names_match(const std::vector<std::string>& pattern, const std::vector<std::string>& names) {
  std::vector<bool> reached(names.size() + 1);  // [n]: the pattern so far can stand for the first n names
  reached[0] = true;
  for (const auto& part : pattern) {
    std::vector<bool> now(names.size() + 1);
    for (std::size_t n = 0; n <= names.size(); ++n) {
      if (part == "**") {
        now[n] = reached[n] || (n > 0 && now[n - 1]);
      } else {
        now[n] = n > 0 && reached[n - 1] && matches(part, names[n - 1], {});
      }
    }
    reached = std::move(now);
  }
  return reached.back();
}

std::string as_like(std::string_view pattern) {
  std::string like;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '[') {
      i = std::min(pattern.find(']', i), pattern.size());
    } else if (c == '*') {
      if (!like.ends_with('%')) like += '%';
    } else if (c == '?') {
      like += '_';
    } else if (std::string_view("{}()+],").find(c) == std::string_view::npos) {
      like += c;
    }
  }
  return like;
}

template <class Says>
std::optional<std::string> first(const std::vector<std::string>& patterns, const std::string& path, Says says) {
  const auto found = std::find_if(patterns.begin(), patterns.end(), [&](const auto& it) { return says(it, path); });
  return found == patterns.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

std::vector<std::string> own_exclusions() {
  // Immich's own defaults without those for hidden files, which it never crawls: in the database "**/._*" is any path
  // with a folder that begins with a dot above it.
  return {"**/@eaDir/**", "**/#recycle/**", "**/#snapshot/**", std::string("**/") + kDotFolder + "/**"};
}

bool is_passed_over(const std::string& pattern, const std::string& container_path) {
  if (pattern.find_first_of("{}[]()!+\\") != std::string::npos) return false;
  return names_match(util::split(util::ascii_lower(pattern), '/'), util::split(util::ascii_lower(container_path), '/'));
}

bool is_taken_offline(const std::string& pattern, const std::string& container_path) {
  return matches(as_like(pattern), container_path, {'%', '_'});
}

std::optional<std::string> passing_over(const std::vector<std::string>& patterns, const std::string& container_path) {
  return first(patterns, container_path, is_passed_over);
}

std::optional<std::string> taking_offline(const std::vector<std::string>& patterns, const std::string& container_path) {
  return first(patterns, container_path, is_taken_offline);
}

}  // namespace i2i::app
