#pragma once
// The header fields of the sign-in service (docs/protocol/icloud.md §1.3, §1.4).

#include <string>

#include "i2i/icloud/session.hpp"
#include "i2i/net/http.hpp"

namespace i2i::icloud {

/// The proof of work asked for last; bits 0: none.
struct WorkChallenge {
  int bits = 0;
  std::string challenge;
};

/// Who the request seems to come from: the sign-in page (init, complete) or the iCloud web app (everything after).
enum class AuthOrigin { sign_in_page, web_app };

net::Headers auth_headers(const Endpoints& endpoints, const SessionData& session, AuthOrigin origin,
                          const char* accept);

/// Those of a request to the account service.
net::Headers setup_headers(const Endpoints& endpoints, const char* content_type);

/// Takes over what an answer, of any status, says in its header; true where something changed.
bool keep_headers(const net::Headers& headers, SessionData& session, WorkChallenge& work);

/// The status that counts: X-Apple-I-Rscd's where a 200 carries a refusal or a second factor (§2.6).
int effective_status(const net::Response& response);

}  // namespace i2i::icloud
