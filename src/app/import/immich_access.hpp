#pragma once
// Immich as import and verify reach it: keys, version, the mapping of paths.

#include <memory>
#include <string>

#include "i2i/app/import.hpp"
#include "i2i/immich/client.hpp"

namespace i2i::app {

/// An error of the Immich layer as one that names Immich by its code.
util::Error as_immich(util::Error error);
template <class T>
util::Result<T> of_immich(util::Result<T> result) {
  if (!result) return util::fail(as_immich(std::move(result).error()));
  return result;
}

/// Besides the others, to carry over stacks.
std::vector<std::string> stack_permissions();

/// Two clients of one server: the owner's key, and the admin's for libraries and queues (the same one where none is
/// given).
class ImmichAccess {
 public:
  /// Checks address, key, version and permissions; immich_refused names everything that is missing at once. also:
  /// permissions that the owner's key needs for what was asked for.
  enum class Need { reading, importing };
  static util::Result<std::unique_ptr<ImmichAccess>> open(const RunContext& context, net::HttpClient& http,
                                                          const ImmichOptions& options, const std::string& photos_dir,
                                                          Need need, const std::vector<std::string>& also = {});

  /// Without a request: usage where address or key are missing. Then check_version, and check_keys, make it as open
  /// does.
  static util::Result<std::unique_ptr<ImmichAccess>> connect(const RunContext& context, net::HttpClient& http,
                                                             const ImmichOptions& options,
                                                             const std::string& photos_dir);
  util::Result<void> check_version();
  util::Result<void> check_keys(Need need, const std::vector<std::string>& also);

  immich::Client& owner() { return owner_; }
  immich::Client& admin() { return admin_ ? *admin_ : owner_; }
  [[nodiscard]] const immich::User& user() const { return user_; }
  /// How the server names a path beneath the photos dir.
  [[nodiscard]] std::string container_path(const std::string& relative) const { return root_ + "/" + relative; }
  [[nodiscard]] const std::string& container_root() const { return root_; }
  /// Without a slash at its end.
  void set_container_root(std::string root) { root_ = std::move(root); }
  [[nodiscard]] std::uint64_t write_calls() const;

 private:
  ImmichAccess(immich::Client owner, std::unique_ptr<immich::Client> admin, std::string root);
  immich::Client owner_;
  std::unique_ptr<immich::Client> admin_;
  std::string root_;
  immich::User user_;
};

}  // namespace i2i::app
