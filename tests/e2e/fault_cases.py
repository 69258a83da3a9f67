"""What goes wrong in the end-to-end cases, as tables: (what, fault, exit codes that are right), for `sync` also what the next run must be
told where Apple's own word was false and stays in the ledger until everything is listed anew. One place, so that `fault_kinds` can see
that no kind of the plan is left out. A code that is right once (a wrong byte is fetched again) is 0; where something always goes wrong
the code says who has to act (docs/cli.md, "Exit codes")."""

LOOKUP, QUERY, CHANGES, DATABASE = "records/lookup", "records/query", "changes/zone", "changes/database"
FORMS = ("truncated", "foreign", "expired")  # of a refused token


def content(action, **which):
    return {"service": "content", "action": action, **which}


def ck(action, **which):
    return {"service": "ck", "action": action, **which}


# A first sync, then the next one without the fault.
CONTENT = [
    ("content flips a bit once", content("flip_bit", nth=3), {0}),
    ("content flips a bit always", content("flip_bit"), {4}),
    ("content is swapped", content("swapped_body", nth=2), {0}),
    ("content is cut", content("truncate", nth=4), {0}),
    ("content is cut before the first byte", content({"kind": "truncate", "at": 0}, nth=4), {0}),
    ("content is reset", content("reset", nth=5), {0}),
    ("content is 17 bytes", content("short_body", nth=6), {0}),
    ("content is a page", content("html_body", nth=7), {0}),
    ("content is a page always", content("html_body", path="/B/*"), {4, 6}),
    ("content is five bytes too long", content({"kind": "wrong_size", "n": 5}, nth=8), {0}),
    ("content is five bytes too short", content({"kind": "wrong_size", "n": -5}, nth=8), {0}),
    ("content is always too long", content({"kind": "wrong_size", "n": 1}), {4}),
    ("content URL is over", content({"status": 410}, count=5), {0}),
    ("content is forbidden once", content({"status": 403}, nth=2), {0}),
    ("content is gone for good", content({"status": 404}), {4, 6}),
    ("content is throttled", content({"status": 503}, count=3), {0}),
    ("content says 429", content({"status": 429, "headers": {"Retry-After": "1"}}, count=2), {0}),
    ("content is slow", content({"kind": "slow", "bandwidth_bytes_s": 40000}, count=3), {0}),
    ("content comes late", content({"delay_ms": 700}, count=3), {0}),
    ("content lies about its type", content({"kind": "headers", "headers": {"Content-Type": "text/html"}}, count=9), {0}),
    ("content without length", content("without_length", count=3), {0}),
]
# Cut in the middle, and what resumes it is answered with the whole file.
RESUMED = [("content ignores the range of what is resumed", [content("reset", count=4), content("ignore_range")], {0})]

