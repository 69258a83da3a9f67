#pragma once
// A CloudKit of a few hundred lines less than the practice one: an HttpClient that answers at once from memory, so that
// a test can change the library between any two requests. Lists by rank, counts, albums, changes and lookup; nothing
// else.

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "i2i/icloud/cloudkit.hpp"
#include "i2i/net/http.hpp"

namespace i2i::test {

using Json = nlohmann::json;

/// Time that passes only by sleeping.
class FakeClock : public util::Clock {
 public:
  [[nodiscard]] util::UnixMillis now() const override { return 1'790'000'000'000 + elapsed_.count(); }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(elapsed_);
  }
  bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) override {
    sleeps.push_back(duration);
    elapsed_ += duration;
    return !stop.stop_requested();
  }
  std::vector<std::chrono::milliseconds> sleeps;

 private:
  std::chrono::milliseconds elapsed_{0};
};

struct FakePhoto {
  std::string name;
  std::string master;
  std::int64_t date = 0;
  bool hidden = false;
  bool deleted = false;
};

struct FakeRequest {
  std::string path;  // "records/query"
  std::string type;  // of a query: its recordType
  std::int64_t rank = 0;
};

class FakeCloud : public net::HttpClient {
 public:
  std::map<std::string, FakePhoto> photos;                        // by name
  std::map<std::string, std::vector<std::string>> album_members;  // album → photos
  std::map<std::string, std::string> folder_of;                   // album → folder
  std::map<std::string, std::string> albums;                      // id → title; a title starting with '/' is a folder
  std::map<std::string, std::int64_t> wrong_counts;               // index name → what is said instead
  bool indexed = true;
  bool without_lists = false;  // as shared zones: BAD_REQUEST
  /// Called with each request before it is answered; an answer given here is sent in place of the usual one.
  std::function<std::optional<net::Response>(const FakeRequest& request, std::size_t number)> before;
  /// May change any usual answer.
  std::function<void(const FakeRequest& request, Json& answer)> after;
  std::vector<FakeRequest> requests;

  net::TransferId submit(net::Request request, net::Done done) override {
    done(answer(request));
    return 0;
  }
  void resume(net::TransferId) override {}

  void add(const std::string& name, std::int64_t date, const std::string& master = {}) {
    photos[name] = {name, master.empty() ? "M-" + name : master, date, false, false};
    changed(master_json(photos[name]));
    changed(asset_json(photos[name]));
  }
  void put(const FakePhoto& photo) {
    photos[photo.name] = photo;
    changed(asset_json(photo));
  }
  void purge(const std::string& name) {
    photos.erase(name);
    changed(gone(name));
    for (auto& [album, members] : album_members) {
      if (std::erase(members, name) > 0) changed(gone(name + "-IN-" + album));
    }
  }
  void add_album(const std::string& id, const std::string& title, const std::string& folder = {}) {
    albums[id] = title;
    folder_of[id] = folder;
    changed(album_json(id));
  }
  void add_member(const std::string& album, const std::string& photo) {
    album_members[album].push_back(photo);
    changed(member_json(album, photo));
  }
  void remove_member(const std::string& album, const std::string& photo) {
    std::erase(album_members[album], photo);
    changed(gone(photo + "-IN-" + album));
  }
  /// The page of a list as it is at this moment.
  [[nodiscard]] Json peek(const std::string& type, std::int64_t rank) const { return photo_page(type, rank); }
  [[nodiscard]] std::string token() const { return "token-" + std::to_string(log_.size()); }

