#pragma once
// The result of a verify as one page that needs nothing else: no script, no picture, no network.

#include <string>

#include "cli/results.hpp"

namespace i2i::cli {

/// An HTML document. result.report holds a VerifyReport.
std::string render_page(const CommandResult& result);

}  // namespace i2i::cli
