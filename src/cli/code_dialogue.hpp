#pragma once
// What is said and understood around the code of the second factor: pure, so that tables can test it.

#include <optional>
#include <string>
#include <string_view>

#include "i2i/cli/options.hpp"
#include "i2i/icloud/sign_in.hpp"

namespace i2i::cli {

/// The way the code shall come first, by --method and --phone as far as the account has it: a trusted device where
/// nothing else is asked for, else the phone of last time, else the first one. usage where the account lacks it.
util::Result<icloud::CodeRequest> way_by_options(const AuthOptions& auth, const icloud::SecondFactorOptions& options);

/// Whether a person at a terminal is shown the list before anything is sent: where a phone is needed, there are
/// several, and the options do not say which.
bool asks_first(const AuthOptions& auth, const icloud::SecondFactorOptions& options);

/// Whether there is another way than `way`.
bool has_choice(const icloud::SecondFactorOptions& options);

/// The list, its numbers those of --phone, and the question under it.
std::string way_menu(const icloud::SecondFactorOptions& options);
std::string way_question(const icloud::CodeRequest& preset, const icloud::SecondFactorOptions& options);
/// "2", "2v" (a call), "d" (the devices), "" (the preset). nullopt where it is none of them.
std::optional<icloud::CodeRequest> parse_way(std::string_view typed, const icloud::CodeRequest& preset,
                                             const icloud::SecondFactorOptions& options);
/// The preset of the list: the phone of last time, else the first phone.
icloud::CodeRequest preset_way(const icloud::SecondFactorOptions& options);

/// "your Apple devices", "+1 (•••) •••-••81 by text message"; escaped for a terminal.
std::string describe_way(const icloud::CodeRequest& way, const icloud::SecondFactorOptions& options);
/// What happened and what to do now, sentences with line ends: for a person who never did this before.
std::string tell_news(const icloud::CodeQuestion& question, const icloud::SecondFactorOptions& options);
std::string code_prompt(const icloud::SecondFactorOptions& options);
/// Says what is wrong with what was typed; it was not sent to Apple.
std::string not_a_code(const icloud::SecondFactorOptions& options);

}  // namespace i2i::cli