 private:
  static Json gone(const std::string& name) {
    return {{"recordName", name}, {"recordType", nullptr}, {"deleted", true}};
  }
  static Json record(const std::string& name, const char* type, Json fields) {
    return {{"recordName", name}, {"recordType", type}, {"fields", std::move(fields)}, {"deleted", false}};
  }
  static Json master_json(const FakePhoto& photo) {
    return record(
        photo.master, "CPLMaster",
        {{"resOriginalRes", {{"value", {{"fileChecksum", photo.master}, {"size", 3}}}, {"type", "ASSETID"}}}});
  }
  static Json asset_json(const FakePhoto& photo) {
    Json fields = {{"masterRef", {{"value", {{"recordName", photo.master}}}}},
                   {"assetDate", {{"value", photo.date}}},
                   {"isHidden", {{"value", photo.hidden ? 1 : 0}}}};
    if (photo.deleted) fields["isDeleted"] = {{"value", 1}};
    return record(photo.name, "CPLAsset", std::move(fields));
  }
  Json album_json(const std::string& id) const {
    const std::string& title = albums.at(id);
    const bool folder = title.starts_with('/');
    Json fields = {{"albumNameEnc", {{"value", folder ? title.substr(1) : title}, {"type", "STRING"}}},
                   {"albumType", {{"value", folder ? 3 : 0}}}};
    if (!folder_of.at(id).empty()) fields["parentId"] = {{"value", folder_of.at(id)}};
    return record(id, "CPLAlbum", std::move(fields));
  }
  static Json member_json(const std::string& album, const std::string& photo) {
    return record(photo + "-IN-" + album, "CPLContainerRelation",
                  {{"itemId", {{"value", photo}}}, {"containerId", {{"value", album}}}});
  }

  void changed(Json now) { log_.push_back(std::move(now)); }

  static net::Response ok(const Json& body) {
    net::Response response;
    response.status = 200;
    response.body = body.dump();
    return response;
  }
  static Json bad_request(const char* reason) { return {{"serverErrorCode", "BAD_REQUEST"}, {"reason", reason}}; }

  static Json filter_value(const Json& query, const char* field) {
    for (const auto& filter : query.value("filterBy", Json::array())) {
      if (filter["fieldName"] == field) return filter["fieldValue"]["value"];
    }
    return nullptr;
  }

  net::Response answer(const net::Request& request) {
    FakeRequest seen;
    const std::string path = request.url.substr(0, request.url.find('?'));
    const std::string base = "/production/private/";
    seen.path = path.substr(path.find(base) + base.size());
    const Json body = Json::parse(*request.body);
    if (seen.path == "records/query") {
      seen.type = body["query"]["recordType"];
      const Json rank = filter_value(body["query"], "startRank");
      if (rank.is_number()) seen.rank = rank;
    }
    requests.push_back(seen);
    if (before) {
      if (auto given = before(seen, requests.size())) return *given;
    }
    Json out = usual(seen, body);
    if (after) after(seen, out);
    return ok(out);
  }

  Json usual(const FakeRequest& seen, const Json& body) {
    if (seen.path == "changes/zone") return changes(body["zones"][0]);
    if (seen.path == "records/lookup") return lookup(body["records"]);
    if (seen.path == "internal/records/query/batch") {
      return count(body["batch"][0]["query"]["filterBy"]["fieldValue"]["value"][0]);
    }
    if (seen.type == "CheckIndexingState") {
      return {{"records", Json::array({{{"recordName", "_"},
                                        {"fields", {{"state", {{"value", indexed ? "FINISHED" : "RUNNING"}}}}}}})}};
    }
    if (without_lists) return bad_request("Index has invalid data");
    if (seen.type == "CPLAlbumByPositionLive") return album_page(filter_value(body["query"], "parentId"));
    if (seen.type == "CPLContainerRelationLiveByAssetDate") {
      return member_page(filter_value(body["query"], "parentId"), seen.rank);
    }
    return photo_page(seen.type, seen.rank);
  }

  [[nodiscard]] std::vector<FakePhoto> listed(const std::string& index) const {
    std::vector<FakePhoto> out;
    for (const auto& [name, photo] : photos) {
      const bool is_in = index.find("WithoutHiddenOrDeleted") != std::string::npos ? !photo.hidden && !photo.deleted
                         : index.find("Hidden") != std::string::npos               ? photo.hidden && !photo.deleted
                         : index.find("Deleted") != std::string::npos              ? photo.deleted
                                                                                   : false;
      if (is_in) out.push_back(photo);
    }
    std::sort(out.begin(), out.end(), [](const FakePhoto& a, const FakePhoto& b) {
      return std::pair(a.date, a.name) < std::pair(b.date, b.name);
    });
    return out;
  }

