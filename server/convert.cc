#include "server/convert.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/half.h"
#include "index/base/limits.h"
#include "index/base/row_fault.h"
#include "index/base/status_macros.h"
#include "index/query/check_options.h"
#include "server/error_detail.h"

namespace akin::server {
namespace {

size_t ElementBytes(v1::DType dtype) {
  switch (dtype) {
    case v1::DTYPE_F32:
      return 4;
    case v1::DTYPE_F16:
      return 2;
    case v1::DTYPE_I8:
      return 1;
    default:
      return 0;
  }
}

// `bytes` are a whole number of elements.
void DecodeElements(v1::DType dtype, absl::string_view bytes, float* out) {
  switch (dtype) {
    case v1::DTYPE_F32:
      std::memcpy(out, bytes.data(), bytes.size());
      return;
    case v1::DTYPE_F16:
      for (size_t i = 0; i < bytes.size() / 2; ++i) {
        uint16_t bits;
        std::memcpy(&bits, bytes.data() + 2 * i, sizeof(bits));
        out[i] = HalfToFloat(bits);
      }
      return;
    default:
      for (size_t i = 0; i < bytes.size(); ++i) {
        out[i] = static_cast<float>(static_cast<int8_t>(bytes[i]));
      }
  }
}

absl::StatusOr<size_t> CheckDType(absl::string_view what, v1::DType dtype) {
  const size_t element = ElementBytes(dtype);
  if (element > 0) return element;
  return absl::InvalidArgumentError(
      absl::StrCat(what, " has dtype ", dtype,
                   ", expected DTYPE_F32, DTYPE_F16 or DTYPE_I8"));
}

// The numbers in `data`, where they are if they lie there as floats do.
absl::Span<const float> FloatsIn(v1::DType dtype, const std::string& data,
                                 DecodedVectors* decoded) {
  if (dtype == v1::DTYPE_F32 &&
      reinterpret_cast<uintptr_t>(data.data()) % alignof(float) == 0) {
    return {reinterpret_cast<const float*>(data.data()),
            data.size() / sizeof(float)};
  }
  std::vector<float>& out =
      decoded->emplace_back(data.size() / ElementBytes(dtype));
  DecodeElements(dtype, data, out.data());
  return absl::MakeConstSpan(out);
}

absl::StatusOr<absl::Span<const float>> DecodePacked(
    const v1::PackedVector& packed, DecodedVectors* decoded) {
  AKIN_ASSIGN_OR_RETURN(const size_t element,
                        CheckDType("a packed vector", packed.dtype()));
  const std::string& data = packed.data();
  if (data.size() % element != 0 || data.size() / element > kMaxDimension) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a packed vector has ", data.size(), " bytes, expected a multiple of ",
        element, " of at most ", kMaxDimension * element));
  }
  return FloatsIn(packed.dtype(), data, decoded);
}

absl::StatusOr<absl::Span<const float>> VectorFromWire(
    const v1::Vector& vector, DecodedVectors* decoded) {
  switch (vector.encoding_case()) {
    case v1::Vector::kFloats:
      return absl::MakeConstSpan(vector.floats().values().data(),
                                 vector.floats().values_size());
    case v1::Vector::kPacked:
      return DecodePacked(vector.packed(), decoded);
    default:
      return absl::InvalidArgumentError(
          "a vector is empty, expected floats or packed bytes");
  }
}

ItemRef ItemFromWire(const v1::ItemRef& ref) { return {ref.table(), ref.id()}; }

absl::StatusOr<Term> TermFromWire(const v1::Term& term,
                                  DecodedVectors* decoded) {
  const float weight = term.has_weight() ? term.weight() : 1.0f;
  switch (term.operand_case()) {
    case v1::Term::kVector: {
      AKIN_ASSIGN_OR_RETURN(const auto vector,
                            VectorFromWire(term.vector(), decoded));
      return Term{vector, weight};
    }
    case v1::Term::kId:
      return Term{ItemFromWire(term.id()), weight};
    default:
      return absl::InvalidArgumentError(
          "a term is empty, expected a vector or an id");
  }
}

