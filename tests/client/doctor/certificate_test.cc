#include "client/cli/doctor/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "tests/client/doctor/finding_support.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// 2026-01-01 and 2027-01-01, UTC
constexpr int64_t kFrom = 1'767'225'600;
constexpr int64_t kTo = 1'798'761'600;

// A self-signed certificate in PEM.
std::string MakeCertificate(const char* name) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(),
                                                         &X509_free);
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  ASN1_TIME_set(X509_getm_notBefore(made.get()), std::time_t{kFrom});
  ASN1_TIME_set(X509_getm_notAfter(made.get()), std::time_t{kTo});
  X509_set_pubkey(made.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1,
                             -1, 0);
  X509_set_issuer_name(made.get(), subject);
  X509_sign(made.get(), key.get(), EVP_sha256());
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()),
                                                       &BIO_free);
  PEM_write_bio_X509(text.get(), made.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

std::vector<std::string> LinesAt(int64_t seconds) {
  const std::vector<CertificateDates> certificates = {
      {"CN=a", absl::FromUnixSeconds(kFrom), absl::FromUnixSeconds(kTo)}};
  Findings findings;
  CheckCertificates("certificate", "a.pem", certificates,
                    absl::FromUnixSeconds(seconds), &findings);
  EXPECT_TRUE(HintsAreWhereTheyBelong(findings));
  return Lines(findings);
}

TEST(ReadCertificateDates, ReadsAllOfAChain) {
  const TempDir dir;
  const std::string path = dir.Write(
      "chain.pem", "words before\n" + MakeCertificate("akin.example.org") +
                       MakeCertificate("authority") + "words behind\n");
  const auto certificates = ReadCertificateDates(path);
  ASSERT_THAT(certificates, IsOk());
  ASSERT_EQ(certificates->size(), 2u);
  EXPECT_EQ((*certificates)[0].subject, "CN=akin.example.org");
  EXPECT_EQ((*certificates)[0].not_before, absl::FromUnixSeconds(kFrom));
  EXPECT_EQ((*certificates)[0].not_after, absl::FromUnixSeconds(kTo));
  EXPECT_EQ((*certificates)[1].subject, "CN=authority");
}

TEST(ReadCertificateDates, SaysWhatIsNone) {
  const TempDir dir;
  const absl::Status none = ReadCertificateDates(dir.Path("none")).status();
  EXPECT_EQ(none.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(none.message()),
              HasSubstr("none: cannot be read: No such file or directory"));
  for (const std::string& text :
       {std::string(), std::string("hello"),
        std::string("-----BEGIN CERTIFICATE-----\nnonsense\n"
                    "-----END CERTIFICATE-----\n")}) {
    const auto certificates = ReadCertificateDates(dir.Write("bad.pem", text));
    EXPECT_EQ(certificates.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(certificates.status().message()),
                HasSubstr("bad.pem: expected certificates in PEM"));
  }
  // The second of two is cut short.
  std::string two = MakeCertificate("a");
  two += two.substr(0, two.size() / 2);
  const auto certificates = ReadCertificateDates(dir.Write("cut.pem", two));
  EXPECT_THAT(std::string(certificates.status().message()),
              HasSubstr("one that is damaged"));
}

TEST(CheckCertificates, GoesByTheDates) {
  constexpr int64_t kDay = 86'400;
  EXPECT_THAT(LinesAt(kFrom - 1),
              ElementsAre("fail certificate: a.pem: CN=a is not valid before "
                          "2026-01-01"));
  EXPECT_THAT(LinesAt(kTo - 22 * kDay),
              ElementsAre("ok certificate: a.pem: CN=a is valid until "
                          "2027-01-01, 22 days from now"));
  EXPECT_THAT(LinesAt(kTo - 20 * kDay),
              ElementsAre("warn certificate: a.pem: CN=a is valid until "
                          "2027-01-01, 20 days from now"));
  EXPECT_THAT(LinesAt(kTo + 1),
              ElementsAre("fail certificate: a.pem: CN=a has expired on "
                          "2027-01-01"));
}

TEST(CheckCertificates, AFileThatCannotBeRead) {
  Findings findings;
  CheckCertificates("tls_certificate", "a.pem",
                    absl::NotFoundError("a.pem: cannot be read"), absl::Now(),
                    &findings);
  EXPECT_TRUE(HintsAreWhereTheyBelong(findings));
  EXPECT_THAT(Lines(findings),
              ElementsAre("fail tls_certificate: a.pem: cannot be read"));
}

}  // namespace
}  // namespace akin::client
