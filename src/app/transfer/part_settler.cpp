#include "app/transfer/part_settler.hpp"

#include <map>

#include "app/transfer/part_file.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::Result;

constexpr std::size_t kBatch = 64;

}  // namespace

PartSettler::PartSettler(const util::Root& root, util::BoundedQueue<PartReport>& reports, std::stop_token stop)
    : root_(root), reports_(reports), stop_(std::move(stop)), proven_(PartWriter::kMaxParts), thread_([this] {
        run();
      }) {}

PartSettler::~PartSettler() { proven_.close(); }

void PartSettler::run() {
  while (auto first = proven_.pop()) {
    std::vector<ProvenPart> batch;
    batch.push_back(*std::move(first));
    while (batch.size() < kBatch) {
      auto next = proven_.try_pop();
      if (!next) break;
      batch.push_back(*std::move(next));
    }
    settle(std::move(batch));
  }
}

void PartSettler::settle(std::vector<ProvenPart> batch) {
  std::vector<Result<void>> outcomes;
  outcomes.reserve(batch.size());
  // All are begun before the first is waited for, and all are durable before the first name changes: a commit of the
  // file system's journal then stands for many.
  for (const auto& one : batch) outcomes.push_back(one.part->file->start_flush());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (outcomes[i]) outcomes[i] = flush(*batch[i].part);
  }
  std::map<std::string, Result<void>> folders;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (outcomes[i]) outcomes[i] = batch[i].part->file->publish();
    if (outcomes[i]) folders.try_emplace(batch[i].part->file->folder());
  }
  for (auto& [folder, flushed] : folders) flushed = root_.sync_directory(folder);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (outcomes[i]) outcomes[i] = folders.at(batch[i].part->file->folder());
    report(batch[i], std::move(outcomes[i]));
  }
}

Result<void> PartSettler::flush(const Part& part) const {
  // What is not durable yet stays a .part: the next run goes on from there. A slow disk must not hold a stop up.
  if (stop_.stop_requested()) return util::fail(ErrorCode::cancelled, "stopped before the file was durable");
  auto flushed = part.file->flush();
  // The kernel may have thrown the bytes away and marked them as written: they would be read back, and trusted.
  if (!flushed) (void)part.file->drop();
  return flushed;
}

void PartSettler::report(const ProvenPart& settled, Result<void> outcome) {
  PartReport report{settled.part, PlacedFile{settled.proof, settled.part->file->mtime_ms()}, settled.bytes_received,
                    settled.first_byte};
  if (!outcome) report.what = std::move(outcome).error();
  settled.part->file.reset();
  reports_.push(std::move(report));
}

}  // namespace i2i::app
