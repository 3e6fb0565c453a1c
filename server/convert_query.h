// Queries, from the wire's types to the index library's.
//
// What the message cannot express is checked here (unset choices, packed bytes
// that are no vector), and the number of what would be copied; everything else
// by the library. Views of the request are kept, so it must outlive what is
// made of it.

#ifndef AKIN_SERVER_CONVERT_QUERY_H_
#define AKIN_SERVER_CONVERT_QUERY_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "akin/v1/vector.pb.h"
#include "index/query/query.h"

namespace akin::server {

// Vectors that came as packed bytes, decoded. Spans of them stay valid when
// more come, and when all are moved.
using DecodedVectors = std::vector<std::vector<float>>;

// INVALID_ARGUMENT: an unset vector, operand or dtype, packed data whose size
// is no whole number of elements or more than kMaxDimension of them, no terms,
// parts or queries or more than their caps, an unknown method, a fusion or a
// ladder within another.
absl::StatusOr<Query> QueryFromWire(const v1::Query& query,
                                    DecodedVectors* decoded);

// One query a vector, at most `most`. INVALID_ARGUMENT: none or more, no dtype,
// no dimension or more than kMaxDimension, bytes that are no whole number of
// vectors. Floats that lie aligned are not copied.
absl::StatusOr<std::vector<Query>> VectorBlockFromWire(
    const v1::VectorBlock& block, size_t most, DecodedVectors* decoded);

}  // namespace akin::server

#endif  // AKIN_SERVER_CONVERT_QUERY_H_
