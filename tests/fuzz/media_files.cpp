// What a media file says of itself: any member of a shared library can put any bytes there.

#include <cmath>

#include "fuzz/fuzz.hpp"
#include "i2i/media/embedded.hpp"

namespace {

using namespace i2i;

class Bytes : public media::ByteSource {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  util::Result<std::string> read(std::uint64_t offset, std::size_t size) override {
    // Tens of kilobytes, whatever the file says of itself.
    fuzz::demand(++reads_ <= 20'000 && (asked_ += size) <= (std::size_t{64} << 20), "little of a file is read");
    return offset >= bytes_.size() ? std::string{} : std::string(bytes_.substr(offset, size));
  }

 private:
  std::string_view bytes_;
  std::size_t reads_ = 0;
  std::size_t asked_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes source({reinterpret_cast<const char*>(data), size});
  const auto embedded = media::read_embedded(source);
  fuzz::demand(embedded.has_value(), "a broken file says nothing, and that is no error");
  if (embedded->location) {
    const auto& place = *embedded->location;
    fuzz::demand(std::abs(place.latitude) <= 90 && std::abs(place.longitude) <= 180, "a place is on this earth");
  }
  if (embedded->date && embedded->date->offset_s) {
    fuzz::demand(std::abs(*embedded->date->offset_s) <= 86'400, "no clock is more than a day off UTC");
  }
  return 0;
}
