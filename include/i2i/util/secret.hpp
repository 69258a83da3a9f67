#pragma once
#include <string>
#include <string_view>

namespace i2i::util {

/// Text that must never be shown: password, token, cookie value, API key. It cannot be printed or formatted, and its
/// memory is wiped when it goes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  [[nodiscard]] bool empty() const { return text_.empty(); }
  /// The text itself; the name makes every use easy to find.
  [[nodiscard]] const std::string& reveal() const { return text_; }
  /// For logs: length and the first 8 hex digits of its SHA-256.
  [[nodiscard]] std::string fingerprint() const;

 private:
  void wipe() noexcept;
  std::string text_;
};

}  // namespace i2i::util
