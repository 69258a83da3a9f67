#include <fmt/core.h>

#include "i2i/app/verify.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

std::string number(std::int64_t value) {
  return util::with_thousands(static_cast<std::uint64_t>(value < 0 ? 0 : value));
}

std::string of_volume(const VerifyReport& report) {
  const auto& files = report.files;
  std::string text = fmt::format("{} of {} files ", number(files.proven), number(report.icloud.files));
  text += report.quick ? "as they were when proven (by size and time)" : "proven against Apple's checksum";
  if (files.by_size > 0) text += fmt::format(", {} by size only", number(files.by_size));
  if (files.not_checked > 0) text += fmt::format(", {} not looked at", number(files.not_checked));
  return text;
}

std::string of_immich(const VerifyReport& report) {
  const auto& immich = report.immich;
  const auto absent = immich.missing + immich.offline + immich.trashed + immich.different + immich.unread;
  if (absent > 0)
    return fmt::format(", {} of {} present in Immich", number(immich.present), number(immich.present + absent));
  std::string text = ", all present in Immich";
  if (immich.not_importable > 0)
    text += fmt::format(" but {} of kinds it does not take", number(immich.not_importable));
  return text;
}

}  // namespace

std::string verdict_sentence(const VerifyReport& report) {
  std::string text = of_volume(report);
  if (report.immich.asked) text += of_immich(report);
  if (!report.differences.empty()) {
    text += fmt::format("; {} difference{}", number(static_cast<std::int64_t>(report.differences.size())),
                        report.differences.size() == 1 ? "" : "s");
  }
  if (report.pending > 0) text += fmt::format("; {} pending", number(report.pending));
  if (!report.finished) text += "; not everything was looked at";
  return text;
}

}  // namespace i2i::app
