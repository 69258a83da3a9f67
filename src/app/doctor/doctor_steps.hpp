#pragma once
// The parts of doctor, each adding its checks to a list.

#include <string>
#include <vector>

#include "i2i/app/doctor.hpp"

namespace i2i::app {

using Checks = std::vector<DoctorReport::Check>;

/// found: what is well, as a sentence without its end; or what is not.
void add_check(Checks& checks, const std::string& name, util::Result<std::string> found);

void check_apple(Checks& checks, const RunContext& context, const AccountPaths& paths, net::CurlClient& http);
/// ledger: a copy. dsid: "" where nobody signed in.
void check_volume(Checks& checks, const std::string& photos_dir, ledger::Ledger& ledger, const std::string& dsid);
void check_immich(Checks& checks, const RunContext& context, const DoctorOptions& options, ledger::Ledger& ledger,
                  net::HttpClient& http);

}  // namespace i2i::app
