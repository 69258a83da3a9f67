#include "i2i/media/other_names.hpp"

#include <algorithm>

#include "catch.hpp"

using namespace i2i::media;
using i2i::model::Rendition;
using i2i::model::RenditionKind;

namespace {

Rendition file(RenditionKind kind, const std::string& uti, std::uint64_t size) {
  Rendition made;
  made.kind = kind;
  made.uti = uti;
  made.size = size;
  return made;
}

}  // namespace

TEST_CASE("names that icloudpd and its like give") {
  struct Row {
    const char* name;
    std::string filename;
    std::string original_uti;
    Rendition rendition;
    std::vector<std::string> among;
    std::vector<std::string> not_among;
  };
  const std::string heic = "public.heic";
  const std::string mov = "com.apple.quicktime-movie";
  using enum RenditionKind;
  const std::vector<Row> rows{
      {"original",
       "IMG_7409.JPG",
       "public.jpeg",
       file(original, "public.jpeg", 123),
       // The second is docs/protocol/icloud.md §A.5.
       {"IMG_7409.JPG", "IMG_7409_QVk2Yyt.JPG", "IMG_7409-123.JPG", "IMG_7409-original.JPG"},
       {"IMG_7409.MOV", "IMG_7409_HEVC.MOV"}},
      {"extension by type",
       "IMG_1.PNG",
       "public.jpeg",
       file(original, "public.jpeg", 1),
       {"IMG_1.JPG", "IMG_1.PNG"},
       {}},
      {"live video of a HEIC",
       "IMG_1.HEIC",
       heic,
       file(live_video, mov, 4559592),
       {"IMG_1_HEVC.MOV", "IMG_1_HEVC-4559592.MOV", "IMG_1.MOV"},
       {}},
      {"live video of a JPEG", "IMG_1.JPG", "public.jpeg", file(live_video, mov, 5), {"IMG_1.MOV"}, {"IMG_1_HEVC.MOV"}},
      {"edited",
       "IMG_1.HEIC",
       heic,
       file(edited, "public.jpeg", 5),
       {"IMG_1-adjusted.JPG", "IMG_1.JPG", "IMG_1-edited.JPG"},
       {"IMG_1.HEIC"}},
      {"alternative",
       "DSC_1.JPG",
       "public.jpeg",
       file(alternative, "com.adobe.raw-image", 5),
       {"DSC_1.DNG", "DSC_1-alternative.DNG"},
       {}},
      {"forbidden characters",
       "a/b:c.JPG",
       "public.jpeg",
       file(original, "public.jpeg", 1),
       {"a_b_c.JPG"},
       {"a/b:c.JPG"}},
      {"unicode kept and not",
       "Caf\xC3\xA9.JPG",
       "public.jpeg",
       file(original, "public.jpeg", 1),
       {"Caf\xC3\xA9.JPG", "Caf.JPG"},
       {}},
      {"no name", "", heic, file(original, heic, 1), {"AY6c_BsE0jja.HEIC"}, {}},
      {"never a hidden file, never another folder",
       "../../x.JPG",
       "public.jpeg",
       file(original, "public.jpeg", 1),
       {},
       {"../../x.JPG", ".._.._x.JPG"}},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const NameFacts facts{row.filename, "AY6c+BsE0jjaXx9tmVGJM1D2VcEO", row.original_uti, {}, {}, "Personal", ""};
    const auto first = file(original, row.original_uti, 9);
    const auto names = names_elsewhere(facts, row.rendition, &first);
    const auto has = [&](const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const auto& name : row.among) {
      INFO(name);
      CHECK(has(name));
    }
    for (const auto& name : row.not_among) {
      INFO(name);
      CHECK_FALSE(has(name));
    }
    for (const auto& name : names) CHECK(name.find('/') == std::string::npos);
  }
}

TEST_CASE("folders by date, on either side of midnight, and none") {
  const auto folders_of = [](std::optional<i2i::util::UnixMillis> captured, std::optional<int> offset_s) {
    return folders_elsewhere({"a.jpg", "M", "", captured, offset_s, "Personal", ""});
  };
  const i2i::util::UnixMillis late = 1'714'953'600'000 - 1;  // 2024-05-05T23:59:59.999Z
  CHECK(folders_of(late, 7200) == std::vector<std::string>{"2024/05/06", "2024/05/05", "2024/05/04", ""});
  CHECK(folders_of(std::nullopt, 0) == std::vector<std::string>{""});
  CHECK(folders_of(-62'135'596'800'000, 0).at(1) == "1/01/01");  // as Python writes the year 1
}

TEST_CASE("stems of adopted files") {
  using enum RenditionKind;
  CHECK(stem_elsewhere("IMG_1_HEVC.MOV", live_video) == "IMG_1");
  CHECK(stem_elsewhere("IMG_1.MOV", live_video) == "IMG_1");
  CHECK(stem_elsewhere("_HEVC.MOV", live_video) == "_HEVC");
  CHECK(stem_elsewhere("IMG_1-edited.JPG", edited) == "IMG_1");
  CHECK(stem_elsewhere("IMG_1-adjusted.JPG", edited) == "IMG_1");
  CHECK(stem_elsewhere("IMG_1-edited.JPG", original) == "IMG_1-edited");
  CHECK(stem_elsewhere("no extension", alternative) == "no extension");
}

TEST_CASE("what is a photo or video, what goes with them, what is not finished") {
  for (const char* path : {"a.jpg", "x/B.HEIC", "c.dng", "d.MOV", "e.mp4"}) {
    INFO(path);
    CHECK(looks_like_media(path));
    CHECK_FALSE(is_partial_file(path));
  }
  for (const char* path : {"a.jpg.xmp", "IMG_1.AAE", "x.json", "Thumbs.db", "Photo Details.csv", "none", "a.jpg/b"}) {
    INFO(path);
    CHECK_FALSE(looks_like_media(path));
  }
  CHECK(is_partial_file("2024/05/MFRGGZDF.part"));
  CHECK_FALSE(looks_like_media("2024/05/MFRGGZDF.part"));
}

TEST_CASE("what others keep for themselves") {
  for (const char* path :
       {"2024/@eaDir/a.jpg/SYNOFILE_THUMB_XL.jpg", "#recycle/a.jpg", "$RECYCLE.BIN/S-1-5/a.jpg", "lost+found/a.jpg",
        "My.photoslibrary/resources/derivatives/A/a.jpeg", "x/My.photoslibrary/database/a.jpg"}) {
    INFO(path);
    CHECK(is_kept_by_others(path));
  }
  for (const char* path : {"2024/a.jpg", "eaDir/a.jpg", "recycle/a.jpg", "My.photoslibrary/originals/A/A.heic",
                           "My.photoslibrary/Masters/a.jpg", "My.photoslibrary/resources/renders/A/A_1_201_a.jpeg"}) {
    INFO(path);
    CHECK_FALSE(is_kept_by_others(path));
  }
}
