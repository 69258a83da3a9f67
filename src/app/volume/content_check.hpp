#pragma once
#include "i2i/model/checksum.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/result.hpp"

#include <stop_token>

namespace i2i::app {

enum class ReadPath { cached, past_page_cache };

/// Hashes a file beneath the root. past_page_cache drops its pages before, so that the disk is what is read.
/// not_found, volume, cancelled.
util::Result<model::ContentProof> hash_file(const util::Root& root, const std::string& relative, ReadPath path,
                                            const std::stop_token& stop);

/// The same for a file that is open: from where it stands to its end. name: for messages.
util::Result<model::ContentProof> hash_open_file(const util::Fd& fd, const std::string& name,
                                                 const std::stop_token& stop);

/// Whether bytes with this proof are the content announced: by checksum where it can be computed, else by size alone.
bool is_content(const model::ContentProof& proof, const model::Checksum& checksum, std::uint64_t size);

/// ledger_damaged: one of the two hashes in the row of the file at path is that of its bytes, and the other is not.
util::Error contradicted(const std::string& path);

}  // namespace i2i::app
