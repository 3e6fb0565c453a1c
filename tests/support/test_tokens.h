// Lines of a file of tokens, as an operator makes them.

#ifndef AKIN_TESTS_SUPPORT_TEST_TOKENS_H_
#define AKIN_TESTS_SUPPORT_TEST_TOKENS_H_

#include <openssl/sha.h>

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace akin {

// `rest` stands between the name and the sum of `secret`: the role, and models=
// if wanted.
inline std::string TokenLine(absl::string_view name, absl::string_view rest,
                             absl::string_view secret) {
  std::string sum(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
         reinterpret_cast<unsigned char*>(sum.data()));
  return absl::StrCat(name, " ", rest, " sha256:", absl::BytesToHexString(sum),
                      "\n");
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_TEST_TOKENS_H_
