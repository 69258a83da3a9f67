// What is said and understood around the second factor's code, as tables.
#include "cli/code_dialogue.hpp"

#include "catch.hpp"

using namespace i2i::cli;
using i2i::icloud::CodeNews;
using i2i::icloud::CodeQuestion;
using i2i::icloud::CodeRequest;
using i2i::icloud::CodeRoute;
using i2i::icloud::SecondFactorOptions;
using i2i::util::ErrorCode;

namespace {

SecondFactorOptions account(bool devices, bool second_phone = true) {
  SecondFactorOptions options;
  options.trusted_devices = devices;
  options.phones.push_back({3, "+1 (•••) •••-••81", false, false});
  if (second_phone) options.phones.push_back({7, "+1 (•••) •••-••99", true, false});
  return options;
}

AuthOptions wish(const char* method, int phone) {
  AuthOptions auth;
  auth.method_given = *method != '\0';
  if (auth.method_given) auth.method = method;
  auth.phone = phone;
  return auth;
}

}  // namespace

TEST_CASE("the first way of a code, by options and account") {
  struct Row {
    const char* name;
    bool devices;
    const char* method;
    int phone;
    std::optional<CodeRequest> last;
    std::optional<CodeRequest> way;  // nullopt: refused
    bool asks;
  };
  const CodeRequest device{};
  const CodeRequest text3{CodeRoute::sms, 3};
  const CodeRequest call3{CodeRoute::voice, 3};
  const CodeRequest call7{CodeRoute::voice, 7};
  const Row rows[] = {
      {"a device is the default", true, "", 0, {}, device, false},
      {"a device is the default although a phone was chosen last time", true, "", 0, call7, device, false},
      {"no device: the first phone", false, "", 0, {}, text3, true},
      {"no device: the phone of last time, the same way", false, "", 0, call3, call3, true},
      {"a text: the first phone", true, "sms", 0, {}, text3, true},
      {"a text: the phone of last time", true, "sms", 0, call3, text3, true},
      {"a call: the first phone", true, "voice", 0, {}, call3, true},
      {"a phone by its place in the list", true, "sms", 1, call7, text3, false},
      {"a phone that takes calls only", true, "sms", 2, {}, call7, false},
      {"a phone alone means a text", true, "", 1, {}, text3, false},
      {"a place that is not there", true, "sms", 3, {}, std::nullopt, false},
      {"a device that is not there", false, "device", 0, {}, std::nullopt, false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    auto options = account(row.devices);
    options.last_phone = row.last;
    const auto auth = wish(row.method, row.phone);
    const auto way = way_by_options(auth, options);
    CHECK(way.has_value() == row.way.has_value());
    if (way && row.way) CHECK(*way == *row.way);
    if (!way) CHECK(way.error().code == ErrorCode::usage);
    CHECK(asks_first(auth, options) == row.asks);
  }
  CHECK_FALSE(asks_first(wish("", 0), account(false, false)));
  SecondFactorOptions no_phone;
  CHECK(way_by_options(wish("sms", 0), no_phone).error().code == ErrorCode::usage);
}

TEST_CASE("the list of ways and what is typed at it") {
  const auto options = account(true);
  CHECK(way_menu(options) ==
        "How shall the code come?\n"
        "  1   text message to +1 (•••) •••-••81\n"
        "  1v  call to the same number\n"
        "  2   call to +1 (•••) •••-••99\n"
        "  d   on your Apple devices\n");
  struct Row {
    const char* typed;
    std::optional<CodeRequest> way;
  };
  const CodeRequest preset{CodeRoute::voice, 3};
  const Row rows[] = {
      {"", preset},
      {" \t", preset},
      {"1", CodeRequest{CodeRoute::sms, 3}},
      {" 1V ", CodeRequest{CodeRoute::voice, 3}},
      {"2", CodeRequest{CodeRoute::voice, 7}},
      {"2v", CodeRequest{CodeRoute::voice, 7}},
      {"d", CodeRequest{}},
      {"0", std::nullopt},
      {"3", std::nullopt},
      {"-1", std::nullopt},
      {"1x", std::nullopt},
      {"99999999999999999999", std::nullopt},
      {"sms", std::nullopt},
      {"1\xff", std::nullopt},
  };
  for (const Row& row : rows) {
    INFO(row.typed);
    CHECK(parse_way(row.typed, preset, options) == row.way);
  }
  CHECK_FALSE(parse_way("d", preset, account(false)));
  CHECK(way_question(preset, options) == "Your choice (Enter = 1v): ");
  CHECK(way_question({CodeRoute::voice, 7}, options) == "Your choice (Enter = 2): ");
}

TEST_CASE("two-step accounts have messages only") {
  auto options = account(false);
  options.two_step = true;
  options.phones[1].voice_only = false;
  CHECK(way_menu(options) ==
        "How shall the code come?\n"
        "  1   +1 (•••) •••-••81\n"
        "  2   +1 (•••) •••-••99\n");
  CHECK_FALSE(parse_way("1v", {}, options));
}

TEST_CASE("another way is offered only where there is one") {
  CHECK(has_choice(account(true)));
  CHECK(has_choice(account(false, false)));  // a text or a call
  SecondFactorOptions devices_only;
  CHECK_FALSE(has_choice(devices_only));
  auto calls_only = account(false, false);
  calls_only.phones[0].voice_only = true;
  CHECK_FALSE(has_choice(calls_only));
  auto two_step = account(false, false);
  two_step.two_step = true;
  CHECK_FALSE(has_choice(two_step));
}

TEST_CASE("what is said names the way that the code is wanted from") {
  const auto options = account(true);
  CodeQuestion question;
  question.tries_left = 2;
  question.news = CodeNews::wrong;
  question.request = {CodeRoute::sms, 3};
  CHECK(tell_news(question, options) ==
        "Apple did not take that code. 2 tries are left; type the one in the newest text message to +1 (•••) "
        "•••-••81.\n");
  question.tries_left = 1;
  question.request = {};
  CHECK(tell_news(question, options) ==
        "Apple did not take that code. 1 try is left; type the newest one that your Apple devices show.\n");
  question.news = CodeNews::not_to_this;
  question.refused = {CodeRoute::voice, 7};
  CHECK(tell_news(question, options) == "Apple cannot send a code to +1 (•••) •••-••99 by a call now.\n");
}

TEST_CASE("a number from the server cannot steer the terminal") {
  auto options = account(false, false);
  options.phones[0].masked_number = "\x1b[2J81";
  CHECK_THAT(way_menu(options), !ContainsSubstring("\x1b"));
  CodeQuestion question;
  question.request = {CodeRoute::sms, 3};
  CHECK_THAT(tell_news(question, options), !ContainsSubstring("\x1b"));
}
