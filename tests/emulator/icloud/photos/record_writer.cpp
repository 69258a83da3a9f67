#include "emulator/icloud/photos/record_writer.hpp"

#include "emulator/common/codec.hpp"
#include "emulator/icloud/photos/tokens.hpp"

namespace emulator::icloud {
namespace {

constexpr const char* kDevice = "9DD832CBD916B81F61073DFC925ADA027CFA1477B567B104010F1107DFEC1367";
constexpr std::int64_t kTenDaysMs = std::int64_t{10} * 86400 * 1000;

bool is_movie(std::string_view uti) {
  return uti == "com.apple.quicktime-movie" || uti == "public.mpeg-4" || uti == "com.apple.m4v-video" ||
         uti == "public.avi" || uti == "public.3gpp" || uti == "public.mpeg";
}

}  // namespace

bool RecordWriter::wanted(const std::string& name) const {
  if (raw_ != nullptr && raw_->contains(name)) return false;
  return !keys_ || keys_->contains(name);
}

void RecordWriter::zone_id(bool with_type) {
  json_.key("zoneID");
  json_.begin_object();
  json_.key("zoneName");
  json_.string(zone_.name);
  json_.key("ownerRecordName");
  json_.string(zone_.owner);
  if (with_type) {
    json_.key("zoneType");
    json_.string("REGULAR_CUSTOM_ZONE");
  }
  json_.end_object();
}

void RecordWriter::stamp(const char* key, std::int64_t ms, bool virtual_record) {
  json_.key(key);
  json_.begin_object();
  json_.key("timestamp");
  json_.number(ms);
  json_.key("userRecordName");
  json_.string(virtual_record ? "_10" : zone_.owner);
  json_.key("deviceID");
  json_.string(virtual_record ? "1" : kDevice);
  json_.end_object();
}

void RecordWriter::begin(const Envelope& envelope) {
  json_.begin_object();
  json_.key("recordName");
  json_.string(envelope.name);
  json_.key("recordType");
  json_.string(envelope.type);
  json_.key("fields");
  json_.begin_object();
}

void RecordWriter::end(const Envelope& envelope) {
  if (raw_ != nullptr) raw_fields(*raw_);
  raw_ = nullptr;
  json_.end_object();
  json_.key("pluginFields");
  json_.begin_object();
  json_.end_object();
  json_.key("recordChangeTag");
  json_.string(envelope.virtual_record ? "0" : change_tag(envelope.change));
  stamp("created", envelope.created_ms, envelope.virtual_record);
  stamp("modified", envelope.modified_ms, envelope.virtual_record);
  json_.key("deleted");
  json_.boolean(false);
  zone_id(envelope.zone_type);
  if (envelope.expunge_ms != 0) {
    json_.key("expirationTime");  // seconds, ten days after the purge date (§7.8)
    json_.number((envelope.expunge_ms + kTenDaysMs) / 1000);
  }
  json_.end_object();
}

void RecordWriter::tombstone(std::string_view name, std::uint64_t change) {
  json_.begin_object();
  json_.key("recordName");
  json_.string(name);
  json_.key("recordType");
  json_.null();
  json_.key("deleted");
  json_.boolean(true);
  json_.key("recordChangeTag");
  json_.string(change_tag(change));
  json_.end_object();
}

void RecordWriter::typed(const char* type) {
  json_.key("type");
  json_.string(type);
  json_.end_object();
}

void RecordWriter::int64(const std::string& name, std::int64_t value) {
  if (!wanted(name)) return;
  json_.key(name);
  json_.begin_object();
  json_.key("value");
  json_.number(value);
  typed("INT64");
}

void RecordWriter::text(const std::string& name, std::string_view value) {
  if (!wanted(name)) return;
  json_.key(name);
  json_.begin_object();
  json_.key("value");
  json_.string(value);
  typed("STRING");
}

void RecordWriter::encrypted(const std::string& name, std::string_view bytes) {
  if (!wanted(name)) return;
  json_.key(name);
  json_.begin_object();
  json_.key("value");
  json_.string(base64(bytes));
  typed("ENCRYPTED_BYTES");
}

void RecordWriter::time(const std::string& name, std::int64_t ms) {
  if (!wanted(name)) return;
  json_.key(name);
  json_.begin_object();
  json_.key("value");
  json_.number(ms);
  typed("TIMESTAMP");
}

void RecordWriter::reference(const std::string& name, const std::string& record) {
  if (!wanted(name)) return;
  json_.key(name);
  json_.begin_object();
  json_.key("value");
  json_.begin_object();
  json_.key("recordName");
  json_.string(record);
  json_.key("action");
  json_.string("DELETE_SELF");
  zone_id(false);
  json_.end_object();
  typed("REFERENCE");
}

void RecordWriter::contributors(const std::string& who) {
  if (!wanted("contributors")) return;
  json_.key("contributors");
  json_.begin_object();
  json_.key("value");
  json_.begin_array();
  json_.begin_object();
  json_.key("recordName");
  json_.string(who);
  json_.key("action");
  json_.string("NONE");
  zone_id(false);
  json_.end_object();
  json_.end_array();
  typed("REFERENCE_LIST");
}

void RecordWriter::resource(const Resource& resource) {
  const std::string prefix{field_prefix(resource.kind)};
  text(prefix + "FileType", resource.uti);
  const bool announced = wanted(prefix + "Res") || wanted(prefix + "Fingerprint");
  if (!announced && !wanted(prefix + "FileSize") && !wanted(prefix + "Width")) return;
  int64(prefix + "Width", resource.width);
  int64(prefix + "Height", resource.height);
  const auto size = static_cast<std::int64_t>(resource.announced_size.value_or(resource.blob->size()));
  int64(prefix + "FileSize", size);
  if (!announced) return;
  const std::string checksum = resource.announced_checksum.value_or(resource.blob->checksum());
  text(prefix + "Fingerprint", checksum);
  if (!wanted(prefix + "Res")) return;
  library_.publish(resource.blob);
  json_.key(prefix + "Res");
  json_.begin_object();
  json_.key("value");
  json_.begin_object();
  json_.key("fileChecksum");
  json_.string(checksum);
  json_.key("size");
  json_.number(size);
  json_.key("wrappingKey");
  json_.string(base64(resource.blob->wrapping_key()));
  json_.key("referenceChecksum");
  json_.string(base64(resource.blob->reference()));
  if (!resource.without_url) {
    json_.key("downloadURL");
    json_.string(urls_.url(*resource.blob));
  }
  json_.end_object();
  typed("ASSETID");
}

void RecordWriter::raw_fields(const RawFields& raw) {
  for (const auto& [name, value] : raw) {
    if (value == "null" || (keys_ && !keys_->contains(name))) continue;
    json_.key(name);
    json_.json(nlohmann::ordered_json::parse(value));
  }
}

bool RecordWriter::wants_previews() const {
  return !keys_ || keys_->contains("resJPEGThumbRes") || keys_->contains("resJPEGMedRes") ||
         keys_->contains("resVidMedRes") || keys_->contains("resVidSmallRes");
}

void RecordWriter::previews(Master& master, std::uint32_t index) {
  if (!wants_previews()) return;
  if (master.previews.empty()) {
    const std::uint64_t key = mix64(std::hash<std::string>{}(zone_.master_id(index)));
    const auto add = [&](ResourceKind kind, const char* uti, std::uint32_t width, std::uint64_t size) {
      master.previews.push_back({.kind = kind,
                                 .blob = blob_generated(key + static_cast<std::uint64_t>(kind), size),
                                 .uti = uti,
                                 .width = width,
                                 .height = width * 3 / 4});
    };
    add(ResourceKind::jpeg_med, "public.jpeg", 2048, 900);
    add(ResourceKind::jpeg_thumb, "public.jpeg", 480, 300);
    const bool live = master.find(ResourceKind::original_video) != nullptr;
    if (live || master.video) {
      const char* uti = live ? "com.apple.quicktime-movie" : "public.mpeg-4";
      add(ResourceKind::vid_med, uti, 872, 700);
      add(ResourceKind::vid_small, uti, 581, 400);
    }
  }
  for (const auto& preview : master.previews) resource(preview);
}

void RecordWriter::master(std::uint32_t index) {
  Master& master = zone_.masters[index];
  const std::string& id = zone_.master_id(index);
  if (master.purged) return tombstone(id, master.change);
  raw_ = master.raw.get();
  const Envelope envelope{.name = id,
                          .type = "CPLMaster",
                          .change = master.change,
                          .created_ms = master.created_ms,
                          .modified_ms = master.modified_ms,
                          .expunge_ms = master.expunge_ms};
  begin(envelope);
  encrypted("filenameEnc", master.filename);
  text("itemType", master.item_type);
  int64("dataClassType", master.video || is_movie(master.item_type) ? 2 : 1);
  int64("originalOrientation", master.orientation);
  for (const auto& file : master.resources) resource(file);
  previews(master, index);
  time("importDate", master.created_ms);
  time("originalCreationDate", master.created_ms);
  time("recordModificationDate", master.modified_ms);
  int64("importedBy", 1);
  encrypted("importedByBundleIdentifierEnc", "com.apple.camera");
  encrypted("importedByDisplayNameEnc", "Camera");
  int64("fullSizeJPEGSource", 0);
  int64("videoFrameRate", 0);
  if (zone_.shared()) contributors(zone_.owner);
  if (master.expunge_ms != 0) {
    int64("isDeleted", 1);
    time("dateExpunged", master.expunge_ms);
  }
  end(envelope);
}

void RecordWriter::asset(std::uint32_t index) {
  const Asset& asset = zone_.assets[index];
  if (asset.purged) return tombstone(asset.id, asset.change);
  static const AssetExtra kNone;
  const AssetExtra& extra = asset.extra ? *asset.extra : kNone;
  const Master& master = zone_.masters[asset.master];
  raw_ = &extra.raw;
  const Envelope envelope{.name = asset.id,
                          .type = "CPLAsset",
                          .change = asset.change,
                          .created_ms = asset.added_ms,
                          .modified_ms = asset.modified_ms,
                          .expunge_ms = asset.expunge_ms};
  begin(envelope);
  reference("masterRef", zone_.master_id(asset.master));
  time("assetDate", asset.date_ms);
  time("addedDate", asset.added_ms);
  time("mostRecentAddedDate", asset.added_ms);
  time("recordModificationDate", asset.modified_ms);
  if (asset.tz_offset_s) int64("timeZoneOffset", *asset.tz_offset_s);
  if (!extra.time_zone_name.empty()) encrypted("timeZoneNameEnc", extra.time_zone_name);
  int64("isFavorite", asset.favorite ? 1 : 0);
  int64("isHidden", asset.hidden ? 1 : 0);
  if (asset.deleted()) {
    int64("isDeleted", 1);
    int64("isExpunged", 0);
    time("dateExpunged", asset.expunge_ms);
  }
  if (extra.trash_reason) int64("trashReason", *extra.trash_reason);
  int64("orientation", master.orientation);
  int64("duration", asset.duration_ms);
  int64("assetSubtype", asset.subtype);
  int64("assetSubtypeV2", asset.subtype_v2);
  int64("assetHDRType", 0);
  int64("burstFlags", extra.burst_flags);
  if (!extra.burst_id.empty()) {
    int64("burstFlagsExt", extra.burst_flags);
    text("burstId", extra.burst_id);
  }
  int64("adjustmentRenderType", 0);
  int64("customRenderedValue", 0);
  const bool live = master.find(ResourceKind::original_video) != nullptr;
  int64("vidComplDurValue", live ? 2768333333 : 0);
  int64("vidComplDurScale", live ? 1000000000 : 0);
  int64("vidComplDispValue", live ? 1200880290 : 0);
  int64("vidComplDispScale", live ? 1000000000 : 0);
  int64("vidComplVisibilityState", 0);
  if (extra.place) encrypted("locationEnc", location_plist(*extra.place));
  if (!extra.caption.empty()) encrypted("captionEnc", extra.caption);
  if (!extra.description.empty()) encrypted("extendedDescEnc", extra.description);
  if (extra.has_keywords) encrypted("keywordsEnc", keywords_plist(extra.keywords));
  if (!extra.adjustment_type.empty()) text("adjustmentType", extra.adjustment_type);
  for (const auto& file : extra.resources) {
    resource(file);
    if (file.kind != ResourceKind::jpeg_full || !wants_previews()) continue;
    // A preview on the asset shows the edit (§9.4).
    const std::uint64_t key = mix64(std::hash<std::string>{}(file.blob->checksum()));
    resource({.kind = ResourceKind::jpeg_thumb,
              .blob = blob_generated(key, 300),
              .uti = "public.jpeg",
              .width = 480,
              .height = 360});
  }
  if (zone_.shared()) contributors(extra.contributor.empty() ? zone_.owner : extra.contributor);
  end(envelope);
}

void RecordWriter::album(std::uint32_t index) {
  const Album& album = zone_.albums[index];
  if (album.purged) return tombstone(album.id, album.change);
  const Envelope envelope{.name = album.id,
                          .type = "CPLAlbum",
                          .change = album.change,
                          .created_ms = album.created_ms,
                          .modified_ms = album.modified_ms,
                          .zone_type = true};
  begin(envelope);
  time("recordModificationDate", album.modified_ms);
  int64("sortAscending", 1);
  int64("sortType", 0);
  int64("sortTypeExt", 0);
  int64("albumType", album.type);
  if (!album.without_name) encrypted("albumNameEnc", album.name);
  int64("position", album.position);
  if (!album.parent.empty()) text("parentId", album.parent);
  end(envelope);
}

void RecordWriter::relation(std::uint32_t index) {
  const Relation& relation = zone_.relations[index];
  const std::string id = zone_.relation_id(relation);
  if (relation.purged) return tombstone(id, relation.change);
  const Envelope envelope{.name = id,
                          .type = "CPLContainerRelation",
                          .change = relation.change,
                          .created_ms = relation.created_ms,
                          .modified_ms = relation.created_ms};
  begin(envelope);
  text("itemId", zone_.assets[relation.asset].id);
  text("containerId", zone_.albums[relation.album].id);
  int64("position", relation.position);
  int64("isKeyAsset", relation.key_asset ? 1 : 0);
  end(envelope);
}

void RecordWriter::info() {
  const std::string id = zone_.name + "-0000-LI";
  const Envelope envelope{.name = id, .type = "CPLLibraryInfo", .change = zone_.info_change};
  begin(envelope);
  int64("photosCount", static_cast<std::int64_t>(zone_.index(Index::asset_date).size()));
  int64("videosCount", static_cast<std::int64_t>(zone_.index(Index::smart, "VIDEO").size()));
  int64("hiddenPhotosCount", static_cast<std::int64_t>(zone_.index(Index::hidden).size()));
  int64("hiddenVideosCount", 0);
  int64("albumsCount", static_cast<std::int64_t>(zone_.albums.size()));
  end(envelope);
}

void RecordWriter::entry(const LogEntry& entry) {
  switch (entry.type) {
    case RecordType::master:
      return master(entry.index);
    case RecordType::asset:
      return asset(entry.index);
    case RecordType::album:
      return album(entry.index);
    case RecordType::relation:
      return relation(entry.index);
    case RecordType::info:
      return info();
  }
}

void RecordWriter::virtual_record(std::string_view name, std::string_view type, const nlohmann::ordered_json& fields) {
  const std::int64_t now = library_.now_ms();
  const Envelope envelope{.name = name, .type = type, .created_ms = now, .modified_ms = now, .virtual_record = true};
  begin(envelope);
  for (const auto& [field, value] : fields.items()) {
    json_.key(field);
    json_.json(value);
  }
  end(envelope);
}

void RecordWriter::error(const std::string& name, const std::string& code, const std::string& reason) {
  json_.begin_object();
  json_.key("recordName");
  json_.string(name);
  json_.key("reason");
  json_.string(reason);
  json_.key("serverErrorCode");
  json_.string(code);
  json_.end_object();
}

}  // namespace emulator::icloud
