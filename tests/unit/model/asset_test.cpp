#include "i2i/model/asset.hpp"

#include "catch.hpp"

using namespace i2i::model;

TEST_CASE("every rendition has its word, and the word leads back") {
  using enum RenditionKind;
  for (const auto& [kind, word] :
       {std::pair{original, "original"}, std::pair{live_video, "live_video"}, std::pair{alternative, "alternative"},
        std::pair{edited, "edited"}, std::pair{edited_video, "edited_video"}}) {
    CHECK(std::string(to_string(kind)) == word);
    CHECK(rendition_from_string(word) == kind);
  }
  CHECK_FALSE(rendition_from_string(""));
  CHECK_FALSE(rendition_from_string("Original"));
}

TEST_CASE("zones tell what they are by their name") {
  CHECK(ZoneId{"PrimarySync", "", Database::private_db}.is_primary());
  CHECK_FALSE(ZoneId{"SharedSync-1", "", Database::shared_db}.is_primary());
  CHECK(ZoneId{"SharedSync-1", "", Database::private_db}.is_shared_library());
  CHECK_FALSE(ZoneId{"CMM-1", "", Database::private_db}.is_shared_library());
}
