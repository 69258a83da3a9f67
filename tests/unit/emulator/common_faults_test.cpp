// The fault plan: which requests it hits, and what becomes of their answers.

#include <algorithm>

#include "catch.hpp"
#include "emulator/common/codec.hpp"
#include "emulator/common/fault_plan.hpp"
#include "emulator/common/range.hpp"
#include "emulator/common/request_log.hpp"
#include "emulator/icloud/photos/ck_service.hpp"

using namespace emulator;
using Json = nlohmann::json;

namespace {

Request get(const std::string& path) {
  Request request;
  request.method = "GET";
  request.host = "content.example";
  request.path = path;
  return request;
}

Response file(const std::string& bytes) {
  Response response;
  response.headers.add("Accept-Ranges", "bytes");
  response.source = [bytes](std::uint64_t offset, std::size_t size) { return bytes.substr(offset, size); };
  response.length = bytes.size();
  return response;
}

std::string all_of(const Response& response) {
  return response.source ? response.source(0, static_cast<std::size_t>(response.length)) : response.body;
}

int hits_of(const Json& fault, int requests) {
  FaultPlan plan;
  plan.set(faults_from_json(Json::array({fault})));
  int hits = 0;
  for (int i = 0; i < requests; ++i) {
    hits += plan.apply("content", get("/B/x"), [](const Request&) { return Response{}; }).status == 503 ? 1 : 0;
  }
  CHECK(plan.struck() == static_cast<std::uint64_t>(hits));
  return hits;
}

}  // namespace

TEST_CASE("a fault hits what it names") {
  struct Row {
    const char* name;
    Json fault;
    int hits;
  };
  const Row rows[] = {{"everything", {{"action", {{"status", 503}}}}, 10},
                      {"the service", {{"service", "ck"}, {"action", {{"status", 503}}}}, 0},
                      {"a pattern", {{"path", "/B/*"}, {"action", {{"status", 503}}}}, 10},
                      {"a part of the path", {{"path", "/B/"}, {"action", {{"status", 503}}}}, 10},
                      {"another path", {{"path", "/C*"}, {"action", {{"status", 503}}}}, 0},
                      {"the third", {{"nth", 3}, {"action", {{"status", 503}}}}, 1},
                      {"after four, twice", {{"after", 4}, {"count", 2}, {"action", {{"status", 503}}}}, 2},
                      {"never", {{"probability", 0.0}, {"action", {{"status", 503}}}}, 0}};
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(hits_of(row.fault, 10) == row.hits);
  }
  const int some = hits_of({{"probability", 0.3}, {"seed", 7}, {"action", {{"status", 503}}}}, 1000);
  CHECK(some > 200);
  CHECK(some < 400);
  CHECK(some == hits_of({{"probability", 0.3}, {"seed", 7}, {"action", {{"status", 503}}}}, 1000));
}

TEST_CASE("a plan with an unknown word is refused") {
  CHECK_THROWS(faults_from_json(Json::array({{{"actoin", "reset"}}})));
  FaultPlan plan;
  CHECK_THROWS(plan.set(faults_from_json(Json::array({{{"action", "explode"}}}))));
}

TEST_CASE("bodies are spoiled as named") {
  const std::string bytes = "0123456789abcdefghijklmnopqrstuvwxyz";
  const auto spoiled = [&](const Json& action) {
    FaultPlan plan;
    plan.set(faults_from_json(Json::array({{{"action", action}}})));
    return plan.apply("content", get("/B/x"), [&](const Request&) { return file(bytes); });
  };
  const std::string flipped = all_of(spoiled("flip_bit"));
  int differing = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) differing += flipped[i] == bytes[i] ? 0 : 1;
  CHECK(differing == 1);
  CHECK(all_of(spoiled("short_body")) == bytes.substr(0, 17));
  CHECK(spoiled("html_body").headers.value("Content-Type") == "text/html");
  CHECK(all_of(spoiled({{"kind", "wrong_size"}, {"n", -4}})).size() == bytes.size() - 4);
  CHECK(all_of(spoiled({{"kind", "wrong_size"}, {"n", 4}})).size() == bytes.size() + 4);
  CHECK(spoiled("truncate").wire.end_after == bytes.size() / 2);
  CHECK(spoiled({{"kind", "reset"}, {"at", 3}}).wire.end_after == 3U);
  CHECK(spoiled({{"kind", "reset"}, {"at", 3}}).wire.reset);
  const Response swapped = spoiled("swapped_body");
  CHECK(all_of(swapped).size() == bytes.size());
  CHECK(all_of(swapped) != bytes);
  Request partial = get("/B/x");
  partial.headers.add("Range", "bytes=5-");
  CHECK(apply_range(partial, spoiled("ignore_range")).status == 200);
  CHECK(apply_range(partial, spoiled("flip_bit")).status == 206);
}

