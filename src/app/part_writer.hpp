#pragma once
// One thread that writes and hashes the bodies of some downloads: from the first byte of a .part file to the durable
// file under its name. Order for a file: write, size, checksum, fsync, rename, fsync of the folder (docs/design.md §5).

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>

#include "i2i/model/checksum.hpp"
#include "i2i/net/http.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/queue.hpp"
#include "i2i/util/result.hpp"

namespace i2i::app {

enum class PlaceWay { new_file, repair };

/// What one download is to become.
struct PartTask {
  model::Checksum checksum;
  std::uint64_t size = 0;
  std::string path;  // beneath the photos dir
  util::UnixMillis mtime_ms = 0;
  PlaceWay way = PlaceWay::new_file;
};

/// A durable file.
struct PlacedFile {
  model::ContentProof proof;
  util::UnixMillis mtime_ms = 0;  // as the file system keeps it
};

class PartFile;

/// One download in the hands of a writer. The atomics are what the transfer thread and the writer share; everything
/// else belongs to the writer from prepare() to the report.
struct Part {
  PartTask task;
  std::size_t owner = 0;  // the caller's key for this download
  std::atomic<net::TransferId> transfer{0};
  std::atomic<bool> paused{false};
  std::atomic<bool> abandoned{false};  // the run ends: take no more bytes
  std::shared_ptr<PartFile> file;
  std::optional<util::Error> error;  // the first thing that went wrong while writing
};

/// What a writer tells the coordinating thread.
struct PartReport {
  std::shared_ptr<Part> part;
  /// Prepared: ask for the bytes from offset on; offset == size: all bytes are here, the report with the placed file
  /// follows.
  struct Prepared {
    std::uint64_t offset = 0;
  };
  struct Answered {  // the server said something else than the bytes
    int status = 0;
    std::optional<std::chrono::seconds> retry_after;
  };
  std::variant<Prepared, PlacedFile, Answered, util::Error> what;
  std::uint64_t bytes_received = 0;
};

class PartWriter {
 public:
  PartWriter(const util::Root& root, net::HttpClient& http, util::BoundedQueue<PartReport>& reports,
             std::stop_token stop);
  ~PartWriter();
  PartWriter(const PartWriter&) = delete;
  PartWriter& operator=(const PartWriter&) = delete;
  PartWriter(PartWriter&&) = delete;
  PartWriter& operator=(PartWriter&&) = delete;

  /// Opens or resumes the .part file; a Prepared report answers. At most max_parts of this writer may be under way.
  void prepare(std::shared_ptr<Part> part);
  /// The body's way from the transfer thread to this writer.
  std::shared_ptr<net::BodySink> sink_for(const std::shared_ptr<Part>& part);
  /// To be called (on the transfer thread) when the exchange ended; a report answers.
  void ended(std::shared_ptr<Part> part, util::Result<net::Response> response);

  static constexpr std::size_t kMaxParts = 64;

 private:
  class Sink;
  struct Prepare {};
  struct Begin {
    int status = 0;
    std::uint64_t first_byte = 0;
  };
  struct Data {
    std::string bytes;
  };
  struct Ended {
    util::Result<net::Response> response;
  };
  struct Event {
    std::shared_ptr<Part> part;
    std::variant<Prepare, Begin, Data, Ended> what;
  };

  void run();
  void handle(Event& event);
  void on_prepare(const std::shared_ptr<Part>& part);
  void on_ended(const std::shared_ptr<Part>& part, util::Result<net::Response>& response);
  void report_finished(const std::shared_ptr<Part>& part, std::uint64_t bytes_received);
  void put_control(Event event);
  void resume_paused();

  const util::Root& root_;
  net::HttpClient& http_;
  util::BoundedQueue<PartReport>& reports_;
  std::stop_token stop_;
  util::BoundedQueue<Event> events_;
  std::atomic<std::size_t> data_waiting_{0};
  std::vector<std::weak_ptr<Part>> parts_;  // writer thread only
  std::jthread thread_;
};

}  // namespace i2i::app
