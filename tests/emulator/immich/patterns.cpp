#include "emulator/immich/patterns.hpp"

#include <algorithm>
#include <vector>

namespace emulator::immich {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t slash = text.find('/');
    parts.push_back(text.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    text.remove_prefix(slash + 1);
  }
}

/// One name against one segment of a pattern.
bool segment_matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() == '*') {
    const std::size_t stars = std::min(pattern.find_first_not_of('*'), pattern.size());
    const std::string_view rest = pattern.substr(stars);
    for (std::size_t i = 0; i <= name.size(); ++i)
      if (segment_matches(rest, name.substr(i))) return true;
    return false;
  }
  if (name.empty()) return false;
  if (pattern.front() == '[') {
    const std::size_t end = pattern.find(']', 2);
    if (end != std::string_view::npos) {
      std::string_view set = pattern.substr(1, end - 1);
      const bool negated = set.front() == '!' || set.front() == '^';
      if (negated) set.remove_prefix(1);
      bool found = false;
      for (std::size_t i = 0; i < set.size(); ++i) {
        if (i + 2 < set.size() && set[i + 1] == '-') {
          found = found || (name.front() >= set[i] && name.front() <= set[i + 2]);
          i += 2;
        } else {
          found = found || name.front() == set[i];
        }
      }
      return found != negated && segment_matches(pattern.substr(end + 1), name.substr(1));
    }
  }
  if (pattern.front() != '?' && pattern.front() != name.front()) return false;
  return segment_matches(pattern.substr(1), name.substr(1));
}

bool segments_match(const std::vector<std::string_view>& pattern, std::size_t p,
                    const std::vector<std::string_view>& path, std::size_t s) {
  if (p == pattern.size()) return s == path.size();
  if (pattern[p] == "**") {
    for (std::size_t i = s; i <= path.size(); ++i)
      if (segments_match(pattern, p + 1, path, i)) return true;
    return false;
  }
  return s < path.size() && segment_matches(pattern[p], path[s]) && segments_match(pattern, p + 1, path, s + 1);
}

/// {a,b} written out, innermost first come.
std::vector<std::string> expand_braces(const std::string& pattern) {
  const std::size_t open = pattern.find('{');
  const std::size_t close = open == std::string::npos ? open : pattern.find('}', open);
  if (close == std::string::npos) return {pattern};
  const std::string inner = pattern.substr(open + 1, close - open - 1);
  if (inner.find(',') == std::string::npos) return {pattern};
  std::vector<std::string> result;
  std::size_t from = 0;
  while (from <= inner.size()) {
    const std::size_t comma = std::min(inner.find(',', from), inner.size());
    const auto rest =
        expand_braces(pattern.substr(0, open) + inner.substr(from, comma - from) + pattern.substr(close + 1));
    result.insert(result.end(), rest.begin(), rest.end());
    from = comma + 1;
  }
  return result;
}

std::size_t step(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  return at;
}

/// Latin letters lose their accents, ASCII its case; everything else stays.
std::string folded(std::string_view text) {
  static constexpr std::string_view kLatin1 =
      "aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty";  // U+00C0..U+00FF
  std::string result;
  for (std::size_t i = 0; i < text.size(); i = step(text, i)) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      result += lower(text[i]);
      continue;
    }
    const std::size_t size = step(text, i) - i;
    const unsigned code = size == 2 ? ((lead & 0x1FU) << 6U) | (static_cast<unsigned char>(text[i + 1]) & 0x3FU) : 0U;
    if (code >= 0xC0 && code <= 0xFF && kLatin1[code - 0xC0] != '*' && kLatin1[code - 0xC0] != '/') {
      result += kLatin1[code - 0xC0];
    } else if (code < 0x300 || code > 0x36F) {
      result += text.substr(i, size);
    }
  }
  return result;
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view path, Case letters) {
  const std::string subject = letters == Case::insensitive ? lowered(path) : std::string(path);
  const auto names = split(subject);
  for (const std::string& alternative :
       expand_braces(letters == Case::insensitive ? lowered(pattern) : std::string(pattern)))
    if (segments_match(split(alternative), 0, names, 0)) return true;
  return false;
}

std::string glob_to_like(std::string_view pattern) {
  std::string result;
  int braces = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '*') {
      if (result.empty() || result.back() != '%' || i == 0 || pattern[i - 1] != '*') result += '%';
    } else if (c == '?') {
      result += '_';
    } else if (c == '[') {
      i = std::min(pattern.find(']', i), pattern.size() - 1);
    } else if (c == '{') {
      ++braces;
    } else if (c == '}') {
      --braces;
    } else if (c == '(' || c == ')' || c == '+' || c == ']' || (c == ',' && braces > 0)) {
      continue;
    } else {
      result += c;
    }
  }
  return result;
}

bool like_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == '_') {
      ++p;
      t = step(text, t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      mark = step(text, mark);
      t = mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

bool contains_folded(std::string_view needle, std::string_view text) {
  return like_matches("%" + folded(needle) + "%", folded(text));
}

}  // namespace emulator::immich
