#pragma once
// The content host: file bytes behind signed addresses. docs/protocol/icloud.md §10.2.

#include "emulator/common/request_log.hpp"
#include "emulator/icloud/photos/library.hpp"
#include "emulator/icloud/photos/signed_url.hpp"

namespace emulator::icloud {

/// Thread-safe. All three must outlive it.
class ContentService {
 public:
  ContentService(Library& library, const SignedUrls& urls, RequestLog& log)
      : library_(library), urls_(urls), log_(log) {}

  /// GET and HEAD of "/B/…". 410 expired, 403 wrong signature, 404 unknown, 405 other methods. A cookie or a header of
  /// Apple's sign-in that reaches this host is recorded as a violation in the log.
  Response handle(const Request& request);

 private:
  void check_privacy(const Request& request);

  Library& library_;
  const SignedUrls& urls_;
  RequestLog& log_;
};

}  // namespace emulator::icloud
