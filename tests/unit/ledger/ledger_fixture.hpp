#pragma once
#include <unistd.h>
#include <algorithm>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/ledger.hpp"

namespace ledger_test {

/// A folder of its own, gone afterwards.
class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "i2i-ledger-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

template <class T>
T must(i2i::util::Result<T> result) {
  if (!result) FAIL(result.error().message);
  return *std::move(result);
}
inline void must(i2i::util::Result<void> result) {
  if (!result) FAIL(result.error().message);
}

inline i2i::ledger::Ledger open_new(const TempDir& dir) {
  return must(i2i::ledger::Ledger::open(dir.file("ledger"), i2i::ledger::OpenMode::create));
}

inline const i2i::model::ZoneId kPrimary{"PrimarySync", "_owner", i2i::model::Database::private_db};
inline const i2i::model::ZoneId kShared{"SharedSync-1", "_other", i2i::model::Database::shared_db};

inline i2i::model::Rendition rendition(i2i::model::RenditionKind kind, const std::string& checksum,
                                       std::uint64_t size = 10) {
  i2i::model::Rendition made;
  made.kind = kind;
  made.checksum = checksum;
  made.size = size;
  made.uti = "public.heic";
  made.url = "https://example.org/never-stored";
  return made;
}

inline i2i::model::Master master(const std::string& name, const std::string& checksum) {
  i2i::model::Master made;
  made.name = name;
  made.filename = name + ".HEIC";
  made.item_type = "public.heic";
  made.renditions = {rendition(i2i::model::RenditionKind::original, checksum)};
  return made;
}

inline i2i::model::Asset asset(const std::string& name, const std::string& of_master, std::int64_t added = 1000) {
  i2i::model::Asset made;
  made.name = name;
  made.master = of_master;
  made.added = added;
  made.captured = added - 5;
  return made;
}

inline std::vector<std::string> asset_names(i2i::ledger::Catalogue& catalogue) {
  std::vector<std::string> names;
  must(catalogue.for_each_asset([&](const i2i::ledger::AssetView& view) -> i2i::util::Result<void> {
    names.push_back(view.zone.name + "/" + view.asset.name);
    return {};
  }));
  return names;
}

/// Names of an album's assets, in its order.
inline std::vector<std::string> member_names(i2i::ledger::Catalogue& catalogue, const i2i::ledger::AlbumView& album) {
  std::vector<std::string> names;
  must(catalogue.for_each_member(album, [&](const i2i::ledger::AssetView& view) -> i2i::util::Result<void> {
    CHECK(view.zone == album.zone);
    names.push_back(view.asset.name);
    return {};
  }));
  return names;
}

inline std::vector<std::string> favorite_names(i2i::ledger::Catalogue& catalogue) {
  std::vector<std::string> names;
  must(catalogue.for_each_favorite([&](const i2i::ledger::AssetView& view) -> i2i::util::Result<void> {
    names.push_back(view.asset.name);
    return {};
  }));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace ledger_test
