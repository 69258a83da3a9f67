// Answers of Photos' CloudKit database, and what is drawn from their records: names and paths.

#include "fuzz/fuzz.hpp"
#include "i2i/icloud/cloudkit.hpp"
#include "i2i/media/naming.hpp"
#include "i2i/model/checksum.hpp"
#include "icloud/records_decode.hpp"

namespace {

using namespace i2i;

void check(const std::vector<model::Rendition>& renditions) {
  for (const auto& rendition : renditions) {
    fuzz::demand(!rendition.checksum.empty(), "a rendition has a checksum");
    (void)model::is_provable(rendition.checksum);
    fuzz::demand(media::suffix_for(rendition.checksum).size() == 8, "a suffix has 8 digits");
  }
}

void check(const std::vector<model::Record>& records) {
  for (const auto& record : records) {
    if (const auto* master = std::get_if<model::Master>(&record)) {
      check(master->renditions);
      const auto stem = media::stem_for({master->filename, master->name, master->item_type, {}, {}, "Personal", ""});
      fuzz::demand(!stem.empty() && stem.find('/') == std::string::npos, "a stem is one path part");
    } else if (const auto* asset = std::get_if<model::Asset>(&record)) {
      check(asset->renditions);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const unsigned which = input.choice(8);
  net::Response response;
  constexpr int kStatus[] = {200, 200, 200, 400, 401, 421, 429, 503};
  response.status = kStatus[input.choice(8)];
  response.body = input.rest();
  switch (which) {
    case 0:
      if (const auto page = icloud::decode_query(response)) check(page->records);
      break;
    case 1:
      if (const auto page = icloud::decode_changes(response)) check(page->records);
      break;
    case 2: {
      const std::vector<std::string> names{"one", "two"};
      if (const auto found = icloud::decode_lookup(response, names)) {
        fuzz::demand(found->size() == names.size(), "a lookup answers for every name");
        for (const auto& one : *found) {
          if (one.record) check({*one.record});
        }
      }
      break;
    }
    case 3:
      (void)icloud::decode_zones(response, model::Database::private_db);
      break;
    case 4:
      (void)icloud::decode_database_changes(response, model::Database::shared_db);
      break;
    case 5:
      (void)icloud::decode_count(response);
      break;
    default:
      (void)icloud::decode_indexing(response);
      break;
  }
  return 0;
}
