#include "i2i/net/curl_client.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <deque>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>
#include <unordered_map>
#include <variant>

#include "i2i/util/file.hpp"
#include "i2i/util/queue.hpp"
#include "transfer.hpp"

namespace i2i::net {
namespace {

constexpr std::size_t kQueueLength = 256;
constexpr long kKeptConnections = 80;
constexpr int kTickMs = 500;
constexpr int kIdleMs = 60'000;

struct MultiCleanup {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};
struct ShareCleanup {
  void operator()(CURLSH* share) const noexcept { curl_share_cleanup(share); }
};
struct SlistCleanup {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

struct Submit {
  std::shared_ptr<Transfer> transfer;
};
struct Resume {
  TransferId id;
};
struct Cancel {
  TransferId id;
};
struct Call {
  std::function<void()> work;
};
using Command = std::variant<Submit, Resume, Cancel, Call>;

util::Error cancelled() { return {util::ErrorCode::cancelled, "stopped on request", {}, std::nullopt}; }

util::Result<std::string> read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return util::fail(util::ErrorCode::usage, fmt::format("cannot read {}", path), "Check --ca-file.");
  return text;
}

/// The system's anchors and the given ones in one text, because libcurl replaces the first by the second.
util::Result<std::string> trust_anchors(const std::string& ca_file) {
  if (ca_file.empty()) return std::string();
  I2I_ASSIGN(std::string extra, read_whole(ca_file));
  if (extra.find("-----BEGIN CERTIFICATE-----") == std::string::npos &&
      extra.find("-----BEGIN TRUSTED CERTIFICATE-----") == std::string::npos) {
    return util::fail(util::ErrorCode::usage, fmt::format("{} holds no PEM certificate", ca_file), "Check --ca-file.");
  }
  const curl_version_info_data* facts = curl_version_info(CURLVERSION_NOW);
  if (facts->age >= CURLVERSION_SEVENTH && facts->cainfo != nullptr) {
    // A system without its own anchors still works with the given ones.
    if (const auto system = read_whole(facts->cainfo)) return *system + "\n" + extra;
  }
  return extra;
}

bool system_bundle_is_there() {
  const curl_version_info_data* facts = curl_version_info(CURLVERSION_NOW);
  return facts->age >= CURLVERSION_SEVENTH && facts->cainfo != nullptr && ::access(facts->cainfo, R_OK) == 0;
}

std::string path_of(const util::Fd& file) { return fmt::format("/proc/self/fd/{}", file.get()); }

/// The anchors as a file without a name, readable to this process only while it is open. libcurl parses a file once and
/// a text in memory again for each connection: 140 certificates, more work than the connection itself. Not valid where
/// the kernel or /proc does not play along.
util::Fd anchors_file(const std::string& anchors) {
  util::Fd file(::memfd_create("trust-anchors", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.valid() || !util::write_all(file, anchors, "the trust anchors")) return {};
  ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  if (::access(path_of(file).c_str(), R_OK) != 0) return {};
  return file;
}

/// Seven fields; no other control character, which libcurl would end or part the line at.
bool is_cookie_line(const std::string& line) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; };
  return std::count(line.begin(), line.end(), '\t') == 6 && std::none_of(line.begin(), line.end(), is_control);
}

class Client final : public CurlClient {
 public:
  Client(CurlOptions options, std::string anchors)
      : options_(std::move(options)), commands_(kQueueLength), multi_(curl_multi_init()), jar_(curl_share_init()) {
    I2I_ASSERT(multi_ && jar_);
    // No lock functions: every handle of the share is used on the transfer thread only.
    curl_share_setopt(jar_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
    curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
    curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS,
                      static_cast<long>(options_.max_connections_per_host));
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kKeptConnections);
    settings_.user_agent = options_.user_agent;
    settings_.bundle_is_enough = anchors.empty() && system_bundle_is_there();
    if (!anchors.empty()) anchors_file_ = anchors_file(anchors);
    if (anchors_file_.valid()) {
      settings_.trust_anchors_path = path_of(anchors_file_);
    } else {
      settings_.trust_anchors = std::move(anchors);
    }
    settings_.cookie_jar = jar_.get();
    jar_handle_.reset(curl_easy_init());
    curl_easy_setopt(jar_handle_.get(), CURLOPT_SHARE, jar_.get());
    curl_easy_setopt(jar_handle_.get(), CURLOPT_COOKIEFILE, "");
    if (options_.receive_bytes_per_s) {
      rate_limit_.emplace(std::max<std::uint64_t>(1, *options_.receive_bytes_per_s));
      settings_.rate_limit = &*rate_limit_;
    }
    thread_ = std::thread([this] { run(); });
    on_stop_.emplace(options_.stop, Wake{multi_.get()});
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client(Client&&) = delete;
  Client& operator=(Client&&) = delete;
  ~Client() override {
    on_stop_.reset();
    closing_.store(true);
    commands_.close();
    curl_multi_wakeup(multi_.get());
    thread_.join();
    spare_.clear();
    spare_with_jar_.clear();
    jar_handle_.reset();
  }

