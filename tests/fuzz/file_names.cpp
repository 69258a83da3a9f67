// Names and texts from the server on their way to a path, a terminal and a log line.

#include "fuzz/fuzz.hpp"
#include "i2i/media/naming.hpp"
#include "i2i/util/text.hpp"

namespace {

using namespace i2i;

void is_safe_part(const std::string& part) {
  fuzz::demand(!part.empty() && part.size() <= 255, "a part has 1 to 255 bytes");
  fuzz::demand(part.find_first_of("/\\<>:\"|?*") == std::string::npos,
               "a part holds no separator and no forbidden sign");
  fuzz::demand(part.front() != '.' && part.back() != '.' && part.back() != ' ',
               "a part neither hides nor loses its end");
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    fuzz::demand(byte >= 0x20 && byte != 0x7f, "a part holds no control character");
  }
  fuzz::demand(media::safe_part(part) == part, "making safe twice changes nothing");
  fuzz::demand(util::to_nfc(part) == part, "a part is NFC");
}

void is_safe_path(const std::string& path) {
  for (const auto& part : util::split(path, '/')) is_safe_part(part);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  constexpr model::RenditionKind kKinds[] = {model::RenditionKind::original, model::RenditionKind::live_video,
                                             model::RenditionKind::alternative, model::RenditionKind::edited,
                                             model::RenditionKind::edited_video};
  model::Rendition rendition;
  rendition.kind = kKinds[input.choice(5)];
  rendition.checksum = "AY6c";
  const char* const layouts[] = {"{year}/{month}/{day}", "{album}", "{library}/{album}/{year}", "", "Photos {year}"};
  const auto layout = media::Layout::parse(layouts[input.choice(5)]);
  rendition.uti = input.line();
  media::NameFacts facts;
  facts.item_type = input.line();
  facts.album = input.line();
  facts.library = input.line();
  facts.master = input.line();
  facts.captured = static_cast<util::UnixMillis>(input.choice(250)) * 31'556'952'000 - 3'000'000'000'000;
  facts.offset_s = static_cast<int>(input.choice(200)) * 900 - 90'000;
  facts.filename = input.rest();

  is_safe_part(media::safe_part(facts.filename));
  const auto stem = media::stem_for(facts);
  const auto folder = layout->folder(facts);
  if (!folder.empty()) is_safe_path(folder);
  for (const std::string& suffix : {std::string{}, media::suffix_for(rendition.checksum)}) {
    const auto name = media::file_name(stem, suffix, rendition, facts.filename, facts.item_type);
    is_safe_part(name);
    fuzz::demand(name.size() + 4 <= 255, "there is room for a sidecar's name");
  }
  for (const char c : util::escape_for_terminal(facts.filename)) {
    const auto byte = static_cast<unsigned char>(c);
    fuzz::demand(byte >= 0x20 && byte != 0x7f, "nothing a terminal would obey");
  }
  return 0;
}
