#include "cli/page/html.hpp"

#include <fmt/core.h>

#include "i2i/util/text.hpp"

namespace i2i::cli::html {
namespace {

/// "" where the character stands for itself.
std::string_view entity_of(std::string_view character) {
  if (character == "&") return "&amp;";
  if (character == "<") return "&lt;";
  if (character == ">") return "&gt;";
  if (character == "\"") return "&quot;";
  if (character == "'") return "&#39;";
  return {};
}

}  // namespace

std::string text(std::string_view anything) {
  std::string markup;
  markup.reserve(anything.size());
  while (!anything.empty()) {
    const auto character = anything.substr(0, util::next_code_point(anything).bytes);
    anything.remove_prefix(character.size());
    if (const auto entity = entity_of(character); !entity.empty()) {
      markup += entity;
    } else if (const auto visible = util::escape_for_terminal(character); visible != character) {
      markup += "<span class=\"odd\">" + visible + "</span>";
    } else {
      markup += character;
    }
  }
  return markup;
}

std::string name(std::string_view anything) { return "<bdi class=\"name\" dir=\"ltr\">" + text(anything) + "</bdi>"; }

std::string number(std::int64_t value) {
  return value < 0 ? std::to_string(value) : util::with_thousands(static_cast<std::uint64_t>(value));
}

std::string counted(std::int64_t value, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", number(value), value == 1 ? singular : plural);
}

std::string bar_part(std::string_view colour, std::int64_t value) {
  return value > 0 ? fmt::format("<i class=\"{}\" style=\"flex-grow:{}\"></i>", colour, value) : std::string{};
}

}  // namespace i2i::cli::html
