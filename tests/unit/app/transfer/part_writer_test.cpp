#include "app/transfer/part_writer.hpp"

#include "app/transfer/part_file.hpp"
#include "app/transfer/part_settler.hpp"
#include "unit/app/app_fixture.hpp"

using app_test::checksum_of;
using app_test::must;
using i2i::app::Part;
using i2i::app::PartReport;
using i2i::app::PartWriter;
using i2i::net::BodySink;
using i2i::net::Headers;
using i2i::net::Response;
using i2i::util::Error;
using i2i::util::ErrorCode;
using i2i::util::Result;

namespace {

const std::string kBytes(3000, 'p');
const std::string kPath = "2024/05/06/IMG_1.HEIC";

/// Only notes which transfers were to be offered again.
class NotesResumes : public i2i::net::HttpClient {
 public:
  i2i::net::TransferId submit(i2i::net::Request, i2i::net::Done) override { return 0; }
  void resume(i2i::net::TransferId id) override { resumed.push(id); }
  i2i::util::BoundedQueue<i2i::net::TransferId> resumed{16};
};

/// A writer with its volume; the test plays the transfer thread.
struct Bench {
  explicit Bench(std::size_t reports_at_most = 16) : reports(reports_at_most) {
    must(root.make_directories(".icloud2immich/tmp"));
    must(root.make_directories(".icloud2immich/aside"));
  }
  std::shared_ptr<Part> part(const std::string& bytes = kBytes, const std::string& path = kPath) {
    auto made = std::make_shared<Part>();
    made->task = {checksum_of(bytes), bytes.size(), path, app_test::kMay6, i2i::app::PlaceWay::new_file};
    return made;
  }
  PartReport report() {
    auto next = reports.pop();
    REQUIRE(next);
    return *std::move(next);
  }
  /// Prepares and gives the offset to ask from.
  std::uint64_t prepare(const std::shared_ptr<Part>& one) {
    writer.prepare(one);
    const auto prepared = report();
    const auto* answer = std::get_if<PartReport::Prepared>(&prepared.what);
    REQUIRE(answer != nullptr);
    return answer->offset;
  }
  void left_over(const std::string& text) { photos.write(i2i::app::part_path(checksum_of(kBytes)), text); }
  /// What is in the .part file; nullopt where there is none.
  std::optional<std::string> part_text() {
    const auto path = i2i::app::part_path(checksum_of(kBytes));
    if (!photos.exists(path)) return std::nullopt;
    return photos.read(path);
  }
  std::stop_source stop;
  TempFolder photos;
  i2i::util::Root root = must(i2i::util::Root::open(photos.path()));
  NotesResumes http;
  i2i::util::BoundedQueue<PartReport> reports;
  i2i::app::SpaceGuard space{root, i2i::util::system_clock(), 0};
  i2i::app::PartSettler settler{root, reports, stop.get_token()};
  PartWriter writer{root, http, PartWriter::Ways{reports, settler.proven(), space}, stop.get_token()};
};

Result<Response> ended(int status, std::uint64_t bytes, Headers headers = {}) {
  Response response;
  response.status = status;
  response.headers = std::move(headers);
  response.body_bytes = bytes;
  return response;
}

}  // namespace

TEST_CASE("a body becomes a durable file") {
  Bench bench;
  const auto part = bench.part();
  CHECK(bench.prepare(part) == 0);
  const auto sink = bench.writer.sink_for(part);
  CHECK(sink->begin(200, {}) == BodySink::Answer::taken);
  CHECK(sink->write(kBytes.substr(0, 1000)) == BodySink::Answer::taken);
  CHECK(sink->write(kBytes.substr(1000)) == BodySink::Answer::taken);
  CHECK(!bench.photos.exists(kPath));
  bench.writer.ended(part, ended(200, kBytes.size()));
  const auto report = bench.report();
  const auto* placed = std::get_if<i2i::app::PlacedFile>(&report.what);
  REQUIRE(placed != nullptr);
  CHECK(placed->proof.checksum == checksum_of(kBytes));
  CHECK(report.bytes_received == kBytes.size());
  CHECK(report.part == part);
  CHECK(bench.photos.read(kPath) == kBytes);
  CHECK(!bench.part_text());
}

TEST_CASE("what nobody prepared is made when its first byte comes") {
  Bench bench;
  const auto part = bench.part();
  const auto sink = bench.writer.sink_for(part);
  CHECK(!bench.part_text());
  CHECK(sink->begin(200, {}) == BodySink::Answer::taken);
  CHECK(sink->write(kBytes) == BodySink::Answer::taken);
  bench.writer.ended(part, ended(200, kBytes.size()));
  CHECK(std::holds_alternative<i2i::app::PlacedFile>(bench.report().what));
  CHECK(bench.photos.read(kPath) == kBytes);

  const auto refused = bench.part("other", "other.jpg");
  bench.writer.ended(refused, ended(410, 0));
  CHECK(std::get<PartReport::Answered>(bench.report().what).status == 410);
  CHECK(!bench.photos.exists(i2i::app::part_path(checksum_of("other"))));
}

