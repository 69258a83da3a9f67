#pragma once
// Work -> bytes, proven, placed. The thread that calls owns the ledger and coordinates; one thread runs the wire, a few
// write and hash, one makes durable.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "app/transfer/launcher.hpp"
#include "app/transfer/part_settler.hpp"
#include "app/transfer/part_writer.hpp"
#include "app/transfer/space_guard.hpp"
#include "i2i/app/report.hpp"
#include "i2i/icloud/cloudkit.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/net/http.hpp"
#include "i2i/net/pacer.hpp"
#include "i2i/util/queue.hpp"

namespace i2i::app {

/// One content to fetch, and where its URL can be had.
struct WorkItem {
  ledger::Placement placement;
  model::ZoneId zone;
  std::string record;  // whose lookup gives the URL: master or asset
  model::RenditionKind kind = model::RenditionKind::original;
  std::string asset;  // for reports
  std::string file;
};

struct TransferReport {
  std::int64_t downloaded = 0;
  std::int64_t bytes = 0;
  std::int64_t unavailable = 0;              // Apple gave no URL
  std::vector<ledger::AwaitedFile> awaited;  // those
  std::vector<Failure> failures;
};

struct TransferParts {
  net::HttpClient& http;
  icloud::CloudKit& cloudkit;
  ledger::Ledger& ledger;
  const util::Root& root;
  util::Clock& clock;
  std::stop_token stop;
  std::size_t jobs = 8;
  std::uint64_t reserve = 0;  // bytes of the volume that are not for photos
  Observer& observer;
  Progress expected;  // totals for the progress line
};

class Transfer {
 public:
  explicit Transfer(TransferParts parts);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  Transfer(Transfer&&) = delete;
  Transfer& operator=(Transfer&&) = delete;

  /// Takes one item; waits (working) while enough are under way. A content already under way is taken once.
  /// Error: the run must stop (disk full, ledger, session, cancelled, iCloud out of reach).
  util::Result<void> add(WorkItem item);
  /// What needs nothing from iCloud's catalogue: files whose address is known go on. For the time that a lookup takes
  /// (called from within it). False where there is nothing of that kind now.
  util::Result<bool> go_on();
  /// Waits for everything under way; stores what arrived whatever happens.
  util::Result<void> finish();
  /// After an error: stores what arrived and cuts the rest short; the .part files stay for the next run.
  void abandon();
  [[nodiscard]] const TransferReport& report() const { return report_; }

 private:
  struct Job {
    WorkItem item;
    std::string url;
    std::chrono::steady_clock::time_point url_at;
    std::shared_ptr<Part> part;
    std::uint64_t furthest = 0;  // bytes it began to resume after
    int url_tries = 0;
    int wire_tries = 0;
    int wrong_tries = 0;
    std::chrono::steady_clock::time_point not_before;
  };
  using JobKey = std::size_t;

  util::Result<void> turn();
  [[nodiscard]] bool wants_lookup() const;
  util::Result<void> look_up();
  util::Result<void> apply_lookup(const std::vector<icloud::LookedUp>& found, const std::vector<JobKey>& asked);
  util::Result<void> start(JobKey key);
  void send(const std::shared_ptr<Part>& part);
  util::Result<void> wake_delayed();
  util::Result<void> wait_for_report();
  util::Result<void> handle(PartReport& report);
  util::Result<void> on_placed(JobKey key, const PlacedFile& placed);
  util::Result<void> on_answer(JobKey key, const PartReport::Answered& answer);
  util::Result<void> on_error(JobKey key, const util::Error& error);
  void resume_at(JobKey key, std::uint64_t offset);
  void note_pace(const PartReport& report);
  void on_no_room(JobKey key);
  void retry(JobKey key, std::chrono::milliseconds delay);
  void look_up_again(JobKey key);
  util::Result<void> give_up(JobKey key, const util::Error& error);
  util::Result<void> store_placed();
  void drain();
  [[nodiscard]] std::chrono::milliseconds delay_for(const Job& job, std::optional<std::chrono::seconds> floor) const;

  TransferParts parts_;
  ledger::Placements placements_;
  util::BoundedQueue<PartReport> reports_;
  SpaceGuard space_;
  net::Pacer pacer_;
  Launcher launcher_;
  PartSettler settler_;
  std::vector<std::unique_ptr<PartWriter>> writers_;
  JobKey next_key_ = 1;
  std::map<JobKey, Job> jobs_;
  std::deque<JobKey> to_look_up_;
  std::vector<JobKey> delayed_;
  std::set<JobKey> in_flight_;
  std::set<model::Checksum> under_way_;
  std::vector<ledger::Placement> placed_;
  int failures_in_a_row_ = 0;
  std::optional<util::Error> no_room_;  // what is on its way comes to its end, nothing else begins
  TransferReport report_;
};

}  // namespace i2i::app
