#pragma once
// verify --report: the result as a file.

#include <optional>
#include <string>

#include "cli/results.hpp"
#include "i2i/util/result.hpp"

namespace i2i::cli {

enum class ReportKind { page, json };

/// By the ending, .html or .json in any case; nullopt: another one.
std::optional<ReportKind> report_kind(const std::string& path);

/// The file's content. result: of a verify, at its end.
std::string render_report(const CommandResult& result, ReportKind kind);

/// Writes the file where the run came to say something, and notes it in result.written. An earlier file stays where the
/// run was refused, interrupted, or found another one at work. A file that cannot be written becomes the result's
/// error, and its exit code unless that says 5.
void write_report(const std::string& path, CommandResult& result);

}  // namespace i2i::cli
