#include "app/telling/notify_file_decode.hpp"
#include "catch.hpp"

using namespace i2i::app;

TEST_CASE("a notify file has one address a line, with its kind before it and words behind it") {
  const auto targets = decode_notify_file(
      "# who is told\n\n"
      "healthchecks https://hc-ping.com/aaaa-bbbb log sync import verify\r\n"
      "  ntfy\thttps://:tk_secret@ntfy.sh/photos  \n"
      "webhook http://chat.lan:8065/hooks/xyz?a=b\n"
      "https://hc-ping.com/cccc auth\n"
      "https://ntfy.example.com/mine\n"
      "https://chat.example.com/hook");
  REQUIRE(targets);
  struct Row {
    NotifyKind kind;
    std::string url;
    std::string host;
    int line;
    bool with_log;
    std::vector<std::string> commands;
  };
  const std::vector<Row> rows{
      {NotifyKind::healthchecks, "https://hc-ping.com/aaaa-bbbb", "hc-ping.com", 3, true, {"sync", "import", "verify"}},
      {NotifyKind::ntfy, "https://:tk_secret@ntfy.sh/photos", "ntfy.sh", 4, false, {}},
      {NotifyKind::webhook, "http://chat.lan:8065/hooks/xyz?a=b", "chat.lan", 5, false, {}},
      {NotifyKind::healthchecks, "https://hc-ping.com/cccc", "hc-ping.com", 6, false, {"auth"}},
      {NotifyKind::ntfy, "https://ntfy.example.com/mine", "ntfy.example.com", 7, false, {}},
      {NotifyKind::webhook, "https://chat.example.com/hook", "chat.example.com", 8, false, {}}};
  REQUIRE(targets->size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& have = (*targets)[i];
    INFO(rows[i].url);
    CHECK(have.kind == rows[i].kind);
    CHECK(have.url.reveal() == rows[i].url);
    CHECK(have.host == rows[i].host);
    CHECK(have.line == rows[i].line);
    CHECK(have.with_log == rows[i].with_log);
    CHECK(have.commands == rows[i].commands);
  }
  CHECK(targets->at(0).is_told_of("import"));
  CHECK_FALSE(targets->at(0).is_told_of("auth"));
  CHECK(targets->at(1).is_told_of("auth"));
}

TEST_CASE("what is wrong with a notify file is told by its line, without a word of it") {
  struct Row {
    std::string text;
    std::string says;
  };
  const std::vector<Row> rows{{"", "no address"},
                              {"# only a remark\n", "no address"},
                              {"ntfy\n", "line 1 has no address"},
                              {"\nntfy secret-topic\n", "line 2 has no address that begins with https"},
                              {"telegram https://t.example.com/secret", "line 1 begins neither"},
                              {"ftp://secret.example.com/", "line 1 begins neither"},
                              {"ntfy https://ntfy.sh/secret loud", "line 1 has a word behind"}};
  for (const auto& row : rows) {
    INFO(row.text);
    const auto targets = decode_notify_file(row.text);
    REQUIRE_FALSE(targets);
    CHECK(targets.error().code == i2i::util::ErrorCode::usage);
    CHECK_THAT(targets.error().message, ContainsSubstring(row.says));
    CHECK(targets.error().message.find("secret") == std::string::npos);
  }
}
