// The server's certificate, its key, and the authorities whose clients it
// takes: read, checked, and read again when they change. New connections get
// the new ones; those that are open keep theirs, and no call is dropped.
//
// Thread-safe, but for Look.

#ifndef AKIN_SERVER_AUTH_CERTIFICATES_H_
#define AKIN_SERVER_AUTH_CERTIFICATES_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "index/base/mutex.h"
#include "server/auth/authorizer.h"
#include "server/auth/watched_files.h"

namespace akin::server {

struct CertificatePaths {
  std::string certificate;  // PEM, the server's first, then those above it
  std::string key;          // PEM, without a passphrase
  std::string client_ca;    // PEM; empty: clients are not asked for one
};

// What is in the files, as PEM.
struct Certificates {
  std::string chain;
  std::string key;
  std::string client_ca;
  std::string subject;  // the server's, as people write it
  absl::Time expires;   // the server's
};

// NOT_FOUND: a file cannot be read. INVALID_ARGUMENT names the file, and what
// is wrong: it is not PEM, the key is another certificate's or has a
// passphrase, the certificate has expired at `now` or is not valid yet.
absl::StatusOr<Certificates> ReadCertificates(const CertificatePaths& paths,
                                              absl::Time now);

class CertificateStore {
 public:
  static absl::StatusOr<std::unique_ptr<CertificateStore>> Open(
      CertificatePaths paths, SaySecurity say);

  bool wants_clients() const { return !paths_.client_ca.empty(); }

  std::shared_ptr<const Certificates> current() const;

  // The current ones; null if an earlier call has returned them.
  std::shared_ptr<const Certificates> TakeIfNew();

  // Reads the files again if they have changed; what cannot be used leaves all
  // as it is and is said once. From one thread.
  void Look();

 private:
  CertificateStore(CertificatePaths paths, SaySecurity say);

  const CertificatePaths paths_;
  const SaySecurity say_;
  WatchedFiles files_;
  mutable Mutex mutex_;
  std::shared_ptr<const Certificates> current_ ABSL_GUARDED_BY(mutex_);
  bool taken_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_AUTH_CERTIFICATES_H_
