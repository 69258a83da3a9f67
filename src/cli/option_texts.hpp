#pragma once
// What of the options is given as a text: durations, dates, sizes, lists and words.

#include <cstdint>
#include <string>
#include <vector>

#include "i2i/cli/options.hpp"

namespace i2i::cli {

/// The texts as they were given, before they become values.
struct OptionTexts {
  std::string region;
  std::vector<std::string> endpoints;
  std::string log_level = "info";
  std::string log_format = "text";
  std::string progress = "auto";
  std::string limit_rate;
  std::string method;
  std::string wait = "10m";
  bool check = false;
  bool log_out = false;
  std::vector<std::string> submit_code;
  std::vector<std::string> include;
  std::string only;
  std::string since;
  std::string until;
  std::int64_t recent = 0;
  std::string files = "original,live,raw,edited";
  bool adopt = true;
  bool adopt_now = false;  // --adopt on the command line
  std::string deleted = "keep";
  std::string hidden = "archive";
  std::string timeout = "6h";
  std::string against;
  std::string subset;
  std::string restore_sample;
  std::string older_than;
  ImmichFiles import_immich;
  ImmichFiles verify_immich;
  ImmichFiles doctor_immich;
};

/// Makes values of the texts. usage: one that means nothing, by its option.
util::Result<void> take_texts(const OptionTexts& texts, Invocation& invocation);

}  // namespace i2i::cli
