#include "server/auth/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CertificatesTest : public testing::Test {
 protected:
  CertificatePaths Write(const TestCertificate& certificate) {
    return {dir_.Write("cert.pem", certificate.certificate),
            dir_.Write("key.pem", certificate.key), ""};
  }
  static absl::StatusOr<Certificates> Read(const CertificatePaths& paths) {
    return ReadCertificates(paths, absl::Now());
  }

  const TempDir dir_;
  const TestAuthority authority_{"Test Authority"};
};

TEST_F(CertificatesTest, AreReadAsTheyAre) {
  const TestCertificate own = authority_.Issue("akin.example");
  CertificatePaths paths = Write(own);
  // With those above it, as Let's Encrypt has it.
  dir_.Write("cert.pem", own.certificate + authority_.certificate());
  paths.client_ca = dir_.Write("ca.pem", authority_.certificate());
  const auto read = Read(paths);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->chain, own.certificate + authority_.certificate());
  EXPECT_EQ(read->key, own.key);
  EXPECT_EQ(read->client_ca, authority_.certificate());
  EXPECT_EQ(read->subject, "CN=akin.example");
  EXPECT_GT(read->expires, absl::Now() + absl::Hours(23));
  EXPECT_LT(read->expires, absl::Now() + absl::Hours(25));
}

TEST_F(CertificatesTest, WhatIsWrongWithThemIsSaid) {
  const TestCertificate own = authority_.Issue("a");
  const CertificatePaths paths = Write(own);
  const auto expect = [&](const CertificatePaths& bad, StatusCode code,
                          const std::string& file, const std::string& why) {
    EXPECT_THAT(Read(bad),
                IsStatus(code, AllOf(HasSubstr(file), HasSubstr(why))));
  };
  using enum absl::StatusCode;
  expect({dir_.Path("none"), paths.key, ""}, kNotFound, "none", "No such file");
  expect({paths.certificate, dir_.Path("none"), ""}, kNotFound, "none",
         "No such file");
  expect({paths.certificate, paths.key, dir_.Path("none")}, kNotFound, "none",
         "No such file");
  const std::string empty = dir_.Write("empty", "");
  expect({empty, paths.key, ""}, kInvalidArgument, "empty", "no certificate");
  expect({paths.certificate, empty, ""}, kInvalidArgument, "empty",
         "no private key");
  expect({paths.certificate, paths.key, empty}, kInvalidArgument, "empty",
         "no certificate");
  expect({paths.key, paths.certificate, ""}, kInvalidArgument, "key.pem",
         "no certificate");
  const std::string cut = dir_.Write(
      "cut",
      own.certificate + own.certificate.substr(0, own.certificate.size() / 2));
  expect({cut, paths.key, ""}, kInvalidArgument, "cut",
         "behind the first 1 cannot be read");
  const std::string other = dir_.Write("other.pem", authority_.Issue("b").key);
  expect({paths.certificate, other, ""}, kInvalidArgument, "other.pem",
         "is not the key of the certificate in");
}

TEST_F(CertificatesTest, TheyAreValidNow) {
  const TestCertificate own = authority_.Issue("a", -3600, 3600);
  const CertificatePaths paths = Write(own);
  const absl::Time now = absl::Now();
  EXPECT_THAT(ReadCertificates(paths, now), IsOk());
  EXPECT_THAT(ReadCertificates(paths, now + absl::Hours(2)),
              IsStatus(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("cert.pem"), HasSubstr("expired at"))));
  EXPECT_THAT(
      ReadCertificates(paths, now - absl::Hours(2)),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("not valid before")));
}

TEST_F(CertificatesTest, AKeyWithAPassphraseIsNotAskedFor) {
  const TestCertificate own = authority_.Issue("a");
  CertificatePaths paths = Write(own);
  BIO* from = BIO_new_mem_buf(own.key.data(), static_cast<int>(own.key.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(from, nullptr, nullptr, nullptr);
  BIO_free_all(from);
  BIO* to = BIO_new(BIO_s_mem());
  const unsigned char phrase[] = "phrase";
  PEM_write_bio_PrivateKey(to, key, EVP_aes_256_cbc(), phrase, 6, nullptr,
                           nullptr);
  char* text = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(to, &text));
  paths.key = dir_.Write("locked.pem", absl::string_view(text, size));
  BIO_free_all(to);
  EVP_PKEY_free(key);
  EXPECT_THAT(Read(paths), IsStatus(StatusCode::kInvalidArgument,
                                    AllOf(HasSubstr("locked.pem"),
                                          HasSubstr("has a passphrase"))));
}

TEST_F(CertificatesTest, AreReadAgainOnceBothFilesAreThere) {
  const TestCertificate first = authority_.Issue("first");
  const TestCertificate second = authority_.Issue("second");
  std::vector<std::string> said;
  auto opened = CertificateStore::Open(
      Write(first), [&](const std::string& line, bool error) {
        said.push_back(absl::StrCat(error ? "error: " : "", line));
      });
  ASSERT_THAT(opened, IsOk());
  CertificateStore& store = **opened;
  EXPECT_FALSE(store.wants_clients());
  ASSERT_NE(store.TakeIfNew(), nullptr);
  EXPECT_EQ(store.TakeIfNew(), nullptr);

  // One is there, the other is not yet.
  dir_.Write("cert.pem", second.certificate);
  store.Look();
  dir_.Write("key.pem", second.key);
  store.Look();
  EXPECT_THAT(said, IsEmpty());
  EXPECT_EQ(store.current()->key, first.key);
  store.Look();
  EXPECT_THAT(said, ElementsAre(HasSubstr("CN=second again: expires")));
  const auto taken = store.TakeIfNew();
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(taken->key, second.key);
  EXPECT_EQ(taken->chain, second.certificate);

  // What cannot be used is said once, and changes nothing.
  said.clear();
  dir_.Write("key.pem", first.key);
  for (int i = 0; i < 4; ++i) store.Look();
  EXPECT_THAT(said, ElementsAre(AllOf(HasSubstr("error: the certificates stay"),
                                      HasSubstr("is not the key of"))));
  EXPECT_EQ(store.TakeIfNew(), nullptr);
  EXPECT_EQ(store.current()->key, second.key);
}

}  // namespace
}  // namespace akin::server
