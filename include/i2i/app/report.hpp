#pragma once
// What happened, as values. Nobody here draws; cli/render makes text and JSON of it (docs/cli.md, "JSON results").

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "i2i/net/http.hpp"
#include "i2i/util/result.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {

struct SessionReport {
  std::string state;  // "none", "valid", "expired", "expiring"; after auth --submit-code "signing-in"
  std::optional<util::UnixMillis> signed_in_at;
  std::optional<util::UnixMillis> trusted_until_estimate;
  std::optional<std::int64_t> days_left;  // whole days until then, never below 0
};

enum class MirrorMode { full, changes, unchanged };
const char* to_string(MirrorMode mode);

/// One of Apple's lists of a library: what Apple counts in it, and what was listed.
struct AppleCount {
  std::string list;  // "visible", "hidden", "recently_deleted"
  std::int64_t apple = 0;
  std::int64_t listed = 0;
};

struct LibraryReport {
  std::string zone;
  MirrorMode mode = MirrorMode::unchanged;
  std::int64_t assets = 0;
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t deleted = 0;
  std::int64_t excluded = 0;
  std::vector<AppleCount> apple_counts;  // where it was listed in full
  std::int64_t short_by = 0;             // photos that Apple counts, not listed, and not explained
  std::optional<util::Error> error;      // this zone failed; the others went on
};

struct Failure {
  std::string asset;  // record name
  std::string file;   // the name a person knows
  std::string path;   // planned, relative to the photos dir
  util::Error error;
};

/// What adoption made of the files that lay on the volume (docs/decisions/0011-adoption.md).
struct AdoptionReport {
  std::int64_t files = 0;       // looked at: without those that are placements already
  std::int64_t files_read = 0;  // in this run, to the end
  std::int64_t bytes_read = 0;  // of them
  std::int64_t matched = 0;     // contents that were adopted where they lie
  std::int64_t copies = 0;      // of contents that have their file
  std::int64_t damaged = 0;     // at a wanted content's place and under its name, with other bytes
  std::int64_t unknown = 0;     // photos and videos that no content of iCloud is
  std::int64_t left_out = 0;    // contents of iCloud that the selection leaves out
  std::int64_t not_read = 0;    // of the size of a content that is placed or left out
  std::int64_t other = 0;       // sidecars, lists, everything that is no photo or video
  std::int64_t unreadable = 0;  // files and folders
  std::string list;             // file that names them all; "" where there is nothing to name
  struct File {
    std::string path;
    std::string what;  // one sentence
  };
  /// The first of each, by path.
  std::vector<File> damaged_files;
  std::vector<File> copy_files;
  std::vector<File> unknown_files;
  std::vector<File> unreadable_files;
};

struct SyncReport {
  std::vector<LibraryReport> libraries;
  struct Files {
    std::int64_t wanted = 0;  // distinct contents
    std::int64_t present = 0;
    std::int64_t downloaded = 0;
    std::int64_t adopted = 0;
    std::int64_t unavailable = 0;
    std::int64_t failed = 0;
    std::int64_t trashed = 0;
  } files;
  struct Sidecars {
    std::int64_t written = 0;  // new, or with new content
    std::int64_t kept = 0;     // ours that Immich or a person changed since: only our fields are ever replaced
    std::int64_t foreign = 0;  // were there before us, and stay untouched
    std::int64_t failed = 0;
  } sidecars;
  std::int64_t selected = 0;                     // assets; with the excluded ones all that the libraries hold
  std::map<std::string, std::int64_t> excluded;  // assets by reason
  std::map<std::string, std::int64_t> skipped;   // records by reason
  std::optional<AdoptionReport> adoption;        // nullopt: the volume was not walked
  std::int64_t bytes_downloaded = 0;
  net::RequestCounts requests;
  std::vector<Failure> failures;
  std::vector<std::string> notes;  // sentences for a person
};

