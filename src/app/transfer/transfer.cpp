#include "app/transfer/transfer.hpp"

#include <algorithm>
#include <functional>

#include "app/transfer/part_file.hpp"
#include "i2i/net/retry.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

constexpr std::size_t kWriters = 3;
constexpr std::size_t kMaxJobs = 64;
constexpr std::size_t kLookupBatch = 100;  // docs/protocol/icloud.md §7.7
constexpr std::size_t kUnderWay = 3 * kLookupBatch;
constexpr std::size_t kUnsettledTimes = 2;  // of the jobs: whose bytes are here, and the disk still works on them
static_assert(kUnderWay < PartWriter::kMaxParts);
constexpr std::size_t kGroup = 64;  // ledger rows in one transaction
constexpr int kUrlTries = 3;
constexpr int kWireTries = 6;
constexpr int kWrongTries = 2;
constexpr int kFailuresInARow = 12;               // iCloud's content hosts are out of reach, not these files
constexpr std::chrono::seconds kHoldAtMost{600};  // for one Retry-After; longer than that it is asked again
constexpr std::chrono::milliseconds kDrainStep{200};
constexpr auto kUrlLife = std::chrono::minutes(25);  // §4.6: an hour, felt as 30 minutes at times
constexpr net::Backoff kBackoff{std::chrono::milliseconds(500), std::chrono::milliseconds(60'000), kWireTries};

bool stops_the_run(ErrorCode code) {
  const auto action = net::action_for(code);
  return action == net::Action::stop_run;
}

}  // namespace

Transfer::Transfer(TransferParts parts)
    : parts_(std::move(parts)),
      placements_(parts_.ledger),
      // Two reports of every file under way fit: putting one never waits.
      reports_(2 * (kUnderWay + 2)),
      space_(parts_.root, parts_.clock, parts_.reserve),
      pacer_(std::clamp<std::size_t>(parts_.jobs, 1, kMaxJobs)),
      launcher_({pacer_.allowed(), kUnsettledTimes * pacer_.allowed(), kUrlLife}, parts_.clock, space_, reports_,
                [this](const std::shared_ptr<Part>& part) { send(part); }),
      settler_(parts_.root, reports_, parts_.stop) {
  for (std::size_t i = 0; i < std::min(kWriters, pacer_.allowed()); ++i) {
    writers_.push_back(std::make_unique<PartWriter>(
        parts_.root, parts_.http, PartWriter::Ways{reports_, settler_.proven(), space_}, parts_.stop));
  }
}

Transfer::~Transfer() { abandon(); }

Result<void> Transfer::add(WorkItem item) {
  if (under_way_.contains(item.placement.checksum)) return {};
  under_way_.insert(item.placement.checksum);
  const JobKey key = next_key_++;
  jobs_.emplace(key, Job{std::move(item), {}, {}, nullptr, 0, 0, 0, 0, {}});
  to_look_up_.push_back(key);
  if (to_look_up_.size() >= kLookupBatch && wants_lookup()) I2I_TRY(look_up());
  // One batch on the wire and behind it, one in the line, one to be looked up: bounded memory, and URLs never get old.
  while (jobs_.size() >= kUnderWay) I2I_TRY(turn());
  return {};
}

Result<void> Transfer::finish() {
  Result<void> outcome;
  while (outcome && !jobs_.empty()) outcome = turn();
  drain();
  // A row that could not be written is no success: the run must not remember that everything is placed.
  if (auto stored = store_placed(); !stored && outcome) outcome = stored;
  return outcome;
}

Result<void> Transfer::turn() {
  if (parts_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while transferring");
  if (no_room_ && in_flight_.empty()) return fail(*no_room_);
  I2I_TRY(wake_delayed());
  if (wants_lookup()) I2I_TRY(look_up());
  launcher_.start_more();
  I2I_TRY(wait_for_report());
  if (placed_.size() >= kGroup) I2I_TRY(store_placed());
  return {};
}

Result<bool> Transfer::go_on() {
  I2I_TRY(wake_delayed());
  launcher_.start_more();
  if (in_flight_.empty() && delayed_.empty()) return false;
  I2I_TRY(wait_for_report());
  if (placed_.size() >= kGroup) I2I_TRY(store_placed());
  return true;
}

/// A whole batch as soon as the line is shorter than one: the files in it are fetched while the lookup is on its way.
/// Less than a batch only where nothing else is left to do.
bool Transfer::wants_lookup() const {
  if (to_look_up_.empty() || no_room_) return false;
  if (to_look_up_.size() >= kLookupBatch) return launcher_.waiting() < kLookupBatch;
  return launcher_.waiting() == 0 && launcher_.on_wire() < pacer_.allowed();
}

/// Fresh URLs for up to a batch of records of one zone.
Result<void> Transfer::look_up() {
  const model::ZoneId zone = jobs_.at(to_look_up_.front()).item.zone;
  std::vector<JobKey> asked;
  std::vector<std::string> names;
  std::deque<JobKey> rest;
  for (const JobKey key : to_look_up_) {
    const auto& item = jobs_.at(key).item;
    const bool known = std::find(names.begin(), names.end(), item.record) != names.end();
    if (item.zone == zone && (known || names.size() < kLookupBatch)) {
      if (!known) names.push_back(item.record);
      asked.push_back(key);
    } else {
      rest.push_back(key);
    }
  }
  // Before the lookup: what goes on meanwhile may add to the line.
  to_look_up_ = std::move(rest);
  I2I_ASSIGN(const auto found, parts_.cloudkit.lookup(zone, names));
  return apply_lookup(found, asked);
}

Result<void> Transfer::apply_lookup(const std::vector<icloud::LookedUp>& found, const std::vector<JobKey>& asked) {
  std::map<std::string, const icloud::LookedUp*> by_name;
  for (const auto& record : found) by_name[record.name] = &record;
  for (const JobKey key : asked) {
    Job& job = jobs_.at(key);
    const auto it = by_name.find(job.item.record);
    const model::Rendition* rendition = nullptr;
    if (it != by_name.end() && !it->second->gone && it->second->record) {
      rendition = model::rendition_of(*it->second->record, job.item.kind);
    }
    if (rendition == nullptr || rendition->url.empty() || rendition->checksum != job.item.placement.checksum) {
      // Gone, not offered, or another content by now: the next catalogue says which. Not a failure of ours.
      util::log_debug("iCloud offers no {} for {} now", model::to_string(job.item.kind),
                      util::escape_for_terminal(job.item.file));
      ++report_.unavailable;
      report_.awaited.push_back({job.item.zone, job.item.record, job.item.kind});
      under_way_.erase(job.item.placement.checksum);
      jobs_.erase(key);
      continue;
    }
    job.url = rendition->url;
    job.url_at = parts_.clock.steady();
    I2I_TRY(start(key));
  }
  return {};
}

/// Into the line; by way of a writer where an earlier attempt left something.
Result<void> Transfer::start(JobKey key) {
  if (no_room_) return {};  // found out while its lookup was on its way: nobody would take it from the line
  Job& job = jobs_.at(key);
  const auto& placement = job.item.placement;
  job.part = std::make_shared<Part>();
  // A file that replaces another is a second younger: Immich looks at nothing else.
  const bool repairs = placement.state == ledger::PlacementState::damaged;
  job.part->task = {placement.checksum, placement.size, placement.path, placement.mtime_ms + (repairs ? 1000 : 0),
                    repairs ? PlaceWay::repair : PlaceWay::new_file};
  job.part->owner = key;
  job.part->url = job.url;
  job.part->url_at = job.url_at;
  I2I_ASSIGN(const auto left, parts_.root.facts(part_path(placement.checksum)));
  in_flight_.insert(key);
  if (placement.size == 0 || (left && left->size > 0)) {
    writers_[key % writers_.size()]->prepare(job.part);
  } else {
    launcher_.add(job.part);
  }
  return {};
}

/// All bytes from offset on are to come.
void Transfer::resume_at(JobKey key, std::uint64_t offset) {
  Job& job = jobs_.at(key);
  if (offset >= job.item.placement.size) return;  // nothing is: the writer goes on by itself
  // It moves on: not the same failure again and again. Beyond the furthest it ever was: what is dropped and fetched
  // anew does not move on.
  if (offset > job.furthest) {
    job.wire_tries = 0;
    job.furthest = offset;
  }
  if (no_room_) {  // found out while what is there was hashed
    in_flight_.erase(key);
    return;
  }
  job.part->offset = offset;
  launcher_.add(job.part);
}

/// On the transfer thread, or on the coordinating one.
void Transfer::send(const std::shared_ptr<Part>& part) {
  net::Request request;
  request.url = part->url;
  request.kind = net::RequestKind::download;
  request.timeout = std::chrono::milliseconds(0);
  if (part->offset > 0) request.headers.add("Range", "bytes=" + std::to_string(part->offset) + "-");
  PartWriter& writer = *writers_[part->owner % writers_.size()];
  request.sink = writer.sink_for(part);
  part->transfer = parts_.http.submit(std::move(request), [this, &writer, part](Result<net::Response> response) {
    // The next one first. After the last line this object may be gone.
    launcher_.slot_free();
    writer.ended(part, std::move(response));
  });
  // The writer leaves a transfer alone whose id it does not know yet; one that paused before the store is woken here.
  if (part->paused.exchange(false)) parts_.http.resume(part->transfer.load());
}

Result<void> Transfer::wake_delayed() {
  const auto now = parts_.clock.steady();
  std::vector<JobKey> woken;
  std::erase_if(delayed_, [&](JobKey key) {
    if (jobs_.at(key).not_before > now) return false;
    woken.push_back(key);
    return true;
  });
  if (no_room_) return {};
  for (const JobKey key : woken) I2I_TRY(start(key));
  return {};
}

Result<void> Transfer::wait_for_report() {
  if (in_flight_.empty() && delayed_.empty()) return {};
  auto report = reports_.pop_for(std::chrono::milliseconds(200));
  while (report) {
    I2I_TRY(handle(*report));
    report = reports_.try_pop();
  }
  return {};
}

Result<void> Transfer::handle(PartReport& report) {
  const JobKey key = report.part->owner;
  if (const auto* prepared = std::get_if<PartReport::Prepared>(&report.what)) {
    resume_at(key, prepared->offset);
    return {};
  }
  in_flight_.erase(key);
  launcher_.settled(*report.part);
  report_.bytes += static_cast<std::int64_t>(report.bytes_received);
  note_pace(report);
  if (const auto* placed = std::get_if<PlacedFile>(&report.what)) return on_placed(key, *placed);
  if (const auto* answer = std::get_if<PartReport::Answered>(&report.what)) return on_answer(key, *answer);
  if (std::holds_alternative<PartReport::Stale>(report.what)) {
    look_up_again(key);
    return {};
  }
  if (std::holds_alternative<PartReport::NoRoom>(report.what)) {
    on_no_room(key);
    return {};
  }
  return on_error(key, std::get<util::Error>(report.what));
}

/// Fewer at a time where the server says so or is slow, more again after good answers.
void Transfer::note_pace(const PartReport& report) {
  const auto* answer = std::get_if<PartReport::Answered>(&report.what);
  const auto* error = std::get_if<util::Error>(&report.what);
  if (answer != nullptr && (answer->status == 429 || answer->status >= 500)) {
    pacer_.throttled();
    // The time is meant for the server, not for this file.
    if (answer->retry_after) launcher_.hold_until(parts_.clock.steady() + std::min(*answer->retry_after, kHoldAtMost));
  } else if (error != nullptr && error->code == ErrorCode::unreachable && report.bytes_received > 0) {
    pacer_.throttled();
  } else if (std::holds_alternative<PlacedFile>(report.what)) {
    pacer_.succeeded(report.first_byte);
  }
  launcher_.allow(pacer_.allowed());
}

/// What is under way comes to its end; nothing else begins.
void Transfer::on_no_room(JobKey key) {
  if (!no_room_) {
    no_room_ = util::Error{ErrorCode::volume_full,
                           "there is no room for " + jobs_.at(key).item.file + " (" +
                               util::human_bytes(jobs_.at(key).item.placement.size) + ") on " + parts_.root.path(),
                           "Free some space there, then run again; what was fetched stays.", std::nullopt};
    for (const auto& part : launcher_.stop()) in_flight_.erase(part->owner);
  }
}

Result<void> Transfer::on_placed(JobKey key, const PlacedFile& placed) {
  Job& job = jobs_.at(key);
  failures_in_a_row_ = 0;
  ++report_.downloaded;
  ledger::Placement row = job.item.placement;
  row.state = ledger::PlacementState::placed;
  row.size = placed.proof.size;
  row.sha1_hex = placed.proof.sha1_hex;
  row.mtime_ms = placed.mtime_ms;
  row.proven = model::is_provable(row.checksum);
  row.adopted = false;
  row.proven_at = parts_.clock.now();
  util::log_debug("placed {}", util::escape_for_terminal(row.path));
  placed_.push_back(std::move(row));
  under_way_.erase(job.item.placement.checksum);
  jobs_.erase(key);
  Progress progress = parts_.expected;
  progress.phase = Progress::Phase::transferring;
  progress.done = report_.downloaded;
  progress.done_bytes = report_.bytes;
  parts_.observer.progress(progress);
  return {};
}

Result<void> Transfer::on_answer(JobKey key, const PartReport::Answered& answer) {
  Job& job = jobs_.at(key);
  const std::string said = "the content server answered " + std::to_string(answer.status);
  switch (answer.status) {
    case 400:
    case 401:
    case 403:
    case 404:
    case 410:
      if (++job.url_tries <= kUrlTries) {
        look_up_again(key);
        return {};
      }
      return give_up(key, {ErrorCode::not_found, said, "It is tried again in the next run.", std::nullopt});
    case 416:
      if (++job.wire_tries <= kWireTries) {
        retry(key, std::chrono::milliseconds(0));
        return {};
      }
      break;
    default:
      if (++job.wire_tries <= kWireTries) {
        retry(key, delay_for(job, answer.retry_after));
        return {};
      }
      break;
  }
  return give_up(key, {ErrorCode::throttled, said + " again and again", "Try again in an hour.", answer.retry_after});
}

Result<void> Transfer::on_error(JobKey key, const util::Error& error) {
  Job& job = jobs_.at(key);
  if (stops_the_run(error.code)) return fail(error.in("while fetching " + job.item.file));
  if (error.code == ErrorCode::mismatch) {
    if (++job.wrong_tries < kWrongTries) {
      util::log_warn("{}: {}; fetching it again", util::escape_for_terminal(job.item.file), error.message);
      look_up_again(key);
      return {};
    }
    return give_up(key, {ErrorCode::mismatch, error.message + ", twice; the copy is kept in .icloud2immich/aside",
                         "It is tried again in the next run.", std::nullopt});
  }
  if (error.code == ErrorCode::unreachable || error.code == ErrorCode::bad_answer) {
    if (++job.wire_tries <= kWireTries) {
      retry(key, delay_for(job, error.retry_after));
      return {};
    }
  }
  return give_up(key, error);
}

void Transfer::retry(JobKey key, std::chrono::milliseconds delay) {
  jobs_.at(key).not_before = parts_.clock.steady() + delay;
  delayed_.push_back(key);
}

void Transfer::look_up_again(JobKey key) {
  jobs_.at(key).url.clear();
  to_look_up_.push_back(key);
}

Result<void> Transfer::give_up(JobKey key, const util::Error& error) {
  const WorkItem& item = jobs_.at(key).item;
  util::log_warn("{}: {}", util::escape_for_terminal(item.file), error.message);
  report_.failures.push_back({item.asset, item.file, item.placement.path, error});
  under_way_.erase(item.placement.checksum);
  jobs_.erase(key);
  // Wrong bytes and a path that somebody else's file took meanwhile say nothing of the way to iCloud.
  const bool of_the_wire = error.code != ErrorCode::mismatch && error.code != ErrorCode::refused;
  if (of_the_wire && ++failures_in_a_row_ >= kFailuresInARow) {
    util::Error stop = error.in(std::to_string(failures_in_a_row_) + " files in a row could not be fetched");
    stop.code = ErrorCode::unreachable;
    stop.remedy = "Run again in an hour; what is on the volume stays.";
    return fail(std::move(stop));
  }
  return {};
}

std::chrono::milliseconds Transfer::delay_for(const Job& job, std::optional<std::chrono::seconds> floor) const {
  const auto jitter = static_cast<double>(std::hash<std::string>{}(job.item.record) % 1000) / 1000.0;
  return net::backoff_delay(kBackoff, job.wire_tries, floor.value_or(std::chrono::seconds(0)), jitter);
}

/// Rows follow their files, in groups.
Result<void> Transfer::store_placed() {
  if (placed_.empty()) return {};
  auto stored = placements_.mark_placed(placed_);
  placed_.clear();
  return stored;
}

/// What is on the wire is cut, and waited for, so that no callback outlives its writer.
void Transfer::drain() {
  for (const auto& part : launcher_.stop()) in_flight_.erase(part->owner);
  const auto cut = [this] {
    for (const JobKey key : in_flight_) {
      Part& part = *jobs_.at(key).part;
      part.abandoned = true;
      if (part.transfer.load() != 0) parts_.http.cancel(part.transfer.load());
    }
  };
  cut();
  while (!in_flight_.empty()) {
    auto report = reports_.pop_for(kDrainStep);
    if (!report) {
      cut();  // one may have been about to start
      continue;
    }
    const JobKey key = report->part->owner;
    if (const auto* prepared = std::get_if<PartReport::Prepared>(&report->what)) {
      // Not started: its place in the line is given back, the .part stays.
      if (prepared->offset < report->part->task.size) in_flight_.erase(key);
      continue;
    }
    in_flight_.erase(key);
    launcher_.settled(*report->part);
    if (const auto* placed = std::get_if<PlacedFile>(&report->what)) (void)on_placed(key, *placed);
  }
}

void Transfer::abandon() {
  drain();
  // The error that is told already goes first. Files without a row are adopted by the next run.
  (void)store_placed();
}

}  // namespace i2i::app
