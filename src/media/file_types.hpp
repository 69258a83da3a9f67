#pragma once
// What a UTI and a file name's extension say about a file's type.

#include <string_view>

namespace i2i::media {

/// A type of docs/protocol/icloud.md §9.5: the extension we write, all extensions that mean it.
struct FileType {
  std::string_view uti;
  std::string_view extension;
  std::string_view aliases;  // lower case, blanks between and around them
  bool is_video = false;
};

/// nullptr where the UTI is unknown. UTIs do not differ by case.
const FileType* find_type(std::string_view uti);
/// extension without dot, any case.
bool means(const FileType& type, std::string_view extension);
/// True for extensions of photos and videos, whether or not we know a UTI for them.
bool is_media_extension(std::string_view extension);

}  // namespace i2i::media
