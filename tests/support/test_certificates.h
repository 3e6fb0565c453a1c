// Authorities and certificates made on the spot, as PEM.

#ifndef AKIN_TESTS_SUPPORT_TEST_CERTIFICATES_H_
#define AKIN_TESTS_SUPPORT_TEST_CERTIFICATES_H_

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>

namespace akin {

struct TestCertificate {
  std::string certificate;
  std::string key;
};

class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name) : name_(name) {
    own_ = Make(name, "critical,CA:TRUE", "", nullptr, nullptr, -kHour, kDay);
  }

  const std::string& certificate() const { return own_.certificate; }

  // A certificate for localhost, 127.0.0.1 and `name`, valid from `begin` to
  // `end` seconds from now.
  TestCertificate Issue(const std::string& name, int64_t begin = -kHour,
                        int64_t end = kDay) const {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> pem(
        BIO_new_mem_buf(own_.key.data(), static_cast<int>(own_.key.size())),
        &BIO_free_all);
    EVP_PKEY* key =
        PEM_read_bio_PrivateKey(pem.get(), nullptr, nullptr, nullptr);
    TestCertificate issued =
        Make(name, "CA:FALSE", "DNS:localhost,IP:127.0.0.1,DNS:" + name,
             name_.c_str(), key, begin, end);
    EVP_PKEY_free(key);
    return issued;
  }

  static constexpr int64_t kHour = 3600;
  static constexpr int64_t kDay = 24 * kHour;

 private:
  static void AddName(X509_NAME* name, const char* text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(text), -1,
                               -1, 0);
  }
  static void AddExtension(X509* certificate, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  static std::string Text(BIO* bio) {
    char* text = nullptr;
    const auto size = static_cast<size_t>(BIO_get_mem_data(bio, &text));
    std::string copy(text, size);
    BIO_free_all(bio);
    return copy;
  }
  // Signed with `signer`; null: with its own key.
  static TestCertificate Make(const std::string& name, const char* constraints,
                              const std::string& names, const char* issuer,
                              EVP_PKEY* signer, int64_t begin, int64_t end) {
    static std::atomic<int64_t> serial{1};
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* made = X509_new();
    X509_set_version(made, 2);
    ASN1_INTEGER_set_int64(X509_get_serialNumber(made),
                           std::time(nullptr) * 1000 + serial++);
    X509_gmtime_adj(X509_getm_notBefore(made), begin);
    X509_gmtime_adj(X509_getm_notAfter(made), end);
    X509_set_pubkey(made, key);
    AddName(X509_get_subject_name(made), name.c_str());
    X509_NAME* issuer_name = X509_NAME_new();
    AddName(issuer_name, issuer == nullptr ? name.c_str() : issuer);
    X509_set_issuer_name(made, issuer_name);
    X509_NAME_free(issuer_name);
    AddExtension(made, NID_basic_constraints, constraints);
    if (!names.empty()) {
      AddExtension(made, NID_subject_alt_name, names.c_str());
    }
    X509_sign(made, signer == nullptr ? key : signer, EVP_sha256());
    BIO* certificate_pem = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(certificate_pem, made);
    BIO* key_pem = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(key_pem, key, nullptr, nullptr, 0, nullptr,
                             nullptr);
    X509_free(made);
    EVP_PKEY_free(key);
    return {Text(certificate_pem), Text(key_pem)};
  }

  const std::string name_;
  TestCertificate own_;
};

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_TEST_CERTIFICATES_H_
