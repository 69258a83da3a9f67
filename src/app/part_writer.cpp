#include "app/part_writer.hpp"

#include <algorithm>

#include "app/part_file.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::Result;

constexpr std::size_t kDataWaiting = 48;  // pieces of a body between the wire and the disk, per writer
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
    if (offer(bytes)) return Answer::taken;
    // The flag first, then once more: had the writer made room in between, nobody would wake this transfer.
    part_->paused = true;
    if (!offer(bytes)) return Answer::later;
    part_->paused = false;
    return Answer::taken;
  }

 private:
  bool offer(std::string_view bytes) {
    if (writer_.data_waiting_.load() >= kDataWaiting) return false;
    ++writer_.data_waiting_;
    writer_.put_control({part_, Data{std::string(bytes)}});
    return true;
  }
  PartWriter& writer_;
  std::shared_ptr<Part> part_;
};

PartWriter::PartWriter(const util::Root& root, net::HttpClient& http, util::BoundedQueue<PartReport>& reports,
                       std::stop_token stop)
    : root_(root),
      http_(http),
      reports_(reports),
      stop_(std::move(stop)),
      // Room for every piece of data the sinks may hold plus begin, end and prepare of every part: putting never waits.
      events_(kDataWaiting + kMaxParts * 4),
      thread_([this] { run(); }) {}

PartWriter::~PartWriter() { events_.close(); }

void PartWriter::prepare(std::shared_ptr<Part> part) { put_control({std::move(part), Prepare{}}); }

std::shared_ptr<net::BodySink> PartWriter::sink_for(const std::shared_ptr<Part>& part) {
  return std::make_shared<Sink>(*this, part);
}

void PartWriter::ended(std::shared_ptr<Part> part, Result<net::Response> response) {
  put_control({std::move(part), Ended{std::move(response)}});
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
  const auto note = [&](Result<void> result) {
    if (!result && !part.error) part.error = std::move(result).error();
  };
  if (std::holds_alternative<Prepare>(event.what)) {
    on_prepare(event.part);
  } else if (const auto* begin = std::get_if<Begin>(&event.what)) {
    if (part.error || !part.file) return;
    if (begin->status == 200 && part.file->size() > 0) note(part.file->restart());
    if (begin->status == 206 && begin->first_byte != part.file->size()) {
      note(util::fail(ErrorCode::bad_answer, "the server sent another part of the file than was asked for"));
      note(part.file->restart());
    }
  } else if (const auto* data = std::get_if<Data>(&event.what)) {
    if (part.error || !part.file) return;
    if (part.file->size() + data->bytes.size() > part.task.size) {
      note(util::fail(ErrorCode::mismatch, "more bytes arrived than iCloud announced"));
    } else {
      note(part.file->write(data->bytes));
    }
  } else if (auto* ended = std::get_if<Ended>(&event.what)) {
    on_ended(event.part, ended->response);
  }
}

void PartWriter::on_prepare(const std::shared_ptr<Part>& part) {
  part->error.reset();
  part->paused = false;
  auto file = PartFile::open(root_, part->task, stop_);
  if (!file) {
    reports_.push({part, std::move(file).error(), 0});
    return;
  }
  part->file = *std::move(file);
  parts_.push_back(part);
  const auto offset = part->file->size();
  reports_.push({part, PartReport::Prepared{offset}, 0});
  if (offset == part->task.size) report_finished(part, 0);
}

void PartWriter::on_ended(const std::shared_ptr<Part>& part, Result<net::Response>& response) {
  if (part->error) {
    // Wrong bytes must not be resumed; a full disk keeps what it has.
    if (part->file && (part->error->code == ErrorCode::mismatch || part->error->code == ErrorCode::bad_answer)) {
      (void)part->file->drop();
    }
    part->file.reset();
    reports_.push({part, *part->error, 0});
    return;
  }
  if (!response) {
    part->file.reset();
    reports_.push({part, std::move(response).error(), 0});
    return;
  }
  if (response->status != 200 && response->status != 206) {
    // 416: what is there is no beginning of the file.
    if (response->status == 416) (void)part->file->drop();
    part->file.reset();
    reports_.push({part, PartReport::Answered{response->status, response->retry_after}, 0});
    return;
  }
  if (part->file->size() < part->task.size) {
    const auto have = part->file->size();
    if (is_error_in_disguise(*response)) (void)part->file->drop();
    part->file.reset();
    reports_.push({part,
                   util::Error{ErrorCode::unreachable,
                               "the body ended after " + std::to_string(have) + " of " +
                                   std::to_string(part->task.size) + " bytes",
                               {},
                               std::nullopt},
                   response->body_bytes});
    return;
  }
  report_finished(part, response->body_bytes);
}

void PartWriter::report_finished(const std::shared_ptr<Part>& part, std::uint64_t bytes_received) {
  auto placed = part->file->place();
  if (!placed && placed.error().code == ErrorCode::mismatch) {
    // Kept, not dropped: the same wrong bytes twice are evidence. A later try starts empty, the copy is overwritten.
    (void)part->file->keep_aside();
  }
  part->file.reset();
  if (placed) {
    reports_.push({part, *std::move(placed), bytes_received});
  } else {
    reports_.push({part, std::move(placed).error(), bytes_received});
  }
}

}  // namespace i2i::app
