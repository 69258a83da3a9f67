#include "cli/secrets.hpp"

#include <cstdlib>
#include <memory>
#include <utility>

#include "cli/terminal.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/text.hpp"

namespace i2i::cli {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;
using util::Secret;

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets variables
  return value == nullptr ? std::string{} : std::string(value);
}

}  // namespace

Result<Secret> secret_from_file(const std::string& path, const std::string& what) {
  auto text = util::read_small_file(path);
  if (!text) {
    return fail(ErrorCode::usage, "the file with " + what + " cannot be read: " + path,
                "Check the path and who may read it.");
  }
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  if (text->empty()) return fail(ErrorCode::usage, "the file with " + what + " is empty: " + path);
  return Secret(*std::move(text));
}

std::function<Result<std::optional<Secret>>()> configured_password(const GlobalOptions& options) {
  // Shared by all copies of the function: the run is one.
  return [file = options.password_file, given = std::make_shared<bool>(false)]() -> Result<std::optional<Secret>> {
    if (std::exchange(*given, true)) return std::optional<Secret>{};
    if (!file.empty()) {
      I2I_ASSIGN(auto password, secret_from_file(file, "the password"));
      return std::optional<Secret>(std::move(password));
    }
    if (auto password = environment("ICLOUD2IMMICH_PASSWORD"); !password.empty()) {
      return std::optional<Secret>(Secret(std::move(password)));
    }
    return std::optional<Secret>{};
  };
}

Result<Secret> find_password(const GlobalOptions& options, const std::string& apple_id, const std::stop_token& stop) {
  I2I_ASSIGN(auto configured, configured_password(options)());
  if (configured) return *std::move(configured);
  const auto terminal = Terminal::open();
  if (!terminal) {
    return fail(ErrorCode::sign_in_needed, "the password is needed and there is no terminal to ask on",
                "Give it with --password-file FILE or ICLOUD2IMMICH_PASSWORD, or run auth with a terminal (kubectl "
                "attach -it).");
  }
  I2I_ASSIGN(auto password, terminal->ask_secret("Password for " + util::escape_for_terminal(apple_id) + ": ", stop));
  if (password.empty()) return fail(ErrorCode::usage, "no password was typed");
  return password;
}

Result<app::ImmichOptions> find_immich(const ImmichFiles& files) {
  app::ImmichOptions options;
  options.url = files.url;
  options.path = files.path;
  if (!files.key_file.empty()) {
    I2I_ASSIGN(options.key, secret_from_file(files.key_file, "the Immich API key"));
  } else {
    options.key = Secret(environment("IMMICH_API_KEY"));
  }
  if (!files.admin_key_file.empty()) {
    I2I_ASSIGN(options.admin_key, secret_from_file(files.admin_key_file, "the Immich admin's API key"));
  }
  return options;
}

}  // namespace i2i::cli
