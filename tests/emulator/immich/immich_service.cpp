#include "emulator/immich/immich_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

constexpr std::size_t kLargestBody = 10U << 20U;
constexpr std::int64_t kMostAutoTicks = 20'000;

Response page() {
  Response response;
  response.headers.set("Content-Type", "text/html; charset=utf-8");
  response.body = "<!doctype html><html><head><title>Immich</title></head><body>Immich</body></html>\n";
  return response;
}

Json read_body(const Request& request) {
  if (request.body.empty()) return Json();
  if (request.body.size() > kLargestBody) refuse(413, "request entity too large");
  const std::string type = request.headers.value("content-type");
  if (type.find("json") == std::string::npos) return Json();
  Json body = Json::parse(request.body, nullptr, false);
  if (body.is_discarded()) refuse(400, "Unexpected token in JSON");
  return body;
}

Json read_query(const Request& request) {
  Json query = Json::object();
  for (const auto& [name, value] : request.query)
    query[name] = value == "true" ? Json(true) : value == "false" ? Json(false) : Json(value);
  return query;
}

bool forbidden(const std::string& method, const std::string& path) {
  if (path.starts_with("/trash/") && method != "GET") return true;
  if (method != "DELETE") return false;
  return path == "/assets" || (path.starts_with("/libraries/") && path.find('/', 11) == std::string::npos);
}

bool answers_in_maintenance(const std::string& path) {
  return path == "/server/ping" || path == "/server/version" || path == "/server/config";
}

}  // namespace

class ImmichService::Impl {
 public:
  Impl(ImmichConfig config, Now now) : world(std::move(config), std::move(now)), last_tick_at_(world.now()) {
    add_server_routes(router_);
    add_library_routes(router_);
    add_queue_routes(router_);
    add_metadata_routes(router_);
    add_asset_routes(router_);
    add_upload_routes(router_);
    add_folder_routes(router_);
    add_update_routes(router_);
    add_search_routes(router_);
    add_album_routes(router_);
    add_stack_routes(router_);
    add_tag_routes(router_);
    if (world.config.removal) add_removal_routes(router_);
  }

  Response handle(const Request& request) {
    if (request.path == "/.well-known/immich") return json_response(200, {{"api", {{"endpoint", "/api"}}}});
    const bool api = request.path == "/api" || request.path.starts_with("/api/");
    if (!api && (request.method == "GET" || request.method == "HEAD")) return page();
    const std::string correlation_id = fmt::format("{:08x}", world.random() & 0xFFFFFFFFULL);
    try {
      if (!api) refuse(404, "Cannot " + request.method + " " + request.path);
      return answer(request, request.path.substr(4));
    } catch (const ApiError& error) {
      return error_response(error, world.version(), correlation_id);
    } catch (const std::exception&) {
      return error_response({500, "Internal server error", {}}, world.version(), correlation_id);
    }
  }

  void tick() { world.queues.tick(world); }

  World world;
  mutable std::mutex mutex;
  std::vector<WriteCall> writes, forbidden_ones;

 private:
  Response answer(const Request& request, const std::string& path) {
    advance(request.method == "GET" && (path.starts_with("/jobs") || path.starts_with("/queues")));
    if (!world.config.removal && forbidden(request.method, path)) {
      forbidden_ones.push_back({request.method, request.path, request.method + " " + path, 500});
      writes.push_back(forbidden_ones.back());
      refuse(500, "The practice service deletes nothing; this call was recorded");
    }
    const auto match = router_.match(request.method, path, world.version());
    if (match.route == nullptr) refuse(404, "Cannot " + request.method + " " + request.path);
    // Which answer others get is not known; "unreachable, retry later" is what a client must make of it (§4.2).
    if (world.faults().maintenance_mode && world.version().at_least(2, 3) && !answers_in_maintenance(path))
      refuse(503, "The server is in maintenance mode");
    const bool writes_something = request.method != "GET" && request.method != "HEAD" && !match.route->reads;
    if (!writes_something) return run(request, match);
    const std::size_t at = writes.size();
    writes.push_back({request.method, request.path, match.route->method + " " + match.route->pattern, 500});
    try {
      Response response = run(request, match);
      writes[at].status = response.status;
      return response;
    } catch (const ApiError& error) {
      writes[at].status = error.status;
      throw;
    }
  }

  Response run(const Request& request, const Router::Match& match) {
    Call call{world, request, nullptr, nullptr, match.parts, Json(), Json()};
    const Json body = read_body(request);
    authorise(call, *match.route);
    call.body = body;
    call.query = read_query(request);
    check_ids(*match.route, match.parts, world.version());
    return match.route->action(call);
  }

  /// Work goes on by the clock, and a little with each look at the queues, so that a client sees it move and end.
  void advance(bool reads_queues) {
    const AutoTick& settings = world.config.auto_tick;
    const std::int64_t now = world.now();
    const std::int64_t elapsed = std::max<std::int64_t>(0, now - last_tick_at_);
    if (!settings.enabled || world.queues.backlog() == 0) {
      last_tick_at_ = now;
      if (settings.enabled && reads_queues) tick();  // foreign jobs go on too
      return;
    }
    const auto faster = static_cast<std::int64_t>(1 + world.queues.backlog() / 500);
    std::int64_t ticks = std::min(elapsed, kMostAutoTicks) * settings.ticks_per_second / 1000;
    if (ticks > 0) last_tick_at_ = now;
    ticks = ticks * faster + (reads_queues ? settings.ticks_per_read : 0);
    for (std::int64_t i = 0; i < std::min(ticks, kMostAutoTicks); ++i) tick();
  }

