// Changes to the library in words, for the control service and manifests of later changes.

#include <algorithm>
#include <stdexcept>

#include "emulator/icloud/photos/editor.hpp"
#include "emulator/icloud/photos/manifest.hpp"

namespace emulator::icloud {
namespace {

using nlohmann::json;

/// A file: {"path":…} relative to folder, {"text":…} its bytes, or {"size":N,"seed":K} made up. Nothing where absent.
BlobPtr blob_of(const json& change, const char* name, const std::string& folder) {
  const auto found = change.find(name);
  if (found == change.end() || found->is_null()) return nullptr;
  if (found->is_string()) return blob_from_file(folder + "/" + found->get<std::string>());
  if (found->contains("path")) {
    const auto path = found->at("path").get<std::string>();
    return blob_from_file(path.starts_with('/') ? path : folder + "/" + path);
  }
  if (found->contains("text")) return blob_from_bytes(found->at("text").get<std::string>());
  return blob_generated(found->value("seed", std::uint64_t{7}), found->at("size").get<std::uint64_t>());
}

std::string uti_of(const json& change, const char* name, const std::string& otherwise) {
  const auto found = change.find(name);
  if (found == change.end() || !found->is_object()) return otherwise;
  return found->value("uti", otherwise);
}

json add_item(LibraryEditor& editor, const json& change, const std::string& folder) {
  NewItem item;
  item.zone = change.value("zone", item.zone);
  item.id = change.value("id", item.id);
  item.filename = change.value("filename", item.filename);
  item.item_type = change.value("item_type", uti_of(change, "original", item.item_type));
  item.original = blob_of(change, "original", folder);
  if (!item.original) throw std::invalid_argument("add: no \"original\"");
  item.live_video = blob_of(change, "live_video", folder);
  item.alternative = blob_of(change, "alternative", folder);
  item.alternative_uti = uti_of(change, "alternative", item.alternative_uti);
  if (change.contains("date_ms")) item.date_ms = change.at("date_ms").get<std::int64_t>();
  return {{"asset", editor.add(item)}};
}

}  // namespace

json LibraryEditor::apply(const json& change, const std::string& folder) {
  const std::string op = change.value("op", "");
  const std::string asset = change.value("asset", "");
  const std::string album = change.value("album", "");
  const bool on = !change.contains("value") || !change.at("value").is_boolean() || change.at("value").get<bool>();
  const auto text = [&] { return change.at("value").get<std::string>(); };
  if (op == "add") return add_item(*this, change, folder);
  if (op == "add_manifest") {
    add_manifest(library_, change.at("manifest"), folder);
    return json::object();
  }
  if (op == "duplicate") return {{"asset", duplicate(asset)}};
  if (op == "move") return {{"asset", move(asset, change.at("zone").get<std::string>())}};
  if (op == "create_album") {
    return {{"album", create_album(change.value("zone", "PrimarySync"), change.at("name").get<std::string>(),
                                   change.value("parent", ""), change.value("type", 0) == 3, change.value("id", ""))}};
  }
  if (op == "edit") {
    edit(asset, blob_of(change, "edited", folder), uti_of(change, "edited", "public.jpeg"),
         blob_of(change, "edited_video", folder));
  } else if (op == "correct") {
    const auto original = blob_of(change, "original", folder);
    if (!original) throw std::invalid_argument("correct: no \"original\"");
    correct(asset, original, change.value("keep_master", false));
  } else if (op == "omit") {
    const bool video = change.at("resource").get<std::string>() == "live_video";
    omit(asset, video ? ResourceKind::original_video : ResourceKind::original_alt);
  } else if (op == "revert") {
    revert(asset);
  } else if (op == "favorite") {
    set_favorite(asset, on);
  } else if (op == "hide") {
    set_hidden(asset, on);
  } else if (op == "unhide") {
    set_hidden(asset, false);
  } else if (op == "caption") {
    set_caption(asset, text());
  } else if (op == "description") {
    set_description(asset, text());
  } else if (op == "keywords") {
    set_keywords(asset, change.at("value").get<std::vector<std::string>>());
  } else if (op == "date") {
    set_date(asset, change.at("value").get<std::int64_t>(),
             change.contains("offset_s") ? std::optional(change.at("offset_s").get<std::int32_t>()) : std::nullopt);
  } else if (op == "place") {
    const auto& value = change.at("value");
    set_place(asset, value.is_null() ? std::nullopt
                                     : std::optional<Place>(Place{.lat = value.at("lat").get<double>(),
                                                                  .lon = value.at("lon").get<double>(),
                                                                  .alt = value.value("alt", 0.0)}));
  } else if (op == "trash") {
    trash(asset);
  } else if (op == "restore") {
    restore(asset);
  } else if (op == "purge") {
    purge(asset);
  } else if (op == "rename_album") {
    rename_album(album, change.at("name").get<std::string>());
  } else if (op == "move_album") {
    move_album(album, change.value("parent", ""));
  } else if (op == "delete_album") {
    delete_album(album);
  } else if (op == "add_to_album") {
    add_to_album(asset, album);
  } else if (op == "remove_from_album") {
    remove_from_album(asset, album);
  } else if (op == "change_side") {
    change_side(change.at("zone").get<std::string>(), change.value("told", true) ? Told::yes : Told::no);
  } else if (op == "delete_zone") {
    delete_zone(change.at("zone").get<std::string>());
  } else {
    throw std::invalid_argument("unknown change \"" + op + "\"");
  }
  return json::object();
}

}  // namespace emulator::icloud
