#pragma once
#include <optional>
#include <string>

#include "app/telling/problems.hpp"
#include "i2i/app/account.hpp"

namespace i2i::app {

/// The file's text and back; nullopt where it is not one of ours.
std::string encode_telling_state(const TellingState& state);
std::optional<TellingState> decode_telling_state(const std::string& text);

/// An account's, from its folder; empty where there is no file, or one that cannot be read (said in the log).
TellingState load_telling_state(const AccountPaths& paths);
/// Written whole, 0600.
util::Result<void> store_telling_state(const AccountPaths& paths, const TellingState& state);

}  // namespace i2i::app