  Router router_;
  std::int64_t last_tick_at_;
};

ImmichService::ImmichService(ImmichConfig config, Now now)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(now))) {}
ImmichService::~ImmichService() = default;

Response ImmichService::handle(const Request& request) {
  const std::lock_guard lock(impl_->mutex);
  return impl_->handle(request);
}

void ImmichService::tick(int steps) {
  const std::lock_guard lock(impl_->mutex);
  for (int i = 0; i < steps; ++i) impl_->tick();
}

bool ImmichService::settle() {
  const std::lock_guard lock(impl_->mutex);
  Queues& queues = impl_->world.queues;
  // Whatever is not paused or dead shrinks or passes work on; chains have four links, so a still backlog is stuck.
  std::uint64_t before = queues.backlog();
  for (int still = 0; before > 0 && still < 10; ++still) {
    impl_->tick();
    if (queues.backlog() != before) still = 0;
    before = queues.backlog();
  }
  return before == 0;
}

bool ImmichService::idle() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->world.queues.backlog() == 0;
}

void ImmichService::set_faults(const Faults& faults) {
  const std::lock_guard lock(impl_->mutex);
  impl_->world.config.faults = faults;
  impl_->world.queues.pause_only(faults.paused_queues);
}

void ImmichService::merge_faults(const nlohmann::json& json) {
  const std::lock_guard lock(impl_->mutex);
  immich::merge_faults(impl_->world.config.faults, json);
  if (json.contains("paused_queues")) impl_->world.queues.pause_only(impl_->world.config.faults.paused_queues);
}

Faults ImmichService::faults() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->world.config.faults;
}

void ImmichService::trash(const std::string& container_path) {
  const std::lock_guard lock(impl_->mutex);
  for (auto& [id, asset] : impl_->world.assets) {
    if (asset.path != container_path || asset.deleted_at) continue;
    asset.status = Status::trashed;
    asset.deleted_at = asset.updated_at = impl_->world.now();
    return;
  }
  throw std::invalid_argument("immich: nothing to trash at " + container_path);
}

void ImmichService::forget(const std::string& container_path) {
  const std::lock_guard lock(impl_->mutex);
  if (!impl_->world.forget(container_path))
    throw std::invalid_argument("immich: nothing to forget at " + container_path);
}

void ImmichService::remount(const std::string& container_prefix) {
  const std::lock_guard lock(impl_->mutex);
  impl_->world.config.container_prefix = container_prefix;
}

void ImmichService::set_version(const Version& version) {
  const std::lock_guard lock(impl_->mutex);
  impl_->world.config.version = version;
}

void ImmichService::set_read_only(bool read_only) {
  const std::lock_guard lock(impl_->mutex);
  impl_->world.config.read_only = read_only;
}

void ImmichService::set_auto_tick(const AutoTick& auto_tick) {
  const std::lock_guard lock(impl_->mutex);
  impl_->world.config.auto_tick = auto_tick;
}

void ImmichService::set_keys(std::vector<ApiKey> keys) {
  const std::lock_guard lock(impl_->mutex);
  for (ApiKey& key : keys) {
    if (key.owner.empty()) key.owner = impl_->world.config.users.front().id;
    if (key.id.empty()) key.id = impl_->world.new_id();
  }
  impl_->world.config.keys = std::move(keys);
}

std::vector<WriteCall> ImmichService::write_calls() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->writes;
}

std::map<std::string, std::uint64_t> ImmichService::write_counts() const {
  const std::lock_guard lock(impl_->mutex);
  std::map<std::string, std::uint64_t> counts;
  for (const WriteCall& call : impl_->writes)
    if (call.status >= 200 && call.status < 300) ++counts[call.route];
  return counts;
}

std::vector<WriteCall> ImmichService::forbidden_calls() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->forbidden_ones;
}

void ImmichService::clear_calls() {
  const std::lock_guard lock(impl_->mutex);
  impl_->writes.clear();
  impl_->forbidden_ones.clear();
}

nlohmann::json ImmichService::describe() const {
  const std::map<std::string, std::uint64_t> counts = write_counts();
  const std::lock_guard lock(impl_->mutex);
  const World& world = impl_->world;
  Json calls = Json::array();
  for (const WriteCall& call : impl_->writes)
    calls.push_back({{"method", call.method}, {"path", call.path}, {"route", call.route}, {"status", call.status}});
  Json assets = Json::array();
  for (const auto& [id, asset] : world.assets)
    assets.push_back({{"id", id},
                      {"path", asset.path},
                      {"isFavorite", asset.is_favorite},
                      {"isOffline", asset.is_offline},
                      {"visibility", name_of(asset.visibility)},
                      {"livePhotoVideoId", asset.live_video_id},
                      {"stackId", asset.stack_id},
                      {"extracted", asset.exif.has_value()}});
  Json albums = Json::array();
  for (const Album& album : world.albums)
    albums.push_back({{"id", album.id}, {"name", album.name}, {"assets", album.assets}});
  Json stacks = Json::array();
  for (const auto& [id, stack] : world.stacks)
    stacks.push_back({{"id", id}, {"primary", stack.primary_id}, {"assets", stack.assets}});
  return {{"version", world.version().text()},
          {"backlog", world.queues.backlog()},
          {"writeCalls", calls},
          {"writeCounts", counts},
          {"forbiddenCalls", impl_->forbidden_ones.size()},
          {"assets", assets},
          {"albums", albums},
          {"stacks", stacks},
          {"libraries", world.libraries.size()}};
}

}  // namespace emulator::immich
