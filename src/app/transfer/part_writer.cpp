#include "app/transfer/part_writer.hpp"

#include <algorithm>
#include <utility>

#include "app/transfer/part_file.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::Result;

// libcurl gives at most a TLS record at a time, 16 KiB: handed on one by one, waking the writer for each would cost as
// much as writing.
constexpr std::size_t kPieceBytes = std::size_t{128} << 10;
constexpr std::size_t kDataWaiting = 16;  // such pieces between the wire and the disk, per writer
constexpr std::uint64_t kErrorBodyAtMost = 1024;

/// "bytes 100-199/200" -> 100.
std::uint64_t first_byte_of(const net::Headers& headers) {
  const auto range = headers.get("Content-Range");
  if (!range || !range->starts_with("bytes ")) return 0;
  std::uint64_t first = 0;
  for (std::size_t i = 6; i < range->size() && (*range)[i] >= '0' && (*range)[i] <= '9'; ++i) {
    first = first * 10 + static_cast<std::uint64_t>((*range)[i] - '0');
  }
  return first;
}

/// A complete answer under 200 that is plainly an error in disguise (docs/protocol/icloud.md §10.2): not worth
/// resuming.
bool is_error_in_disguise(const net::Response& response) {
  const auto type = response.headers.get("Content-Type").value_or("");
  return response.body_bytes < kErrorBodyAtMost || type.starts_with("text/html") ||
         type.starts_with("application/json");
}

}  // namespace

class PartWriter::Sink : public net::BodySink {
 public:
  Sink(PartWriter& writer, std::shared_ptr<Part> part) : writer_(writer), part_(std::move(part)) {}

  Answer begin(int status, const net::Headers& headers) override {
    writer_.put_control({part_, Begin{status, status == 206 ? first_byte_of(headers) : 0}});
    return Answer::taken;
  }

  Answer write(std::string_view bytes) override {
    if (part_->abandoned.load()) return Answer::abort;
    if (part_->filling.size() + bytes.size() > kPieceBytes && !make_room()) return Answer::later;
    if (part_->filling.capacity() < kPieceBytes) {
      auto spare = writer_.spare_.try_pop();
      if (spare) {
        part_->filling = *std::move(spare);
      } else {
        part_->filling.reserve(kPieceBytes);
      }
    }
    part_->filling.append(bytes);
    return Answer::taken;
  }

 private:
  bool make_room() {
    if (offer()) return true;
    // The flag first, then once more: had the writer made room in between, nobody would wake this transfer.
    part_->paused = true;
    if (!offer()) return false;
    part_->paused = false;
    return true;
  }
  bool offer() {
    if (writer_.data_waiting_.load() >= kDataWaiting) return false;
    writer_.hand_over(part_);
    return true;
  }
  PartWriter& writer_;
  std::shared_ptr<Part> part_;
};

PartWriter::PartWriter(const util::Root& root, net::HttpClient& http, Ways ways, std::stop_token stop)
    : root_(root),
      http_(http),
      ways_(ways),
      stop_(std::move(stop)),
      // Room for every piece of data the sinks may hold plus prepare, begin, last piece and end of every part: putting
      // never waits.
      events_(kDataWaiting + kMaxParts * 4),
      spare_(kDataWaiting),
      thread_([this] { run(); }) {}

PartWriter::~PartWriter() { events_.close(); }

void PartWriter::prepare(std::shared_ptr<Part> part) { put_control({std::move(part), Prepare{}}); }

std::shared_ptr<net::BodySink> PartWriter::sink_for(const std::shared_ptr<Part>& part) {
  return std::make_shared<Sink>(*this, part);
}

void PartWriter::ended(std::shared_ptr<Part> part, Result<net::Response> response) {
  if (!part->filling.empty()) hand_over(part);
  put_control({std::move(part), Ended{std::move(response)}});
}

void PartWriter::hand_over(const std::shared_ptr<Part>& part) {
  ++data_waiting_;
  put_control({part, Data{std::exchange(part->filling, std::string())}});
}

// The queue has room for everything that may be under way; a full one is a defect of ours.
void PartWriter::put_control(Event event) { I2I_ASSERT(events_.try_push(event)); }

void PartWriter::run() {
  while (auto event = events_.pop()) {
    if (std::holds_alternative<Data>(event->what)) --data_waiting_;
    handle(*event);
    resume_paused();
  }
}

void PartWriter::resume_paused() {
  std::erase_if(parts_, [](const auto& part) { return part.expired(); });
  for (const auto& weak : parts_) {
    if (data_waiting_.load() >= kDataWaiting / 2) return;
    const auto part = weak.lock();
    if (part && part->transfer.load() != 0 && part->paused.exchange(false)) http_.resume(part->transfer.load());
  }
}

