#include "icloud/records_record_decode.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "i2i/util/text.hpp"
#include "icloud/plist.hpp"

namespace i2i::icloud {
namespace {

using util::Json;
using util::member;

/// The value of a field; null where the field, its value or both are missing (§9.1).
const Json& value_of(const Json& fields, std::string_view name) { return member(member(fields, name), "value"); }

/// The bytes of an …Enc field by its type; nullopt for every form that cannot be read (§9.1).
std::optional<std::string> encoded(const Json& fields, std::string_view name) {
  const Json& field = member(fields, name);
  const auto* text = member(field, "value").get_ptr<const std::string*>();
  if (text == nullptr) return std::nullopt;
  const std::string type = util::text_or(field, "type");
  if (type == "STRING") return *text;
  if (type == "ENCRYPTED_BYTES") return util::base64_decode(*text);
  return std::nullopt;
}

/// A text …Enc field; "" where it is absent or unreadable.
std::string encoded_text(const Json& fields, std::string_view name) {
  auto text = encoded(fields, name);
  return text && util::is_valid_utf8(*text) ? *std::move(text) : std::string();
}

std::string text_value(const Json& fields, std::string_view name) {
  const auto* text = value_of(fields, name).get_ptr<const std::string*>();
  return text == nullptr ? std::string() : *text;
}

bool flag(const Json& fields, std::string_view name) { return util::is_true(value_of(fields, name)); }

/// A reference, or the bare name that older records hold in its place.
std::string referenced(const Json& fields, std::string_view name) {
  const Json& value = value_of(fields, name);
  return value.is_string() ? value.get<std::string>() : util::text_or(value, "recordName");
}

/// A resource family (§9.4). Without fileChecksum there is nothing to fetch or to prove: no rendition.
void add_rendition(std::vector<model::Rendition>& out, const Json& fields, const std::string& resource,
                   model::RenditionKind kind) {
  const Json& value = value_of(fields, resource + "Res");
  const auto* checksum = member(value, "fileChecksum").get_ptr<const std::string*>();
  if (checksum == nullptr || checksum->empty()) return;
  model::Rendition rendition;
  rendition.kind = kind;
  rendition.checksum = *checksum;
  auto size = util::as_integer(member(value, "size"));
  if (!size) size = util::as_integer(value_of(fields, resource + "FileSize"));
  if (size && *size > 0) rendition.size = static_cast<std::uint64_t>(*size);
  rendition.uti = text_value(fields, resource + "FileType");
  const auto* url = member(value, "downloadURL").get_ptr<const std::string*>();
  if (url != nullptr) rendition.url = *url;
  out.push_back(std::move(rendition));
}

/// docs/protocol/icloud.md §9.5: dataClassType, else the UTI, else the name's extension.
bool is_video(const Json& fields, const model::Master& master) {
  if (const auto data_class = util::as_integer(value_of(fields, "dataClassType"))) {
    if (*data_class == 1 || *data_class == 2) return *data_class == 2;
  }
  static constexpr std::array<std::string_view, 7> kVideoTypes = {"com.apple.quicktime-movie",
                                                                  "public.mpeg-4",
                                                                  "com.apple.m4v-video",
                                                                  "public.avi",
                                                                  "public.3gpp",
                                                                  "public.mpeg",
                                                                  "public.movie"};
  for (const auto type : kVideoTypes) {
    if (master.item_type == type) return true;
  }
  if (!master.item_type.empty()) return master.item_type.find("video") != std::string::npos;
  static constexpr std::array<std::string_view, 8> kVideoEndings = {".mov", ".mp4", ".m4v",  ".avi",
                                                                    ".3gp", ".mpg", ".mpeg", ".mts"};
  const std::string name = util::ascii_lower(master.filename);
  for (const auto ending : kVideoEndings) {
    if (name.ends_with(ending)) return true;
  }
  return false;
}

model::Record decode_master(std::string name, const Json& fields) {
  model::Master master;
  master.name = std::move(name);
  master.filename = encoded_text(fields, "filenameEnc");
  master.item_type = text_value(fields, "itemType");
  master.is_video = is_video(fields, master);
  add_rendition(master.renditions, fields, "resOriginal", model::RenditionKind::original);
  add_rendition(master.renditions, fields, "resOriginalVidCompl", model::RenditionKind::live_video);
  add_rendition(master.renditions, fields, "resOriginalAlt", model::RenditionKind::alternative);
  return master;
}

std::optional<model::Location> place(std::optional<double> latitude, std::optional<double> longitude,
                                     std::optional<double> altitude) {
  if (!latitude || !longitude) return std::nullopt;
  // Written so that NaN fails too. (0, 0) and -180 are how cameras say "no place" (§9.3).
  if (!(std::abs(*latitude) <= 90) || !(std::abs(*longitude) <= 180)) return std::nullopt;
  if (*latitude == 0 && *longitude == 0) return std::nullopt;
  if (altitude && !std::isfinite(*altitude)) altitude.reset();
  return model::Location{*latitude, *longitude, altitude};
}

std::optional<double> number(const Plist& dict, std::string_view key) {
  const Plist* value = dict.find(key);
  return value != nullptr && value->kind == Plist::Kind::number ? std::optional(value->number) : std::nullopt;
}

std::optional<model::Location> decode_location(const Json& fields) {
  for (const char* const name : {"locationEnc", "locationV2Enc"}) {
    const auto bytes = encoded(fields, name);
    const auto dict = bytes ? parse_plist(*bytes) : std::nullopt;
    if (!dict) continue;
    if (auto found = place(number(*dict, "lat"), number(*dict, "lon"), number(*dict, "alt"))) return found;
  }
  return place(util::as_number(value_of(fields, "locationLatitude")),
               util::as_number(value_of(fields, "locationLongitude")), std::nullopt);
}

std::vector<std::string> decode_keywords(const Json& fields) {
  std::vector<std::string> words;
  const auto bytes = encoded(fields, "keywordsEnc");
  const auto list = bytes ? parse_plist(*bytes) : std::nullopt;
  if (!list || list->kind != Plist::Kind::array) return words;
  for (const Plist& item : list->items) {
    if (item.kind == Plist::Kind::text && !item.text.empty() && util::is_valid_utf8(item.text))
      words.push_back(item.text);
  }
  return words;
}

model::Record decode_asset(std::string name, const Json& fields) {
  model::Asset asset;
  asset.name = std::move(name);
  asset.master = referenced(fields, "masterRef");
  if (asset.master.empty()) return model::Skipped{asset.name, "CPLAsset", "refers to no file record"};
  asset.captured = util::as_integer(value_of(fields, "assetDate"));
  asset.added = util::as_integer(value_of(fields, "addedDate"));
  if (const auto offset = util::as_integer(value_of(fields, "timeZoneOffset"))) {
    constexpr std::int64_t kDay = 86'400;
    if (*offset > -kDay && *offset < kDay) asset.offset_s = static_cast<int>(*offset);
  }
  asset.favorite = flag(fields, "isFavorite");
  asset.hidden = flag(fields, "isHidden");
  asset.deleted = flag(fields, "isDeleted") || flag(fields, "isExpunged");
  asset.adjusted = !text_value(fields, "adjustmentType").empty();
  asset.title = encoded_text(fields, "captionEnc");
  asset.description = encoded_text(fields, "extendedDescEnc");
  asset.keywords = decode_keywords(fields);
  asset.location = decode_location(fields);
  asset.burst_id = text_value(fields, "burstId");
  asset.burst_flags = util::as_integer(value_of(fields, "burstFlags")).value_or(0);
  add_rendition(asset.renditions, fields, "resJPEGFull", model::RenditionKind::edited);
  add_rendition(asset.renditions, fields, "resVidFull", model::RenditionKind::edited_video);
  return asset;
}

model::Record decode_album(std::string name, const Json& fields) {
  if (name == "----Root-Folder----" || name == "----Project-Root-Folder----") {
    return model::Skipped{std::move(name), "CPLAlbum", "a folder of the system"};
  }
  if (flag(fields, "isDeleted")) return model::Tombstone{std::move(name)};
  const auto type = util::as_integer(value_of(fields, "albumType")).value_or(0);
  if (type == 6) return model::Skipped{std::move(name), "CPLAlbum", "a smart album"};
  if (type != 0 && type != 3) {
    return model::Skipped{std::move(name), "CPLAlbum", "an album of unknown type " + std::to_string(type)};
  }
  model::Album album;
  album.name_id = std::move(name);
  album.title = encoded_text(fields, "albumNameEnc");
  if (album.title.empty()) return model::Skipped{album.name_id, "CPLAlbum", "an album without a name"};
  album.parent = referenced(fields, "parentId");
  if (album.parent == "----Root-Folder----") album.parent.clear();
  album.is_folder = type == 3;
  album.position = util::as_integer(value_of(fields, "position")).value_or(0);
  return album;
}

model::Record decode_relation(std::string name, const Json& fields) {
  if (flag(fields, "isDeleted")) return model::Tombstone{std::move(name)};
  model::Membership membership;
  membership.asset = referenced(fields, "itemId");
  membership.album = referenced(fields, "containerId");
  const std::size_t split = name.find("-IN-");
  if (split != std::string::npos) {
    if (membership.asset.empty()) membership.asset = name.substr(0, split);
    if (membership.album.empty()) membership.album = name.substr(split + 4);
  }
  if (membership.asset.empty() || membership.album.empty()) {
    return model::Skipped{std::move(name), "CPLContainerRelation", "names no photo or no album"};
  }
  membership.name = std::move(name);
  membership.position = util::as_integer(value_of(fields, "position")).value_or(0);
  return membership;
}

}  // namespace

model::Record decode_record(const Json& record) {
  std::string name = util::text_or(record, "recordName");
  const std::string type = util::text_or(record, "recordType");
  if (name.empty()) return model::Skipped{"", type, "a record without a name"};
  if (util::is_true(member(record, "deleted"))) return model::Tombstone{std::move(name)};
  const Json& fields = member(record, "fields");
  if (type == "CPLMaster") return decode_master(std::move(name), fields);
  if (type == "CPLAsset") return decode_asset(std::move(name), fields);
  if (type == "CPLAlbum") return decode_album(std::move(name), fields);
  if (type == "CPLContainerRelation") return decode_relation(std::move(name), fields);
  return model::Skipped{std::move(name), type, "not a photo: " + (type.empty() ? "a record without a type" : type)};
}

}  // namespace i2i::icloud
