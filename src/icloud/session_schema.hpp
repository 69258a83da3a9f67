#pragma once

namespace i2i::icloud {

/// Grows when a reader of before would misread the file; new optional members do not count.
inline constexpr int kSessionSchema = 1;

}  // namespace i2i::icloud