TEST_CASE("many files are made durable together, each in its own right") {
  Bench bench(64);
  bench.photos.write("taken/3.jpg", "a person's own");
  std::vector<std::shared_ptr<Part>> parts;
  for (int i = 0; i < 20; ++i) {
    const std::string bytes = "the bytes of file " + std::to_string(i);
    parts.push_back(bench.part(bytes, (i % 5 == 3 ? "taken/" : "new/") + std::to_string(i) + ".jpg"));
    const auto sink = bench.writer.sink_for(parts.back());
    sink->begin(200, {});
    sink->write(bytes);
    bench.writer.ended(parts.back(), ended(200, bytes.size()));
  }
  int placed = 0;
  for (int i = 0; i < 20; ++i) {
    const auto report = bench.report();
    if (report.part->task.path == "taken/3.jpg") {
      CHECK(std::get<Error>(report.what).code == ErrorCode::refused);
    } else if (std::holds_alternative<i2i::app::PlacedFile>(report.what)) {
      ++placed;
      CHECK(checksum_of(bench.photos.read(report.part->task.path)) == report.part->task.checksum);
    }
  }
  CHECK(placed == 19);
  CHECK(bench.photos.read("taken/3.jpg") == "a person's own");
}

TEST_CASE("a stop leaves what is not durable yet for the next run") {
  Bench bench;
  bench.left_over(kBytes);
  const auto part = bench.part();
  part->file = must(i2i::app::PartFile::open(bench.root, part->task, {}));
  bench.stop.request_stop();
  bench.settler.proven().push({part, {}, 0, {}});
  const auto report = bench.report();
  CHECK(std::get<Error>(report.what).code == ErrorCode::cancelled);
  CHECK(!bench.photos.exists(kPath));
  CHECK(bench.part_text() == kBytes);
}

