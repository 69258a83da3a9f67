#pragma once
// One account's place in the state dir, and what every command opens from it.

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "i2i/icloud/session.hpp"
#include "i2i/icloud/sign_in.hpp"
#include "i2i/ledger/ledger.hpp"
#include "i2i/net/curl_client.hpp"
#include "i2i/util/result.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {

/// What the command line says about the account and the machine.
struct AccountOptions {
  std::string state_dir;
  std::string apple_id;  // "" = the only one in the state dir
  icloud::Region region = icloud::Region::world;
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
};

struct AccountPaths {
  std::string apple_id;
  std::string folder;
  [[nodiscard]] std::string session() const { return folder + "/session.json"; }
  [[nodiscard]] std::string ledger() const { return folder + "/ledger.sqlite"; }
  [[nodiscard]] std::string lock() const { return folder + "/lock"; }
  [[nodiscard]] std::string code() const { return folder + "/code"; }
};

/// Trimmed and lower-cased, as Apple compares it.
std::string normal_apple_id(std::string_view text);

/// The folder of the account asked for, or of the only one there is. usage where that is not clear, or the name is not
/// an address.
util::Result<AccountPaths> account_paths(const AccountOptions& options);
/// Makes the folder 0700 where absent, and tightens what a volume was mounted looser; volume where that fails.
util::Result<void> prepare_account_folder(const AccountPaths& paths);

/// nullopt where nobody signed in yet.
util::Result<std::optional<icloud::SessionData>> load_session(const AccountPaths& paths);
util::Result<void> store_session(const AccountPaths& paths, const icloud::SessionData& session);

icloud::Endpoints endpoints_for(const AccountOptions& options);
util::Result<std::unique_ptr<net::CurlClient>> make_http(const RunContext& context);

/// A session that works now, renewed without a person where needed. sign_in_needed else.
class LiveSession {
 public:
  static util::Result<std::unique_ptr<LiveSession>> open(const RunContext& context, const AccountPaths& paths,
                                                         net::CurlClient& http);
  [[nodiscard]] const icloud::SessionData& data() const { return sign_in_.session(); }
  /// Once a run: validate, accountLogin. Gives the database URL to go on with.
  util::Result<std::string> recover();
  /// Data calls refresh cookies: to be stored at the end of a run.
  util::Result<void> keep_cookies() { return sign_in_.keep_cookies(); }

 private:
  LiveSession(const RunContext& context, const AccountPaths& paths, net::CurlClient& http, icloud::SessionData data);
  icloud::SignIn sign_in_;
};

}  // namespace i2i::app
