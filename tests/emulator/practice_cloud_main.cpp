// practice-cloud: both practice services in one program. Prints one JSON line when everything answers; ends on SIGTERM
// or SIGINT.

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>

#include "emulator/practice_cloud.hpp"

namespace {

struct Options {
  std::string work_dir;
  std::string config;
  std::string library;
  std::string photos_dir;
  std::string immich_path;
  std::string immich_version;
  std::string hosts;
  std::uint64_t generated = 0;
  std::uint64_t size = 2000;
  std::uint64_t live_every = 0;
  std::optional<int> icloud_port;
  std::optional<int> immich_port;
  std::optional<int> control_port;
  std::optional<int> public_port;
  bool proxy = false;
  std::optional<std::uint32_t> latency_ms;
  std::optional<std::uint64_t> bandwidth;
};

template <typename T>
void take(const std::optional<T>& from, T& to) {
  if (from) to = *from;
}

emulator::PracticeConfig config_of(const Options& options) {
  emulator::PracticeConfig config;
  if (!options.config.empty()) {
    std::ifstream stream(options.config);
    if (!stream) throw std::runtime_error("no such file: " + options.config);
    config = emulator::practice_config_from_json(nlohmann::json::parse(stream));
  }
  config.work_dir = options.work_dir;
  if (options.hosts == "apple") config.hosts = emulator::HostNames::apple(config.account.region);
  if (!options.library.empty()) config.manifest = options.library;
  if (options.generated > 0) {
    config.generated.push_back(
        {.assets = options.generated, .size_bytes = options.size, .live_every = options.live_every});
  }
  if (!options.photos_dir.empty()) config.immich.photos_dir = options.photos_dir;
  if (!options.immich_path.empty()) config.immich.container_prefix = options.immich_path;
  if (!options.immich_version.empty()) {
    const auto version = emulator::immich::parse_version(options.immich_version);
    if (!version) throw std::runtime_error("not a version: " + options.immich_version);
    config.immich.version = *version;
  }
  take(options.icloud_port, config.icloud_port);
  take(options.immich_port, config.immich_port);
  take(options.control_port, config.control_port);
  take(options.public_port, config.public_port);
  if (options.proxy) config.proxy = true;
  take(options.latency_ms, config.network.latency_ms);
  take(options.bandwidth, config.network.bandwidth_bytes_s);
  return config;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A practice iCloud and a practice Immich on loopback", "practice-cloud"};
  Options options;
  app.add_option("--work-dir", options.work_dir, "Where certificates go")->required();
  app.add_option("--config", options.config, "JSON file (tests/emulator/README.md); the options below win");
  app.add_option("--library", options.library, "Manifest of a library of real files");
  app.add_option("--generated", options.generated, "Add so many made-up photos");
  app.add_option("--size", options.size, "Size of each of them in bytes")->capture_default_str();
  app.add_option("--live-every", options.live_every, "Every so many of them is a Live Photo");
  app.add_option("--photos-dir", options.photos_dir, "The folder Immich sees (default: WORK_DIR/photos)");
  app.add_option("--immich-path", options.immich_path, "Where Immich has it mounted");
  app.add_option("--immich-version", options.immich_version, "2.7.5 or 3.1.0");
  app.add_option("--hosts", options.hosts, "Names of iCloud's hosts")->check(CLI::IsMember({"practice", "apple"}));
  app.add_option("--icloud-port", options.icloud_port, "0: any free one");
  app.add_option("--immich-port", options.immich_port, "0: any free one");
  app.add_option("--control-port", options.control_port, "0: any free one");
  app.add_option("--public-port", options.public_port, "The port that addresses in iCloud's answers name");
  app.add_flag("--proxy", options.proxy, "Put the TCP fault proxy in front of iCloud; addresses name its port")
      ->excludes("--public-port");
  app.add_option("--latency-ms", options.latency_ms, "Of every iCloud answer");
  app.add_option("--bandwidth", options.bandwidth, "Bytes a second of every iCloud answer");
  CLI11_PARSE(app, argc, argv);

  // Blocked before any thread starts, so that only the wait below takes them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const emulator::PracticeCloud cloud(config_of(options));
    std::cout << cloud.description().dump() << std::endl;
    int signal = 0;
    sigwait(&ends, &signal);
  } catch (const std::exception& error) {
    std::cerr << "practice-cloud: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
