#include "server/convert.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "server/error_detail.h"

namespace akin::server {
namespace {

v1::ShortfallReason ReasonToWire(Shortfall::Reason reason) {
  switch (reason) {
    case Shortfall::Reason::kTableSize:
      return v1::SHORTFALL_REASON_TABLE_SIZE;
    case Shortfall::Reason::kExcluded:
      return v1::SHORTFALL_REASON_EXCLUDED;
    case Shortfall::Reason::kMinScore:
      return v1::SHORTFALL_REASON_MIN_SCORE;
    case Shortfall::Reason::kFilter:
      return v1::SHORTFALL_REASON_FILTER;
    case Shortfall::Reason::kGroups:
      return v1::SHORTFALL_REASON_GROUPS;
    case Shortfall::Reason::kCandidates:
      return v1::SHORTFALL_REASON_CANDIDATES;
  }
  return v1::SHORTFALL_REASON_UNSPECIFIED;
}

void ShortfallToWire(Shortfall shortfall, v1::Shortfall* wire) {
  wire->set_missing(shortfall.missing);
  wire->set_reason(ReasonToWire(shortfall.reason));
  wire->set_detail(std::move(shortfall.detail));
}

}  // namespace

void StatsToWire(const SearchStats& stats, v1::SearchStats* wire) {
  wire->set_distances(stats.distances);
  wire->set_hops(stats.hops);
  wire->set_exact(stats.exact);
  wire->set_reranks(stats.reranks);
}

absl::Status CheckRoutingKey(absl::string_view key) {
  if (key.size() <= kMaxIdBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("routing_key has ", key.size(),
                                                 " bytes, expected at most ",
                                                 kMaxIdBytes));
}

size_t MostWireBytes(const Answer& answer) {
  constexpr size_t kAround = 1024;  // names, numbers, a shortfall's sentence
  constexpr size_t kPerHit = kMaxIdBytes + 32;
  if (std::any_of(answer.hits.begin(), answer.hits.end(),
                  [](const Hit& hit) { return !hit.attributes.empty(); })) {
    return std::numeric_limits<size_t>::max();  // nobody knows before
  }
  const size_t dimension =
      answer.hits.empty() ? 0 : answer.hits.front().vector.size();
  return kAround + answer.hits.size() * (kPerHit + dimension * sizeof(float));
}

namespace {

void ValueToWire(const AttributeValue& value, AttributeType type,
                 v1::AttributeValue* wire) {
  if (const auto* text = std::get_if<absl::string_view>(&value)) {
    wire->set_string_value(text->data(), text->size());
  } else if (const auto* number = std::get_if<double>(&value)) {
    wire->set_float_value(*number);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    wire->set_bool_value(*flag);
  } else if (type == AttributeType::kTimestamp) {
    constexpr int64_t kMicros = 1'000'000;
    const int64_t at = std::get<int64_t>(value);
    const int64_t micros = (at % kMicros + kMicros) % kMicros;
    wire->mutable_timestamp_value()->set_seconds((at - micros) / kMicros);
    wire->mutable_timestamp_value()->set_nanos(
        static_cast<int32_t>(micros * 1000));
  } else {
    wire->set_int_value(std::get<int64_t>(value));
  }
}

void AttributesToWire(const std::vector<HitAttribute>& attributes,
                      v1::Hit* hit) {
  for (const HitAttribute& attribute : attributes) {
    v1::Attribute* wire = hit->add_attributes();
    wire->set_name(attribute.name.data(), attribute.name.size());
    for (const AttributeValue& value : attribute.values) {
      ValueToWire(value, attribute.type, wire->add_values());
    }
  }
}

}  // namespace

template <class Response>
void AnswerToWire(Answer answer, Response* response) {
  response->mutable_hits()->Reserve(static_cast<int>(answer.hits.size()));
  for (const Hit& hit : answer.hits) {
    v1::Hit* wire = response->add_hits();
    wire->set_id(hit.id.data(), hit.id.size());
    wire->set_score(hit.score);
    wire->mutable_vector()->Add(hit.vector.begin(), hit.vector.end());
    AttributesToWire(hit.attributes, wire);
  }
  if (answer.shortfall.has_value()) {
    ShortfallToWire(*std::move(answer.shortfall),
                    response->mutable_shortfall());
  }
  StatsToWire(answer.stats, response->mutable_stats());
  response->set_rung(answer.rung);
}

template void AnswerToWire(Answer answer, v1::SearchResponse* response);
template void AnswerToWire(Answer answer, v1::BatchResult* response);

void AnswersToResults(
    std::vector<absl::StatusOr<Answer>> answers,
    google::protobuf::RepeatedPtrField<v1::BatchResult>* results) {
  results->Reserve(static_cast<int>(answers.size()));
  for (absl::StatusOr<Answer>& answer : answers) {
    v1::BatchResult* result = results->Add();
    if (answer.ok()) {
      AnswerToWire(*std::move(answer), result);
    } else {
      *result->mutable_error() = ToRpcStatus(answer.status());
    }
  }
}

void AnswersToFlat(std::vector<absl::StatusOr<Answer>> answers,
                   v1::FlatResults* flat) {
  size_t hits = 0;
  for (const absl::StatusOr<Answer>& answer : answers) {
    if (answer.ok()) hits += answer->hits.size();
  }
  flat->mutable_hits()->Reserve(static_cast<int>(answers.size()));
  flat->mutable_ids()->Reserve(static_cast<int>(hits));
  flat->mutable_scores()->Reserve(static_cast<int>(hits));
  SearchStats stats;
  stats.exact = std::any_of(answers.begin(), answers.end(),
                            [](const auto& answer) { return answer.ok(); });
  for (uint32_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].ok()) {
      flat->add_hits(0);
      v1::FlatError* error = flat->add_errors();
      error->set_query(i);
      *error->mutable_error() = ToRpcStatus(answers[i].status());
      continue;
    }
    Answer& answer = *answers[i];
    flat->add_hits(static_cast<uint32_t>(answer.hits.size()));
    for (const Hit& hit : answer.hits) {
      flat->add_ids(hit.id.data(), hit.id.size());
      flat->add_scores(hit.score);
      flat->mutable_vectors()->Add(hit.vector.begin(), hit.vector.end());
    }
    if (answer.shortfall.has_value()) {
      v1::FlatShortfall* shortfall = flat->add_shortfalls();
      shortfall->set_query(i);
      ShortfallToWire(*std::move(answer.shortfall),
                      shortfall->mutable_shortfall());
    }
    stats.Add(answer.stats);
    stats.exact = stats.exact && answer.stats.exact;
  }
  StatsToWire(stats, flat->mutable_stats());
}

}  // namespace akin::server
