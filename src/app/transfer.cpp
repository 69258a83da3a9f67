#include "app/transfer.hpp"

#include <algorithm>
#include <functional>

#include "i2i/net/retry.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

constexpr std::size_t kWriters = 3;
constexpr std::size_t kLookupBatch = 100;  // docs/protocol/icloud.md §7.7
constexpr std::size_t kGroup = 64;         // ledger rows in one transaction
constexpr int kUrlTries = 3;
constexpr int kWireTries = 6;
constexpr int kWrongTries = 2;
constexpr int kFailuresInARow = 12;                  // iCloud's content hosts are out of reach, not these files
constexpr auto kUrlLife = std::chrono::minutes(25);  // §4.6: an hour, felt as 30 minutes at times
constexpr net::Backoff kBackoff{std::chrono::milliseconds(500), std::chrono::milliseconds(60'000), kWireTries};

const model::Rendition* rendition_of(const model::Record& record, model::RenditionKind kind) {
  const auto find = [kind](const std::vector<model::Rendition>& renditions) -> const model::Rendition* {
    const auto it =
        std::find_if(renditions.begin(), renditions.end(), [kind](const auto& r) { return r.kind == kind; });
    return it == renditions.end() ? nullptr : &*it;
  };
  if (const auto* master = std::get_if<model::Master>(&record)) return find(master->renditions);
  if (const auto* asset = std::get_if<model::Asset>(&record)) return find(asset->renditions);
  return nullptr;
}

bool stops_the_run(ErrorCode code) {
  const auto action = net::action_for(code);
  return action == net::Action::stop_run;
}

}  // namespace

Transfer::Transfer(TransferParts parts)
    : parts_(std::move(parts)),
      placements_(parts_.ledger),
      reports_(PartWriter::kMaxParts * 2 * kWriters),
      pacer_(std::clamp<std::size_t>(parts_.jobs, 1, PartWriter::kMaxParts)) {
  parts_.jobs = std::clamp<std::size_t>(parts_.jobs, 1, PartWriter::kMaxParts);
  for (std::size_t i = 0; i < std::min(kWriters, parts_.jobs); ++i) {
    writers_.push_back(std::make_unique<PartWriter>(parts_.root, parts_.http, reports_, parts_.stop));
  }
}

Transfer::~Transfer() { drain(); }

Result<void> Transfer::add(WorkItem item) {
  if (under_way_.contains(item.placement.checksum)) return {};
  under_way_.insert(item.placement.checksum);
  const JobKey key = next_key_++;
  jobs_.emplace(key, Job{std::move(item), {}, {}, nullptr, 0, 0, 0, 0, {}});
  to_look_up_.push_back(key);
  // One batch being transferred, one waiting for its lookup: bounded memory, and URLs never get old.
  while (jobs_.size() > 2 * kLookupBatch) I2I_TRY(turn());
  return {};
}

Result<void> Transfer::finish() {
  Result<void> outcome;
  while (outcome && !jobs_.empty()) outcome = turn();
  drain();
  if (auto stored = store_placed(); !stored && outcome) outcome = stored;
  return outcome;
}

Result<void> Transfer::turn() {
  if (parts_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while transferring");
  wake_delayed();
  const bool idle = ready_.empty() && in_flight_.size() < pacer_.allowed();
  const bool batch = to_look_up_.size() >= kLookupBatch && ready_.size() <= pacer_.allowed();
  if (!to_look_up_.empty() && (idle || batch)) I2I_TRY(look_up());
  start_ready();
  I2I_TRY(wait_for_report());
  if (placed_.size() >= kGroup) I2I_TRY(store_placed());
  return {};
}

Result<bool> Transfer::go_on() {
  wake_delayed();
  start_ready();
  if (in_flight_.empty() && delayed_.empty()) return false;
  I2I_TRY(wait_for_report());
  if (placed_.size() >= kGroup) I2I_TRY(store_placed());
  return true;
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
  apply_lookup(found, asked);
  return {};
}

void Transfer::apply_lookup(const std::vector<icloud::LookedUp>& found, const std::vector<JobKey>& asked) {
  std::map<std::string, const icloud::LookedUp*> by_name;
  for (const auto& record : found) by_name[record.name] = &record;
  for (const JobKey key : asked) {
    Job& job = jobs_.at(key);
    const auto it = by_name.find(job.item.record);
    const model::Rendition* rendition = nullptr;
    if (it != by_name.end() && !it->second->gone && it->second->record) {
      rendition = rendition_of(*it->second->record, job.item.kind);
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
    ready_.push_back(key);
  }
}

void Transfer::start_ready() {
  while (!ready_.empty() && in_flight_.size() < pacer_.allowed()) {
    const JobKey key = ready_.front();
    ready_.pop_front();
    Job& job = jobs_.at(key);
    if (parts_.clock.steady() - job.url_at > kUrlLife) {
      to_look_up_.push_back(key);
      continue;
    }
    const auto& placement = job.item.placement;
    job.part = std::make_shared<Part>();
    // A file that replaces another is a second younger: Immich looks at nothing else.
    const bool repairs = placement.state == ledger::PlacementState::damaged;
    job.part->task = {placement.checksum, placement.size, placement.path, placement.mtime_ms + (repairs ? 1000 : 0),
                      repairs ? PlaceWay::repair : PlaceWay::new_file};
    job.part->owner = key;
    in_flight_.insert(key);
    writers_[key % writers_.size()]->prepare(job.part);
  }
}

void Transfer::submit(JobKey key, std::uint64_t offset) {
  Job& job = jobs_.at(key);
  // It moves on: not the same failure again and again. Beyond the furthest it ever was: what is dropped and fetched
  // anew does not move on.
  if (offset > job.furthest) {
    job.wire_tries = 0;
    job.furthest = offset;
  }
  net::Request request;
  request.url = job.url;
  request.kind = net::RequestKind::download;
  request.timeout = std::chrono::milliseconds(0);
  if (offset > 0) request.headers.add("Range", "bytes=" + std::to_string(offset) + "-");
  PartWriter& writer = *writers_[key % writers_.size()];
  request.sink = writer.sink_for(job.part);
  const auto part = job.part;
  part->transfer = parts_.http.submit(
      std::move(request), [&writer, part](Result<net::Response> response) { writer.ended(part, std::move(response)); });
  // The writer leaves a transfer alone whose id it does not know yet; one that paused before the store is woken here.
  if (part->paused.exchange(false)) parts_.http.resume(part->transfer.load());
}

void Transfer::wake_delayed() {
  const auto now = parts_.clock.steady();
  std::erase_if(delayed_, [&](JobKey key) {
    if (jobs_.at(key).not_before > now) return false;
    ready_.push_back(key);
    return true;
  });
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
    if (prepared->offset < jobs_.at(key).item.placement.size) submit(key, prepared->offset);
    return {};
  }
  in_flight_.erase(key);
  report_.bytes += static_cast<std::int64_t>(report.bytes_received);
  if (const auto* placed = std::get_if<PlacedFile>(&report.what)) return on_placed(key, *placed);
  if (const auto* answer = std::get_if<PartReport::Answered>(&report.what)) return on_answer(key, *answer);
  return on_error(key, std::get<util::Error>(report.what), report.bytes_received);
}

Result<void> Transfer::on_placed(JobKey key, const PlacedFile& placed) {
  Job& job = jobs_.at(key);
  pacer_.succeeded();
  failures_in_a_row_ = 0;
  ++report_.downloaded;
  ledger::Placement row = job.item.placement;
  row.state = ledger::PlacementState::placed;
  row.size = placed.proof.size;
  row.sha1_hex = placed.proof.sha1_hex;
  row.mtime_ms = placed.mtime_ms;
  row.proven = model::is_provable(row.checksum);
  row.adopted = false;
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
      pacer_.throttled();
      if (++job.wire_tries <= kWireTries) {
        retry(key, delay_for(job, answer.retry_after));
        return {};
      }
      break;
  }
  return give_up(key, {ErrorCode::throttled, said + " again and again", "Try again in an hour.", answer.retry_after});
}

Result<void> Transfer::on_error(JobKey key, const util::Error& error, std::uint64_t bytes_received) {
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
    if (bytes_received > 0) pacer_.throttled();
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

/// After an error: what is on the wire is cut, and waited for, so that no callback outlives its writer; what was placed
/// meanwhile is stored. Files without a row are adopted by the next run.
void Transfer::drain() {
  for (const JobKey key : in_flight_) {
    const auto& part = jobs_.at(key).part;
    part->abandoned = true;
    if (part->paused.exchange(false)) parts_.http.resume(part->transfer.load());
  }
  while (!in_flight_.empty()) {
    auto report = reports_.pop();
    if (!report) break;
    const JobKey key = report->part->owner;
    if (const auto* prepared = std::get_if<PartReport::Prepared>(&report->what)) {
      // Not started: its place in the line is given back, the .part stays.
      if (prepared->offset < report->part->task.size) in_flight_.erase(key);
      continue;
    }
    in_flight_.erase(key);
    if (const auto* placed = std::get_if<PlacedFile>(&report->what)) (void)on_placed(key, *placed);
  }
  (void)store_placed();
}

}  // namespace i2i::app