CATALOGUE = [
    ("ck throttles once", ck({"status": 503}, nth=3), {0}),
    ("ck fails once", ck({"status": 500}, nth=4), {0}),
    ("ck loses an answer after the work", ck({"status": 502, "after_handler": True}, nth=5), {0}),
    ("ck says THROTTLED with a time", ck({"kind": "throttled", "n": 1}, path=QUERY, nth=2), {0}),
    ("ck says try again later", ck("try_again_later", path=QUERY, nth=2), {0}),
    ("ck refuses the session once", ck("session_lost", path=QUERY, nth=2), {0}),
    ("ck always refuses the session", ck("session_lost"), {3}),
    ("ck denies access", ck("access_denied"), {6}),
    ("ck resets", ck("reset", path=QUERY, nth=2), {0}),
    ("ck is cut", ck("truncate", path=LOOKUP, nth=1), {0}),
    ("ck has an empty page in the middle", ck("empty_page", path=QUERY, nth=4), {0}),
    ("ck splits pairs over pages", ck("split_pair", path=QUERY), {0}),
    ("ck leaves out all masters of a page", ck("only_assets", path=QUERY, nth=4), {0}),
    ("ck repeats items", ck("repeated_item", path=QUERY), {0}),
    ("ck has an error in the place of a record", ck("record_error", path=QUERY, count=1, body_contains="CPLAssetAndMaster"), {0}),
    ("ck counts too many", ck({"kind": "wrong_count", "n": 7}), {0}),
    ("ck counts too few", ck({"kind": "wrong_count", "n": -7}), {0}),
    ("ck is still indexing", ck("indexing_running"), {0}),
    ("ck lists without tokens", ck("without_token", path=QUERY), {0}),
    ("ck takes none of its tokens back", ck("invalid_token", path=CHANGES), {0}),
    ("ck throttles many pages", ck({"status": 429, "headers": {"Retry-After": "1"}}, path=QUERY, count=3), {0}),
    ("a lookup misses a record", ck("lookup_missing", path=LOOKUP, nth=1), {0}),
    ("a lookup has no address", ck("lookup_no_url", path=LOOKUP, nth=1), {0}),
    ("a lookup has an error in the place of a record", ck("record_error", path=LOOKUP, nth=1), {0}),
    ("the zones answer an error", ck({"status": 500}, path="changes/database", count=1), {0}),
    ("the listing announces an encrypted kind of checksum", ck({"kind": "announce_checksum", "body": "81"}, path="records/"), {0}),
    ("the listing announces another kind of checksum", ck({"kind": "announce_checksum", "body": "04"}, path="records/"), {0}),
    ("the listing announces short checksums", ck({"kind": "announce_checksum", "body": "short"}, path="records/"), {0}),
    ("the listing announces wrong checksums", ck({"kind": "announce_checksum", "body": "wrong"}, path="records/"), {4}, "--full"),
    ("setup is down", {"service": "setup", "action": {"status": 503}}, {6}),
    ("setup resets", {"service": "setup", "action": "reset"}, {6}),
]

# A sync after a change in iCloud: changes are asked for.
NEWS = [
    ("every token is refused", ck("invalid_token", path=CHANGES), {0}),
    *[(f"every token is {form}", ck({"kind": "invalid_token", "body": form}, path=CHANGES), {0}) for form in FORMS],
    *[(f"the token is {form} once", ck({"kind": "invalid_token", "body": form}, path=CHANGES, count=1), {0}) for form in FORMS],
    *[(f"the database's token is {form}", ck({"kind": "invalid_token", "body": form}, path=DATABASE), {0}) for form in FORMS],
    ("the token is refused once", ck("invalid_token", path=CHANGES, count=1), {0}),
    ("changes come without a token", ck("without_token", path=CHANGES), {0}),
    ("changes come without a token once", ck("without_token", path=CHANGES, count=1), {0}),
    ("changed zones come without a token", ck("without_token", path=DATABASE), {0}),
    ("the zone is gone", ck("zone_not_found", path=CHANGES), {3}),
    ("the zone shall be asked later, once", ck({"kind": "zone_retry_later", "n": 1}, path=CHANGES, count=1), {0}),
    ("tombstones of what nobody knows", ck("unknown_tombstones", path=CHANGES), {0}),
    ("empty pages of changes", ck("empty_page", path=CHANGES, count=2), {0}),
    ("hundreds of empty pages of changes", ck("empty_page", path=CHANGES, count=400), {0}),
    ("an error in the place of a changed record", ck("record_error", path=CHANGES, count=1), {0}),
    ("changes repeat items", ck("repeated_item", path=CHANGES), {0}),
    ("changes leave out masters", ck("only_assets", path=CHANGES, count=1), {0}),
    ("changes leave out every master", ck("only_assets", path=CHANGES), {0}),
    ("changes announce more bytes than there are", ck({"kind": "announce_wrong_size", "n": 9}, path=CHANGES), {4}, "--full"),
    ("changes announce fewer bytes than there are", ck({"kind": "announce_wrong_size", "n": -1}, path=CHANGES), {4}, "--full"),
    ("changes are reset", ck("reset", path=CHANGES, count=1), {0}),
    ("changes are a page", ck("html_body", path=CHANGES), {6}),
    ("changes fail for good after the work", ck({"status": 500, "after_handler": True}, path=CHANGES), {6}),
    ("a zone's changes are throttled for long", ck({"kind": "throttled", "n": 900}, path=CHANGES), {6}),
]

