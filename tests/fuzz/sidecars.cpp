// Texts from iCloud on their way into XMP, and sidecars that others wrote.

#include "fuzz/fuzz.hpp"
#include "i2i/media/sidecar.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace i2i;
  fuzz::Input input(data, size);
  media::SidecarFacts facts;
  const unsigned bits = input.choice(256);
  facts.favorite = (bits & 1) != 0;
  if ((bits & 2) != 0)
    facts.captured = static_cast<util::UnixMillis>(input.choice(256)) * 31'556'952'000 - 4'000'000'000'000;
  if ((bits & 4) != 0) facts.offset_s = static_cast<int>(input.choice(256)) * 900 - 115'200;
  if ((bits & 8) != 0) facts.location = model::Location{input.choice(256) - 128.0, input.choice(256) * 2 - 256.0, {}};
  facts.title = input.line();
  facts.description = input.line();
  facts.keywords = {input.line(), input.line()};
  const auto sidecar = media::compose_sidecar(facts, {}, 0, media::SidecarRating::five_for_favorites);
  const auto text = media::write_sidecar(sidecar);
  fuzz::demand(media::is_own_sidecar(text), "we know our own");
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    fuzz::demand(byte >= 0x20 || byte == '\t' || byte == '\n' || byte == '\r', "nothing that XML forbids");
  }
  const std::vector<media::SidecarField> all{media::SidecarField::description, media::SidecarField::tags,
                                             media::SidecarField::date, media::SidecarField::place,
                                             media::SidecarField::rating};
  fuzz::demand(media::edit_sidecar(text, sidecar, all).has_value(), "what we write can be edited");
  fuzz::demand(media::changed_fields(media::digest_of(sidecar), sidecar).empty(), "a sidecar differs not from itself");

  // Somebody else's.
  const auto existing = input.rest();
  if (const auto edited = media::edit_sidecar(existing, sidecar, all)) {
    fuzz::demand(media::edit_sidecar(*edited, sidecar, all) == edited, "editing twice changes nothing more");
  }
  (void)media::is_own_sidecar(existing);
  return 0;
}
