#include "emulator/icloud/photos/manifest.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace emulator::icloud {
namespace {

using nlohmann::json;

constexpr std::int64_t kThirtyDaysMs = std::int64_t{30} * 86400 * 1000;

template <typename T>
void take(const json& from, const char* name, T& to) {
  if (const auto found = from.find(name); found != from.end() && !found->is_null()) to = found->get<T>();
}

void take_raw(const json& from, const char* name, RawFields& to) {
  const auto found = from.find(name);
  if (found == from.end()) return;
  for (const auto& [field, value] : found->items()) to[field] = value.dump();
}

class Loader {
 public:
  Loader(Library& library, std::filesystem::path folder) : library_(library), folder_(std::move(folder)) {}

  void zones(const json& list) {
    for (const auto& item : list) {
      const bool shared = item.value("database", "private") == "shared";
      library_.zone(item.at("name").get<std::string>(), shared ? Database::shared_db : Database::private_db);
    }
  }

  void master(const json& item) {
    Zone& zone = zone_of(item);
    const std::int64_t now = library_.now_ms();
    Master master{.created_ms = now, .modified_ms = now};
    master.raw = std::make_shared<RawFields>();
    take(item, "id", master.id);
    take(item, "item_type", master.item_type);
    if (!item.contains("item_type")) (*master.raw)["itemType"] = "null";
    take(item, "orientation", master.orientation);
    take(item, "created_ms", master.created_ms);
    filename(item, master);
    take_raw(item, "raw_fields", *master.raw);
    const json files = item.value("files", json::object());
    const std::pair<const char*, ResourceKind> kinds[] = {{"original", ResourceKind::original},
                                                          {"live_video", ResourceKind::original_video},
                                                          {"alternative", ResourceKind::original_alt},
                                                          {"sidecar", ResourceKind::sidecar}};
    for (const auto& [name, kind] : kinds) {
      if (files.contains(name)) master.resources.push_back(resource(files.at(name), kind, item));
    }
    master.video = item.value("data_class", 1) == 2;
    if (master.id.empty() && master.find(ResourceKind::original) != nullptr) {
      master.id = master.find(ResourceKind::original)->blob->checksum();
    }
    if (master.raw->empty()) master.raw.reset();
    const std::string key = item.contains("key") ? item.at("key").get<std::string>() : master.id;
    masters_[zone.name + "\n" + key] = zone.add_master(std::move(master));
  }

  void asset(const json& item) {
    Zone& zone = zone_of(item);
    Asset asset;
    asset.id = item.at("id").get<std::string>();
    const auto master = masters_.find(zone.name + "\n" + item.at("master").get<std::string>());
    if (master == masters_.end()) throw std::invalid_argument("manifest: asset " + asset.id + " has no master");
    asset.master = master->second;
    take(item, "date_ms", asset.date_ms);
    asset.added_ms = item.value("added_ms", asset.date_ms);
    asset.modified_ms = asset.added_ms;
    if (item.contains("tz_offset_s")) asset.tz_offset_s = item.at("tz_offset_s").get<std::int32_t>();
    take(item, "favorite", asset.favorite);
    take(item, "hidden", asset.hidden);
    take(item, "duration_ms", asset.duration_ms);
    take(item, "subtype", asset.subtype);
    take(item, "subtype_v2", asset.subtype_v2);
    extras(item, asset, zone.masters[asset.master]);
    if (item.value("deleted", false)) {
      asset.expunge_ms = library_.now_ms() + kThirtyDaysMs;
      zone.masters[asset.master].expunge_ms = asset.expunge_ms;
    }
    size(item, zone.masters[asset.master]);
    zone.add_asset(std::move(asset));
  }

  void album(const json& item) {
    Zone& zone = zone_of(item);
    const std::int64_t now = library_.now_ms();
    const auto index = zone.add_album({.id = item.at("id").get<std::string>(),
                                       .name = item.value("name", ""),
                                       .parent = item.value("parent", ""),
                                       .type = item.value("type", 0),
                                       .created_ms = now,
                                       .modified_ms = now,
                                       .without_name = !item.contains("name")});
    for (const auto& id : item.value("assets", json::array())) {
      const auto asset = zone.find_asset(id.get<std::string>());
      if (!asset) throw std::invalid_argument("manifest: album with unknown asset " + id.get<std::string>());
      zone.add_relation(*asset, index, now);
    }
  }