# ---- auth ---------------------------------------------------------------------------------------------------------------------
ROUTES = {
    "the sign-in page": {"service": "idmsa", "path": "*/authorize/signin"},
    "federate": {"service": "idmsa", "path": "*/federate"},
    "init": {"service": "idmsa", "path": "*/signin/init"},
    "complete": {"service": "idmsa", "path": "*/signin/complete"},
    "the ways to a code": {"service": "idmsa", "method": "GET", "path": "*/appleauth/auth"},
    "the push": {"service": "idmsa", "method": "PUT", "path": "*/verify/trusteddevice/securitycode"},
    "the code": {"service": "idmsa", "method": "POST", "path": "*/verify/trusteddevice/securitycode"},
    "trust": {"service": "idmsa", "path": "*/2sv/trust"},
    "accountLogin": {"service": "setup", "path": "*/accountLogin"},
    "validate": {"service": "setup", "path": "*/validate"},
}
WAIT = {"Retry-After": "120"}
TROUBLE = {408: {6}, 429: {6}, 500: {6}, 502: {6}, 503: {6}, 504: {6}}
# What each route's answers mean (docs/protocol/icloud.md §2.2, §2.6, §3.2, §3.3, §3.5, §4.1, §4.6). A bare 403 to the password may be a wrong password or
# a limit: both codes are right. A computer that could not be marked as trusted may have to sign in again.
MEANING = {
    "the sign-in page": {403: {0}, 503: {0}},
    "federate": {401: {0}, 500: {0}},
    "init": {**TROUBLE, 401: {6}, 403: {6}, 409: {1, 3}, 412: {3}, 421: {2}, 423: {1, 3}, 450: {2}},
    "complete": {**TROUBLE, 401: {3}, 403: {3, 6}, 412: {3}, 421: {2}, 423: {1, 3}, 450: {2}},
    "the ways to a code": {401: {0}, 421: {0}, 503: {0}},
    "the push": {401: {3}, 403: {3}, 421: {3}, 423: {3}, 429: {6}, 503: {6}},
    "the code": {**TROUBLE, 401: {3}, 403: {3}, 409: {1, 3}, 412: {3}, 421: {3}, 423: {1, 3}, 450: {1, 3}},
    "trust": {401: {0, 3}, 409: {0, 3}, 503: {0, 3, 6}},
    "accountLogin": {**TROUBLE, 401: {3}, 403: {3}, 409: {3}, 412: {3}, 421: {3}, 423: {3}, 450: {3}, 500: {3, 6}},
    "validate": {**TROUBLE, 401: {0}, 403: {3}, 409: {3}, 412: {3}, 421: {0}, 423: {3}, 450: {0}, 500: {0}},
}


def on(route, action, **which):
    return {**ROUTES[route], "action": action, **which}


def statuses(route):
    for status, right in MEANING[route].items():
        action = {"status": status, "headers": WAIT} if status == 429 else {"status": status}
        yield (f"{route} answers {status}", on(route, action), right)


SIGN_IN = [
    *statuses("the sign-in page"),
    *statuses("federate"),
    *statuses("init"),
    *statuses("complete"),
    *statuses("the ways to a code"),
    *statuses("the push"),
    *statuses("the code"),
    *statuses("trust"),
    ("init answers 401 once", on("init", {"status": 401}, count=1), {0}),
    ("the answer to the right code is lost", on("the code", {"status": 502, "after_handler": True}), {6}),
    ("the sign-in page is reset once", on("the sign-in page", "reset", count=1), {0}),
    ("the sign-in page is reset", on("the sign-in page", "reset"), {6}),
    ("the sign-in page is another page", on("the sign-in page", "html_body"), {0}),
    ("init is reset once", on("init", "reset", count=1), {0}),
    ("init is cut", on("init", "truncate"), {6}),
    ("init is a page", on("init", "html_body"), {1, 6}),
    ("init comes late", on("init", {"delay_ms": 500}), {0}),
    ("init comes slowly", on("init", {"kind": "slow", "bandwidth_bytes_s": 2000}), {0}),
    ("complete is reset", on("complete", "reset"), {6}),
    ("complete is cut", on("complete", "truncate"), {6}),
    ("complete is a page with Apple's headers", on("complete", "html_body"), {0}),
    ("the ways to a code are reset once", on("the ways to a code", "reset", count=1), {0}),
    ("the ways to a code are a page", on("the ways to a code", "html_body"), {0}),
    ("the push is reset", on("the push", "reset"), {6}),
    ("the code is reset", on("the code", "reset"), {6}),
    ("the code is cut", on("the code", "truncate"), {6}),
    ("trust is reset once", on("trust", "reset", count=1), {0}),
    ("trust is reset", on("trust", "reset"), {0, 3, 6}),
    ("trust is cut", on("trust", "truncate"), {0, 3, 6}),
]
# After accountLogin the password has done its work; the session is renewed by validate and accountLogin.
LOGIN = [
    *statuses("accountLogin"),
    ("accountLogin is reset once", on("accountLogin", "reset", count=1), {0}),
    ("accountLogin is reset", on("accountLogin", "reset"), {6}),
    ("accountLogin is cut", on("accountLogin", "truncate"), {6}),
    ("accountLogin is a page", on("accountLogin", "html_body"), {3, 6}),
    ("accountLogin comes late", on("accountLogin", {"delay_ms": 500}), {0}),
]
CHECK = [
    *statuses("validate"),
    ("validate is reset once", on("validate", "reset", count=1), {0}),
    ("validate is reset", on("validate", "reset"), {6}),
    ("validate is cut", on("validate", "truncate"), {6}),
    ("validate is a page", on("validate", "html_body"), {0}),
    ("validate and accountLogin refuse", [on("validate", {"status": 421}), on("accountLogin", {"status": 421})], {3}),
]


