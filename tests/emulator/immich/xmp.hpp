#pragma once
// Reading and rewriting XMP sidecars (docs/protocol/immich.md §12.3, §12.5).

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace emulator::immich {

/// Property name without prefix, first letter upper case ("Description", "TagsList"), to its values in order.
using XmpProperties = std::map<std::string, std::vector<std::string>>;

/// Nothing where the text is no well-formed XML with a description in it: such a sidecar is ignored.
std::optional<XmpProperties> read_xmp(std::string_view text);

/// A property to be written, with its prefix ("tiff:ImageDescription") and namespace.
struct XmpEdit {
  std::string name, uri;
  std::vector<std::string> values;  // none: removed
  enum class Form { attribute, language, sequence } form = Form::attribute;
};
/// The sidecar with those properties replaced; everything else of it survives. Starts a new one where text is unusable.
std::string edit_xmp(std::string_view text, const std::vector<XmpEdit>& edits);

}  // namespace emulator::immich
