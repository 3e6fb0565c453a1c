// What is fuzzed: one function a parser of bytes that somebody else wrote.

#ifndef AKIN_TESTS_FUZZ_FUZZ_TARGET_H_
#define AKIN_TESTS_FUZZ_FUZZ_TARGET_H_

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace akin {

struct FuzzTarget {
  // Of its folder in corpus/, too.
  absl::string_view name;
  // Reads `input`, which may be anything, and ends the process where a promise
  // of the parser is broken. True: all of it was read, without an error, and
  // there was something in it.
  bool (*read)(absl::string_view input);
};

// In targets/, by what they read: trained files, what lies beside them, what is
// kept in a repository, what people type, and what callers send.
absl::Span<const FuzzTarget> VectorTargets();
absl::Span<const FuzzTarget> SideFileTargets();
absl::Span<const FuzzTarget> RepositoryTargets();
absl::Span<const FuzzTarget> CommandLineTargets();
absl::Span<const FuzzTarget> CallerTargets();
absl::Span<const FuzzTarget> SearchRpcTargets();
absl::Span<const FuzzTarget> CatalogRpcTargets();

// Of all of them.
std::vector<FuzzTarget> AllFuzzTargets();

// None: there is no such target.
std::optional<FuzzTarget> FindFuzzTarget(absl::string_view name);

}  // namespace akin

#endif  // AKIN_TESTS_FUZZ_FUZZ_TARGET_H_
