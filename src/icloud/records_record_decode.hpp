#pragma once
// One record taken apart. Includes the full JSON header: only for *_decode.cpp.

#include "i2i/model/asset.hpp"
#include "i2i/util/json.hpp"

namespace i2i::icloud {

/// Never fails: what cannot be read is Skipped with a reason in plain words, what is deleted a Tombstone. Error items
/// (serverErrorCode) are not for here.
/// Source: docs/protocol/icloud.md §7.6, §9.
model::Record decode_record(const util::Json& record);

}  // namespace i2i::icloud
