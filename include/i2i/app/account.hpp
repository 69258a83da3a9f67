#pragma once
// One account's place in the state dir, and what every command opens from it.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "i2i/app/hold.hpp"
#include "i2i/icloud/session.hpp"
#include "i2i/icloud/sign_in.hpp"
#include "i2i/ledger/ledger.hpp"
#include "i2i/net/curl_client.hpp"
#include "i2i/util/result.hpp"
#include "i2i/util/secret.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {

/// What the command line says about the account and the machine.
struct AccountOptions {
  std::string state_dir;
  std::string apple_id;                  // "" = the only one in the state dir
  std::optional<icloud::Region> region;  // nullopt: not given, then as Apple said before, else world
  std::optional<std::string> auth_endpoint;
  std::optional<std::string> setup_endpoint;
  std::string ca_file;
  std::optional<std::uint64_t> limit_rate;
  bool dry_run = false;
};

/// Everything a run needs besides its own options.
struct RunContext {
  AccountOptions options;
  util::Clock& clock;
  std::stop_token stop;
  /// The password that is configured (a file, a variable), to renew a session without a person: given out once, so
  /// that a run spends it once. nullopt, or no function: there is none.
  std::function<util::Result<std::optional<util::Secret>>()> password = {};
  /// Asks the person who is there whether to try in spite of a hold; no function: nobody is there.
  std::function<bool(const Hold&)> try_anyway = {};
  /// How long a person's consent is waited for (Advanced Data Protection).
  std::chrono::seconds consent_wait{600};
};

struct AccountPaths {
  std::string apple_id;
  std::string folder;
  [[nodiscard]] std::string session() const { return folder + "/session.json"; }
  [[nodiscard]] std::string ledger() const { return folder + "/ledger.sqlite"; }
  [[nodiscard]] std::string lock() const { return folder + "/lock"; }
  [[nodiscard]] std::string code() const { return folder + "/code"; }
  /// What lay on the volume and was not recognised, for a person to read.
  [[nodiscard]] std::string adoption_list() const { return folder + "/adoption.txt"; }
  /// What verify found safe to delete in iCloud, for a person to act on.
  [[nodiscard]] std::string safe_list() const { return folder + "/safe-to-delete.txt"; }
  [[nodiscard]] std::string holds() const { return folder + "/holds.json"; }
  /// What people were told, and the figures of the last runs.
  [[nodiscard]] std::string telling() const { return folder + "/telling.json"; }
  [[nodiscard]] std::string telling_lock() const { return folder + "/telling.lock"; }
};

/// Trimmed and lower-cased, as Apple compares it.
std::string normal_apple_id(std::string_view text);

/// The folder of the account asked for, or of the only one there is. usage where that is not clear, or the name is not
/// an address.
util::Result<AccountPaths> account_paths(const AccountOptions& options);
/// Makes the folder 0700 where absent, and closes it and the files in it to others where a volume was mounted looser;
/// volume where that fails.
util::Result<void> prepare_account_folder(const AccountPaths& paths);

/// nullopt where nobody signed in yet.
util::Result<std::optional<icloud::SessionData>> load_session(const AccountPaths& paths);
util::Result<void> store_session(const AccountPaths& paths, const icloud::SessionData& session);

/// The region to begin with: as Apple itself named it before, else as given, else as stored. Says so where it goes
/// against what was given.
icloud::Region region_for(const AccountOptions& options, const icloud::SessionData& session);
icloud::Endpoints endpoints_for(const AccountOptions& options, icloud::Region region);
util::Result<std::unique_ptr<net::CurlClient>> make_http(const RunContext& context);

/// The account's sign-in, whose every change is stored, and which notes on disk that a password is about to be sent.
icloud::SignIn make_sign_in(const RunContext& context, const AccountPaths& paths, net::CurlClient& http,
                            icloud::SessionData data);

}  // namespace i2i::app
