#include "ledger/stored_renditions.hpp"

#include <algorithm>

#include "ledger/kept_contents.hpp"
#include "ledger/utis.hpp"

namespace i2i::ledger {
namespace {

struct Texts {
  const char* select;
  const char* remove;
  const char* insert;
};

constexpr Texts kMaster{
    "SELECT kind, checksum, size, " I2I_UTI_TEXT(
        "master_renditions.uti") " FROM master_renditions WHERE master = ?1 ORDER BY kind",
    "DELETE FROM master_renditions WHERE master = ?1",
    "INSERT INTO master_renditions (master, kind, checksum, size, uti) VALUES (?1, ?2, ?3, ?4, ?5)",
};
constexpr Texts kAsset{
    "SELECT kind, checksum, size, " I2I_UTI_TEXT(
        "asset_renditions.uti") " FROM asset_renditions WHERE asset = ?1 ORDER BY kind",
    "DELETE FROM asset_renditions WHERE asset = ?1",
    "INSERT INTO asset_renditions (asset, kind, checksum, size, uti) VALUES (?1, ?2, ?3, ?4, ?5)",
};

const Texts& texts(RenditionOwner owner) { return owner == RenditionOwner::master ? kMaster : kAsset; }

bool same(const model::Rendition& a, const model::Rendition& b) {
  return a.kind == b.kind && a.checksum == b.checksum && a.size == b.size && a.uti == b.uti;
}

/// One of each kind, in the order of kinds.
std::vector<model::Rendition> in_order(std::vector<model::Rendition> renditions) {
  const auto by_kind = [](const auto& a, const auto& b) { return a.kind < b.kind; };
  const auto same_kind = [](const auto& a, const auto& b) { return a.kind == b.kind; };
  std::stable_sort(renditions.begin(), renditions.end(), by_kind);
  renditions.erase(std::unique(renditions.begin(), renditions.end(), same_kind), renditions.end());
  return renditions;
}

}  // namespace

std::vector<model::Rendition> stored_renditions(Connection& connection, RenditionOwner owner, std::int64_t id) {
  std::vector<model::Rendition> renditions;
  Query query = connection.query(texts(owner).select);
  query.bind(id);
  while (query.step()) {
    model::Rendition rendition;
    rendition.kind = query.one_of(0, model::RenditionKind::edited_video);
    rendition.checksum = query.unpacked(1);
    rendition.size = static_cast<std::uint64_t>(query.integer(2));
    rendition.uti = query.text(3);
    renditions.push_back(std::move(rendition));
  }
  return renditions;
}

bool store_renditions(Connection& connection, RenditionOwner owner, std::int64_t id,
                      const std::vector<model::Rendition>& renditions) {
  const std::vector<model::Rendition> wanted = in_order(renditions);
  const std::vector<model::Rendition> stored = stored_renditions(connection, owner, id);
  if (std::equal(wanted.begin(), wanted.end(), stored.begin(), stored.end(), same)) return false;
  if (!stored.empty()) connection.query(texts(owner).remove).bind(id).run();
  if (owner == RenditionOwner::master) keep_contents_left_out(connection, id, stored, wanted);
  Query insert = connection.query(texts(owner).insert);
  for (const model::Rendition& rendition : wanted) {
    insert
        .bind(id, static_cast<int>(rendition.kind), Packed{rendition.checksum}, rendition.size,
              uti_number(connection, rendition.uti))
        .run();
  }
  return true;
}

}  // namespace i2i::ledger
