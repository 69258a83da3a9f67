#include "app/trash/trash_moves.hpp"

#include "i2i/media/sidecar.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {

using util::ErrorCode;
using util::fail;
using util::Result;

Result<void> Mover::move(const std::string& from, const std::string& to) {
  I2I_TRY(root_.make_directories(util::folder_of(to)));
  I2I_TRY(root_.rename_no_replace(from, to));
  folders_.insert(util::folder_of(from));
  folders_.insert(util::folder_of(to));
  return move_sidecar(from, to);
}

Result<void> Mover::move_sidecar(const std::string& from, const std::string& to) {
  I2I_ASSIGN(const auto sidecar, root_.facts(media::sidecar_path(from)));
  if (!sidecar || !sidecar->is_regular) return {};
  auto moved = root_.rename_no_replace(media::sidecar_path(from), media::sidecar_path(to));
  if (!moved && moved.error().code != ErrorCode::refused) return moved;
  folders_.insert(util::folder_of(from));
  folders_.insert(util::folder_of(to));
  return {};
}

Result<void> Mover::sync() {
  for (const auto& folder : folders_) I2I_TRY(root_.sync_directory(folder));
  folders_.clear();
  return {};
}

Result<std::string> free_path(const util::Root& root, const std::string& folder, const std::string& path,
                              const std::set<std::string>& taken) {
  constexpr int kAtMost = 10'000;
  constexpr std::size_t kNameBytes = 255;
  const std::string below = util::folder_of(path).empty() ? folder : folder + "/" + util::folder_of(path);
  const std::string name = util::folder_of(path).empty() ? path : path.substr(util::folder_of(path).size() + 1);
  const std::size_t dot = name.rfind('.');
  const std::string stem = dot == 0 ? name : name.substr(0, dot);
  const std::string ending = dot == std::string::npos || dot == 0 ? std::string{} : name.substr(dot);
  for (int number = 0; number < kAtMost; ++number) {
    std::string tail = ending;
    if (number > 0) tail.insert(0, "-" + std::to_string(number));
    const std::size_t room = kNameBytes - std::min(kNameBytes, tail.size());
    std::string candidate = below + "/";
    candidate.append(util::cut_utf8(stem, room)).append(tail);
    if (taken.contains(util::case_fold(candidate))) continue;
    I2I_ASSIGN(const auto there, root.facts(candidate));
    if (there) continue;
    // A name that has no room for the ending can have no sidecar.
    const auto sidecar = root.facts(media::sidecar_path(candidate));
    if (sidecar && *sidecar) continue;
    return candidate;
  }
  return fail(ErrorCode::volume, "there are too many files named " + name + " in " + below,
              "Empty the trash: " + folder + ".");
}

}  // namespace i2i::app
