// records/lookup and records/modify: docs/protocol/icloud.md §7.7, §7.8.

#include "emulator/common/codec.hpp"
#include "emulator/icloud/photos/ck_call.hpp"
#include "emulator/icloud/photos/editor.hpp"
#include "emulator/icloud/photos/tokens.hpp"

namespace emulator::icloud {
namespace {

constexpr std::size_t kMostLookups = 200;

/// Writes the record of that name; false where there is none.
bool write_record(Zone& zone, RecordWriter& writer, const std::string& name) {
  if (const auto asset = zone.find_asset(name)) {
    if (zone.assets[*asset].purged) return false;
    writer.asset(*asset);
    return true;
  }
  if (const auto album = zone.find_album(name)) {
    if (zone.albums[*album].purged) return false;
    writer.album(*album);
    return true;
  }
  if (const auto relation = zone.find_relation(name)) {
    if (zone.relations[*relation].purged) return false;
    writer.relation(*relation);
    return true;
  }
  if (const auto master = zone.find_master(name)) {
    if (zone.masters[*master].purged) return false;
    writer.master(*master);
    return true;
  }
  return false;
}

bool flag(const nlohmann::json& field) {
  const auto value = field.find("value");
  if (value == field.end()) return false;
  return value->is_boolean() ? value->get<bool>() : value->is_number() && value->get<std::int64_t>() != 0;
}

void apply_fields(LibraryEditor& editor, const std::string& asset, const nlohmann::json& fields) {
  for (const auto& [name, field] : fields.items()) {
    if (!field.is_object()) continue;
    if (name == "isDeleted") {
      flag(field) ? editor.trash(asset) : editor.restore(asset);
    } else if (name == "isFavorite") {
      editor.set_favorite(asset, flag(field));
    } else if (name == "isHidden") {
      editor.set_hidden(asset, flag(field));
    } else if (name == "captionEnc") {
      editor.set_caption(asset, unbase64(text_of(field, "value")).value_or(""));
    }
  }
}

}  // namespace

Response CkService::lookup(Call& call) {
  const auto records = call.body.find("records");
  if (records == call.body.end() || !records->is_array()) {
    return ck_error(call.uuid, 400, "BAD_REQUEST", "BadRequestException: missing required field 'records'");
  }
  if (records->size() > kMostLookups) {
    return ck_error(call.uuid, 400, "BAD_REQUEST",
                    "BadRequestException: array 'records' length is greater than max size");
  }
  const std::string name = zone_name_of(call.body);
  Zone* zone = library_.find_zone(call.database, name);
  if (zone == nullptr) return ck_error(call.uuid, 404, "ZONE_NOT_FOUND", "Zone does not exist");
  auto& json = call.json;
  json.begin_object();
  json.key("records");
  json.begin_array();
  const DesiredKeys keys = desired_keys_of(call.body);
  RecordWriter writer(json, library_, *zone, keys, urls_.batch(call.uuid, name));
  for (const auto& record : *records) {
    const std::string id = text_of(record, "recordName");
    if (!write_record(*zone, writer, id)) writer.error(id, "NOT_FOUND", "Record not found");
  }
  json.end_array();
  call.sync_token(*zone);
  json.end_object();
  Response response;
  response.body = json.take();
  return response;
}

Response CkService::modify(Call& call) {
  const auto operations = call.body.find("operations");
  if (operations == call.body.end() || !operations->is_array()) {
    return ck_error(call.uuid, 400, "BAD_REQUEST", "BadRequestException: missing required field 'operations'");
  }
  const std::string name = zone_name_of(call.body);
  Zone* zone = library_.find_zone(call.database, name);
  if (zone == nullptr) return ck_error(call.uuid, 404, "ZONE_NOT_FOUND", "Zone does not exist");
  auto& json = call.json;
  json.begin_object();
  json.key("records");
  json.begin_array();
  const DesiredKeys keys = desired_keys_of(call.body);
  RecordWriter writer(json, library_, *zone, keys, urls_.batch(call.uuid, name));
  LibraryEditor editor(library_);
  for (const auto& operation : *operations) {
    const auto record = operation.value("record", nlohmann::json::object());
    const std::string id = text_of(record, "recordName");
    const auto asset = zone->find_asset(id);
    if (!asset || zone->assets[*asset].purged) {
      writer.error(id, "NOT_FOUND", "Record not found");
      continue;
    }
    if (call.knobs.strict_change_tags &&
        text_of(record, "recordChangeTag") != change_tag(zone->assets[*asset].change)) {
      writer.error(id, "CONFLICT", "client oplock error updating record");
      continue;
    }
    apply_fields(editor, id, record.value("fields", nlohmann::json::object()));
    writer.asset(*asset);
  }
  json.end_array();
  call.sync_token(*zone);
  json.end_object();
  Response response;
  response.body = json.take();
  return response;
}

}  // namespace emulator::icloud