  Json photo_page(const std::string& type, std::int64_t rank) const {
    const auto all = listed(type);
    Json masters = Json::array();
    Json assets = Json::array();
    const auto begin = std::min(static_cast<std::size_t>(rank), all.size());
    const auto end = std::min(begin + 100, all.size());
    for (auto i = begin; i < end; ++i) {
      masters.push_back(master_json(all[i]));
      assets.push_back(asset_json(all[i]));
    }
    for (auto& asset : assets) masters.push_back(std::move(asset));
    Json out = {{"records", std::move(masters)}, {"syncToken", token()}};
    if (end < all.size()) out["continuationMarker"] = "more";
    return out;
  }

  Json member_page(const std::string& album, std::int64_t rank) const {
    const auto found = album_members.find(album);
    const std::vector<std::string> members = found == album_members.end() ? std::vector<std::string>{} : found->second;
    const auto begin = std::min(static_cast<std::size_t>(rank), members.size());
    const auto end = std::min(begin + 66, members.size());
    Json records = Json::array();
    for (auto i = begin; i < end; ++i) {
      records.push_back(member_json(album, members[i]));
      // Without the fields nobody asked for.
      records.push_back(record(members[i], "CPLAsset", Json::object()));
      records.push_back(record("M-" + members[i], "CPLMaster", Json::object()));
    }
    Json out = {{"records", std::move(records)}, {"syncToken", token()}};
    if (end < members.size()) out["continuationMarker"] = "more";
    return out;
  }

  Json album_page(const Json& parent) const {
    const std::string folder = parent.is_string() ? parent.get<std::string>() : "";
    Json records = Json::array();
    if (folder.empty()) {
      records.push_back(record("----Root-Folder----", "CPLAlbum", {{"albumType", {{"value", 3}}}}));
    }
    for (const auto& [id, title] : albums) {
      if (folder_of.at(id) == folder) records.push_back(album_json(id));
    }
    return {{"records", std::move(records)}, {"syncToken", token()}};
  }

  Json count(const std::string& index) const {
    const auto wrong = wrong_counts.find(index);
    const auto number = wrong != wrong_counts.end() ? wrong->second : static_cast<std::int64_t>(listed(index).size());
    return {{"batch", Json::array({{{"records", Json::array({{{"recordName", index},
                                                              {"fields", {{"itemCount", {{"value", number}}}}}}})}}})}};
  }

  Json changes(const Json& zone) const {
    std::size_t at = 0;
    if (zone.contains("syncToken")) {
      const std::string given = zone["syncToken"];
      if (!given.starts_with("token-")) {
        Json item = bad_request("Unknown sync continuation type");
        return {{"zones", Json::array({item})}};
      }
      at = std::stoul(given.substr(6));
    }
    Json records = Json::array();
    std::size_t end = std::min(at + 200, log_.size());
    std::map<std::string, bool> later;  // a record appears once, in its present state
    for (std::size_t i = log_.size(); i-- > at;) {
      const std::string name = log_[i]["recordName"];
      if (later.emplace(name, true).second && i < end) records.push_back(log_[i]);
    }
    return {{"zones", Json::array({{{"syncToken", "token-" + std::to_string(end)},
                                    {"moreComing", end < log_.size()},
                                    {"records", std::move(records)}}})}};
  }

  Json lookup(const Json& names) const {
    Json records = Json::array();
    for (const auto& wanted : names) {
      const std::string name = wanted["recordName"];
      Json found = {{"recordName", name}, {"serverErrorCode", "NOT_FOUND"}};
      for (const auto& [key, photo] : photos) {
        if (key == name) found = asset_json(photo);
        if (photo.master == name) found = master_json(photo);
      }
      records.push_back(std::move(found));
    }
    return {{"records", std::move(records)}};
  }

  std::vector<Json> log_;
};

}  // namespace i2i::test