/// What the library has besides our files.
struct ExtrasReport {
  std::int64_t others = 0;         // photos and videos on the volume that are no files of ours
  std::int64_t copies = 0;         // of contents that have their file elsewhere, as adoption found
  std::int64_t in_dot_folder = 0;  // in our own folder: trash, copies set aside
  std::int64_t trashed = 0;        // offline: the files lie in the volume's trash
  std::int64_t gone = 0;           // offline: no file of ours, and none on the volume
  std::int64_t earlier_path = 0;   // offline: below no folder that the library has (any more)
  std::vector<std::string> files;  // the first thousand of the first three, by path
};

struct ImportReport {
  struct {
    std::string id;
    std::string name;
    bool created = false;
    std::string moved_from;  // Immich saw the volume there before; "" where it sees it where it did
  } library;
  struct {
    std::int64_t expected = 0;
    std::int64_t present = 0;
    std::int64_t missing = 0;
    std::int64_t offline = 0;
    std::int64_t trashed = 0;
    std::int64_t not_importable = 0;
  } assets;
  struct {
    std::int64_t created = 0;
    std::int64_t updated = 0;
  } albums;
  std::int64_t favorites = 0;  // calls that set or unset one
  std::int64_t archived = 0;
  std::int64_t stacks = 0;
  struct {
    std::int64_t linked = 0;
    std::int64_t unlinked = 0;
  } live_photos;
  bool scanned = false;
  std::optional<std::int64_t> phone_duplicates;  // files uploaded to Immich besides; nullopt: not looked for
  std::uint64_t write_calls = 0;
  std::map<std::string, std::int64_t> not_importable_kinds;  // by extension as ".aae"; "" = none
  std::vector<std::string> missing;
  std::map<std::string, std::int64_t> missing_reasons;  // "not found", "excluded by PATTERN"
  std::optional<ExtrasReport> extras;                   // nullopt: not looked for
  std::vector<std::string> notes;
};

struct Difference {
  std::string path;
  std::string asset;
  std::string where;  // "volume", "immich"
  std::string what;   // one sentence
  std::string remedy;
};