void PartWriter::handle(Event& event) {
  Part& part = *event.part;
  if (std::holds_alternative<Prepare>(event.what)) {
    on_prepare(event.part);
  } else if (const auto* begin = std::get_if<Begin>(&event.what)) {
    parts_.push_back(event.part);
    on_begin(part, *begin);
  } else if (auto* data = std::get_if<Data>(&event.what)) {
    on_data(part, std::move(data->bytes));
  } else if (auto* ended = std::get_if<Ended>(&event.what)) {
    on_ended(event.part, ended->response);
  }
  // Nobody needs the rest of the body: the transfer ends at its next byte.
  if (part.error) part.abandoned = true;
}

void PartWriter::on_prepare(const std::shared_ptr<Part>& part) {
  auto file = PartFile::open(root_, part->task, stop_);
  if (!file) {
    ways_.reports.push({part, std::move(file).error()});
    return;
  }
  part->file = *std::move(file);
  const auto offset = part->file->size();
  ways_.reports.push({part, PartReport::Prepared{offset}});
  if (offset == part->task.size) finished(part, 0, {});
}

bool PartWriter::open_file(Part& part) {
  if (part.error) return false;
  if (part.file) return true;
  auto file = PartFile::open(root_, part.task, stop_);
  if (!file) {
    part.error = std::move(file).error();
    return false;
  }
  part.file = *std::move(file);
  return true;
}

void PartWriter::on_begin(Part& part, const Begin& begin) {
  if (!open_file(part)) return;
  const auto note = [&part](Result<void> result) {
    if (!result && !part.error) part.error = std::move(result).error();
  };
  if (begin.status == 200 && part.file->size() > 0) note(part.file->restart());
  if (begin.status == 206 && begin.first_byte != part.file->size()) {
    note(util::fail(ErrorCode::bad_answer, "the server sent another part of the file than was asked for"));
    note(part.file->restart());
  }
}

void PartWriter::on_data(Part& part, std::string bytes) {
  if (open_file(part)) {
    Result<void> written;
    if (part.file->size() + bytes.size() > part.task.size) {
      written = util::fail(ErrorCode::mismatch, "more bytes arrived than iCloud announced");
    } else {
      written = part.file->write(bytes);
    }
    if (!written) part.error = std::move(written).error();
    const auto paid = std::min<std::uint64_t>(part.owed, bytes.size());
    part.owed -= paid;
    ways_.space.done(paid);
  }
  bytes.clear();
  (void)spare_.try_push(bytes);
}

void PartWriter::on_ended(const std::shared_ptr<Part>& part, Result<net::Response>& response) {
  const auto first_byte = response ? response->first_byte : std::chrono::milliseconds(0);
  const auto report = [&](auto what, std::uint64_t bytes) {
    part->file.reset();
    ways_.reports.push({part, std::move(what), bytes, first_byte});
  };
  if (part->error) {
    // Wrong bytes must not be resumed; a full disk keeps what it has.
    if (part->file && (part->error->code == ErrorCode::mismatch || part->error->code == ErrorCode::bad_answer)) {
      (void)part->file->drop();
    }
    return report(*part->error, 0);
  }
  if (!response) return report(std::move(response).error(), 0);
  if (response->status != 200 && response->status != 206) {
    // 416: what is there is no beginning of the file.
    if (response->status == 416 && part->file) (void)part->file->drop();
    return report(PartReport::Answered{response->status, response->retry_after}, 0);
  }
  if (!open_file(*part)) return report(*part->error, 0);  // an empty body made none yet
  if (part->file->size() < part->task.size) {
    const auto have = part->file->size();
    if (is_error_in_disguise(*response)) (void)part->file->drop();
    return report(util::Error{ErrorCode::unreachable,
                              "the body ended after " + std::to_string(have) + " of " +
                                  std::to_string(part->task.size) + " bytes",
                              {},
                              std::nullopt},
                  response->body_bytes);
  }
  finished(part, response->body_bytes, first_byte);
}

void PartWriter::finished(const std::shared_ptr<Part>& part, std::uint64_t bytes_received,
                          std::chrono::milliseconds first_byte) {
  auto proof = part->file->prove();
  if (proof) {
    ways_.proven.push({part, *std::move(proof), bytes_received, first_byte});
    return;
  }
  // Kept, not dropped: the same wrong bytes twice are evidence. A later try starts empty, the copy is overwritten.
  (void)part->file->keep_aside();
  part->file.reset();
  ways_.reports.push({part, std::move(proof).error(), bytes_received, first_byte});
}

}  // namespace i2i::app
