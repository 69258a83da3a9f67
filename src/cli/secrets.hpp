#pragma once
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "i2i/app/import.hpp"
#include "i2i/cli/options.hpp"

namespace i2i::cli {

/// A secret from a file; one trailing line break is not part of it.
util::Result<util::Secret> secret_from_file(const std::string& path, const std::string& what);

/// The file, else the variable, else a prompt without echo; sign_in_needed where there is nobody to ask.
util::Result<util::Secret> find_password(const GlobalOptions& options, const std::string& apple_id,
                                         const std::stop_token& stop);

/// The configured password (file or variable) for renewing without a person: given out once, then nullopt, as where
/// none is configured.
std::function<util::Result<std::optional<util::Secret>>()> configured_password(const GlobalOptions& options);

/// Immich's address, keys and path mapping from options and environment.
util::Result<app::ImmichOptions> find_immich(const ImmichFiles& files);

}  // namespace i2i::cli
