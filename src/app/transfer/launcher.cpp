#include "app/transfer/launcher.hpp"

#include <utility>

namespace i2i::app {

using SteadyClock = std::chrono::steady_clock;

Launcher::Launcher(Bounds bounds, util::Clock& clock, SpaceGuard& space, util::BoundedQueue<PartReport>& reports,
                   Send send)
    : bounds_(bounds),
      clock_(clock),
      space_(space),
      reports_(reports),
      send_(std::move(send)),
      waiting_(PartWriter::kMaxParts),
      allowed_(bounds.at_once) {}

void Launcher::add(std::shared_ptr<Part> part) {
  // Counted first: whoever gives a slot back meanwhile looks again.
  ++waiting_count_;
  I2I_ASSERT(waiting_.try_push(part));
  start_more();
}

void Launcher::allow(std::size_t at_once) {
  if (allowed_.exchange(at_once) < at_once) start_more();
}

void Launcher::hold_until(SteadyClock::time_point time) {
  const auto until = time.time_since_epoch().count();
  auto now = hold_until_.load();
  while (now < until && !hold_until_.compare_exchange_weak(now, until)) {
  }
}

bool Launcher::holding() const { return clock_.steady().time_since_epoch().count() < hold_until_.load(); }

namespace {

/// Adds one where it is less than the bound. Two threads never go beyond it together.
bool count_up(std::atomic<std::size_t>& count, std::size_t bound) {
  auto now = count.load();
  do {
    if (now >= bound) return false;
  } while (!count.compare_exchange_weak(now, now + 1));
  return true;
}

}  // namespace

bool Launcher::take_slot() {
  if (!count_up(unsettled_, allowed_.load() + bounds_.unsettled)) return false;
  if (count_up(on_wire_, allowed_.load())) return true;
  // Whoever failed meanwhile for want of this place found the wire full anyway, and the next slot_free() looks again.
  --unsettled_;
  return false;
}

void Launcher::start_more() {
  while (waiting_count_.load() > 0 && !stopped_.load() && !holding() && take_slot()) {
    if (const auto part = waiting_.try_pop()) {
      --waiting_count_;
      launch(*part);
    } else {
      --unsettled_;
      --on_wire_;
    }
  }
}

void Launcher::launch(const std::shared_ptr<Part>& part) {
  part->launched = true;
  if (clock_.steady() - part->url_at > bounds_.url_life) {
    --on_wire_;
    reports_.push({part, PartReport::Stale{}});
    return;
  }
  const auto owed = part->task.size - part->offset;
  if (!space_.admit(owed)) {
    --on_wire_;
    reports_.push({part, PartReport::NoRoom{}});
    return;
  }
  part->owed = owed;
  send_(part);
}

void Launcher::slot_free() {
  --on_wire_;
  start_more();
}

void Launcher::settled(Part& part) {
  if (!part.launched) return;
  --unsettled_;
  space_.done(std::exchange(part.owed, 0));
  start_more();
}

std::vector<std::shared_ptr<Part>> Launcher::stop() {
  stopped_ = true;
  std::vector<std::shared_ptr<Part>> rest;
  while (auto part = waiting_.try_pop()) {
    --waiting_count_;
    rest.push_back(*std::move(part));
  }
  return rest;
}

}  // namespace i2i::app
