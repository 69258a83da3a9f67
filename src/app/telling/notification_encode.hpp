#pragma once
#include <string>
#include <vector>

#include "app/telling/notify_file_decode.hpp"
#include "app/telling/problems.hpp"
#include "i2i/net/http.hpp"

namespace i2i::app {

/// What is said to somebody besides the news itself, all of it redacted.
struct Surroundings {
  std::string account;
  std::vector<std::string> log;  // the last lines; empty where they are not wanted
};

/// A run begins or ended (healthchecks.io's pinging API: URL/start, URL/EXIT-STATUS, URL/log).
net::Request start_ping(const NotifyTarget& target);
net::Request end_ping(const NotifyTarget& target, int exit_code, const std::string& text);
/// News for a person, as ntfy takes it (text with Title, Priority and Tags) or as one JSON object.
net::Request message_for(const NotifyTarget& target, const News& news, const Surroundings& around);

/// The news as a text: what happened, then what to do.
std::string text_of(const News& news, const std::string& account);

}  // namespace i2i::app
