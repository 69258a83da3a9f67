#pragma once
// Pieces of a page. Every text of others goes through text() or name(); what the rest returns is markup.

#include <cstdint>
#include <string>
#include <string_view>

namespace i2i::cli::html {

/// Text of any origin as markup: what HTML or a reader's eye would take for something else (tags, quotes, control
/// characters, marks that turn the direction, bad UTF-8) is shown as what it is.
std::string text(std::string_view anything);

/// A path or a name: as text(), kept left to right and apart from what is around it.
std::string name(std::string_view anything);

/// "48,213".
std::string number(std::int64_t value);

/// "48,213 files", "1 file". singular, plural: our own words.
std::string counted(std::int64_t value, std::string_view singular, std::string_view plural);

/// A part of a stacked bar: a colour of the page's style, and how much of the whole it is.
std::string bar_part(std::string_view colour, std::int64_t value);

}  // namespace i2i::cli::html
