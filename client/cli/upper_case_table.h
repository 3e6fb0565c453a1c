// What upper_case.cc knows of Unicode.
#ifndef AKIN_CLIENT_CLI_UPPER_CASE_TABLE_H_
#define AKIN_CLIENT_CLI_UPPER_CASE_TABLE_H_

#include <cstddef>
#include <cstdint>

namespace akin::client {

// The characters first, first + step, ..., last are `offset` away from their
// upper case.
struct CaseRun {
  uint32_t first;
  uint32_t last;
  uint32_t step;
  int32_t offset;
};

// A character whose upper case is two or three; the third may be 0 for none.
struct LongUpperCase {
  uint32_t character;
  uint32_t upper[3];
};

// Both in the order of the characters, none of which is in both.
extern const CaseRun kCaseRuns[];
extern const size_t kCaseRunCount;
extern const LongUpperCase kLongUpperCases[];
extern const size_t kLongUpperCaseCount;

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_UPPER_CASE_TABLE_H_
