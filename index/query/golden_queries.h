// Golden queries: what a version has to find to be served. They are sealed with
// it, and asked by whoever builds or opens it; that warms it up, too.
//
// A JSON object a line; empty lines, and lines that begin with "#", are
// skipped:
//
//   {"table": "words", "id": "king", "expect": ["queen"], "within": 10}
//   {"table": "words", "plus": ["king", "woman"], "minus": ["man"],
//    "expect": ["queen"]}                        (a line in the file)
//   {"table": "items", "query_table": "users", "id": "u42", "expect":
//   ["Alien"]}
//   {"table": "words", "vector": [0.1, 0.2], "expect": ["king", "crown"]}
//
// All ids of "expect" must be among the first "within" (1 to 1000, else 10)
// hits. "query_table" is where the ids of the query are looked up, else
// "table".

#ifndef AKIN_INDEX_QUERY_GOLDEN_QUERIES_H_
#define AKIN_INDEX_QUERY_GOLDEN_QUERIES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/search/stop_signal.h"
#include "index/version/version.h"

namespace akin {

inline constexpr size_t kMaxGoldenQueries = 10'000;
inline constexpr uint32_t kMaxGoldenWithin = 1'000;

struct GoldenQuery {
  size_t line = 0;  // in the file, from 1
  std::string table;
  std::string query_table;  // empty: `table`
  // One of three: an id, a vector, or terms.
  std::string id;
  std::vector<float> vector;
  std::vector<std::string> plus;
  std::vector<std::string> minus;
  std::vector<std::string> expect;
  uint32_t within = 10;
};

// INVALID_ARGUMENT, with `path`:line, what was expected and what came: not such
// a line, more lines or bytes than the caps, or a query that nothing could
// answer: more ids expected than hits, or one that the query itself names.
absl::StatusOr<std::vector<GoldenQuery>> ParseGoldenQueries(
    absl::string_view text, absl::string_view path);

// Asks `version` as a search with the default options does, one query after the
// other. FAILED_PRECONDITION: how many failed, and of the first few the line,
// the id that is missing, and its exact rank. A query whose tables or ids the
// version does not have has failed. CANCELLED, DEADLINE_EXCEEDED: `stop`, or
// `go_on`, which is asked before each query, said so; both may be null.
absl::Status CheckGoldenQueries(const Version& version,
                                absl::Span<const GoldenQuery> queries,
                                const StopSignal* stop = nullptr,
                                const std::function<bool()>& go_on = nullptr);

}  // namespace akin

#endif  // AKIN_INDEX_QUERY_GOLDEN_QUERIES_H_
