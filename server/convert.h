// The choice of a version, from the wire's types to the index library's, and
// answers the other way. Queries, options, models and comparisons have files of
// their own (convert_*.h); no others know both.

#ifndef AKIN_SERVER_CONVERT_H_
#define AKIN_SERVER_CONVERT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "akin/v1/search_service.pb.h"
#include "akin/v1/vector.pb.h"
#include "index/base/status_macros.h"
#include "index/query/query.h"
#include "index/version/catalog.h"

namespace akin::server {

// INVALID_ARGUMENT: more than kMaxIdBytes.
absl::Status CheckRoutingKey(absl::string_view key);

// `Request` is any message with the oneof version_choice and a routing key.
template <class Request>
absl::StatusOr<VersionChoice> VersionChoiceFromWire(const Request& request) {
  switch (request.version_choice_case()) {
    case Request::kVersion:
      return request.version();
    case Request::kLabel:
      return absl::string_view(request.label());
    default:
      break;
  }
  if (request.routing_key().empty()) return std::monostate{};
  AKIN_RETURN_IF_ERROR(CheckRoutingKey(request.routing_key()));
  return RoutingKey{request.routing_key()};
}

void StatsToWire(const SearchStats& stats, v1::SearchStats* wire);

// No message of this answer is longer; with attributes the largest number.
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

}  // namespace akin::server

#endif  // AKIN_SERVER_CONVERT_H_
