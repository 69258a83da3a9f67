#include "cli/code_dialogue.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "i2i/util/text.hpp"

namespace i2i::cli {
namespace {

using icloud::CodeNews;
using icloud::CodeQuestion;
using icloud::CodeRequest;
using icloud::CodeRoute;
using icloud::SecondFactorOptions;
using icloud::TrustedPhone;
using util::ErrorCode;
using util::fail;
using util::Result;

std::string number_of(const TrustedPhone& phone) { return util::escape_for_terminal(phone.masked_number); }

std::string number_of(const CodeRequest& way, const SecondFactorOptions& options) {
  const auto phone = std::find_if(options.phones.begin(), options.phones.end(),
                                  [&](const TrustedPhone& each) { return each.id == way.phone_id; });
  return phone == options.phones.end() ? "your phone" : number_of(*phone);
}

CodeRequest way_to(const TrustedPhone& phone, bool call) {
  return {call || phone.voice_only ? CodeRoute::voice : CodeRoute::sms, phone.id};
}

/// How the preset is typed: "2", "2v".
std::string name_of(const CodeRequest& way, const SecondFactorOptions& options) {
  for (std::size_t i = 0; i < options.phones.size(); ++i) {
    const auto& phone = options.phones[i];
    if (phone.id == way.phone_id) {
      return std::to_string(i + 1) + (way.route == CodeRoute::voice && !phone.voice_only ? "v" : "");
    }
  }
  return "1";
}

std::string newest_code(const CodeRequest& way, const SecondFactorOptions& options) {
  if (way.route == CodeRoute::device) return "the newest one that your Apple devices show";
  if (options.two_step) return "the newest one sent to " + number_of(way, options);
  if (way.route == CodeRoute::voice) return "the one read out in the newest call to " + number_of(way, options);
  return "the one in the newest text message to " + number_of(way, options);
}

std::string on_its_way(const CodeRequest& way, const SecondFactorOptions& options) {
  if (way.route == CodeRoute::device) {
    return "Your other Apple devices (iPhone, iPad, Mac) now ask whether you are signing in.\n"
           "Tap Allow on one of them; only then it shows six digits.\n";
  }
  const std::string number = number_of(way, options);
  if (options.two_step) return "Apple sends a code to " + number + ".\n";
  if (way.route == CodeRoute::voice) return "Apple calls " + number + " and reads out six digits.\n";
  return "Apple sends a text message with six digits to " + number + ".\n";
}

}  // namespace

Result<CodeRequest> way_by_options(const AuthOptions& auth, const SecondFactorOptions& options) {
  if (auth.phone == 0 && (auth.method_given ? auth.method == "device" : options.trusted_devices)) {
    if (options.trusted_devices) return CodeRequest{};
    return fail(ErrorCode::usage, "this account has no device that could show a code",
                "Leave --method out, or take --method sms or voice.");
  }
  if (options.phones.empty()) {
    return fail(ErrorCode::usage, "this account has no trusted phone number",
                "Leave --method and --phone out: the code comes to a device.");
  }
  const bool call = auth.method == "voice";
  if (auth.phone > 0) {
    if (static_cast<std::size_t>(auth.phone) > options.phones.size()) {
      return fail(ErrorCode::usage,
                  fmt::format("--phone {} is too high: the account lists {}", auth.phone, options.phones.size()),
                  "Give a number from 1 on, in the order in which auth lists them.");
    }
    return way_to(options.phones[static_cast<std::size_t>(auth.phone) - 1], call);
  }
  const CodeRequest preset = preset_way(options);
  if (!auth.method_given) return preset;
  const auto phone = std::find_if(options.phones.begin(), options.phones.end(),
                                  [&](const TrustedPhone& each) { return each.id == preset.phone_id; });
  return way_to(*phone, call);
}

bool asks_first(const AuthOptions& auth, const SecondFactorOptions& options) {
  if (auth.phone > 0 || options.phones.size() < 2) return false;
  return auth.method_given ? auth.method != "device" : !options.trusted_devices;
}

bool has_choice(const SecondFactorOptions& options) {
  const auto ways = [&](const TrustedPhone& phone) { return phone.voice_only || options.two_step ? 1 : 2; };
  int count = options.trusted_devices ? 1 : 0;
  for (const auto& phone : options.phones) count += ways(phone);
  return count > 1;
}

CodeRequest preset_way(const SecondFactorOptions& options) {
  if (options.last_phone) return *options.last_phone;
  if (options.phones.empty()) return {};
  return way_to(options.phones.front(), false);
}

std::string way_menu(const SecondFactorOptions& options) {
  std::string text = "How shall the code come?\n";
  for (std::size_t i = 0; i < options.phones.size(); ++i) {
    const auto& phone = options.phones[i];
    const char* by = options.two_step ? "" : phone.voice_only ? "call to " : "text message to ";
    text += fmt::format("  {:<3} {}{}\n", i + 1, by, number_of(phone));
    if (!options.two_step && !phone.voice_only)
      text += fmt::format("  {:<3} call to the same number\n", std::to_string(i + 1) + "v");
  }
  if (options.trusted_devices) text += "  d   on your Apple devices\n";
  return text;
}

std::string way_question(const CodeRequest& preset, const SecondFactorOptions& options) {
  return "Your choice (Enter = " + name_of(preset, options) + "): ";
}

std::optional<CodeRequest> parse_way(std::string_view typed, const CodeRequest& preset,
                                     const SecondFactorOptions& options) {
  const std::string text = util::ascii_lower(util::trim(typed));
  if (text.empty()) return preset;
  if (text == "d") return options.trusted_devices ? std::optional(CodeRequest{}) : std::nullopt;
  std::size_t index = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (problem != std::errc{} || index == 0 || index > options.phones.size()) return std::nullopt;
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (!rest.empty() && (rest != "v" || options.two_step)) return std::nullopt;
  return way_to(options.phones[index - 1], rest == "v");
}

std::string describe_way(const CodeRequest& way, const SecondFactorOptions& options) {
  if (way.route == CodeRoute::device) return "your Apple devices";
  if (options.two_step) return number_of(way, options);
  return number_of(way, options) + (way.route == CodeRoute::voice ? " by a call" : " by text message");
}

std::string tell_news(const CodeQuestion& question, const SecondFactorOptions& options) {
  switch (question.news) {
    case CodeNews::sent:
      return on_its_way(question.request, options);
    case CodeNews::sent_again:
      return on_its_way(question.request, options) + "If several codes come, the newest one counts.\n";
    case CodeNews::last_still_good:
      return "Apple sends no further code now; the last one is still good:\n" + newest_code(question.request, options) +
             ".\n";
    case CodeNews::enough_sent:
      return "No further code is asked for: too many would lock the account for hours. The last one is still good:\n" +
             newest_code(question.request, options) + ".\n";
    case CodeNews::not_to_this:
      return "Apple cannot send a code to " + describe_way(question.refused, options) + " now.\n";
    case CodeNews::wrong:
      break;
  }
  return fmt::format("Apple did not take that code. {} left; type {}.\n",
                     question.tries_left == 1 ? "1 try is" : fmt::format("{} tries are", question.tries_left),
                     newest_code(question.request, options));
}

std::string code_prompt(const SecondFactorOptions& options) {
  if (!has_choice(options)) return "Code (r = send again): ";
  const bool by_phone_instead = options.trusted_devices;
  return by_phone_instead ? "Code (r = send again, s = text message or call): "
                          : "Code (r = send again, s = another way): ";
}

std::string not_a_code(const SecondFactorOptions& options) {
  if (options.code_length == 0) return "A code has digits only. Apple was not asked.\n";
  return fmt::format("A code has {} digits. Apple was not asked.\n", options.code_length);
}

}  // namespace i2i::cli
