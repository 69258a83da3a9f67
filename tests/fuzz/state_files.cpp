// The small files that others can get at: the session, the holds, the volume's marker, what was told, who is told.

#include "app/sign_in/holds_decode.hpp"
#include "app/telling/notify_file_decode.hpp"
#include "app/telling/telling_state_decode.hpp"
#include "app/volume/volume_marker_decode.hpp"
#include "fuzz/fuzz.hpp"
#include "i2i/icloud/session.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace i2i;
  fuzz::Input input(data, size);
  const unsigned which = input.choice(5);
  const std::string text = input.rest();
  if (which == 0) {
    if (const auto session = icloud::decode_session(text)) {
      const auto again = icloud::encode_session(*session);
      const auto read = icloud::decode_session(again);
      fuzz::demand(read.has_value(), "a session that was read can be written and read again");
      fuzz::demand(icloud::encode_session(*read) == again, "and says the same then");
      (void)icloud::cookies_expire_at(*session);
    }
  } else if (which == 1) {
    if (const auto holds = app::decode_holds(text)) {
      fuzz::demand(app::decode_holds(app::encode_holds(*holds)) == holds, "holds are written as they were read");
    }
  } else if (which == 3) {
    if (const auto state = app::decode_telling_state(text)) {
      fuzz::demand(app::decode_telling_state(app::encode_telling_state(*state)) == state,
                   "what was told is written as it was read");
    }
  } else if (which == 4) {
    if (const auto targets = app::decode_notify_file(text)) {
      for (const auto& target : *targets) {
        fuzz::demand(!target.host.empty() && text.find(target.url.reveal()) != std::string::npos,
                     "an address is one of the file's");
      }
    }
  } else if (const auto marker = app::decode_marker(text)) {
    const auto& id = marker->volume_id;
    fuzz::demand(!id.empty() && id.find('/') == std::string::npos && id.front() != '.',
                 "a volume's id is a plain name");
  }
  return 0;
}
