// Albums (docs/protocol/immich.md §14): those of the key's user.

#include <algorithm>

#include "i2i/immich/client.hpp"
#include "i2i/immich/versions.hpp"
#include "i2i/util/text.hpp"
#include "immich/client_decode.hpp"
#include "immich/client_encode.hpp"
#include "immich/in_batches.hpp"

namespace i2i::immich {

using net::Method;
using util::Result;

namespace {
constexpr std::size_t kMemberBatch = 2'000;
}  // namespace

Result<std::vector<Album>> Client::albums() {
  I2I_ASSIGN(const Version server, version());
  I2I_ASSIGN(const std::string body, call({.path = "/albums" + own_albums_query(server), .needs = "album.read"}));
  return decode_albums(body);
}

Result<void> Client::for_each_album_asset(const std::string& id,
                                          const std::function<Result<void>(const AssetInfo&)>& visit) {
  return search_all({.album_id = id, .with_deleted = true}, visit);
}

Result<Album> Client::create_album(const std::string& name, const std::string& description,
                                   const std::vector<std::string>& asset_ids) {
  const std::span<const std::string> ids(asset_ids);
  const std::size_t first = std::min(ids.size(), kMemberBatch);
  I2I_ASSIGN(const std::string body, call({.method = Method::post,
                                           .path = "/albums",
                                           .body = encode_new_album(name, description, ids.first(first)),
                                           .effect = Effect::once,
                                           .needs = "album.create"}));
  I2I_ASSIGN(Album album, decode_album(body));
  if (first < ids.size()) {
    I2I_ASSIGN(const std::size_t more, add_to_album(album.id, {asset_ids.begin() + kMemberBatch, asset_ids.end()}));
    album.asset_count += static_cast<std::int64_t>(more);
  }
  return album;
}

Result<void> Client::rename_album(const std::string& id, const std::string& name) {
  I2I_TRY(call({.method = Method::patch,
                .path = "/albums/" + util::url_encode(id),
                .body = encode_album_name(name),
                .effect = Effect::write,
                .bad_request = BadRequest::not_found,
                .needs = "album.update"}));
  return {};
}

Result<std::size_t> Client::change_members(Method method, const std::string& id,
                                           const std::vector<std::string>& asset_ids) {
  const bool adds = method == Method::put;
  std::size_t done = 0;
  I2I_TRY(in_batches(asset_ids, kMemberBatch, [&](std::span<const std::string> ids) -> Result<void> {
    I2I_ASSIGN(const std::string body, call({.method = method,
                                             .path = "/albums/" + util::url_encode(id) + "/assets",
                                             .body = encode_ids(ids),
                                             .effect = Effect::write,
                                             .bad_request = BadRequest::not_found,
                                             .needs = adds ? "albumAsset.create" : "albumAsset.delete"}));
    I2I_ASSIGN(const std::vector<MemberAnswer> answers, decode_member_answers(body));
    const char* const already = adds ? "duplicate" : "not_found";
    done += static_cast<std::size_t>(std::count_if(answers.begin(), answers.end(), [&](const MemberAnswer& answer) {
      return answer.success || answer.error == already;
    }));
    return {};
  }));
  return done;
}

Result<std::size_t> Client::add_to_album(const std::string& id, const std::vector<std::string>& asset_ids) {
  return change_members(Method::put, id, asset_ids);
}

Result<std::size_t> Client::remove_from_album(const std::string& id, const std::vector<std::string>& asset_ids) {
  return change_members(Method::del, id, asset_ids);
}

}  // namespace i2i::immich
