#include "app/status/manifest.hpp"

#include <fmt/core.h>

#include "i2i/ledger/manifest.hpp"
#include "i2i/model/checksum.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/text.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {
namespace {

using util::Result;

/// Before it: whose photos, and when. Lines that begin with "#| " are the program; e2e manifest runs it.
constexpr const char* kHeading =
    R"(# Each line is a file; tabs stand between its fields. "-" is what is not known, %XX is a byte.
#
#   checksum  Apple's: the base64 of a byte 01 and the SHA-1 of a fixed text and the file's bytes
#   sha1      SHA-1 of the file's bytes alone, as sha1sum prints it
#   size      in bytes
#   captured  when the photo was taken, in UTC
#   proven    when the file's bytes were last read and had that checksum, in UTC
#   asset     iCloud's name of the photo; of one of them where several share the file
#   path      below the photos dir
#
# The lines that begin with "#|" are a program that checks the files, in Python 3, without icloud2immich:
#
#   sed -n 's/^#| //p' MANIFEST | python3 - MANIFEST PHOTOS_DIR
#
#| import base64, hashlib, os, sys, urllib.parse
#| seen = whole = 0
#| end = None
#| for line in open(sys.argv[1], "rb"):
#|     if line.startswith(b"# end "):
#|         end = int(line.split()[2])
#|     if line.startswith(b"#"):
#|         continue
#|     checksum, sha1, size, _, _, _, path = map(urllib.parse.unquote_to_bytes, line.rstrip(b"\r\n").split(b"\t"))
#|     apple = hashlib.sha1(b"com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0")
#|     plain, count = hashlib.sha1(), 0
#|     try:
#|         with open(os.path.join(os.fsencode(sys.argv[2]), path), "rb") as file:
#|             for piece in iter(lambda: file.read(1 << 20), b""):
#|                 apple.update(piece), plain.update(piece)
#|                 count += len(piece)
#|         have = base64.b64encode(b"\1" + apple.digest()), plain.hexdigest().encode(), b"%d" % count
#|         same = all(w in (h, b"-") for w, h in zip((checksum, sha1, size), have))
#|         said = "" if same else "its bytes are others"
#|     except OSError as error:
#|         said = error.strerror
#|     seen, whole = seen + 1, whole + (not said)
#|     if said:
#|         print(repr(os.fsdecode(path)) + ": " + said)
#| print("%d of %d files are whole" % (whole, seen))
#| sys.exit("the list itself is not whole" if seen != end else seen != whole)
#
# checksum	sha1	size	captured	proven	asset	path
)";

std::string utc(const std::optional<util::UnixMillis>& time) { return time ? util::format_utc(*time) : ""; }

/// Apple's checksum where it can be computed again, in the one form that base64 has.
std::string checksum_of(const ledger::Placement& placement) {
  if (!model::is_provable(placement.checksum)) return {};
  return util::base64_encode(*util::base64_decode(placement.checksum));
}

std::string line_of(const ledger::FileOfAsset& file) {
  const auto& placement = file.placement;
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", manifest_field(checksum_of(placement)),
                     manifest_field(placement.sha1_hex), placement.size, manifest_field(utc(file.captured)),
                     manifest_field(utc(placement.proven_at)), manifest_field(file.asset),
                     manifest_field(placement.path));
}

}  // namespace

std::string manifest_field(std::string_view text) {
  if (text.empty()) return "-";
  if (text == "-") return "%2D";
  std::string field;
  while (!text.empty()) {
    const auto character = text.substr(0, util::next_code_point(text).bytes);
    text.remove_prefix(character.size());
    if (character != "%" && util::escape_for_terminal(character) == character) {
      field += character;
      continue;
    }
    for (const char byte : character) field += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  }
  return field;
}

Result<StatusReport::Manifest> write_manifest(ledger::Ledger& ledger, const std::string& path,
                                              const std::string& apple_id, util::UnixMillis now) {
  StatusReport::Manifest told{path, 0, 0};
  I2I_ASSIGN(auto out, util::NewFile::begin(path, 0600));
  I2I_TRY(out.write(fmt::format("# Photos and videos of {}, brought from iCloud by icloud2immich, as of {}.\n#\n",
                                util::escape_for_terminal(apple_id), util::format_utc(now))));
  I2I_TRY(out.write(kHeading));
  I2I_TRY(ledger::for_each_file(ledger, [&](const ledger::FileOfAsset& file) -> Result<void> {
    ++told.files;
    told.bytes += static_cast<std::int64_t>(file.placement.size);
    return out.write(line_of(file));
  }));
  I2I_TRY(out.write(fmt::format("# end {}\n", told.files)));
  I2I_TRY(out.finish());
  return told;
}

}  // namespace i2i::app