  TransferId submit(Request request, Done done) override {
    const TransferId id = next_id_.fetch_add(1);
    give(Submit{std::make_shared<Transfer>(id, std::move(request), std::move(done))});
    return id;
  }
  void resume(TransferId id) override { give(Resume{id}); }
  void cancel(TransferId id) override { give(Cancel{id}); }

  std::vector<std::string> cookies() override {
    std::vector<std::string> lines;
    call([this, &lines] {
      curl_slist* raw = nullptr;
      curl_easy_getinfo(jar_handle_.get(), CURLINFO_COOKIELIST, &raw);
      const std::unique_ptr<curl_slist, SlistCleanup> list(raw);
      for (const curl_slist* node = list.get(); node != nullptr; node = node->next) lines.emplace_back(node->data);
    });
    return lines;
  }
  void set_cookies(const std::vector<std::string>& lines) override {
    call([this, &lines] {
      for (const std::string& line : lines) {
        if (is_cookie_line(line)) curl_easy_setopt(jar_handle_.get(), CURLOPT_COOKIELIST, line.c_str());
      }
    });
  }
  void clear_cookies() override {
    call([this] { curl_easy_setopt(jar_handle_.get(), CURLOPT_COOKIELIST, "ALL"); });
  }
  [[nodiscard]] RequestCounts counts() const override {
    return {counts_[0].load(), counts_[1].load(), counts_[2].load(), counts_[3].load()};
  }

 private:
  struct Wake {
    CURLM* multi;
    void operator()() const noexcept { curl_multi_wakeup(multi); }
  };

  /// Hands a command to the transfer thread. From that thread itself it goes past the queue, which only that thread
  /// empties.
  void give(Command command) {
    if (std::this_thread::get_id() == thread_.get_id()) {
      own_commands_.push_back(std::move(command));
      return;
    }
    std::shared_ptr<Transfer> transfer;
    if (const auto* submitted = std::get_if<Submit>(&command)) transfer = submitted->transfer;
    if (commands_.push(std::move(command))) {
      curl_multi_wakeup(multi_.get());
    } else if (transfer) {
      transfer->finish(util::fail(cancelled()));
    }
  }

  /// Does the work on the transfer thread and waits for it.
  void call(const std::function<void()>& work) {
    if (std::this_thread::get_id() == thread_.get_id()) {
      work();
      return;
    }
    std::promise<void> finished;
    auto future = finished.get_future();
    give(Call{[&] {
      work();
      finished.set_value();
    }});
    future.wait();
  }

  void run() {
    // Signals are for the threads of cli; SIGPIPE from a TLS write must not end the process.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (!closing_.load()) {
      take_commands();
      if (options_.stop.stop_requested()) end_all();
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      take_finished();
      end_stalled();
      serve_over_rate();
      if (!own_commands_.empty()) continue;
      curl_multi_poll(multi_.get(), nullptr, 0, poll_ms(), nullptr);
    }
    take_commands();
    end_all();
    // What the callbacks submitted meanwhile ends as well.
    while (!own_commands_.empty()) take_commands();
  }

  void take_commands() {
    for (std::size_t taken = 0; taken < 2 * kQueueLength; ++taken) {
      std::optional<Command> command;
      if (!own_commands_.empty()) {
        command = std::move(own_commands_.front());
        own_commands_.pop_front();
      } else {
        command = commands_.try_pop();
      }
      if (!command) return;
      std::visit([this](auto& which) { take(which); }, *command);
    }
    curl_multi_wakeup(multi_.get());  // there may be more
  }

  void take(Submit& submit) { start(std::move(submit.transfer)); }
  void take(Resume& resume) {
    const auto found = active_.find(resume.id);
    if (found != active_.end()) found->second->resume();
  }
  void take(Cancel& cancel) { end(cancel.id, util::fail(cancelled())); }
  void take(Call& work) { work.work(); }

  void start(std::shared_ptr<Transfer> transfer) {
    if (closing_.load() || options_.stop.stop_requested()) {
      transfer->finish(util::fail(cancelled()));
      return;
    }
    if (auto ready = transfer->prepare(spare_handle(transfer->request().cookies), settings_); !ready) {
      retire(*transfer, util::fail(std::move(ready).error()));
      return;
    }
    counts_[static_cast<std::size_t>(transfer->request().kind)].fetch_add(1);
    curl_multi_add_handle(multi_.get(), transfer->easy());
    active_.emplace(transfer->id(), std::move(transfer));
  }

