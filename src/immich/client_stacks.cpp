// Stacks (docs/protocol/immich.md §15): alike in every version, but for taking one asset out.

#include "i2i/immich/client.hpp"
#include "i2i/immich/versions.hpp"
#include "i2i/util/text.hpp"
#include "immich/client_decode.hpp"
#include "immich/client_encode.hpp"

namespace i2i::immich {

using net::Method;
using util::Result;

Result<Stack> Client::stack(const std::string& id) {
  I2I_ASSIGN(
      const std::string body,
      call({.path = "/stacks/" + util::url_encode(id), .bad_request = BadRequest::not_found, .needs = "stack.read"}));
  return decode_stack(body);
}

Result<Stack> Client::create_stack(const std::vector<std::string>& asset_ids) {
  // Sent twice it makes the same stack twice, of which the second takes the first one's place.
  I2I_ASSIGN(const std::string body, call({.method = Method::post,
                                           .path = "/stacks",
                                           .body = encode_new_stack(asset_ids),
                                           .effect = Effect::write,
                                           .bad_request = BadRequest::not_found,
                                           .needs = "stack.create"}));
  return decode_stack(body);
}

Result<void> Client::set_stack_primary(const std::string& id, const std::string& asset_id) {
  I2I_TRY(call({.method = Method::put,
                .path = "/stacks/" + util::url_encode(id),
                .body = encode_stack_primary(asset_id),
                .effect = Effect::write,
                .bad_request = BadRequest::not_found,
                .needs = "stack.update"}));
  return {};
}

Result<void> Client::take_out_of_stack(const std::string& id, const std::string& asset_id) {
  I2I_ASSIGN(const Version server, version());
  if (!takes_out_of_stacks(server)) return {};
  I2I_TRY(call({.method = Method::del,
                .path = "/stacks/" + util::url_encode(id) + "/assets/" + util::url_encode(asset_id),
                .effect = Effect::write,
                .bad_request = BadRequest::not_found,
                .needs = "stack.update"}));
  return {};
}

}  // namespace i2i::immich
