#include "app/verify/restore_sample.hpp"

#include <fmt/core.h>

#include <cstring>
#include <map>
#include <random>
#include <unordered_set>
#include <vector>

#include "app/selection/wanted.hpp"
#include "app/volume/content_check.hpp"
#include "i2i/net/retry.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

constexpr std::size_t kLookupBatch = 100;  // docs/protocol/icloud.md §7.7
constexpr net::Backoff kBackoff{std::chrono::milliseconds(500), std::chrono::milliseconds(60'000), 5};

struct Drawn {
  ledger::Placement placement;
  model::ZoneId zone;
  std::string master;
};

/// A reservoir: whatever comes after, each original seen so far is in it with the same chance.
class Draw : public WantedVisitor {
 public:
  Draw(ledger::Ledger& ledger, std::size_t count) : placements_(ledger), count_(count) {
    std::uint64_t seed = 0;
    const auto bytes = util::random_bytes(sizeof seed);
    std::memcpy(&seed, bytes.data(), sizeof seed);
    random_.seed(seed);
  }

  Result<void> wanted(const ledger::AssetView& view, const std::vector<model::Rendition>& renditions,
                      const std::vector<std::string>& /*album_paths*/) override {
    for (const auto& rendition : renditions) {
      if (rendition.kind != model::RenditionKind::original || !seen_.insert(content_key(rendition.checksum)).second) {
        continue;
      }
      I2I_ASSIGN(const auto placement, placements_.find(rendition.checksum));
      if (!placement || placement->state != ledger::PlacementState::placed) continue;
      ++originals_;
      if (drawn_.size() < count_) {
        drawn_.push_back({*placement, view.zone, view.master.name});
        continue;
      }
      const auto at = std::uniform_int_distribution<std::size_t>(0, originals_ - 1)(random_);
      if (at < count_) drawn_[at] = {*placement, view.zone, view.master.name};
    }
    return {};
  }
  Result<void> excluded(const ledger::AssetView&, const std::string&) override { return {}; }
  Result<void> unavailable(const ledger::AssetView&) override { return {}; }

  std::vector<Drawn> take() { return std::move(drawn_); }

 private:
  ledger::Placements placements_;
  std::size_t count_;
  std::mt19937_64 random_;
  std::unordered_set<std::uint64_t> seen_;
  std::size_t originals_ = 0;
  std::vector<Drawn> drawn_;
};

class HashingSink : public net::BodySink {
 public:
  Answer begin(int status, const net::Headers& /*headers*/) override {
    return status == 200 ? Answer::taken : Answer::abort;
  }
  Answer write(std::string_view bytes) override {
    hasher_.update(bytes);
    return Answer::taken;
  }
  model::ContentProof finish() { return hasher_.finish(); }

 private:
  model::ContentHasher hasher_;
};

Result<model::ContentProof> fetch_once(net::HttpClient& http, const std::string& url) {
  auto sink = std::make_shared<HashingSink>();
  net::Request request;
  request.url = url;
  request.kind = net::RequestKind::download;
  request.timeout = std::chrono::milliseconds(0);
  request.sink = sink;
  I2I_ASSIGN(const auto response, http.perform(std::move(request)));
  if (response.status != 200) {
    return fail({ErrorCode::unreachable, fmt::format("iCloud answered {} instead of the file", response.status),
                 "Try again in an hour.", response.retry_after});
  }
  return sink->finish();
}

class Sample {
 public:
  Sample(const RestoreSampleParts& parts, const std::function<void(const ledger::Placement&, std::string)>& differs)
      : parts_(parts), differs_(differs) {}

  Result<VerifyReport::RestoreSample> take(std::size_t count) {
    Draw draw(parts_.ledger, count);
    I2I_TRY(walk_wanted(parts_.ledger, parts_.selection, AlbumPaths::not_needed, draw));
    std::map<model::ZoneId, std::vector<Drawn>> by_zone;
    for (auto& drawn : draw.take()) by_zone[drawn.zone].push_back(std::move(drawn));
    for (const auto& [zone, all] : by_zone) {
      report_.drawn += static_cast<std::int64_t>(all.size());
      for (std::size_t from = 0; from < all.size(); from += kLookupBatch) {
        I2I_TRY(compare_batch(zone,
                              {all.begin() + static_cast<std::ptrdiff_t>(from),
                               all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), from + kLookupBatch))}));
      }
    }
    return report_;
  }

 private:
  Result<void> compare_batch(const model::ZoneId& zone, const std::vector<Drawn>& batch) {
    std::vector<std::string> names;
    names.reserve(batch.size());
    for (const auto& drawn : batch) names.push_back(drawn.master);
    I2I_ASSIGN(const auto found, parts_.cloudkit.lookup(zone, names));
    std::map<std::string, const icloud::LookedUp*> by_name;
    for (const auto& record : found) by_name[record.name] = &record;
    for (const auto& drawn : batch) {
      const auto it = by_name.find(drawn.master);
      const bool is_there = it != by_name.end() && !it->second->gone && it->second->record;
      const auto* original =
          is_there ? model::rendition_of(*it->second->record, model::RenditionKind::original) : nullptr;
      if (original == nullptr || original->url.empty() || original->checksum != drawn.placement.checksum) {
        ++report_.not_offered;
        continue;
      }
      I2I_TRY(compare(drawn.placement, original->url));
    }
    return {};
  }

  Result<void> compare(const ledger::Placement& placement, const std::string& url) {
    I2I_ASSIGN(const auto fetched, fetch(placement, url));
    report_.bytes += static_cast<std::int64_t>(fetched.size);
    auto here = hash_file(parts_.root, placement.path, ReadPath::past_page_cache, parts_.stop);
    if (!here && here.error().code == ErrorCode::cancelled) return fail(std::move(here).error());
    if (here && here->size == fetched.size && here->sha1_hex == fetched.sha1_hex &&
        here->checksum == fetched.checksum) {
      ++report_.same;
      return {};
    }
    ++report_.different;
    differs_(placement, !is_content(fetched, placement.checksum, placement.size)
                            ? "what iCloud sends for it now is not what iCloud's own checksum says"
                            : "the file is not what iCloud sends for it when it is fetched again");
    return {};
  }

  Result<model::ContentProof> fetch(const ledger::Placement& placement, const std::string& url) {
    for (int attempt = 1;; ++attempt) {
      if (parts_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while fetching a sample");
      auto fetched = fetch_once(parts_.http, url);
      if (fetched || fetched.error().code == ErrorCode::cancelled) return fetched;
      if (attempt == kBackoff.attempts) {
        return fail(fetched.error().in("while fetching " + util::escape_for_terminal(placement.path) + " again"));
      }
      const auto floor = fetched.error().retry_after.value_or(std::chrono::seconds(0));
      parts_.clock.sleep(net::backoff_delay(kBackoff, attempt, floor, 0), parts_.stop);
    }
  }

  const RestoreSampleParts& parts_;
  const std::function<void(const ledger::Placement&, std::string)>& differs_;
  VerifyReport::RestoreSample report_;
};

}  // namespace

Result<VerifyReport::RestoreSample> restore_sample(
    const RestoreSampleParts& parts, std::size_t count,
    const std::function<void(const ledger::Placement&, std::string what)>& differs) {
  return Sample(parts, differs).take(count);
}

}  // namespace i2i::app
