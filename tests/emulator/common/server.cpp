#include "emulator/common/server.hpp"

#include <httplib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <ctime>
#include <stdexcept>
#include <thread>

#include "emulator/common/range.hpp"

namespace emulator {
namespace {

constexpr std::size_t kChunk = 256 * 1024;

/// Port of one end of a socket, or 0.
int port_of(int fd, bool peer) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if ((peer ? getpeername(fd, generic, &size) : getsockname(fd, generic, &size)) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
  return 0;
}

/// Calls action with every connected socket of ours whose own port is local (and whose peer's is remote, unless 0).
/// httplib does not give sockets away; asking the kernel about each descriptor is slow, but only faults and the end do
/// it.
template <typename Action>
void for_each_connection(int local, int remote, const Action& action) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const int top = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 4096));
  for (int fd = 3; fd < top; ++fd) {
    const int peer = port_of(fd, true);
    if (peer == 0 || port_of(fd, false) != local) continue;
    if (remote == 0 || peer == remote) action(fd);
  }
}

void close_connection(int fd) { ::shutdown(fd, SHUT_RDWR); }

/// Connecting to "no address" makes the kernel drop the connection with a reset at once.
void reset_connection(int fd) {
  sockaddr nowhere{};
  nowhere.sa_family = AF_UNSPEC;
  ::connect(fd, &nowhere, sizeof nowhere);
}

Request to_request(const httplib::Request& from) {
  Request request;
  request.method = from.method;
  request.path = from.path;
  request.target = from.target;
  for (const auto& [name, value] : from.params) request.query.emplace(name, value);
  for (const auto& [name, value] : from.headers) {
    if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" && name != "LOCAL_PORT") {
      request.headers.add(name, value);
    }
  }
  request.host = request.headers.value("Host");
  if (const auto colon = request.host.rfind(':'); colon != std::string::npos) request.host.resize(colon);
  std::transform(request.host.begin(), request.host.end(), request.host.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  request.body = from.body;
  for (const auto& [name, part] : from.files) request.form.push_back({name, part.filename, part.content});
  return request;
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  std::array<char, 64> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &parts));
  return {text.data(), size};
}

/// Sleeps so that sent bytes take as long as the rate wants.
void pace(std::chrono::steady_clock::time_point start, std::uint64_t sent, std::uint64_t bytes_per_second) {
  if (bytes_per_second == 0) return;
  const double seconds = static_cast<double>(sent) / static_cast<double>(bytes_per_second);
  std::this_thread::sleep_until(
      start + std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds)));
}

/// What a body needs while it is being sent.
struct Sending {
  Response response;
  std::uint64_t total = 0;
  int local_port = 0;
  int remote_port = 0;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();

  [[nodiscard]] std::string part(std::uint64_t offset, std::size_t size) const {
    if (response.source) return response.source(offset, size);
    return response.body.substr(offset, size);
  }

  /// Sends the next piece; false ends the connection.
  bool step(std::uint64_t offset, std::uint64_t left, httplib::DataSink& sink) {
    const Wire& wire = response.wire;
    if (wire.end_after && offset >= *wire.end_after) {
      if (wire.reset) for_each_connection(local_port, remote_port, reset_connection);
      return false;
    }
    std::uint64_t size = std::min<std::uint64_t>(left, kChunk);
    if (wire.bytes_per_second > 0) size = std::clamp<std::uint64_t>(wire.bytes_per_second / 20, 1, size);
    if (wire.end_after) size = std::min(size, *wire.end_after - offset);
    const std::string piece = part(offset, static_cast<std::size_t>(size));
    if (piece.empty()) return false;
    if (!sink.write(piece.data(), piece.size())) return false;
    pace(start, offset + piece.size(), wire.bytes_per_second);
    return true;
  }
};

}  // namespace