absl::StatusOr<Query> CombinationFromWire(const v1::Combination& wire,
                                          DecodedVectors* decoded) {
  if (wire.method() != v1::COMBINATION_METHOD_UNSPECIFIED &&
      wire.method() != v1::COMBINATION_METHOD_3COSADD) {
    return absl::InvalidArgumentError(
        absl::StrCat("the combination's method is ", wire.method(),
                     ", expected COMBINATION_METHOD_3COSADD"));
  }
  AKIN_RETURN_IF_ERROR(CheckTerms(wire.plus_size() + wire.minus_size()));
  Combination combination;
  for (const v1::Term& term : wire.plus()) {
    AKIN_ASSIGN_OR_RETURN(combination.plus.emplace_back(),
                          TermFromWire(term, decoded));
  }
  for (const v1::Term& term : wire.minus()) {
    AKIN_ASSIGN_OR_RETURN(combination.minus.emplace_back(),
                          TermFromWire(term, decoded));
  }
  return combination;
}

v1::ShortfallReason ReasonToWire(Shortfall::Reason reason) {
  switch (reason) {
    case Shortfall::Reason::kTableSize:
      return v1::SHORTFALL_REASON_TABLE_SIZE;
    case Shortfall::Reason::kExcluded:
      return v1::SHORTFALL_REASON_EXCLUDED;
    case Shortfall::Reason::kMinScore:
      return v1::SHORTFALL_REASON_MIN_SCORE;
  }
  return v1::SHORTFALL_REASON_UNSPECIFIED;
}

v1::Metric MetricToWire(Metric metric) {
  switch (metric) {
    case Metric::kCosine:
      return v1::METRIC_COSINE;
    case Metric::kDot:
      return v1::METRIC_DOT;
    case Metric::kL2:
      return v1::METRIC_L2;
  }
  return v1::METRIC_UNSPECIFIED;
}

void ReportToWire(const LoadReport& report, v1::LoadReport* wire) {
  wire->set_source(report.source);
  wire->set_format(report.format);
  wire->set_read_seconds(report.read_seconds);
  wire->set_index_seconds(report.index_seconds);
  wire->set_min_norm(report.min_norm);
  wire->set_max_norm(report.max_norm);
  if (report.recall_at_10.has_value()) {
    wire->set_recall_at_10(*report.recall_at_10);
  }
  if (report.exact_microseconds.has_value()) {
    wire->set_exact_microseconds(*report.exact_microseconds);
  }
  if (report.graph_microseconds.has_value()) {
    wire->set_graph_microseconds(*report.graph_microseconds);
  }
  for (int i = 0; i < kRowFaultKinds; ++i) {
    if (report.skipped[i] == 0) continue;
    v1::SkippedRows* skipped = wire->add_skipped();
    skipped->set_fault(std::string(RowFaultName(static_cast<RowFault>(i))));
    skipped->set_rows(report.skipped[i]);
  }
}

v1::Profile ProfileToWire(Profile profile) {
  switch (profile) {
    case Profile::kAuto:
      return v1::PROFILE_UNSPECIFIED;
    case Profile::kFast:
      return v1::PROFILE_FAST;
    case Profile::kCompact:
      return v1::PROFILE_COMPACT;
  }
  return v1::PROFILE_UNSPECIFIED;
}

void CurveToWire(const RecallCurve& curve, v1::RecallCurve* wire) {
  wire->set_query_table(curve.query_table);
  wire->set_k(curve.k);
  wire->set_queries(curve.queries);
  for (const RecallPoint& point : curve.points) {
    v1::RecallPoint* added = wire->add_points();
    added->set_effort(point.effort);
    added->set_recall(point.recall);
    added->set_distances(point.distances);
    added->set_microseconds(point.microseconds);
  }
}

void TableToWire(const IndexedTable& indexed, v1::Table* wire) {
  const Table& table = indexed.table();
  wire->set_name(table.name());
  wire->set_dimension(table.dimension());
  wire->set_metric(MetricToWire(table.metric()));
  wire->set_index(indexed.index().kind() == IndexKind::kGraph
                      ? v1::INDEX_KIND_GRAPH
                      : v1::INDEX_KIND_EXACT);
  wire->set_rows(table.rows());
  wire->set_memory_bytes(indexed.memory_bytes());
  wire->set_profile(ProfileToWire(indexed.report().profile));
  wire->set_layout(indexed.report().layout);
  wire->set_bytes_per_vector(indexed.bytes_per_vector());
  if (const Calibration* calibration = indexed.index().calibration()) {
    for (const RecallCurve& curve : calibration->curves()) {
      CurveToWire(curve, wire->add_calibration());
    }
  }
  ReportToWire(indexed.report(), wire->mutable_load_report());
}

}  // namespace

