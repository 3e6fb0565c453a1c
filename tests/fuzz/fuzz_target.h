// What is fuzzed: one function a parser of bytes that somebody else wrote.

#ifndef AKIN_TESTS_FUZZ_FUZZ_TARGET_H_
#define AKIN_TESTS_FUZZ_FUZZ_TARGET_H_

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
// kept in a repository, and what people type.
absl::Span<const FuzzTarget> VectorTargets();
absl::Span<const FuzzTarget> SideFileTargets();
absl::Span<const FuzzTarget> RepositoryTargets();
absl::Span<const FuzzTarget> CommandLineTargets();

// Null: there is no such target.
const FuzzTarget* FindFuzzTarget(absl::string_view name);

}  // namespace akin

#endif  // AKIN_TESTS_FUZZ_FUZZ_TARGET_H_