class HttpServer::Impl {
 public:
  Impl(Handler handler, const ServerOptions& options) : handler_(std::move(handler)) {
    if (options.certificate_file.empty()) {
      server_ = std::make_unique<httplib::Server>();
    } else {
      server_ = std::make_unique<httplib::SSLServer>(options.certificate_file.c_str(), options.key_file.c_str());
    }
    if (!server_->is_valid()) throw std::runtime_error("the practice server does not accept its certificate");
    server_->new_task_queue = [threads = options.threads] { return new httplib::ThreadPool(threads); };
    server_->set_tcp_nodelay(true);
    server_->set_keep_alive_max_count(1000000);
    server_->set_keep_alive_timeout(30);
    server_->set_read_timeout(30);
    server_->set_write_timeout(60);
    // Without a length there is no body (RFC 9112 §6.3); httplib would wait for the connection's end.
    server_->set_pre_routing_handler([](const httplib::Request& request, httplib::Response&) {
      if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) {
        const_cast<httplib::Request&>(request).headers.emplace("Content-Length", "0");  // NOLINT(*-const-cast)
      }
      return httplib::Server::HandlerResponse::Unhandled;
    });
    // RFC 9110 §6.6.1: an origin server with a clock sends it.
    server_->set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.has_header("Date")) response.set_header("Date", http_date());
    });
    const auto serve = [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    };
    const std::string all = R"([\s\S]*)";
    server_->Get(all, serve).Post(all, serve).Put(all, serve).Patch(all, serve).Delete(all, serve).Options(all, serve);
    if (options.port == 0) {
      port_ = server_->bind_to_any_port("127.0.0.1");
    } else if (server_->bind_to_port("127.0.0.1", options.port)) {
      port_ = options.port;
    }
    if (port_ <= 0) throw std::runtime_error("port " + std::to_string(options.port) + " on 127.0.0.1 is taken");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  Impl(Impl&&) = delete;
  Impl& operator=(Impl&&) = delete;

  void stop() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    server_->stop();
    // Idle connections would hold their threads until the keep-alive time is over.
    for_each_connection(port_, 0, close_connection);
    thread_.join();
  }

  [[nodiscard]] int port() const { return port_; }

 private:
  void answer(const httplib::Request& from, httplib::Response& to) {
    const Request request = to_request(from);
    // Ranges are ours (apply_range): httplib would slice a second time.
    const_cast<httplib::Request&>(from).ranges.clear();  // NOLINT(*-const-cast)
    auto sending = std::make_shared<Sending>();
    try {
      sending->response = apply_range(request, handler_(request));
    } catch (const std::exception& error) {
      sending->response.status = 500;
      sending->response.body = std::string("practice service: ") + error.what() + "\n";
      sending->response.headers.set("Content-Type", "text/plain");
    }
    Response& response = sending->response;
    wait(response.wire.delay_ms);
    to.status = response.status;
    for (const auto& [name, value] : response.headers.fields()) {
      if (value.find_first_of("\r\n") == std::string::npos) to.headers.emplace(name, value);
    }
    const bool empty_answer = response.status == 204 || response.status == 304;
    const bool plain = !response.source && response.wire.bytes_per_second == 0 && !response.wire.end_after &&
                       !response.wire.without_length;
    if (plain || empty_answer || response.size() == 0) {
      if (!empty_answer) to.body = std::move(response.body);
      if (response.wire.end_after) {
        // There is no body to cut: the connection ends before the first byte of the answer.
        for_each_connection(port_, from.remote_port, response.wire.reset ? reset_connection : close_connection);
        to.headers.emplace("Connection", "close");
      }
      return;
    }
    sending->total = response.size();
    sending->local_port = port_;
    sending->remote_port = from.remote_port;
    const std::string type = response.headers.value("Content-Type");
    to.headers.erase("Content-Type");
    const std::string content_type = type.empty() ? "application/octet-stream" : type;
    if (response.wire.without_length) {
      to.headers.emplace("Connection", "close");
      to.set_content_provider(content_type, [sending](std::size_t offset, httplib::DataSink& sink) {
        if (offset >= sending->total) {
          sink.done();
          return true;
        }
        return sending->step(offset, sending->total - offset, sink);
      });
      return;
    }
    to.set_content_provider(static_cast<std::size_t>(sending->total), content_type,
                            [sending](std::size_t offset, std::size_t left, httplib::DataSink& sink) {
                              return sending->step(offset, left, sink);
                            });
  }

  /// Waits, but not past the server's end.
  void wait(std::uint32_t delay_ms) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(delay_ms);
    while (!stopping_ && std::chrono::steady_clock::now() < until) {
      const auto left = until - std::chrono::steady_clock::now();
      std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(left, std::chrono::milliseconds(100)));
    }
  }

  Handler handler_;
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

HttpServer::HttpServer(Handler handler, const ServerOptions& options)
    : impl_(std::make_unique<Impl>(std::move(handler), options)) {}
HttpServer::~HttpServer() = default;
int HttpServer::port() const { return impl_->port(); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace emulator
