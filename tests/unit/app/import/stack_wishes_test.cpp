#include "app/import/stack_wishes.hpp"

#include "unit/app/app_fixture.hpp"

using namespace app_test;
using i2i::app::burst_rank;
using i2i::app::Bursts;
using i2i::app::stackable_contents;
using i2i::ledger::AssetView;

namespace {

AssetView view(const std::vector<i2i::model::Rendition>& renditions, bool video = false) {
  AssetView made;
  made.zone = kPrimary;
  made.asset.name = "A";
  made.master.is_video = video;
  made.renditions = renditions;
  return made;
}

std::vector<Checksum> sums(const std::vector<std::string>& bytes) {
  std::vector<Checksum> found;
  for (const auto& one : bytes) found.push_back(checksum_of(one));
  return found;
}

AssetView frame(const std::string& name, std::int64_t flags, i2i::util::UnixMillis captured, bool hidden = false) {
  AssetView made = view({});
  made.asset.name = name;
  made.asset.burst_id = "B";
  made.asset.burst_flags = flags;
  made.asset.captured = captured;
  made.asset.hidden = hidden;
  return made;
}

}  // namespace

TEST_CASE("the edit shows, then JPEG, then RAW, whichever was the original") {
  const auto raw = rendition(RenditionKind::original, "raw", "com.adobe.raw-image");
  const auto jpeg = rendition(RenditionKind::alternative, "jpeg", "public.jpeg");
  const auto edit = rendition(RenditionKind::edited, "edit", "public.jpeg");
  CHECK(stackable_contents(view({raw, jpeg, edit})) == sums({"edit", "jpeg", "raw"}));
  CHECK(stackable_contents(view({raw, jpeg})) == sums({"jpeg", "raw"}));
  CHECK(stackable_contents(view({raw})) == sums({"raw"}));
}

TEST_CASE("films of live photos are not stacked, an edited film is") {
  const auto still = rendition(RenditionKind::original, "still", "public.heic");
  const auto film = rendition(RenditionKind::live_video, "film", "com.apple.quicktime-movie");
  const auto edit = rendition(RenditionKind::edited, "edit", "public.jpeg");
  const auto edited_film = rendition(RenditionKind::edited_video, "edited film", "com.apple.quicktime-movie");
  CHECK(stackable_contents(view({still, film, edit, edited_film})) == sums({"edit", "still"}));
  const auto movie = rendition(RenditionKind::original, "movie", "com.apple.quicktime-movie");
  CHECK(stackable_contents(view({movie, edited_film}, true)) == sums({"edited film", "movie"}));
}

TEST_CASE("the frame that was picked is on top of its burst") {
  CHECK(burst_rank(16) < burst_rank(8));
  CHECK(burst_rank(20) < burst_rank(12));
  CHECK(burst_rank(8) < burst_rank(4));
  CHECK(burst_rank(4) < burst_rank(2));
  CHECK(burst_rank(2) == burst_rank(0));
  Bursts bursts;
  CHECK(bursts.add(frame("c", 4, 3), {"c"}));
  CHECK(bursts.add(frame("a", 4, 1), {"a"}));
  CHECK(bursts.add(frame("d", 20, 4), {"d-edit", "d"}));
  CHECK_FALSE(bursts.add(frame("b", 4, 2, true), {"b"}));
  CHECK_FALSE(bursts.add(view({}), {"x"}));
  CHECK(bursts.all() == std::vector<std::vector<Checksum>>{{"d-edit", "d", "a", "c"}});
}
