#include "index/tool/sha256.h"

#include <openssl/evp.h>
#include <sys/stat.h>

#include <memory>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/stored_file.h"

namespace akin {

absl::StatusOr<SourceFile> DescribeSource(
    const std::string& path, const std::string& name,
    const std::function<absl::Status()>& go_on) {
  SourceFile source;
  source.name = name;
  // Opening a pipe would wait for who writes to it.
  struct stat facts = {};
  if (stat(path.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode)) return source;
  AKIN_ASSIGN_OR_RETURN(const auto file, StoredFile::Open(path));
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) {
    return absl::InternalError(
        absl::StrCat(path, ": OpenSSL cannot compute SHA-256"));
  }
  std::vector<char> buffer(size_t{1} << 20);
  for (;;) {
    AKIN_RETURN_IF_ERROR(go_on());
    AKIN_ASSIGN_OR_RETURN(const size_t got,
                          file->Read(buffer.data(), buffer.size()));
    if (got == 0) break;
    EVP_DigestUpdate(context.get(), buffer.data(), got);
    source.bytes += got;
  }
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned bytes = 0;
  EVP_DigestFinal_ex(context.get(), sum, &bytes);
  source.sha256 = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(sum), bytes));
  return source;
}

}  // namespace akin
