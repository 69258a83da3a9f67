#include "i2i/app/account.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "app/sign_in/holds_decode.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

bool looks_like_address(const std::string& text) {
  const auto at = text.find('@');
  return at != std::string::npos && at > 0 && at + 1 < text.size() && text.find('/') == std::string::npos &&
         text.find('\0') == std::string::npos && !text.starts_with(".");
}

Result<std::vector<std::string>> accounts_in(const std::string& state_dir) {
  std::vector<std::string> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(state_dir.c_str()), &closedir);
  if (!dir && errno == ENOENT) return found;
  if (!dir) return fail(util::file_error(errno, "look into the state dir", state_dir));
  while (const dirent* entry = readdir(dir.get())) {
    std::string name = entry->d_name;
    struct stat facts {};
    const bool is_folder = fstatat(dirfd(dir.get()), name.c_str(), &facts, 0) == 0 && S_ISDIR(facts.st_mode);
    if (is_folder && looks_like_address(name)) found.push_back(std::move(name));
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Takes away what a volume mounted looser gave others (fsGroup does that to everything on it). What is not there is
/// fine.
Result<void> close_to_others(const std::string& path, mode_t mode) {
  struct stat facts {};
  if (lstat(path.c_str(), &facts) != 0) {
    if (errno == ENOENT) return {};
    return fail(util::file_error(errno, "look at the state folder", path));
  }
  if (S_ISLNK(facts.st_mode) || (facts.st_mode & 0077) == 0 || chmod(path.c_str(), mode) == 0) return {};
  return fail(ErrorCode::volume,
              "what is kept of the session in " + path + " is open to others and cannot be closed to them",
              "Let the user this runs as own it (chown), or choose another --state-dir.");
}

}  // namespace

std::string normal_apple_id(std::string_view text) { return util::ascii_lower(util::trim(text)); }

Result<AccountPaths> account_paths(const AccountOptions& options) {
  AccountPaths paths;
  paths.apple_id = normal_apple_id(options.apple_id);
  if (paths.apple_id.empty()) {
    I2I_ASSIGN(const auto accounts, accounts_in(options.state_dir));
    if (accounts.empty()) {
      return fail(ErrorCode::usage, "no account is known here yet",
                  "Name it with --apple-id EMAIL (or ICLOUD2IMMICH_APPLE_ID) and sign in with: icloud2immich auth");
    }
    if (accounts.size() > 1) {
      std::string names;
      for (const auto& name : accounts) names += (names.empty() ? "" : ", ") + name;
      return fail(ErrorCode::usage, "several accounts are known here: " + names, "Say which with --apple-id EMAIL.");
    }
    paths.apple_id = accounts.front();
  }
  if (!looks_like_address(paths.apple_id)) {
    return fail(ErrorCode::usage, "'" + paths.apple_id + "' is not an Apple ID (an e-mail address)",
                "Give the address you sign in to iCloud with: --apple-id EMAIL.");
  }
  paths.folder = options.state_dir + "/" + paths.apple_id;
  return paths;
}

Result<void> prepare_account_folder(const AccountPaths& paths) {
  I2I_TRY(util::make_directories(paths.folder, 0700));
  I2I_TRY(close_to_others(paths.folder, 0700));
  // All of them, whoever wrote them: an fsGroup loosens whatever lies on the volume.
  std::error_code unreadable;
  const std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator entry(paths.folder, unreadable); !unreadable && entry != end;
       entry.increment(unreadable)) {
    std::error_code gone;
    if (entry->symlink_status(gone).type() == std::filesystem::file_type::regular) {
      I2I_TRY(close_to_others(entry->path().string(), 0600));
    }
  }
  if (unreadable) return fail(util::file_error(unreadable.value(), "look into the state folder", paths.folder));
  return {};
}

Result<std::optional<icloud::SessionData>> load_session(const AccountPaths& paths) {
  auto text = util::read_small_file(paths.session());
  if (!text) {
    if (text.error().code == ErrorCode::not_found) return std::optional<icloud::SessionData>{};
    return fail(std::move(text).error());
  }
  auto session = icloud::decode_session(*text);
  if (!session) return fail(std::move(session).error().in("while reading the session file " + paths.session()));
  return std::optional<icloud::SessionData>(*std::move(session));
}

Result<void> store_session(const AccountPaths& paths, const icloud::SessionData& session) {
  return util::write_file_atomic(paths.session(), icloud::encode_session(session), 0600);
}

icloud::Region region_for(const AccountOptions& options, const icloud::SessionData& session) {
  const auto region = session.region_by_apple ? session.region : options.region.value_or(session.region);
  if (options.region && *options.region != region) {
    util::log_warn("--region is not followed: Apple says that this account belongs to {}.", icloud::home_of(region));
  }
  return region;
}

icloud::Endpoints endpoints_for(const AccountOptions& options, icloud::Region region) {
  icloud::Endpoints endpoints = icloud::apple_endpoints(region);
  const auto strip = [](std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
  };
  if (options.auth_endpoint) endpoints.auth = strip(*options.auth_endpoint);
  if (options.setup_endpoint) endpoints.setup = strip(*options.setup_endpoint);
  endpoints.given = options.auth_endpoint.has_value() || options.setup_endpoint.has_value();
  return endpoints;
}

Result<std::unique_ptr<net::CurlClient>> make_http(const RunContext& context) {
  net::CurlOptions options;
  options.ca_file = context.options.ca_file;
  options.receive_bytes_per_s = context.options.limit_rate;
  options.stop = context.stop;
  return net::CurlClient::create(std::move(options));
}

icloud::SignIn make_sign_in(const RunContext& context, const AccountPaths& paths, net::CurlClient& http,
                            icloud::SessionData data) {
  data.region = region_for(context.options, data);
  auto endpoints = endpoints_for(context.options, data.region);
  return icloud::SignIn({http, context.clock, std::move(endpoints), context.stop,
                         [paths](const icloud::SessionData& session) { return store_session(paths, session); },
                         [paths, &clock = context.clock] {
                           Holds holds = load_holds(paths);
                           holds.password = hold_while_trying(holds.password, clock.now());
                           return store_holds(paths, holds);
                         }},
                        std::move(data));
}

}  // namespace i2i::app
