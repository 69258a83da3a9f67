// A ledger as a broken disk may give it back: every call ends in an answer or an error.

#include <fcntl.h>
#include <unistd.h>

#include "fuzz/fuzz.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/imports.hpp"
#include "i2i/ledger/ledger.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/ledger/runs.hpp"
#include "i2i/util/file.hpp"

namespace {

using namespace i2i;

const std::string& folder() {
  static const std::string made = [] {
    std::string pattern = "/dev/shm/icloud2immich-fuzz.XXXXXX";
    fuzz::demand(mkdtemp(pattern.data()) != nullptr, "a temporary folder can be made");
    return pattern;
  }();
  return made;
}

void read_everything(ledger::Ledger& ledger) {
  (void)ledger.check();
  ledger::Catalogue catalogue(ledger);
  (void)catalogue.zones();
  (void)catalogue.for_each_asset([&](const ledger::AssetView& view) -> util::Result<void> {
    (void)catalogue.album_paths_of(view.zone, view.asset.name);
    return {};
  });
  const auto pass = [](const ledger::AssetView&) -> util::Result<void> { return {}; };
  if (const auto albums = catalogue.albums()) {
    for (const auto& album : *albums) (void)catalogue.for_each_member(album, pass);
  }
  (void)catalogue.for_each_favorite(pass);
  (void)catalogue.hidden_contents();
  ledger::Placements placements(ledger);
  (void)placements.totals();
  (void)placements.for_each(std::nullopt, [](const ledger::Placement&) -> util::Result<void> { return {}; });
  ledger::Imports imports(ledger);
  (void)imports.albums();
  (void)imports.for_each_asset([](const ledger::ImportedAsset&) -> util::Result<void> { return {}; });
  ledger::Runs runs(ledger);
  (void)runs.last(10);
  (void)runs.left_overs();
  (void)ledger.set_fact("fuzz", "written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string path = folder() + "/ledger.sqlite";
  {
    const util::Fd file(::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
    fuzz::demand(util::write_all(file, {reinterpret_cast<const char*>(data), size}, path).has_value(),
                 "a file is written");
  }
  if (auto ledger = ledger::Ledger::open(path, ledger::OpenMode::existing)) read_everything(*ledger);
  for (const char* const ending : {"", "-wal", "-shm", "-journal"}) (void)unlink((path + ending).c_str());
  return 0;
}
