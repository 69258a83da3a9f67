#include "emulator/common/certificates.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

namespace emulator {
namespace {

template <auto kFree>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using Number = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using File = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("certificates: ") + what);
}

Key make_key() {
  Key key{EVP_EC_gen("P-256")};
  require(key != nullptr, "no key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str())};
  require(extension != nullptr, value.c_str());
  require(X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

Cert make_certificate(const std::string& common_name, EVP_PKEY* key) {
  constexpr long kMonth = 30L * 86400;
  Cert certificate{X509_new()};
  require(certificate != nullptr, "memory");
  X509_set_version(certificate.get(), 2);
  const Number serial{BN_new()};
  require(serial && BN_rand(serial.get(), 120, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1, "serial number");
  BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get()));
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kMonth);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * kMonth);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name.c_str()), -1,
                             -1, 0);
  return certificate;
}

bool is_address(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789.") == std::string::npos;
}

File open_for_writing(const std::string& path) {
  File file{BIO_new_file(path.c_str(), "wb")};
  require(file != nullptr, path.c_str());
  return file;
}

}  // namespace

Certificates make_certificates(const std::string& folder, const std::vector<std::string>& names) {
  std::filesystem::create_directories(folder);
  const Key ca_key = make_key();
  const Cert ca = make_certificate("Practice services throw-away CA", ca_key.get());
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  require(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0, "signing the authority");

  const Key key = make_key();
  const Cert certificate = make_certificate("Practice services", key.get());
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(ca.get()));
  std::string alternatives;
  for (const auto& name : names) {
    if (!alternatives.empty()) alternatives += ',';
    alternatives += (is_address(name) ? "IP:" : "DNS:") + name;
  }
  add_extension(certificate.get(), ca.get(), NID_subject_alt_name, alternatives);
  add_extension(certificate.get(), ca.get(), NID_ext_key_usage, "serverAuth");
  add_extension(certificate.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), ca.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(certificate.get(), ca.get(), NID_subject_key_identifier, "hash");
  add_extension(certificate.get(), ca.get(), NID_authority_key_identifier, "keyid:always");
  require(X509_sign(certificate.get(), ca_key.get(), EVP_sha256()) > 0, "signing");

  Certificates files{
      .ca_file = folder + "/ca.pem", .certificate_file = folder + "/server.pem", .key_file = folder + "/server.key"};
  PEM_write_bio_X509(open_for_writing(files.ca_file).get(), ca.get());
  {
    const File chain = open_for_writing(files.certificate_file);
    PEM_write_bio_X509(chain.get(), certificate.get());
    PEM_write_bio_X509(chain.get(), ca.get());
  }
  {
    const File secret = open_for_writing(files.key_file);
    std::filesystem::permissions(files.key_file,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }
  return files;
}

}  // namespace emulator
