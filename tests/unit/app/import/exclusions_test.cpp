#include "app/import/exclusions.hpp"

#include "catch.hpp"

using namespace i2i::app;

TEST_CASE("what each of Immich's two engines makes of an exclusion pattern") {
  struct Row {
    const char* pattern;
    const char* path;
    bool passed_over;
    bool taken_offline;
  };
  const Row rows[] = {
      {"**/@eaDir/**", "/external/icloud/@eaDir/a.jpg", true, true},
      {"**/@eaDir/**", "/external/icloud/2024/@eaDir/x/a.jpg", true, true},
      {"**/@eaDir/**", "/external/icloud/eaDir/a.jpg", false, false},
      {"**/@eaDir/**", "/external/icloud/2024/a@eaDir.jpg", false, false},
      {"**/#recycle/**", "/p/#recycle/a.jpg", true, true},
      {"**/.icloud2immich/**", "/p/.icloud2immich/trash/2024/a.jpg", true, true},
      {"**/.icloud2immich/**", "/p/x.icloud2immich/a.jpg", false, false},
      {"**/*.tif", "/p/2024/a.tif", true, true},
      {"**/*.tif", "/p/2024/a.TIF", true, false},  // case: the crawl folds it, the database does not
      {"**/*.tif", "/p/2024/a.tiff", false, false},
      {"/p/2024/*.jpg", "/p/2024/a.jpg", true, true},
      {"/p/2024/*.jpg", "/p/2024/x/a.jpg", false, true},  // in the database a star crosses slashes
      {"**/IMG_1.jpg", "/p/IMG_1.jpg", true, true},
      {"**/IMG_1.jpg", "/p/IMGx1.jpg", false, true},  // _ is any character there
      {"**/._*", "/p/.data/a.jpg", false, true},      // Immich's own default
      {"**/a?.jpg", "/p/a\xC3\xA9.jpg", true, true},
      {"**/a?.jpg", "/p/a.jpg", false, false},
      // Classes and braces: the crawl is not foretold, the database drops them.
      {"**/*.{tif,jpg}", "/p/a.tif", false, false},
      {"**/*.{tif,jpg}", "/p/a.tifjpg", false, true},
      {"**/[abc]/**", "/p//x.jpg", false, true},
      {"**/[abc]/**", "/p/a/x.jpg", false, false},
      {"**/a+b/**", "/p/ab/x.jpg", false, true},
      {"**/[", "/p/a", false, false},
      {"", "/p/a", false, false},
      {"**", "/p/a", true, true},
      {"**/**/a.jpg", "/a.jpg", true, false},  // in the database each star is to have its slash
  };
  for (const Row& row : rows) {
    INFO(row.pattern << " and " << row.path);
    CHECK(is_passed_over(row.pattern, row.path) == row.passed_over);
    CHECK(is_taken_offline(row.pattern, row.path) == row.taken_offline);
  }
}

TEST_CASE("our own patterns mean the same to both engines, whatever the path") {
  const char* const paths[] = {"/external/icloud/2024/05/06/IMG_0001.HEIC",
                               "/mnt/.data/photos/2024/IMG_0001.HEIC",
                               "/a/@eaDir/b/c.jpg",
                               "/a/#snapshot/c.jpg",
                               "/a/x#recycle/c.jpg",
                               "/a/.icloud2immich/aside/c.jpg",
                               "/a/icloud2immich/c.jpg",
                               "/a/100% _done_/c.jpg",
                               "/a/{b}/[c]/d+e(f).jpg"};
  for (const auto& pattern : own_exclusions()) {
    CHECK(pattern.find_first_of("{}[]()!+_?%\\ ") == std::string::npos);
    for (const char* path : paths) {
      INFO(pattern << " and " << path);
      CHECK(is_passed_over(pattern, path) == is_taken_offline(pattern, path));
    }
  }
  CHECK(passing_over(own_exclusions(), "/p/.icloud2immich/trash/a.jpg") == "**/.icloud2immich/**");
  CHECK(taking_offline(own_exclusions(), "/p/.icloud2immich/trash/a.jpg") == "**/.icloud2immich/**");
  CHECK_FALSE(passing_over(own_exclusions(), "/p/2024/a.jpg"));
}

TEST_CASE("a hostile pattern costs no more than a long one") {
  const std::string pattern = "**/" + std::string(2'000, '*') + "b";
  std::string stars;
  for (int i = 0; i < 500; ++i) stars += "*a";
  const std::string name(2'000, 'a');
  CHECK_FALSE(is_passed_over(pattern, "/p/" + name));
  CHECK_FALSE(is_passed_over("**/" + stars + "b", "/p/" + name));
  CHECK_FALSE(is_taken_offline(stars + "b", "/p/" + name));
}
