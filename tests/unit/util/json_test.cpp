#include "i2i/util/json.hpp"

#include <vector>

#include "catch.hpp"
#include "i2i/util/text.hpp"

using namespace i2i::util;

TEST_CASE("what is not JSON is a bad answer that names it") {
  for (const char* text : {"", "<html>", "{\"a\":", "[1,]", "{\"a\":1}x", "nul"}) {
    INFO(text);
    const auto parsed = parse_json(text, "the answer of zones/list");
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == ErrorCode::bad_answer);
    CHECK_THAT(parsed.error().message, ContainsSubstring("zones/list"));
  }
  CHECK(parse_json("{}", "x"));
  CHECK(parse_json("null", "x"));
}

TEST_CASE("one bad byte does not cost the whole answer") {
  const auto parsed = parse_json("{\"name\":\"a\xff\",\"size\":3}", "x");
  REQUIRE(parsed);
  CHECK(text_or(*parsed, "name") == "a\uFFFD");
  CHECK(as_integer(member(*parsed, "size")) == 3);
}

TEST_CASE("deeply nested answers neither crash nor throw") {
  const std::string deep(200'000, '[');
  CHECK_FALSE(parse_json(deep, "x"));
  CHECK(parse_json(deep + std::string(200'000, ']'), "x"));
}

TEST_CASE("values are read leniently") {
  struct Row {
    const char* json;
    std::optional<std::string> text;
    std::optional<std::int64_t> integer;
    std::optional<double> number;
    bool truth;
  };
  const std::vector<Row> rows{
      {"null", std::nullopt, std::nullopt, std::nullopt, false},
      {"true", std::nullopt, 1, std::nullopt, true},
      {"false", std::nullopt, 0, std::nullopt, false},
      {"0", "0", 0, 0.0, false},
      {"-7", "-7", -7, -7.0, true},
      {"3.0", "3.0", 3, 3.0, true},
      {"3.5", "3.5", std::nullopt, 3.5, true},
      {"1e400", std::nullopt, std::nullopt, std::nullopt, false},
      {"9223372036854775807", "9223372036854775807", INT64_MAX, 9223372036854775807.0, true},
      {"9223372036854775808", "9223372036854775808", std::nullopt, 9223372036854775808.0, true},
      {"1e300", "1e+300", std::nullopt, 1e300, true},
      {"\"42\"", "42", 42, 42.0, false},
      {"\" 42 \"", " 42 ", 42, 42.0, false},
      {"\"4.5\"", "4.5", std::nullopt, 4.5, false},
      {"\"1\"", "1", 1, 1.0, true},
      {"\"True\"", "True", std::nullopt, std::nullopt, true},
      {"\"nan\"", "nan", std::nullopt, std::nullopt, false},
      {"\"12x\"", "12x", std::nullopt, std::nullopt, false},
      {"\"\"", "", std::nullopt, std::nullopt, false},
      {"[]", std::nullopt, std::nullopt, std::nullopt, false},
      {"{}", std::nullopt, std::nullopt, std::nullopt, false},
  };
  for (const auto& row : rows) {
    INFO(row.json);
    const Json value = Json::parse(row.json, nullptr, false);
    if (value.is_discarded()) continue;  // numbers the library does not read
    CHECK(as_text(value) == row.text);
    CHECK(as_integer(value) == row.integer);
    CHECK(as_number(value) == row.number);
    CHECK(is_true(value) == row.truth);
  }
}

TEST_CASE("absent members are null, of whatever they are asked") {
  const Json object = Json::parse(R"({"a":{"b":1},"n":null})");
  CHECK(as_integer(member(member(object, "a"), "b")) == 1);
  CHECK(member(object, "x").is_null());
  CHECK(member(member(object, "x"), "y").is_null());
  CHECK(member(Json::parse("[1]"), "a").is_null());
  CHECK(text_or(object, "n", "fallback") == "fallback");
  CHECK(text_or(object, "a") == "");
}

TEST_CASE("writing never throws") {
  CHECK(dump_json(Json{{"name", "a\xff"}}) == "{\"name\":\"a\uFFFD\"}");
  CHECK(quote_json("a\"b\n\u202E\xff") == R"("a\"b\n\u202e\ufffd")");
}
