#pragma once
// One thread that writes and hashes the bodies of some downloads: from the first byte of a .part file to bytes that are
// proven. A PartSettler makes them durable and visible (docs/design.md §5).

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "app/transfer/space_guard.hpp"
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

/// One download in the hands of launcher, transfer thread, writer and settler, one after the other. The atomics are
/// what threads share; everything else belongs to whoever has the part.
struct Part {
  PartTask task;
  std::size_t owner = 0;  // the caller's key for this download
  std::string url;
  std::chrono::steady_clock::time_point url_at;
  std::uint64_t offset = 0;  // what is there already is not asked for
  std::uint64_t owed = 0;    // bytes admitted for it and not written yet
  bool launched = false;
  std::atomic<net::TransferId> transfer{0};
  std::atomic<bool> paused{false};
  std::atomic<bool> abandoned{false};  // no more bytes are wanted: the run ends, or writing failed
  std::string filling;                 // transfer thread: bytes on their way to the writer
  std::shared_ptr<PartFile> file;
  std::optional<util::Error> error;  // the first thing that went wrong while writing
};

/// What is told to the coordinating thread.
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
  struct Stale {};   // not asked for: the URL is too old by now
  struct NoRoom {};  // not asked for: it would not fit on the volume
  std::variant<Prepared, PlacedFile, Answered, Stale, NoRoom, util::Error> what;
  std::uint64_t bytes_received = 0;
  std::chrono::milliseconds first_byte{0};  // how long the server took to begin its answer
};

/// A file whose bytes are all written and proven.
struct ProvenPart {
  std::shared_ptr<Part> part;
  model::ContentProof proof;
  std::uint64_t bytes_received = 0;
  std::chrono::milliseconds first_byte{0};
};

class PartWriter {
 public:
  struct Ways {
    util::BoundedQueue<PartReport>& reports;
    util::BoundedQueue<ProvenPart>& proven;
    SpaceGuard& space;
  };
  PartWriter(const util::Root& root, net::HttpClient& http, Ways ways, std::stop_token stop);
  ~PartWriter();
  PartWriter(const PartWriter&) = delete;
  PartWriter& operator=(const PartWriter&) = delete;
  PartWriter(PartWriter&&) = delete;
  PartWriter& operator=(PartWriter&&) = delete;

  /// For a .part file that an earlier attempt left: hashes what is there; a Prepared report answers. Other parts need
  /// no preparation, their file is made when the first byte comes.
  void prepare(std::shared_ptr<Part> part);
  /// The body's way from the transfer thread to this writer.
  std::shared_ptr<net::BodySink> sink_for(const std::shared_ptr<Part>& part);
  /// To be called (on the transfer thread) when the exchange ended; a report or a proven part answers.
  void ended(std::shared_ptr<Part> part, util::Result<net::Response> response);

  /// Of one writer under way: queues have room for so many.
  static constexpr std::size_t kMaxParts = 512;

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
  void on_begin(Part& part, const Begin& begin);
  void on_data(Part& part, std::string bytes);
  void on_ended(const std::shared_ptr<Part>& part, util::Result<net::Response>& response);
  /// True where the part's file is open; opens one that was not prepared.
  bool open_file(Part& part);
  void finished(const std::shared_ptr<Part>& part, std::uint64_t bytes_received, std::chrono::milliseconds first_byte);
  void hand_over(const std::shared_ptr<Part>& part);
  void put_control(Event event);
  void resume_paused();

  const util::Root& root_;
  net::HttpClient& http_;
  Ways ways_;
  std::stop_token stop_;
  util::BoundedQueue<Event> events_;
  util::BoundedQueue<std::string> spare_;  // buffers to be filled again
  std::atomic<std::size_t> data_waiting_{0};
  std::vector<std::weak_ptr<Part>> parts_;  // writer thread only
  std::jthread thread_;
};

}  // namespace i2i::app
