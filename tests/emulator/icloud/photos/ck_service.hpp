#pragma once
// CloudKit for Photos: zones, listings, changes, lookups. docs/protocol/icloud.md chapters 6 to 9.

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "emulator/common/fault_plan.hpp"
#include "emulator/icloud/photos/library.hpp"
#include "emulator/icloud/photos/record_writer.hpp"
#include "emulator/icloud/photos/signed_url.hpp"

namespace emulator::icloud {

/// Who may come in; the sign-in half decides (icloud/setup/web_sessions.hpp). Empty members let everybody in.
struct CkGate {
  std::function<std::optional<Response>(const Request&)> refuse;
  std::function<std::string(const Request&)> fresh_token_cookie;
};

/// A page of a listing that has just been answered.
struct ListedPage {
  std::string zone;
  std::string record_type;  // the index asked for
  std::int64_t start_rank = 0;
  std::size_t items = 0;
  std::uint64_t number = 0;  // counts all pages since the start, from 1
};

/// How the service behaves where the protocol leaves a choice.
struct CkKnobs {
  bool indexing_finished = true;
  /// records/modify with an old recordChangeTag gives CONFLICT.
  bool strict_change_tags = false;
  /// The client's parameters must stand in the query of all calls but zones/list, which a released client sends bare.
  bool strict_params = true;
  /// A first changes/zone without token answers an empty page with moreComing (§8.2).
  bool empty_first_changes_page = true;
  /// Places of the change log looked at for one changes/zone page: what was changed again since leaves pages short or
  /// empty.
  std::size_t changes_scan = 400;
};

/// Reads knobs by member name onto base. Throws std::invalid_argument for an unknown member.
CkKnobs ck_knobs_from_json(const nlohmann::json& json, CkKnobs base = {});

/// Thread-safe. library and urls must outlive it.
class CkService {
 public:
  CkService(Library& library, const SignedUrls& urls, CkGate gate);

  Response handle(const Request& request);

  /// Called after each page of a listing was written and before it is sent, outside the library's lock: a test may
  /// change the library between two pages.
  void set_after_page(std::function<void(const ListedPage&)> hook);
  [[nodiscard]] CkKnobs knobs() const;
  void set_knobs(const CkKnobs& knobs);

 private:
  struct Call;
  Response route(Call& call);
  Response zones_list(Call& call);
  Response changes_database(Call& call);
  Response changes_zone(Call& call);
  void one_zone_changes(Call& call, const nlohmann::json& wanted);
  Response query(Call& call);
  Response list_items(Call& call, Zone& zone);
  Response list_albums(Call& call, Zone& zone);
  Response counts(Call& call);
  Response lookup(Call& call);
  Response modify(Call& call);

  Library& library_;
  const SignedUrls& urls_;
  CkGate gate_;
  mutable std::mutex mutex_;
  CkKnobs knobs_;
  std::function<void(const ListedPage&)> after_page_;
  std::uint64_t pages_ = 0;
  std::uint64_t requests_ = 0;
};

/// Registers the kinds of fault of docs/protocol/icloud.md §13.5 items 14 to 17 (tests/emulator/README.md lists them).
void add_ck_faults(FaultPlan& plan);

}  // namespace emulator::icloud
