#pragma once
// One thread that makes proven files durable and visible, as many at a time as are waiting: they share the file
// system's commits. For each file the order holds: written (before), fsync, rename, fsync of the folder, report.

#include <stop_token>
#include <thread>
#include <vector>

#include "app/transfer/part_writer.hpp"

namespace i2i::app {

class PartSettler {
 public:
  PartSettler(const util::Root& root, util::BoundedQueue<PartReport>& reports, std::stop_token stop);
  ~PartSettler();
  PartSettler(const PartSettler&) = delete;
  PartSettler& operator=(const PartSettler&) = delete;
  PartSettler(PartSettler&&) = delete;
  PartSettler& operator=(PartSettler&&) = delete;

  /// Where writers put proven parts; a report with the placed file, or why there is none, answers each.
  util::BoundedQueue<ProvenPart>& proven() { return proven_; }

 private:
  void run();
  void settle(std::vector<ProvenPart> batch);
  util::Result<void> flush(const Part& part) const;
  void report(const ProvenPart& settled, util::Result<void> outcome);

  const util::Root& root_;
  util::BoundedQueue<PartReport>& reports_;
  std::stop_token stop_;
  util::BoundedQueue<ProvenPart> proven_;
  std::jthread thread_;
};

}  // namespace i2i::app
