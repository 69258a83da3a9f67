// The folder below the photos dir: --layout.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "i2i/media/naming.hpp"
#include "i2i/util/text.hpp"

namespace i2i::media {
namespace {

constexpr std::string_view kAllowed = "{year} {month} {day} {album} {library}";
constexpr std::int64_t kFirstYear = 1900;
constexpr std::int64_t kLastYear = 2100;
constexpr std::string_view kUnknownDate = "unknown-date";

std::optional<util::CivilDate> plausible_date(const NameFacts& facts) {
  if (!facts.captured) return std::nullopt;
  auto date = util::civil_date(*facts.captured, facts.offset_s.value_or(0));
  if (date && (date->year < kFirstYear || date->year > kLastYear)) date.reset();
  return date;
}

/// True for plain text that comes out of safe_part as it is when it stands within a name.
bool is_safe_within(std::string_view text) {
  const std::string framed = fmt::format("x{}x", text);
  return safe_part(framed, framed.size()) == framed;
}

util::Result<void> check_plain_text(std::string_view text, bool starts_part) {
  if (is_safe_within(text) && !(starts_part && text.starts_with('.'))) return {};
  return util::fail(util::ErrorCode::usage,
                    fmt::format("the layout has '{}', which cannot be in a folder's name", text),
                    "Use letters, digits, blanks, '-' and '_'; a folder must not begin with a dot.");
}

}  // namespace

util::Result<Layout::Piece> Layout::placeholder(std::string_view name) {
  using enum Piece::Kind;
  struct Named {
    std::string_view name;
    Piece::Kind kind;
  };
  constexpr std::array<Named, 5> kPlaceholders{
      {{"year", year}, {"month", month}, {"day", day}, {"album", album}, {"library", library}}};
  for (const auto& [known, kind] : kPlaceholders) {
    if (name == known) return Piece{kind, ""};
  }
  return util::fail(util::ErrorCode::usage, fmt::format("the layout has {{{}}}, which is unknown", name),
                    fmt::format("Use {} and plain text.", kAllowed));
}

/// One folder of the template: "{year}-{month}".
util::Result<Layout::Part> Layout::parse_part(std::string_view text) {
  Part part;
  while (!text.empty()) {
    const std::size_t brace = text.find_first_of("{}");
    if (const auto plain = text.substr(0, brace); !plain.empty()) {
      I2I_TRY(check_plain_text(plain, part.empty()));
      part.push_back({Piece::Kind::text, std::string(plain)});
    }
    if (brace == std::string_view::npos) break;
    const std::size_t end = text.find('}', brace);
    if (text[brace] == '}' || end == std::string_view::npos) {
      return util::fail(util::ErrorCode::usage, "the layout has a '{' or '}' without its partner",
                        fmt::format("Use {} and plain text.", kAllowed));
    }
    I2I_ASSIGN(auto piece, placeholder(text.substr(brace + 1, end - brace - 1)));
    part.push_back(std::move(piece));
    text.remove_prefix(end + 1);
  }
  return part;
}

util::Result<Layout> Layout::parse(const std::string& text) {
  Layout layout;
  for (const auto& part_text : util::split(util::to_nfc(text), '/')) {
    I2I_ASSIGN(auto part, parse_part(part_text));
    if (!part.empty()) layout.parts_.push_back(std::move(part));
  }
  return layout;
}

/// Without a usable date: everything from the first to the last date piece of a part becomes one "unknown-date".
Layout::Part Layout::without_date(const Part& part) {
  const auto first = std::find_if(part.begin(), part.end(), is_date);
  const auto last = std::find_if(part.rbegin(), part.rend(), is_date).base();
  Part changed(part.begin(), first);
  changed.push_back({Piece::Kind::text, std::string(kUnknownDate)});
  changed.insert(changed.end(), last, part.end());
  return changed;
}

std::vector<Layout::Part> Layout::without_dates() const {
  std::vector<Part> parts;
  bool said = false;
  for (const auto& part : parts_) {
    if (std::none_of(part.begin(), part.end(), is_date)) {
      parts.push_back(part);
      continue;
    }
    const bool only_date = std::all_of(
        part.begin(), part.end(), [](const Piece& piece) { return piece.kind == Piece::Kind::text || is_date(piece); });
    if (!said || !only_date) parts.push_back(without_date(part));
    said = true;
  }
  return parts;
}

bool Layout::is_date(const Piece& piece) {
  using enum Piece::Kind;
  return piece.kind == year || piece.kind == month || piece.kind == day;
}

bool Layout::wants_album() const {
  return std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return std::any_of(part.begin(), part.end(), [](const Piece& piece) { return piece.kind == Piece::Kind::album; });
  });
}

std::string Layout::folder(const NameFacts& facts) const {
  using enum Piece::Kind;
  const auto date = plausible_date(facts);
  const std::string album_path = facts.album.empty() ? "no-album" : facts.album;
  std::string path;
  for (const Part& part : date ? parts_ : without_dates()) {
    std::string expanded;  // holds '/' where an album lies in folders
    for (const Piece& piece : part) {
      if (piece.kind == text) expanded += piece.text;
      if (piece.kind == year) expanded += fmt::format("{:04}", date->year);
      if (piece.kind == month) expanded += fmt::format("{:02}", date->month);
      if (piece.kind == day) expanded += fmt::format("{:02}", date->day);
      if (piece.kind == album) expanded += album_path;
      if (piece.kind == library) expanded += facts.library.empty() ? "unknown-library" : safe_part(facts.library);
    }
    for (const auto& name : util::split(expanded, '/')) {
      if (name.empty()) continue;
      if (!path.empty()) path += '/';
      path += safe_part(name);
    }
  }
  return path;
}

}  // namespace i2i::media