 private:
  Zone& zone_of(const json& item) {
    const std::string name = item.value("zone", "PrimarySync");
    if (Zone* found = library_.find_zone(name)) return *found;
    return library_.zone(name);
  }

  Resource resource(const json& file, ResourceKind kind, const json& item) {
    Resource resource;
    resource.kind = kind;
    resource.blob = blob_from_file((folder_ / file.at("path").get<std::string>()).string());
    resource.uti = file.value("uti", item.value("item_type", "public.jpeg"));
    resource.width = file.value("width", item.value("width", 0U));
    resource.height = file.value("height", item.value("height", 0U));
    resource.without_url = file.value("no_url", false);
    if (file.contains("announced_size")) resource.announced_size = file.at("announced_size").get<std::uint64_t>();
    if (file.contains("announced_checksum")) {
      resource.announced_checksum = file.at("announced_checksum").get<std::string>();
    }
    return resource;
  }

  static void filename(const json& item, Master& master) {
    if (item.contains("filename_raw")) {
      (*master.raw)["filenameEnc"] = item.at("filename_raw").dump();
    } else if (item.contains("filename") && !item.at("filename").is_null()) {
      master.filename = item.at("filename").get<std::string>();
    } else {
      (*master.raw)["filenameEnc"] = "null";
    }
  }

  /// The manifest says sizes of assets; the record that shows them is the master's.
  static void size(const json& item, Master& master) {
    for (auto& file : master.resources) {
      if (file.width == 0) file.width = item.value("width", 0U);
      if (file.height == 0) file.height = item.value("height", 0U);
    }
  }

  void extras(const json& item, Asset& asset, const Master& master) {
    static constexpr const char* kNames[] = {"edited",      "edited_video", "adjustment_type", "caption",
                                             "description", "keywords",     "location",        "burst_id",
                                             "burst_flags", "raw_fields",   "time_zone_name",  "contributor"};
    bool any = false;
    for (const auto* name : kNames) any = any || item.contains(name);
    if (!any) return;
    AssetExtra& extra = asset.more();
    if (item.contains("edited")) {
      const auto kind = master.video ? ResourceKind::vid_full : ResourceKind::jpeg_full;
      extra.resources.push_back(resource(item.at("edited"), kind, item));
      extra.adjustment_type = "com.apple.photo";
    }
    if (item.contains("edited_video")) {
      extra.resources.push_back(resource(item.at("edited_video"), ResourceKind::vid_full, item));
      extra.adjustment_type = "com.apple.photo";
    }
    take(item, "adjustment_type", extra.adjustment_type);
    take(item, "caption", extra.caption);
    take(item, "description", extra.description);
    take(item, "time_zone_name", extra.time_zone_name);
    take(item, "contributor", extra.contributor);
    take(item, "burst_id", extra.burst_id);
    take(item, "burst_flags", extra.burst_flags);
    take(item, "keywords", extra.keywords);
    extra.has_keywords = item.contains("keywords");
    if (const auto place = item.find("location"); place != item.end()) {
      extra.place = Place{.lat = place->at("lat").get<double>(),
                          .lon = place->at("lon").get<double>(),
                          .alt = place->value("alt", 0.0),
                          .timestamp_ms = asset.date_ms};
    }
    take_raw(item, "raw_fields", extra.raw);
  }

  Library& library_;
  std::filesystem::path folder_;
  std::map<std::string, std::uint32_t> masters_;
};

}  // namespace

void load_manifest(Library& library, const std::string& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("no such manifest: " + file);
  add_manifest(library, json::parse(stream), std::filesystem::absolute(file).parent_path().string());
}

void add_manifest(Library& library, const json& manifest, const std::string& folder) {
  const auto guard = library.lock();
  Loader loader(library, folder);
  loader.zones(manifest.value("zones", json::array()));
  for (const auto& item : manifest.value("masters", json::array())) loader.master(item);
  for (const auto& item : manifest.value("assets", json::array())) loader.asset(item);
  for (const auto& item : manifest.value("albums", json::array())) loader.album(item);
  for (Zone* zone : library.zones()) {
    if (!zone->noise()) zone->touch_info();
  }
}

}  // namespace emulator::icloud
