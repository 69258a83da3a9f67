#include "app/trash/trash_listing_encode.hpp"

#include "i2i/util/json.hpp"

namespace i2i::app {

std::string encode_listing_line(const ledger::TrashedFile& file) {
  return util::dump_json({{"moved_at", util::format_utc(file.trashed_at)},
                          {"path", file.placement.path},
                          {"trash_path", file.trash_path},
                          {"size", file.placement.size},
                          {"asset", file.asset},
                          {"reason", file.reason},
                          {"checksum", file.placement.checksum}}) +
         "\n";
}

}  // namespace i2i::app