absl::StatusOr<Query> QueryFromWire(const v1::Query& query,
                                    DecodedVectors* decoded) {
  switch (query.kind_case()) {
    case v1::Query::kVector: {
      AKIN_ASSIGN_OR_RETURN(const auto vector,
                            VectorFromWire(query.vector(), decoded));
      return Query(vector);
    }
    case v1::Query::kId:
      return Query(ItemFromWire(query.id()));
    case v1::Query::kCombination:
      return CombinationFromWire(query.combination(), decoded);
    default:
      return Query(std::monostate{});  // the library says what is missing
  }
}

absl::StatusOr<std::vector<Query>> VectorBlockFromWire(
    const v1::VectorBlock& block, size_t most, DecodedVectors* decoded) {
  AKIN_ASSIGN_OR_RETURN(const size_t element,
                        CheckDType("the block of vectors", block.dtype()));
  const uint32_t dimension = block.dimension();
  if (dimension < 1 || dimension > kMaxDimension) {
    return absl::InvalidArgumentError(
        absl::StrCat("the block of vectors has dimension ", dimension,
                     ", expected 1 to ", kMaxDimension));
  }
  if (block.data().size() % (element * dimension) != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the block of vectors has ", block.data().size(),
        " bytes, expected a multiple of ", element * dimension, ", which is ",
        dimension, " components of ", element, " bytes"));
  }
  // Before anything is made of them: a query is larger than a short vector.
  const size_t count = block.data().size() / (element * dimension);
  AKIN_RETURN_IF_ERROR(
      CheckCount("the number of queries", count, most, "max_batch_queries"));
  const absl::Span<const float> all =
      FloatsIn(block.dtype(), block.data(), decoded);
  std::vector<Query> queries;
  queries.reserve(count);
  for (size_t at = 0; at < all.size(); at += dimension) {
    queries.emplace_back(all.subspan(at, dimension));
  }
  return queries;
}

absl::StatusOr<SearchOptions> OptionsFromWire(const v1::SearchOptions& wire) {
  AKIN_RETURN_IF_ERROR(CheckExcludeIds(wire.exclude_ids_size()));
  SearchOptions options;
  options.k = wire.k();
  options.exact = wire.exact();
  if (wire.has_target_recall()) options.target_recall = wire.target_recall();
  if (wire.has_min_score()) options.min_score = wire.min_score();
  options.exclude_ids.assign(wire.exclude_ids().begin(),
                             wire.exclude_ids().end());
  options.return_vectors = wire.return_vectors();
  return options;
}

namespace {

void ShortfallToWire(Shortfall shortfall, v1::Shortfall* wire) {
  wire->set_missing(shortfall.missing);
  wire->set_reason(ReasonToWire(shortfall.reason));
  wire->set_detail(std::move(shortfall.detail));
}

void StatsToWire(const SearchStats& stats, v1::SearchStats* wire) {
  wire->set_distances(stats.distances);
  wire->set_hops(stats.hops);
  wire->set_exact(stats.exact);
  wire->set_reranks(stats.reranks);
}

}  // namespace

size_t MostWireBytes(const Answer& answer) {
  constexpr size_t kAround = 1024;  // names, numbers, a shortfall's sentence
  constexpr size_t kPerHit = kMaxIdBytes + 32;
  const size_t dimension =
      answer.hits.empty() ? 0 : answer.hits.front().vector.size();
  return kAround + answer.hits.size() * (kPerHit + dimension * sizeof(float));
}

template <class Response>
void AnswerToWire(Answer answer, Response* response) {
  response->mutable_hits()->Reserve(static_cast<int>(answer.hits.size()));
  for (const Hit& hit : answer.hits) {
    v1::Hit* wire = response->add_hits();
    wire->set_id(hit.id.data(), hit.id.size());
    wire->set_score(hit.score);
    wire->mutable_vector()->Add(hit.vector.begin(), hit.vector.end());
  }
  if (answer.shortfall.has_value()) {
    ShortfallToWire(*std::move(answer.shortfall),
                    response->mutable_shortfall());
  }
  StatsToWire(answer.stats, response->mutable_stats());
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

void ModelToWire(const PublishedModel& model, v1::Model* wire) {
  wire->set_name(model.name);
  for (const PublishedVersion& published : model.versions) {
    v1::ModelVersion* version = wire->add_versions();
    version->set_version(published.version->number());
    version->mutable_labels()->Assign(published.labels.begin(),
                                      published.labels.end());
    version->set_state(v1::VERSION_STATE_AVAILABLE);
    for (const auto& table : published.version->tables()) {
      TableToWire(*table, version->add_tables());
    }
  }
}

}  // namespace akin::server
