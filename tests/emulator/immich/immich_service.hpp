#pragma once
// A practice Immich: one server with users, keys, libraries and job queues over a real folder. Written from
// docs/protocol/immich.md, above all its §22; it knows nothing of the client.

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "emulator/common/http.hpp"
#include "emulator/immich/config.hpp"

namespace emulator::immich {

/// One call that asks for a change.
struct WriteCall {
  std::string method;
  std::string path;   // as asked, with /api
  std::string route;  // "PUT /assets/:id"
  int status = 0;     // of the answer; 2xx means that something was changed
};

/// All members may be called from several threads.
class ImmichService {
 public:
  /// now: the service's clock; the system's where none is given.
  explicit ImmichService(ImmichConfig config, Now now = {});
  ~ImmichService();
  ImmichService(const ImmichService&) = delete;
  ImmichService& operator=(const ImmichService&) = delete;
  ImmichService(ImmichService&&) = delete;
  ImmichService& operator=(ImmichService&&) = delete;

  /// Answers anything below any path of the host.
  Response handle(const Request& request);

  /// Lets every queue make so many steps.
  void tick(int steps = 1);
  /// Steps until nothing moves any more; false where jobs are left (paused or dead).
  bool settle();
  [[nodiscard]] bool idle() const;

  void set_faults(const Faults& faults);
  /// Changes only the members given. Throws std::invalid_argument.
  void merge_faults(const nlohmann::json& json);
  [[nodiscard]] Faults faults() const;
  /// What a person does on Immich's pages: the asset of that container path goes to the trash, its file stays.
  /// Throws std::invalid_argument where there is none.
  void trash(const std::string& container_path);
  /// What the trash period's end leaves of an asset whose file was away (docs/protocol/immich-observed.md §6): its row
  /// is deleted for good, so the next scan that meets the file draws another id. Same errors.
  void forget(const std::string& container_path);
  /// A person changed the volume's line in the compose file: the server sees it at another path from now on.
  void remount(const std::string& container_prefix);
  void set_version(const Version& version);
  void set_read_only(bool read_only);
  void set_auto_tick(const AutoTick& auto_tick);
  /// Replaces all keys: what an admin does who revokes one in mid-run.
  void set_keys(std::vector<ApiKey> keys);

  /// Every call except GET and those that only ask (search, bulk-upload-check, validate), refused ones included.
  [[nodiscard]] std::vector<WriteCall> write_calls() const;
  /// By route ("POST /libraries/:id/scan"); only answers 2xx.
  [[nodiscard]] std::map<std::string, std::uint64_t> write_counts() const;
  /// Calls that no client of external libraries may make: DELETE /assets, /trash/*, DELETE /libraries/{id}.
  [[nodiscard]] std::vector<WriteCall> forbidden_calls() const;
  void clear_calls();

  /// Everything above for a control route: assets, queues, calls.
  [[nodiscard]] nlohmann::json describe() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace emulator::immich