TEST_CASE("a rest from before is asked for from where it ends") {
  struct Row {
    const char* name;
    int status;
    Headers headers;
    std::string body;
    bool placed;
  };
  const Row rows[] = {
      {"the rest comes", 206, {{"Content-Range", "bytes 1000-2999/3000"}}, kBytes.substr(1000), true},
      {"the server starts anew", 200, {}, kBytes, true},
      {"another part than was asked for", 206, {{"Content-Range", "bytes 500-2999/3000"}}, kBytes.substr(500), false},
      {"a part that does not say which", 206, {}, kBytes.substr(1000), false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Bench bench;
    bench.left_over(kBytes.substr(0, 1000));
    const auto part = bench.part();
    CHECK(bench.prepare(part) == 1000);
    const auto sink = bench.writer.sink_for(part);
    sink->begin(row.status, row.headers);
    sink->write(row.body);
    bench.writer.ended(part, ended(row.status, row.body.size(), row.headers));
    const auto report = bench.report();
    CHECK(std::holds_alternative<i2i::app::PlacedFile>(report.what) == row.placed);
    CHECK(bench.photos.exists(kPath) == row.placed);
    if (row.placed) CHECK(bench.photos.read(kPath) == kBytes);
    if (!row.placed) CHECK(std::get<Error>(report.what).code == ErrorCode::bad_answer);
    CHECK(!bench.part_text());
  }
}

TEST_CASE("all bytes are there already: nothing is asked for") {
  Bench bench;
  bench.left_over(kBytes);
  const auto part = bench.part();
  CHECK(bench.prepare(part) == kBytes.size());
  CHECK(std::holds_alternative<i2i::app::PlacedFile>(bench.report().what));
  CHECK(bench.photos.read(kPath) == kBytes);
}

TEST_CASE("how an exchange can fail, and what stays of the bytes") {
  std::string flipped = kBytes;
  flipped[17] = 'q';
  struct Row {
    const char* name;
    int status;
    Headers headers;
    std::string body;
    std::optional<ErrorCode> code;  // nullopt: Answered
    std::optional<std::string> stays;
  };
  const Row rows[] = {
      {"cut: goes on next time",
       200,
       {{"Content-Type", "image/heic"}},
       kBytes.substr(0, 2000),
       ErrorCode::unreachable,
       kBytes.substr(0, 2000)},
      {"an error page under 200",
       200,
       {{"Content-Type", "text/html; charset=utf-8"}},
       std::string(2000, '<'),
       ErrorCode::unreachable,
       std::nullopt},
      {"an error in JSON under 200",
       200,
       {{"Content-Type", "application/json"}},
       std::string(2000, '{'),
       ErrorCode::unreachable,
       std::nullopt},
      {"too little to be a photo's beginning", 200, {}, kBytes.substr(0, 1000), ErrorCode::unreachable, std::nullopt},
      {"more than was announced", 200, {}, kBytes + "x", ErrorCode::mismatch, std::nullopt},
      {"wrong bytes", 200, {}, flipped, ErrorCode::mismatch, std::nullopt},
      {"gone", 410, {}, "", std::nullopt, ""},
      {"throttled", 503, {}, "", std::nullopt, ""},
      {"no such range", 416, {}, "", std::nullopt, std::nullopt},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Bench bench;
    const auto part = bench.part();
    bench.prepare(part);
    const auto sink = bench.writer.sink_for(part);
    if (row.status == 200) {
      sink->begin(row.status, row.headers);
      sink->write(row.body);
    }
    bench.writer.ended(part, ended(row.status, row.body.size(), row.headers));
    const auto report = bench.report();
    if (row.code) {
      REQUIRE(std::holds_alternative<Error>(report.what));
      CHECK(std::get<Error>(report.what).code == *row.code);
    } else {
      REQUIRE(std::holds_alternative<PartReport::Answered>(report.what));
      CHECK(std::get<PartReport::Answered>(report.what).status == row.status);
    }
    CHECK(!bench.photos.exists(kPath));
    CHECK(bench.part_text() == row.stays);
  }
}

TEST_CASE("wrong bytes of the right length are kept aside") {
  Bench bench;
  std::string flipped = kBytes;
  flipped[17] = 'q';
  const auto part = bench.part();
  bench.prepare(part);
  bench.writer.sink_for(part)->write(flipped);
  bench.writer.ended(part, ended(200, flipped.size()));
  CHECK(std::get<Error>(bench.report().what).code == ErrorCode::mismatch);
  const std::filesystem::directory_iterator aside(bench.photos.path(".icloud2immich/aside"));
  REQUIRE(aside != std::filesystem::directory_iterator{});
  CHECK(bench.photos.read(".icloud2immich/aside/" + aside->path().filename().string()) == flipped);
}

TEST_CASE("no whole answer: the error is passed on, the bytes stay") {
  Bench bench;
  const auto part = bench.part();
  bench.prepare(part);
  bench.writer.sink_for(part)->write(kBytes.substr(0, 10));
  bench.writer.ended(part, i2i::util::fail(ErrorCode::unreachable, "the connection was reset"));
  CHECK(std::get<Error>(bench.report().what).code == ErrorCode::unreachable);
  CHECK(bench.part_text() == kBytes.substr(0, 10));
  CHECK(bench.prepare(part) == 10);  // the same part again
}

TEST_CASE("when to come back is passed on") {
  Bench bench;
  const auto part = bench.part();
  bench.prepare(part);
  auto response = ended(503, 0);
  response->retry_after = std::chrono::seconds(120);
  bench.writer.ended(part, std::move(response));
  CHECK(std::get<PartReport::Answered>(bench.report().what).retry_after == std::chrono::seconds(120));
}

TEST_CASE("a path that somebody took is an error of this file") {
  Bench bench;
  bench.photos.write(kPath, "a person's own");
  const auto part = bench.part();
  bench.prepare(part);
  bench.writer.sink_for(part)->write(kBytes);
  bench.writer.ended(part, ended(200, kBytes.size()));
  CHECK(std::get<Error>(bench.report().what).code == ErrorCode::refused);
  CHECK(bench.photos.read(kPath) == "a person's own");
}

TEST_CASE("after an error of the disk no more bytes are wanted") {
  Bench bench;
  std::filesystem::create_symlink(bench.photos.path("victim"),
                                  bench.photos.path(i2i::app::part_path(checksum_of(kBytes))));
  const auto part = bench.part();
  const auto sink = bench.writer.sink_for(part);
  sink->begin(200, {});
  while (!part->abandoned) std::this_thread::yield();
  CHECK(sink->write(kBytes) == BodySink::Answer::abort);
  bench.writer.ended(part, i2i::util::fail(ErrorCode::bad_answer, "turned down"));
  CHECK(std::get<Error>(bench.report().what).code == ErrorCode::volume);
}

TEST_CASE("an abandoned part takes no more bytes") {
  Bench bench;
  const auto part = bench.part();
  bench.prepare(part);
  const auto sink = bench.writer.sink_for(part);
  part->abandoned = true;
  CHECK(sink->write("x") == BodySink::Answer::abort);
}

TEST_CASE("a slow disk holds the wire back, and lets it go on") {
  Bench bench(1);  // reports that nobody takes hold the writer
  const std::string piece(100'000, 'p');
  const auto part = bench.part(std::string(100'000'000, 'p'));
  part->transfer = 77;
  const auto sink = bench.writer.sink_for(part);
  sink->begin(200, {});
  bench.prepare(bench.part("first", "first.jpg"));
  bench.writer.prepare(bench.part("other", "other.jpg"));
  bench.writer.prepare(bench.part("third", "third.jpg"));

  int taken = 0;
  while (taken < 1000 && sink->write(piece) == BodySink::Answer::taken) ++taken;
  CHECK(taken >= 10);
  CHECK(taken < 1000);
  CHECK(part->paused);

  bench.report();
  bench.report();
  CHECK(bench.http.resumed.pop() == i2i::net::TransferId{77});
  CHECK(!part->paused);
  CHECK(sink->write(piece) == BodySink::Answer::taken);
}
