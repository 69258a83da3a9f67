#pragma once
// Keeps the wire busy: what is ready starts at the moment another body has come to its end, on the transfer thread
// itself, whatever the coordinating thread is doing (a lookup, the ledger).

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "app/transfer/part_writer.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {

class Launcher {
 public:
  /// Sends the request for a part; calls slot_free() of the launcher when the exchange has ended, as the first thing.
  using Send = std::function<void(const std::shared_ptr<Part>&)>;
  struct Bounds {
    std::size_t at_once = 8;    // on the wire
    std::size_t unsettled = 0;  // more that have come and are not durable yet
    std::chrono::steady_clock::duration url_life{};
  };
  Launcher(Bounds bounds, util::Clock& clock, SpaceGuard& space, util::BoundedQueue<PartReport>& reports, Send send);

  /// Puts a part into the line; it starts as soon as it may. Any thread.
  void add(std::shared_ptr<Part> part);
  /// How many may be on the wire from now on.
  void allow(std::size_t at_once);
  /// Nothing starts before that time: the server said so.
  void hold_until(std::chrono::steady_clock::time_point time);
  /// Starts what may start. Any thread; to be called when time may have made a difference.
  void start_more();
  /// An exchange has ended.
  void slot_free();
  /// The last report on a part has been seen.
  void settled(Part& part);
  /// Nothing starts any more; gives back what has not.
  std::vector<std::shared_ptr<Part>> stop();

  [[nodiscard]] std::size_t waiting() const { return waiting_count_.load(); }
  [[nodiscard]] std::size_t on_wire() const { return on_wire_.load(); }
  [[nodiscard]] bool holding() const;

 private:
  [[nodiscard]] bool take_slot();
  void launch(const std::shared_ptr<Part>& part);

  const Bounds bounds_;
  util::Clock& clock_;
  SpaceGuard& space_;
  util::BoundedQueue<PartReport>& reports_;
  Send send_;
  util::BoundedQueue<std::shared_ptr<Part>> waiting_;
  std::atomic<std::size_t> waiting_count_{0};
  std::atomic<std::size_t> on_wire_{0};
  std::atomic<std::size_t> unsettled_{0};  // started and not settled, on the wire or after it
  std::atomic<std::size_t> allowed_;
  std::atomic<std::chrono::steady_clock::rep> hold_until_{0};
  std::atomic<bool> stopped_{false};
};

}  // namespace i2i::app
