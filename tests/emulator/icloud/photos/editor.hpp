#pragma once
// What a person does to a library, with the records that change by it: docs/protocol/icloud.md §8.3.

#include <nlohmann/json.hpp>
#include <string>

#include "emulator/icloud/photos/library.hpp"

namespace emulator::icloud {

/// A photo or video that is taken or imported.
struct NewItem {
  std::string zone = "PrimarySync";
  std::string id;  // of the asset; empty: a new one
  std::string filename = "IMG_9999.JPG";
  std::string item_type = "public.jpeg";
  BlobPtr original;
  BlobPtr live_video;
  BlobPtr alternative;
  std::string alternative_uti = "com.adobe.raw-image";
  std::optional<std::int64_t> date_ms;  // nothing: now
};

/// Thread-safe: every function is one change under the library's lock. Assets and albums are named by record name; all
/// throw std::invalid_argument where there is none of that name.
class LibraryEditor {
 public:
  explicit LibraryEditor(Library& library) : library_(library) {}

  /// Record name of the asset.
  std::string add(const NewItem& item);
  /// New asset on the same master.
  std::string duplicate(const std::string& asset);
  void edit(const std::string& asset, BlobPtr still, const std::string& uti, BlobPtr video = nullptr);
  void revert(const std::string& asset);
  /// Another file for the same photo: its asset names the master of the new file, and the old master goes where nothing
  /// uses it any more [assumed: no recording shows it; the rule that a master is named by its original's checksum
  /// holds, docs/protocol/icloud.md §9.2]. keep_master: the record of the old master gets the new file instead.
  void correct(const std::string& asset, BlobPtr original, bool keep_master);
  /// The master's record no longer names a file it had, as no person's action does.
  void omit(const std::string& asset, ResourceKind kind);
  void set_favorite(const std::string& asset, bool on);
  void set_hidden(const std::string& asset, bool on);
  void set_caption(const std::string& asset, const std::string& caption);
  void set_description(const std::string& asset, const std::string& description);
  void set_keywords(const std::string& asset, const std::vector<std::string>& keywords);
  /// offset_s: east of UTC; none leaves it as it is.
  void set_date(const std::string& asset, std::int64_t date_ms, std::optional<std::int32_t> offset_s = std::nullopt);
  void set_place(const std::string& asset, std::optional<Place> place);
  void trash(const std::string& asset);
  void restore(const std::string& asset);
  void purge(const std::string& asset);
  /// To another zone, as when a photo moves to the shared library. Record name of the asset there.
  std::string move(const std::string& asset, const std::string& zone);

  std::string create_album(const std::string& zone, const std::string& name, const std::string& parent = {},
                           bool folder = false, const std::string& id = {});
  void rename_album(const std::string& album, const std::string& name);
  void move_album(const std::string& album, const std::string& parent);
  /// A folder takes what is in it along.
  void delete_album(const std::string& album);
  void add_to_album(const std::string& asset, const std::string& album);
  void remove_from_album(const std::string& asset, const std::string& album);

  void delete_zone(const std::string& zone);
  /// A shared library goes over to the other database, as for its owner who hands it over and stays a participant: the
  /// same records, by another owner, in a zone of the same name (§6.2).
  /// no: the old side is gone from the list of zones, and changes/database never says so.
  enum class Told { yes, no };
  void change_side(const std::string& zone, Told told = Told::yes);

  /// One change in words: {"op":"add"|"edit"|"favorite"|..., ...}; tests/emulator/README.md lists them. folder: what
  /// paths are relative to. Returns {"asset":…} or {"album":…} of what was made. Throws std::invalid_argument.
  nlohmann::json apply(const nlohmann::json& change, const std::string& folder);

 private:
  struct Found {
    Zone& zone;
    std::uint32_t index;
  };
  Found find_asset(const std::string& id);
  Found find_album(const std::string& id);
  void changed(const Found& found);
  void drop_master_if_unused(Zone& zone, std::uint32_t master);
  void drop_relations(Zone& zone, std::optional<std::uint32_t> asset, std::optional<std::uint32_t> album);

  Library& library_;
};

}  // namespace emulator::icloud
