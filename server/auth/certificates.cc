#include "server/auth/certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "index/base/status_macros.h"

namespace akin::server {
namespace {

constexpr size_t kMostPemBytes = size_t{1} << 20;

template <class T, void (*Free)(T*)>
struct Freer {
  void operator()(T* object) const { Free(object); }
};
using X509Ptr = std::unique_ptr<X509, Freer<X509, &X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY, &EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Freer<BIO, &BIO_free_all>>;

BioPtr BioOf(const std::string& text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Instead of a question at the terminal.
int NoPassphrase(char* /*into*/, int /*size*/, int /*writes*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

// All certificates of a PEM file; at least one.
absl::StatusOr<std::vector<X509Ptr>> ParseChain(const std::string& pem,
                                                const std::string& path) {
  std::vector<X509Ptr> chain;
  const BioPtr bio = BioOf(pem);
  bool asked = false;
  for (;;) {
    X509Ptr one(PEM_read_bio_X509(bio.get(), nullptr, &NoPassphrase, &asked));
    if (one == nullptr) break;
    chain.push_back(std::move(one));
  }
  const bool ended =
      ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (chain.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path,
                     " holds no certificate, expected one in PEM (-----BEGIN "
                     "CERTIFICATE-----)"));
  }
  if (!ended) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the certificate behind the first ", chain.size(),
                     " cannot be read"));
  }
  return chain;
}

absl::StatusOr<KeyPtr> ParseKey(const std::string& pem,
                                const std::string& path) {
  bool asked = false;
  KeyPtr key(PEM_read_bio_PrivateKey(BioOf(pem).get(), nullptr, &NoPassphrase,
                                     &asked));
  ERR_clear_error();
  if (key != nullptr) return key;
  return absl::InvalidArgumentError(
      asked ? absl::StrCat(path,
                           ": the key has a passphrase, expected one "
                           "without")
            : absl::StrCat(path,
                           " holds no private key, expected one in PEM "
                           "(-----BEGIN PRIVATE KEY-----)"));
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTimeT(timegm(&parts));
}

std::string SubjectOf(const X509& certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(&certificate), 0,
                     XN_FLAG_RFC2253);
  char* text = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(bio.get(), &text));
  return std::string(text, size);
}

absl::Status CheckTimes(const X509& certificate, const std::string& path,
                        absl::Time now) {
  const absl::Time begins = TimeOf(X509_get0_notBefore(&certificate));
  const absl::Time ends = TimeOf(X509_get0_notAfter(&certificate));
  const auto said = [](absl::Time time) {
    return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone());
  };
  if (now > ends) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the certificate expired at ", said(ends),
                     ", now it is ", said(now)));
  }
  if (now < begins) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the certificate is not valid before ",
                     said(begins), ", now it is ", said(now)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Certificates> ReadCertificates(const CertificatePaths& paths,
                                              absl::Time now) {
  Certificates read;
  AKIN_ASSIGN_OR_RETURN(
      read.chain,
      ReadSmallFile("the certificate", paths.certificate, kMostPemBytes));
  AKIN_ASSIGN_OR_RETURN(read.key,
                        ReadSmallFile("the key", paths.key, kMostPemBytes));
  AKIN_ASSIGN_OR_RETURN(const std::vector<X509Ptr> chain,
                        ParseChain(read.chain, paths.certificate));
  AKIN_ASSIGN_OR_RETURN(const KeyPtr key, ParseKey(read.key, paths.key));
  const X509& own = *chain[0];
  const bool pair = X509_check_private_key(&own, key.get()) == 1;
  ERR_clear_error();
  if (!pair) {
    return absl::InvalidArgumentError(
        absl::StrCat(paths.key, " is not the key of the certificate in ",
                     paths.certificate));
  }
  AKIN_RETURN_IF_ERROR(CheckTimes(own, paths.certificate, now));
  read.subject = SubjectOf(own);
  read.expires = TimeOf(X509_get0_notAfter(&own));
  if (paths.client_ca.empty()) return read;
  AKIN_ASSIGN_OR_RETURN(
      read.client_ca, ReadSmallFile("the certificates of clients' authorities",
                                    paths.client_ca, kMostPemBytes));
  AKIN_ASSIGN_OR_RETURN(const std::vector<X509Ptr> authorities,
                        ParseChain(read.client_ca, paths.client_ca));
  // Of several one may be on its way out.
  absl::Status times;
  for (const X509Ptr& authority : authorities) {
    times = CheckTimes(*authority, paths.client_ca, now);
    if (times.ok()) return read;
  }
  return times;
}

absl::StatusOr<std::unique_ptr<CertificateStore>> CertificateStore::Open(
    CertificatePaths paths, SaySecurity say) {
  // Stamped before they are read: what changes meanwhile is read again.
  auto store = std::unique_ptr<CertificateStore>(
      new CertificateStore(std::move(paths), std::move(say)));
  AKIN_ASSIGN_OR_RETURN(Certificates read,
                        ReadCertificates(store->paths_, absl::Now()));
  MutexLock lock(&store->mutex_);
  store->current_ = std::make_shared<const Certificates>(std::move(read));
  return store;
}

CertificateStore::CertificateStore(CertificatePaths paths, SaySecurity say)
    : paths_(std::move(paths)),
      say_(std::move(say)),
      files_({paths_.certificate, paths_.key, paths_.client_ca}) {}

std::shared_ptr<const Certificates> CertificateStore::current() const {
  MutexLock lock(&mutex_);
  return current_;
}

std::shared_ptr<const Certificates> CertificateStore::TakeIfNew() {
  MutexLock lock(&mutex_);
  if (taken_) return nullptr;
  taken_ = true;
  return current_;
}

void CertificateStore::Look() {
  if (!files_.Changed()) return;
  auto read = ReadCertificates(paths_, absl::Now());
  if (!read.ok()) {
    return say_(absl::StrCat("the certificates stay as they were: ",
                             read.status().message()),
                true);
  }
  const std::string line = absl::StrCat(
      "read the certificate of ", read->subject, " again: expires ",
      absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", read->expires,
                       absl::UTCTimeZone()));
  {
    MutexLock lock(&mutex_);
    current_ = std::make_shared<const Certificates>(*std::move(read));
    taken_ = false;
  }
  say_(line, false);
}

}  // namespace akin::server