  EasyHandle spare_handle(CookieUse cookies) {
    auto& pool = cookies == CookieUse::account ? spare_with_jar_ : spare_;
    if (pool.empty()) {
      EasyHandle fresh(curl_easy_init());
      I2I_ASSERT(fresh);
      return fresh;
    }
    EasyHandle handle = std::move(pool.back());
    pool.pop_back();
    // A reset of libcurl 7.88 forgets its list of cookie files without freeing it: a few bytes a transfer, for ever.
    curl_easy_setopt(handle.get(), CURLOPT_COOKIEFILE, nullptr);
    curl_easy_reset(handle.get());
    return handle;
  }

  /// Ends a transfer that is no longer in the multi handle. Handles that saw the jar never serve a request without it.
  void retire(Transfer& transfer, util::Result<Response> result) {
    auto& pool = transfer.request().cookies == CookieUse::account ? spare_with_jar_ : spare_;
    EasyHandle handle = transfer.take_easy();
    if (handle && pool.size() < static_cast<std::size_t>(kKeptConnections)) pool.push_back(std::move(handle));
    transfer.finish(std::move(result));
  }

  void end(TransferId id, util::Result<Response> result) {
    const auto found = active_.find(id);
    if (found == active_.end()) return;
    const std::shared_ptr<Transfer> transfer = std::move(found->second);
    active_.erase(found);
    curl_multi_remove_handle(multi_.get(), transfer->easy());
    retire(*transfer, std::move(result));
  }

  void take_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      char* pointer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &pointer);
      auto* transfer = static_cast<Transfer*>(static_cast<void*>(pointer));
      end(transfer->id(), transfer->outcome(code));
    }
  }

  void end_stalled() {
    const auto now = std::chrono::steady_clock::now();
    std::vector<TransferId> stalled;
    for (const auto& [id, transfer] : active_) {
      if (transfer->stalled(now)) stalled.push_back(id);
    }
    for (const TransferId id : stalled) end(id, active_.at(id)->outcome(CURLE_OPERATION_TIMEDOUT));
  }

  void end_all() {
    while (!active_.empty()) end(active_.begin()->first, util::fail(cancelled()));
  }

  /// Offers their bytes again to downloads that wait for the rate limit: the one after the last that got some first, so
  /// that all get their share.
  void serve_over_rate() {
    if (!rate_limit_) return;
    std::vector<TransferId> hungry;
    for (const auto& [id, transfer] : active_) {
      if (transfer->over_rate()) hungry.push_back(id);
    }
    std::sort(hungry.begin(), hungry.end());
    std::rotate(hungry.begin(), std::upper_bound(hungry.begin(), hungry.end(), last_served_), hungry.end());
    for (const TransferId id : hungry) {
      if (!rate_limit_->open(std::chrono::steady_clock::now())) return;
      last_served_ = id;
      active_.at(id)->resume();
    }
  }

  [[nodiscard]] int poll_ms() {
    if (active_.empty()) return kIdleMs;
    if (!rate_limit_) return kTickMs;
    const bool hungry =
        std::any_of(active_.begin(), active_.end(), [](const auto& one) { return one.second->over_rate(); });
    if (!hungry) return kTickMs;
    return static_cast<int>(
        std::clamp<std::int64_t>(rate_limit_->wait(std::chrono::steady_clock::now()).count(), 1, kTickMs));
  }

  CurlOptions options_;
  TransferSettings settings_;
  util::Fd anchors_file_;
  std::optional<RateLimit> rate_limit_;
  TransferId last_served_ = 0;
  util::BoundedQueue<Command> commands_;
  std::deque<Command> own_commands_;  // transfer thread only, as everything below but the atomics
  std::unique_ptr<CURLM, MultiCleanup> multi_;
  std::unique_ptr<CURLSH, ShareCleanup> jar_;
  EasyHandle jar_handle_;
  std::vector<EasyHandle> spare_;
  std::vector<EasyHandle> spare_with_jar_;
  std::unordered_map<TransferId, std::shared_ptr<Transfer>> active_;
  std::array<std::atomic<std::uint64_t>, 5> counts_{};
  std::atomic<TransferId> next_id_{1};
  std::atomic<bool> closing_{false};
  std::thread thread_;
  std::optional<std::stop_callback<Wake>> on_stop_;
};

}  // namespace

util::Result<std::unique_ptr<CurlClient>> CurlClient::create(CurlOptions options) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return util::fail(util::ErrorCode::internal, "libcurl cannot be started");
  I2I_ASSIGN(std::string anchors, trust_anchors(options.ca_file));
  return std::unique_ptr<CurlClient>(std::make_unique<Client>(std::move(options), std::move(anchors)));
}

}  // namespace i2i::net
