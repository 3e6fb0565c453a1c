#include "client/cli/doctor/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace akin::client {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

std::optional<absl::Time> TimeOf(const ASN1_TIME* time) {
  std::tm parts = {};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) {
    return std::nullopt;
  }
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string SubjectOf(const X509& certificate) {
  const Bio text(BIO_new(BIO_s_mem()), &BIO_free);
  if (text == nullptr ||
      X509_NAME_print_ex(text.get(), X509_get_subject_name(&certificate), 0,
                         XN_FLAG_RFC2253) < 0) {
    return "";
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : "";
}

std::string Day(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone());
}

void CheckOne(absl::string_view check, const std::string& path,
              const CertificateDates& certificate, absl::Time now,
              Findings* findings) {
  constexpr absl::Duration kDay = absl::Hours(24);
  constexpr int64_t kSoonDays = 21;
  const std::string whose = absl::StrCat(
      path, certificate.subject.empty() ? "" : ": ", certificate.subject);
  if (now < certificate.not_before) {
    return Fail(check,
                absl::StrCat(whose, " is not valid before ",
                             Day(certificate.not_before)),
                "look at this machine's clock, or wait", findings);
  }
  if (now > certificate.not_after) {
    return Fail(
        check,
        absl::StrCat(whose, " has expired on ", Day(certificate.not_after)),
        "renew it now: connections are refused", findings);
  }
  const int64_t days = (certificate.not_after - now) / kDay;
  const std::string text =
      absl::StrCat(whose, " is valid until ", Day(certificate.not_after), ", ",
                   days, " days from now");
  if (days < kSoonDays) {
    return Warn(check, text, "renew it before that day", findings);
  }
  Ok(check, text, findings);
}

}  // namespace

absl::StatusOr<std::vector<CertificateDates>> ReadCertificateDates(
    const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  const int error_number = errno;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    return absl::NotFoundError(
        absl::StrCat(path, ": cannot be read", error_number == 0 ? "" : ": ",
                     error_number == 0 ? "" : std::strerror(error_number)));
  }
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
                &BIO_free);
  if (bio == nullptr) return absl::ResourceExhaustedError("out of memory");
  std::vector<CertificateDates> all;
  while (true) {
    const Certificate next(
        PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
    if (next == nullptr) break;
    const auto from = TimeOf(X509_get0_notBefore(next.get()));
    const auto to = TimeOf(X509_get0_notAfter(next.get()));
    if (!from.has_value() || !to.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": a certificate without dates"));
    }
    all.push_back({SubjectOf(*next), *from, *to});
  }
  // The end of the file is an error of its own, and no other may be.
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  if (all.empty() || ERR_GET_REASON(error) != PEM_R_NO_START_LINE) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": expected certificates in PEM (BEGIN CERTIFICATE), got ",
        all.empty() ? "none" : "one that is damaged"));
  }
  return all;
}

void CheckCertificates(
    absl::string_view check, const std::string& path,
    const absl::StatusOr<std::vector<CertificateDates>>& certificates,
    absl::Time now, Findings* findings) {
  if (!certificates.ok()) {
    return Fail(check, std::string(certificates.status().message()),
                "name a PEM file of certificates, and ask as a user who may "
                "read it",
                findings);
  }
  for (const CertificateDates& certificate : *certificates) {
    CheckOne(check, path, certificate, now, findings);
  }
}

}  // namespace akin::client
