#include "app/import/immich_access.hpp"

#include <algorithm>
#include <filesystem>

#include "i2i/immich/versions.hpp"
#include "i2i/util/log.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

// docs/protocol/immich.md §3.4.
const std::vector<std::string> owner_reads{"user.read", "asset.read", "asset.upload"};
const std::vector<std::string> owner_writes{"asset.update", "album.read",        "album.create",
                                            "album.update", "albumAsset.create", "albumAsset.delete"};
const std::vector<std::string> admin_wants{"library.read", "library.create", "library.update", "job.read"};

std::vector<std::string> missing_of(const immich::KeyInfo& key, const std::vector<std::string>& needed) {
  std::vector<std::string> missing;
  const auto has = [&](const std::string& name) {
    return std::find(key.permissions.begin(), key.permissions.end(), name) != key.permissions.end();
  };
  if (has("all")) return missing;
  std::copy_if(needed.begin(), needed.end(), std::back_inserter(missing), [&](const auto& name) { return !has(name); });
  return missing;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Result<void> check_key(immich::Client& client, const std::vector<std::string>& needed, const std::string& which) {
  I2I_ASSIGN(const auto key, of_immich(client.key_info()));
  if (!key) return {};  // this server cannot tell beforehand
  const auto missing = missing_of(*key, needed);
  if (missing.empty()) return {};
  return fail(ErrorCode::immich_refused, which + " lacks these permissions: " + joined(missing),
              "Add them to the key in Immich under Account Settings > API Keys, or make a key with all of them.");
}

std::string normal_root(const std::string& given, const std::string& photos_dir) {
  std::string path = given.empty() ? std::filesystem::absolute(photos_dir).lexically_normal().string() : given;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

util::Error as_immich(util::Error error) {
  switch (error.code) {
    case ErrorCode::unreachable:
    case ErrorCode::throttled:
    case ErrorCode::timed_out_waiting:
      error.code = ErrorCode::immich_unreachable;
      break;
    case ErrorCode::refused:
    case ErrorCode::not_found:
    case ErrorCode::auth_expired:
    // Something answers there that is no Immich, or none we know.
    case ErrorCode::bad_answer:
      error.code = ErrorCode::immich_refused;
      break;
    default:
      break;
  }
  return error;
}

ImmichAccess::ImmichAccess(immich::Client owner, std::unique_ptr<immich::Client> admin, std::string root)
    : owner_(std::move(owner)), admin_(std::move(admin)), root_(std::move(root)) {}

std::vector<std::string> stack_permissions() { return {"stack.read", "stack.create", "stack.update"}; }

Result<std::unique_ptr<ImmichAccess>> ImmichAccess::open(const RunContext& context, net::HttpClient& http,
                                                         const ImmichOptions& options, const std::string& photos_dir,
                                                         Need need, const std::vector<std::string>& also) {
  I2I_ASSIGN(auto access, connect(context, http, options, photos_dir));
  I2I_TRY(access->check_version());
  I2I_TRY(access->check_keys(need, also));
  return access;
}

Result<std::unique_ptr<ImmichAccess>> ImmichAccess::connect(const RunContext& context, net::HttpClient& http,
                                                            const ImmichOptions& options,
                                                            const std::string& photos_dir) {
  if (options.url.empty()) {
    return fail(ErrorCode::usage, "no Immich address is given",
                "Give it with --immich-url URL (or IMMICH_INSTANCE_URL).");
  }
  if (options.key.empty()) {
    return fail(ErrorCode::usage, "no Immich API key is given",
                "Give it with --immich-api-key-file FILE (or IMMICH_API_KEY); make one in Immich under Account "
                "Settings > API Keys.");
  }
  const auto client_for = [&](const util::Secret& key) {
    return immich::Client({http, context.clock, context.stop, options.url, key,
                           net::Backoff{std::chrono::milliseconds(500), std::chrono::milliseconds(15'000), 5}});
  };
  auto admin = options.admin_key.empty() ? nullptr : std::make_unique<immich::Client>(client_for(options.admin_key));
  return std::unique_ptr<ImmichAccess>(
      new ImmichAccess(client_for(options.key), std::move(admin), normal_root(options.path, photos_dir)));
}

Result<void> ImmichAccess::check_version() {
  I2I_ASSIGN(const auto version, of_immich(owner_.version()));
  if (const auto refusal = immich::refusal(version)) return fail(ErrorCode::immich_refused, *refusal);
  if (const auto warning = immich::warning(version)) util::log_warn("{}", *warning);
  return {};
}

Result<void> ImmichAccess::check_keys(Need need, const std::vector<std::string>& also) {
  I2I_ASSIGN(const auto version, of_immich(owner_.version()));
  if (immich::has_key_info(version)) {
    auto owner_needs = owner_reads;
    owner_needs.insert(owner_needs.end(), also.begin(), also.end());
    if (need == Need::importing) owner_needs.insert(owner_needs.end(), owner_writes.begin(), owner_writes.end());
    if (need == Need::importing && !admin_)
      owner_needs.insert(owner_needs.end(), admin_wants.begin(), admin_wants.end());
    I2I_TRY(check_key(owner_, owner_needs, "the API key"));
    if (need == Need::importing && admin_) I2I_TRY(check_key(*admin_, admin_wants, "the admin's API key"));
  }
  I2I_ASSIGN(user_, of_immich(owner_.me()));
  return {};
}

std::uint64_t ImmichAccess::write_calls() const { return owner_.write_calls() + (admin_ ? admin_->write_calls() : 0); }

}  // namespace i2i::app
