#pragma once
// A throw-away certificate authority and one server certificate under it, made anew for every run.

#include <string>
#include <vector>

namespace emulator {

struct Certificates {
  std::string ca_file;           // PEM: what clients are told to trust
  std::string certificate_file;  // PEM: the server's own
  std::string key_file;          // PEM, mode 0600
};

/// Writes the three files into folder (made if missing). names: DNS names ("*.icloud.localhost" allowed) or IPv4
/// addresses for the subjectAltName. Valid from a month ago for two years, so that a moved clock does no harm.
/// Throws std::runtime_error.
Certificates make_certificates(const std::string& folder, const std::vector<std::string>& names);

}  // namespace emulator
