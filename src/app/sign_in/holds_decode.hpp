#pragma once
#include "i2i/app/account.hpp"
#include "i2i/app/hold.hpp"

namespace i2i::app {

/// The holds of an account, from its folder; none where there is no file, or one that cannot be read (said in the
/// log: a lost note is no reason to keep somebody out).
Holds load_holds(const AccountPaths& paths);
/// Written whole (0600); the file goes when no hold is left. volume where the folder cannot be written.
util::Result<void> store_holds(const AccountPaths& paths, const Holds& holds);

/// The file's text and back; nullopt where it is not one of ours.
std::string encode_holds(const Holds& holds);
std::optional<Holds> decode_holds(const std::string& text);

}  // namespace i2i::app