struct VerifyReport {
  struct {
    std::int64_t assets = 0;  // selected + those left out
    std::int64_t selected = 0;
    std::int64_t files = 0;  // distinct contents wanted of the selected ones
  } icloud;
  /// The wanted, each under one word: files sum to icloud.files, assets (each under the worst of its files) to
  /// icloud.selected.
  struct Sums {
    std::int64_t proven = 0;     // its bytes against Apple's checksum; with quick: size and time, and proven before
    std::int64_t by_size = 0;    // Apple's checksum is of a form that cannot be computed
    std::int64_t different = 0;  // missing or damaged on the volume
    std::int64_t pending = 0;
    std::int64_t unavailable = 0;
    std::int64_t not_checked = 0;  // placed, but not looked at in this run (subset, or not against the volume)
  };
  Sums files;
  Sums assets;
  /// All placements, wanted or not.
  struct {
    std::int64_t matching = 0;
    std::int64_t missing = 0;
    std::int64_t damaged = 0;
    std::int64_t unproven = 0;
    std::int64_t extra = 0;
    std::int64_t bytes_read = 0;
    std::int64_t read_before = 0;  // of those that match: by the interrupted run that this one goes on with
    std::int64_t not_checked = 0;  // outside the subset
  } volume;
  struct {
    bool asked = false;
    std::int64_t present = 0;
    std::int64_t missing = 0;
    std::int64_t offline = 0;
    std::int64_t trashed = 0;
    std::int64_t different = 0;  // of another size than the file
    std::int64_t unread = 0;     // there, but Immich has not read the file yet: nothing to compare
    std::int64_t not_importable = 0;
  } immich;
  std::map<std::string, std::int64_t> excluded;
  std::int64_t pending = 0;
  std::int64_t unavailable = 0;
  /// The wanted files by the month of capture of the first of their assets, the oldest first, unknown dates last.
  struct Month {
    std::string month;  // "2024-05", "" where the date is unknown
    std::int64_t files = 0;
    std::int64_t proven = 0;  // by size included
    std::int64_t different = 0;
    std::int64_t pending = 0;  // what has no file at Apple included
  };
  std::vector<Month> months;
  /// When the bytes of the placed files were last hashed and compared, by the sync that fetched them or by a verify.
  struct {
    std::optional<util::UnixMillis> oldest;
    std::optional<util::UnixMillis> newest;
    std::int64_t this_run = 0;  // the interrupted one that it goes on with included
    std::int64_t month = 0;     // before it, within 31 days
    std::int64_t year = 0;      // before that, within 366 days
    std::int64_t older = 0;
    std::int64_t never = 0;
  } proofs;
  /// Assets whose every file was read and proven in this run and is present in Immich.
  struct SafeAsset {
    std::string asset;  // record name
    std::string library;
    std::optional<util::UnixMillis> captured;
    std::string name;  // the one a person knows
    std::string path;  // of its first file, relative to the photos dir
  };
  struct SafeToDelete {
    std::int64_t assets = 0;
    std::string list;               // file in the state dir that names them all; "" where there is none
    std::vector<SafeAsset> listed;  // the first thousand
  };
  std::optional<SafeToDelete> safe_to_delete;  // nullopt: not asked for
  /// Originals drawn at random, fetched from iCloud again and compared with the files, byte by byte.
  struct RestoreSample {
    std::int64_t drawn = 0;
    std::int64_t same = 0;
    std::int64_t different = 0;
    std::int64_t not_offered = 0;  // gone, or another content by now
    std::int64_t bytes = 0;        // fetched
  };
  std::optional<RestoreSample> restore_sample;  // nullopt: not asked for
  std::vector<Difference> differences;
  std::int64_t queued_for_repair = 0;
  std::string photos_dir;
  bool icloud_asked = false;     // else what iCloud has is what the last run knew
  bool volume_asked = false;     // immich.asked says the same of Immich
  bool quick = false;            // size and modification time were trusted
  std::optional<double> subset;  // this part of the placed files was read; nullopt: all
  /// All that was asked for was looked at to the end; what was not is not proven.
  bool finished = false;
  [[nodiscard]] bool complete() const { return finished && differences.empty() && pending == 0 && immich.unread == 0; }
};

struct StatusReport {
  SessionReport session;
  struct {
    std::int64_t assets = 0;
    std::int64_t files = 0;
    std::int64_t bytes = 0;
  } ledger;
  struct Run {
    std::string command;
    util::UnixMillis started_at = 0;
    std::optional<util::UnixMillis> ended_at;
    int exit_code = 0;
    std::string summary;
  };
  struct {
    std::string folder;  // as a person finds it: below the photos dir where that is known
    std::int64_t files = 0;
    std::int64_t bytes = 0;
  } trash;
  struct {
    std::optional<util::UnixMillis> oldest;  // of the placed files that have one
    std::optional<util::UnixMillis> newest;
    std::int64_t never = 0;  // placed files that have none
  } proofs;
  std::vector<Run> last_runs;
  std::int64_t pending = 0;
  std::string advice;
  struct Manifest {
    std::string file;
    std::int64_t files = 0;
    std::int64_t bytes = 0;  // of them
  };
  std::optional<Manifest> manifest;  // nullopt: not asked for
};

struct DoctorReport {
  struct Check {
    std::string name;
    std::string message;               // what is well
    std::optional<util::Error> fault;  // else what is not, and its remedy
  };
  std::vector<Check> checks;
};

/// Where a run stands, for a progress line.
struct Progress {
  enum class Phase { listing, recognising, planning, transferring, sidecars, scanning, verifying };
  Phase phase = Phase::listing;
  std::int64_t done = 0;
  std::int64_t total = 0;  // 0: unknown
  std::int64_t done_bytes = 0;
  std::int64_t total_bytes = 0;
};

/// Watches a run from outside. Called from the run's own thread.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void progress(const Progress& progress) = 0;
};

}  // namespace i2i::app
