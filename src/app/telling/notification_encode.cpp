#include "app/telling/notification_encode.hpp"

#include <chrono>

#include "i2i/util/json.hpp"
#include "i2i/util/text.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {
namespace {

constexpr std::chrono::seconds kPatience(10);
// Longer ones become an attachment at ntfy.
constexpr std::size_t kLongestMessage = 3800;
constexpr std::size_t kLongestPing = 10'000;

net::Request post(std::string url, std::string body, const char* content_type) {
  net::Request request;
  request.method = net::Method::post;
  request.kind = net::RequestKind::notification;
  request.url = std::move(url);
  request.headers.add("Content-Type", content_type);
  request.body = std::move(body);
  request.timeout = kPatience;
  request.stall_limit = kPatience;
  request.max_collected_bytes = std::size_t{64} << 10;
  return request;
}

/// What a check is pinged with behind its address, before its query.
std::string with_suffix(const std::string& url, const std::string& suffix) {
  const auto query = url.find_first_of("?#");
  std::string path = url.substr(0, query);
  while (path.ends_with('/')) path.pop_back();
  return path + suffix + (query == std::string::npos ? "" : url.substr(query));
}

std::string with_log(std::string text, const std::vector<std::string>& log) {
  if (log.empty()) return text;
  text += "\n";
  for (const auto& line : log) text += "\n" + line;
  return text;
}

std::string title_of(const News& news) {
  const auto& words = words_of(news.kind);
  return std::string("icloud2immich: ") + (news.settled ? words.settled : words.title);
}

net::Request for_ntfy(const NotifyTarget& target, const News& news, const Surroundings& around) {
  const std::string text = with_log(text_of(news, around.account), around.log);
  auto request =
      post(target.url.reveal(), std::string(util::cut_utf8(text, kLongestMessage)), "text/plain; charset=utf-8");
  request.headers.add("Title", title_of(news));
  const bool urgent = words_of(news.kind).urgent;
  request.headers.add("Priority", news.settled ? "low" : urgent ? "high" : "default");
  request.headers.add("Tags", news.settled ? "white_check_mark" : "warning");
  return request;
}

net::Request for_webhook(const NotifyTarget& target, const News& news, const Surroundings& around) {
  util::Json json;
  json["schema"] = 1;
  json["event"] = news.settled ? "settled" : "problem";
  json["kind"] = words_of(news.kind).name;
  json["title"] = title_of(news);
  json["text"] = text_of(news, around.account);
  json["account"] = around.account;
  json["command"] = news.command;
  json["exit_code"] = news.exit_code;
  json["since"] = util::format_utc(news.since);
  json["at"] = util::format_utc(news.at);
  if (!around.log.empty()) json["log"] = around.log;
  return post(target.url.reveal(), util::dump_json(json), "application/json");
}

std::string sentence(std::string text) {
  while (text.ends_with(' ') || text.ends_with('\n')) text.pop_back();
  if (!text.empty() && !text.ends_with('.')) text += '.';
  return text;
}

}  // namespace

net::Request start_ping(const NotifyTarget& target) {
  return post(with_suffix(target.url.reveal(), "/start"), "", "text/plain; charset=utf-8");
}

net::Request end_ping(const NotifyTarget& target, int exit_code, const std::string& text) {
  // The run that holds the lock will say how it ended; this one says nothing of the account.
  constexpr int kLocked = 10;
  const std::string suffix = exit_code == 0 ? "" : exit_code == kLocked ? "/log" : "/" + std::to_string(exit_code);
  const std::string url = suffix.empty() ? target.url.reveal() : with_suffix(target.url.reveal(), suffix);
  return post(url, std::string(util::cut_utf8(text, kLongestPing)), "text/plain; charset=utf-8");
}

net::Request message_for(const NotifyTarget& target, const News& news, const Surroundings& around) {
  return target.kind == NotifyKind::ntfy ? for_ntfy(target, news, around) : for_webhook(target, news, around);
}

std::string text_of(const News& news, const std::string& account) {
  std::string text = news.command + (account.empty() ? "" : " for " + account) + ": " + sentence(news.sentence);
  if (!news.remedy.empty()) text += "\n" + sentence(news.remedy);
  return text;
}

}  // namespace i2i::app
