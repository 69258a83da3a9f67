// What auth's part of a command line means.
#include <vector>

#include "catch.hpp"
#include "i2i/cli/options.hpp"

using namespace i2i::cli;

namespace {

ParseOutcome parse(std::vector<const char*> words) {
  words.insert(words.begin(), "icloud2immich");
  return parse_options(static_cast<int>(words.size()), words.data());
}

}  // namespace

TEST_CASE("a code to hand over") {
  struct Row {
    const char* name;
    std::vector<const char*> words;
    const char* code;  // nullptr: refused
  };
  const Row rows[] = {
      {"as it is", {"auth", "--submit-code", "012345"}, "012345"},
      {"in groups, as it is shown", {"auth", "--submit-code", "012", "345"}, "012345"},
      {"on standard input", {"auth", "--submit-code", "-"}, "-"},
      {"none", {"auth", "--submit-code"}, nullptr},
      {"and another action", {"auth", "--submit-code", "012345", "--logout"}, nullptr},
      {"and the check", {"auth", "--check", "--submit-code", "012345"}, nullptr},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto parsed = parse(row.words);
    CHECK(parsed.invocation.has_value() == (row.code != nullptr));
    if (parsed.error) CHECK_THAT(parsed.error->message, !ContainsSubstring("012345"));
    if (!parsed.invocation || row.code == nullptr) continue;
    CHECK(parsed.invocation->auth.action == AuthOptions::Action::submit_code);
    CHECK(parsed.invocation->auth.submitted_code == row.code);
  }
  CHECK(parse({"auth"}).invocation->auth.action == AuthOptions::Action::sign_in);
}

TEST_CASE("what a second process must be told to mean the same account") {
  CHECK(parse({"auth"}).invocation->auth.same_account.empty());
  CHECK(parse({"--apple-id", "you@example.com", "auth", "--wait", "5m"}).invocation->auth.same_account ==
        "--apple-id you@example.com ");
  CHECK(parse({"auth", "--state-dir=/var/lib/my state", "--apple-id", "o'you@example.com"})
            .invocation->auth.same_account == "--state-dir '/var/lib/my state' --apple-id 'o'\\''you@example.com' ");
}