TEST_CASE("what happens on the way happens to every answer, what happens to files only to files") {
  const auto spoiled = [](const Json& action) {
    FaultPlan plan;
    plan.set(faults_from_json(Json::array({{{"action", action}}})));
    return plan.apply("idmsa", get("/auth"), [](const Request&) {
      Response refusal;
      refusal.status = 409;
      refusal.body = "{}";
      return refusal;
    });
  };
  CHECK(spoiled("truncate").wire.end_after == 1U);
  CHECK(spoiled("truncate").status == 409);
  CHECK(spoiled("reset").wire.reset);
  CHECK(spoiled("html_body").status == 200);
  CHECK(spoiled("html_body").headers.value("Content-Type") == "text/html");
  for (const char* kind : {"flip_bit", "short_body", "wrong_size", "without_length", "swapped_body"}) {
    INFO(kind);
    CHECK(all_of(spoiled(kind)) == "{}");
    CHECK_FALSE(spoiled(kind).wire.end_after);
  }
}

TEST_CASE("the plan names every kind it takes") {
  FaultPlan plan;
  icloud::add_ck_faults(plan);
  const auto kinds = plan.kinds();
  CHECK(std::is_sorted(kinds.begin(), kinds.end()));
  for (const char* kind : {"status", "reset", "swapped_body", "invalid_token", "announce_checksum"}) {
    INFO(kind);
    CHECK(std::count(kinds.begin(), kinds.end(), kind) == 1);
  }
  for (const auto& kind : kinds) CHECK_NOTHROW(plan.set(faults_from_json(Json::array({{{"action", kind}}}))));
}

TEST_CASE("the database's own kinds of fault") {
  FaultPlan plan;
  icloud::add_ck_faults(plan);
  const Json records = {
      {{"recordName", "m"},
       {"recordType", "CPLMaster"},
       {"fields",
        {{"resOriginalRes",
          {{"type", "ASSETID"},
           {"value", {{"downloadURL", "u"}, {"size", 3}, {"fileChecksum", "AYnnoj1r4lMYTs3JP/g7mjGaDCgO"}}}}}}}},
      {{"recordName", "a"}, {"recordType", "CPLAsset"}, {"fields", Json::object()}}};
  const auto answer = [&](const char* kind, const Json& good, const Json& question) {
    plan.set(faults_from_json(Json::array({{{"action", kind}}})));
    Request request;
    request.method = "POST";
    request.body = question.dump();
    const Response response = plan.apply("ck", request, [&](const Request&) {
      Response ok;
      ok.body = good.dump();
      return ok;
    });
    return Json::parse(response.body);
  };
  const Json page = {{"records", records}, {"syncToken", "t"}, {"continuationMarker", "c"}};
  CHECK(answer("empty_page", page, Json::object())["records"].empty());
  CHECK(answer("split_pair", page, Json::object())["records"].size() == 1);
  CHECK(answer("repeated_item", page, Json::object())["records"].size() == 4);
  CHECK(answer("record_error", page, Json::object())["records"][0]["serverErrorCode"] == "INTERNAL_ERROR");
  CHECK_FALSE(answer("lookup_no_url", page, Json::object())["records"][0]["fields"]["resOriginalRes"]["value"].contains(
      "downloadURL"));
  CHECK(answer("announce_wrong_size", page,
               Json::object())["records"][0]["fields"]["resOriginalRes"]["value"]["size"] == 4);
  CHECK(answer("try_again_later", page, Json::object())["serverErrorCode"] == "TRY_AGAIN_LATER");
  const Json zones = {{"zones", {{{"records", records}, {"syncToken", "new"}, {"moreComing", false}}}}};
  const Json question = {{"zones", {{{"zoneID", {{"zoneName", "PrimarySync"}}}, {"syncToken", "old"}}}}};
  const Json empty = answer("empty_page", zones, question)["zones"][0];
  CHECK(empty["records"].empty());
  CHECK(empty["syncToken"] == "old");
  CHECK(empty["moreComing"] == true);
  CHECK(answer("invalid_token", zones, question)["zones"][0]["serverErrorCode"] == "BAD_REQUEST");
  CHECK(answer("without_token", zones, question)["zones"][0]["syncToken"] == "");
  CHECK(answer("without_token", page, Json::object())["syncToken"] == "");
}

TEST_CASE("the log counts by kind") {
  RequestLog log;
  log.add({.service = "ck",
           .kind = RequestKind::catalogue,
           .method = "POST",
           .host = "h",
           .path = "/x",
           .range = "",
           .status = 200,
           .bytes = 10});
  log.add({.service = "ck",
           .kind = RequestKind::catalogue,
           .method = "POST",
           .host = "h",
           .path = "/x",
           .range = "",
           .status = 503,
           .bytes = 0});
  CHECK(log.count(RequestKind::catalogue) == 2);
  CHECK(log.count(RequestKind::catalogue, 503) == 1);
  CHECK(log.to_json(true)["entries"].size() == 2);
  log.reset();
  CHECK(log.count(RequestKind::catalogue) == 0);
}

TEST_CASE("encodings") {
  CHECK(base64("abc") == "YWJj");
  CHECK(base64url("\xff\xfe") == "__4");
  CHECK(unbase64("__4") == "\xff\xfe");
  CHECK_FALSE(unbase64("a b"));
  CHECK(percent_encode("${f}") == "%24%7Bf%7D");
  CHECK(percent_decode("%24%7Bf%7D") == "${f}");
  CHECK(matches("*/a/*", "/x/a/y"));
  CHECK_FALSE(matches("/a*", "/b"));
}