def immich(method, path, action, **which):
    return {"service": "immich", "method": method, "path": "*/api" + path, "action": action, **which}


# ---- import and verify ---------------------------------------------------------------------------------------------------------
# (what, fault, exit codes, version): 7 where Immich cannot be reached, 8 where it refuses or is something else.
LOST = {"status": 504, "after_handler": True}
IMPORT = [
    ("the version answers 500", immich("GET", "/server/version", {"status": 500}), {7}),
    ("the version answers 502 once", immich("GET", "/server/version", {"status": 502}, count=1), {0}),
    ("the version is not there", immich("GET", "/server/version", {"status": 404}), {8}),
    ("the version is reset", immich("GET", "/server/version", "reset"), {7}),
    ("the version is a page", immich("GET", "/server/version", "html_body"), {8}),
    ("the key is not accepted", immich("GET", "/api-keys/me", {"status": 401}), {8}),
    ("the key may not say what it may", immich("GET", "/api-keys/me", {"status": 403}), {0, 8}),
    ("the user may not be read", immich("GET", "/users/me", {"status": 403}), {8}),
    ("the user is cut", immich("GET", "/users/me", "truncate"), {7}),
    ("the list of libraries is throttled once", immich("GET", "/libraries", {"status": 429, "headers": {"Retry-After": "1"}}, count=1), {0}),
    ("the list of libraries is throttled", immich("GET", "/libraries", {"status": 429}), {7}),
    ("the list of libraries is forbidden", immich("GET", "/libraries", {"status": 403}), {8}),
    ("the list of libraries is a page", immich("GET", "/libraries", "html_body"), {8}),
    ("the library cannot be made", immich("POST", "/libraries", {"status": 403}), {8}),
    ("making the library fails", immich("POST", "/libraries", {"status": 500}), {7}),
    ("the library is made, the answer lost", immich("POST", "/libraries", LOST), {7}),
    ("making the library is reset", immich("POST", "/libraries", "reset"), {7}),
    ("the path cannot be validated", immich("POST", "/libraries/*/validate", {"status": 403}), {0}),
    ("validating the path is refused for a while", immich("POST", "/libraries/*/validate", {"status": 503}), {7}),
    ("the scan is forbidden", immich("POST", "/libraries/*/scan", {"status": 403}), {8}),
    ("the scan starts, the answer is lost", immich("POST", "/libraries/*/scan", LOST), {7}),
    ("the scan is reset", immich("POST", "/libraries/*/scan", "reset"), {7}),
    ("the library is gone after the scan", immich("GET", "/libraries/*-*", {"status": 404}, after=1), {8}),
    ("the queues answer 503 once", immich("GET", "/jobs", {"status": 503}, nth=2), {0}),
    ("the queues answer 502", immich("GET", "/jobs", {"status": 502}), {7}),
    ("the queues may not be read", immich("GET", "/jobs", {"status": 403}), {8}),
    ("the queues are slow", immich("GET", "/jobs", {"kind": "slow", "bandwidth_bytes_s": 4000}), {0}),
    ("the queues are cut", immich("GET", "/jobs", "truncate", count=2), {0}),
    ("there are no jobs, but queues, in Immich 3", immich("GET", "/jobs", {"status": 404}), {0}, "3.1.0"),
    ("the queues fail in Immich 3", [immich("GET", "/jobs", {"status": 404}), immich("GET", "/queues", {"status": 502})], {7}, "3.1.0"),
    ("the presence is a page in Immich 3", immich("POST", "/assets/bulk-upload-check", "html_body"), {8}, "3.1.0"),
    ("the presence is forbidden", immich("POST", "/assets/bulk-upload-check", {"status": 403}), {8}),
    ("the presence fails once", immich("POST", "/assets/bulk-upload-check", {"status": 500}, count=1), {0}),
    ("the presence is reset once", immich("POST", "/assets/bulk-upload-check", "reset", count=1), {0}),
    ("the presence is a page", immich("POST", "/assets/bulk-upload-check", "html_body"), {8}),
    ("the presence comes late", immich("POST", "/assets/bulk-upload-check", {"delay_ms": 400}), {0}),
    ("a favourite is forbidden", immich("PUT", "/assets/*", {"status": 403}, nth=2), {8}),
    ("a favourite fails once", immich("PUT", "/assets/*", {"status": 503}, nth=2), {0}),
    ("a favourite is set, the answer lost", immich("PUT", "/assets/*", LOST, nth=3), {0}),
    ("an album is forbidden", immich("POST", "/albums", {"status": 403}, nth=2), {8}),
    ("an album fails", immich("POST", "/albums", {"status": 500}, nth=2), {7}),
    ("an album is made, the answer lost", immich("POST", "/albums", LOST, nth=2), {7}),
    ("making an album is reset", immich("POST", "/albums", "reset", nth=3), {7}),
    ("everything is slow", {"service": "immich", "action": {"kind": "slow", "bandwidth_bytes_s": 20000}}, {0}),
    ("the key ends in the middle", {"service": "immich", "after": 12, "action": {"status": 401}}, {8}),
    ("Immich goes away in the middle", {"service": "immich", "after": 12, "action": "reset"}, {7}),
]
# After a first import and a change in iCloud: albums are compared and filled.
AGAIN = [
    ("the album cannot be filled", immich("PUT", "/albums/*/assets", {"status": 403}), {8}),
    ("filling the album is lost", immich("PUT", "/albums/*/assets", LOST), {0, 7}),
    ("filling the album is reset", immich("PUT", "/albums/*/assets", "reset"), {7}),
    ("filling the album fails once", immich("PUT", "/albums/*/assets", {"status": 502}, count=1), {0}),
    ("a favourite is a page", immich("PUT", "/assets/*", "html_body"), {8}),
]
VERIFY = [
    (f"{name} answers {status}" if isinstance(action, dict) else f"{name}: {action}", immich(method, path, action), right)
    for name, method, path in [("the version", "GET", "/server/version"), ("the user", "GET", "/users/me"),
                               ("the presence", "POST", "/assets/bulk-upload-check")]
    for status, action, right in [(401, {"status": 401}, {8}), (403, {"status": 403}, {8}), (429, {"status": 429}, {7}),
                                  (503, {"status": 503}, {7}), (0, "reset", {7}), (0, "html_body", {8})]
] + [
    ("the presence is not there", immich("POST", "/assets/bulk-upload-check", {"status": 404}), {8}),
    ("the presence is cut once", immich("POST", "/assets/bulk-upload-check", "truncate", count=1), {0}),
    ("the presence fails once", immich("POST", "/assets/bulk-upload-check", {"status": 500}, count=1), {0}),
    ("the presence is slow", immich("POST", "/assets/bulk-upload-check", {"kind": "slow", "bandwidth_bytes_s": 9000}), {0}),
]


def faults_of(row):
    return row[1] if isinstance(row[1], list) else [row[1]]


def kind_of(fault):
    action = fault["action"]
    if isinstance(action, str):
        return action
    return action.get("kind", "status" if "status" in action else "delay")
