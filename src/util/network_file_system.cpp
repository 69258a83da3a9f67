// Whether a path lies on another machine's disk: by the file system's magic number, and for FUSE, which is one number
// for all, by the type that the mount table gives.
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "i2i/util/text.hpp"
#include "util/file_internal.hpp"

namespace i2i::util {
namespace {

struct Known {
  std::uint32_t magic;
  const char* name;
};

/// Of <linux/magic.h> and the kernel's own sources; kernels tell only what they mount themselves.
constexpr std::array kNetwork{
    Known{NFS_SUPER_MAGIC, "NFS"},  Known{SMB_SUPER_MAGIC, "SMB"}, Known{CIFS_SUPER_MAGIC, "SMB"},
    Known{SMB2_SUPER_MAGIC, "SMB"}, Known{NCP_SUPER_MAGIC, "NCP"}, Known{CODA_SUPER_MAGIC, "Coda"},
    Known{AFS_SUPER_MAGIC, "AFS"},  Known{AFS_FS_MAGIC, "AFS"},
};

/// FUSE types (after "fuse.") of file systems that reach over a network. Others, such as NTFS on a disk or an encrypted
/// folder, are local.
constexpr std::array<std::string_view, 14> kFuseOverNetwork{"sshfs",     "rclone",  "s3fs",      "goofys",   "gcsfuse",
                                                            "glusterfs", "davfs",   "curlftpfs", "smbnetfs", "cifs",
                                                            "juicefs",   "moosefs", "seaweedfs", "ceph-fuse"};

/// The type that the mount table gives the file system with this device number: "fuse.sshfs".
std::string mounted_type(dev_t device) {
  const std::string wanted = std::to_string(major(device)) + ":" + std::to_string(minor(device));
  std::ifstream table("/proc/self/mountinfo");
  for (std::string line; std::getline(table, line);) {
    const auto words = split(line, ' ');
    if (words.size() < 3 || words[2] != wanted) continue;
    // The optional fields end in a "-"; the type follows.
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (dash != words.end() && dash + 1 != words.end()) return *(dash + 1);
  }
  return {};
}

}  // namespace

std::string network_file_system(const std::string& path) {
  struct statfs facts {};
  if (retry_interrupted([&] { return ::statfs(path.c_str(), &facts); }) != 0) return {};
  const auto magic = static_cast<std::uint32_t>(facts.f_type);
  const auto* known = std::find_if(kNetwork.begin(), kNetwork.end(), [&](const Known& k) { return k.magic == magic; });
  if (known != kNetwork.end()) return known->name;
  if (magic != FUSE_SUPER_MAGIC) return {};
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  std::string type = mounted_type(status.st_dev);
  const bool over_network = std::any_of(kFuseOverNetwork.begin(), kFuseOverNetwork.end(),
                                        [&](std::string_view name) { return type == "fuse." + std::string(name); });
  return over_network ? type : std::string();
}

}  // namespace i2i::util
