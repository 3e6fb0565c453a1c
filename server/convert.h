// The only file that knows both the wire's types and the index library's.
//
// From the wire: what the message cannot express is checked here (unset
// choices, packed bytes that are no vector), and the number of what would be
// copied; everything else by the library.
// Views of the request are kept, so it must outlive what is made of it.

#ifndef AKIN_SERVER_CONVERT_H_
#define AKIN_SERVER_CONVERT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "akin/v1/catalog_service.pb.h"
#include "akin/v1/search_service.pb.h"
#include "akin/v1/vector.pb.h"
#include "index/query/query.h"
#include "index/version/catalog.h"

namespace akin::server {

// Vectors that came as packed bytes, decoded. Spans of them stay valid when
// more come, and when all are moved.
using DecodedVectors = std::vector<std::vector<float>>;

// INVALID_ARGUMENT: an unset vector, operand or dtype, packed data whose size
// is no whole number of elements or more than kMaxDimension of them, no terms
// or more than the cap.
absl::StatusOr<Query> QueryFromWire(const v1::Query& query,
                                    DecodedVectors* decoded);

// One query a vector, at most `most`. INVALID_ARGUMENT: none or more, no dtype,
// no dimension or more than kMaxDimension, bytes that are no whole number of
// vectors. Floats that lie aligned are not copied.
absl::StatusOr<std::vector<Query>> VectorBlockFromWire(
    const v1::VectorBlock& block, size_t most, DecodedVectors* decoded);

// INVALID_ARGUMENT: more exclude_ids than the cap.
absl::StatusOr<SearchOptions> OptionsFromWire(const v1::SearchOptions& options);

// `Request` is any message with the oneof version_choice.
template <class Request>
VersionChoice VersionChoiceFromWire(const Request& request) {
  switch (request.version_choice_case()) {
    case Request::kVersion:
      return request.version();
    case Request::kLabel:
      return absl::string_view(request.label());
    default:
      return std::monostate{};
  }
}

// No message of this answer is longer.
size_t MostWireBytes(const Answer& answer);

// `Response` is a SearchResponse or a BatchResult.
template <class Response>
void AnswerToWire(Answer answer, Response* response);

// The answers of a batch, a message each or side by side.
void AnswersToResults(
    std::vector<absl::StatusOr<Answer>> answers,
    google::protobuf::RepeatedPtrField<v1::BatchResult>* results);
void AnswersToFlat(std::vector<absl::StatusOr<Answer>> answers,
                   v1::FlatResults* flat);

void ModelToWire(const PublishedModel& model, v1::Model* wire);

}  // namespace akin::server

#endif  // AKIN_SERVER_CONVERT_H_
