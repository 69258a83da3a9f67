#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "i2i/ledger/ledger.hpp"
#include "i2i/model/checksum.hpp"
#include "i2i/util/file.hpp"

namespace i2i::ledger {

/// What adoption makes of a file that has no placement.
enum class FileKind {
  to_read,     // of the size of a wanted content that has no file yet
  unknown,     // a photo or video that no content of iCloud is
  not_read,    // of the size of a content that is placed or not wanted: perhaps a copy of it
  other,       // sidecars, export lists and whatever else is no photo or video
  copy,        // a content that has its file elsewhere
  left_out,    // a content of iCloud that the selection leaves out
  damaged,     // at the place and under the name of a wanted content, with other bytes
  unreadable,  // could not be read
};

struct VolumeFile {
  std::string path;  // relative to the photos dir
  FileKind kind = FileKind::unknown;
  util::FileFacts facts;
  model::Checksum checksum;  // of its bytes; "" not read
  std::string sha1_hex;      // plain, of its bytes; "" not read
};

/// Files of the volume that are no content's placement: the cache of what adoption read, and the listing of what it
/// could not place.
class VolumeFiles {
 public:
  explicit VolumeFiles(Ledger& ledger) : ledger_(ledger) {}

  /// A walk: begin, saw…, end. end drops what the walk did not meet. Returns the walk's number.
  util::Result<std::int64_t> begin_walk();
  /// Kind and facts as given; what was read of the file is kept where size, time and inode are as they were.
  util::Result<void> saw(std::int64_t walk, const std::string& path, FileKind kind, const util::FileFacts& facts);
  util::Result<void> end_walk(std::int64_t walk);

  /// Its bytes were read.
  util::Result<void> set_content(const std::string& path, const model::ContentProof& proof);
  util::Result<void> set_kind(const std::string& path, FileKind kind);
  util::Result<void> remove(const std::string& path);

  util::Result<std::optional<VolumeFile>> at(const std::string& path);
  /// Files with this content, ordered by path (bytes).
  util::Result<std::vector<VolumeFile>> with_content(const model::Checksum& checksum);
  /// Every file of a kind (all without one), ordered by path (bytes). Streams; the visitor may change rows.
  util::Result<void> for_each(std::optional<FileKind> kind,
                              const std::function<util::Result<void>(const VolumeFile&)>& visit);

  struct Count {
    std::int64_t files = 0;
    std::int64_t bytes = 0;
    std::int64_t unread_files = 0;
    std::int64_t unread_bytes = 0;
  };
  util::Result<std::map<FileKind, Count>> counts();

 private:
  Ledger& ledger_;
};

/// True where size, time and inode say that it is the same file with the same bytes.
bool is_same_file(const util::FileFacts& a, const util::FileFacts& b);

}  // namespace i2i::ledger
