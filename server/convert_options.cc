#include "server/convert_options.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/query/check_options.h"

namespace akin::server {
namespace {

// For messages: an error that echoed any length would not fit into the call's
// trailers.
absl::string_view Shown(absl::string_view attribute) {
  return attribute.size() <= kMaxNameBytes ? attribute : "of too long a name";
}

absl::StatusOr<AttributeValue> ValueFromWire(absl::string_view attribute,
                                             const v1::AttributeValue& wire) {
  switch (wire.kind_case()) {
    case v1::AttributeValue::kBoolValue:
      return AttributeValue(wire.bool_value());
    case v1::AttributeValue::kIntValue:
      return AttributeValue(int64_t{wire.int_value()});
    case v1::AttributeValue::kFloatValue:
      return AttributeValue(wire.float_value());
    case v1::AttributeValue::kStringValue:
      return AttributeValue(absl::string_view(wire.string_value()));
    case v1::AttributeValue::kTimestampValue: {
      constexpr int64_t kMostSeconds = 253'402'300'799;   // the year 9999
      constexpr int64_t kLeastSeconds = -62'135'596'800;  // the year 1
      const google::protobuf::Timestamp& time = wire.timestamp_value();
      if (time.seconds() < kLeastSeconds || time.seconds() > kMostSeconds ||
          time.nanos() < 0 || time.nanos() > 999'999'999) {
        return absl::InvalidArgumentError(absl::StrCat(
            "the filter of attribute ", Shown(attribute), " has the timestamp ",
            time.seconds(), " s and ", time.nanos(),
            " ns, expected one of the years 1 to 9999"));
      }
      return AttributeValue(time.seconds() * 1'000'000 + time.nanos() / 1000);
    }
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("a value of the filter of attribute ", Shown(attribute),
                       " is empty, expected a bool, an int, a float, a string "
                       "or a timestamp"));
  }
}

// One filter, held against the caps while it is copied.
class PredicateReader {
 public:
  absl::StatusOr<Predicate> Read(const v1::Predicate& wire, int depth) {
    AKIN_RETURN_IF_ERROR(CheckSize(depth));
    Predicate predicate;
    switch (wire.kind_case()) {
      case v1::Predicate::kAll:
        return ReadList(Predicate::Kind::kAll, wire.all(), depth);
      case v1::Predicate::kAny:
        return ReadList(Predicate::Kind::kAny, wire.any(), depth);
      case v1::Predicate::kNot: {
        predicate.kind = Predicate::Kind::kNot;
        AKIN_ASSIGN_OR_RETURN(predicate.parts.emplace_back(),
                              Read(wire.not_(), depth + 1));
        return predicate;
      }
      case v1::Predicate::kIn:
        return ReadIn(wire.in());
      case v1::Predicate::kRange:
        return ReadRange(wire.range());
      case v1::Predicate::kPrefix:
        predicate.kind = Predicate::Kind::kPrefix;
        predicate.attribute = wire.prefix().attribute();
        predicate.values = {absl::string_view(wire.prefix().prefix())};
        return predicate;
      case v1::Predicate::kExists:
        predicate.kind = Predicate::Kind::kExists;
        predicate.attribute = wire.exists().attribute();
        return predicate;
      default:
        return absl::InvalidArgumentError(
            "a predicate of the filter is empty, expected all, any, not, in, "
            "range, prefix or exists");
    }
  }

 private:
  absl::Status CheckSize(int depth) {
    if (depth > static_cast<int>(kMaxPredicateDepth)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the filter has predicates more than ",
                       kMaxPredicateDepth, " deep within each other"));
    }
    if (++predicates_ <= kMaxPredicates) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "the filter has more than ", kMaxPredicates, " predicates"));
  }

  absl::StatusOr<Predicate> ReadList(Predicate::Kind kind,
                                     const v1::PredicateList& wire, int depth) {
    Predicate predicate;
    predicate.kind = kind;
    for (const v1::Predicate& part : wire.predicates()) {
      AKIN_ASSIGN_OR_RETURN(predicate.parts.emplace_back(),
                            Read(part, depth + 1));
    }
    return predicate;
  }

  absl::StatusOr<Predicate> ReadIn(const v1::In& wire) {
    values_ += static_cast<size_t>(wire.values_size());
    if (values_ > kMaxPredicateValues) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the filter has more than ", kMaxPredicateValues, " values"));
    }
    Predicate predicate;
    predicate.kind = Predicate::Kind::kIn;
    predicate.attribute = wire.attribute();
    predicate.values.reserve(static_cast<size_t>(wire.values_size()));
    for (const v1::AttributeValue& value : wire.values()) {
      AKIN_ASSIGN_OR_RETURN(predicate.values.emplace_back(),
                            ValueFromWire(wire.attribute(), value));
    }
    return predicate;
  }

  static absl::StatusOr<Predicate> ReadRange(const v1::Range& wire) {
    Predicate predicate;
    predicate.kind = Predicate::Kind::kRange;
    predicate.attribute = wire.attribute();
    if (wire.has_low()) {
      AKIN_ASSIGN_OR_RETURN(predicate.low,
                            ValueFromWire(wire.attribute(), wire.low()));
    }
    if (wire.has_high()) {
      AKIN_ASSIGN_OR_RETURN(predicate.high,
                            ValueFromWire(wire.attribute(), wire.high()));
    }
    predicate.low_open = wire.low_excluded();
    predicate.high_open = wire.high_excluded();
    return predicate;
  }

  size_t predicates_ = 0;
  size_t values_ = 0;
};

}  // namespace

absl::StatusOr<Predicate> PredicateFromWire(const v1::Predicate& wire) {
  return PredicateReader().Read(wire, 1);
}

absl::StatusOr<SearchOptions> OptionsFromWire(const v1::SearchOptions& wire,
                                              Predicate* predicate) {
  AKIN_RETURN_IF_ERROR(CheckExcludeIds(wire.exclude_ids_size()));
  SearchOptions options;
  options.k = wire.k();
  options.exact = wire.exact();
  if (wire.has_target_recall()) options.target_recall = wire.target_recall();
  if (wire.has_min_score()) options.min_score = wire.min_score();
  options.exclude_ids.assign(wire.exclude_ids().begin(),
                             wire.exclude_ids().end());
  if (wire.has_exclude_from()) {
    const v1::AttributeIds& from = wire.exclude_from();
    options.exclude_from =
        AttributeIds{from.item().table(), from.item().id(), from.attribute(),
                     from.item().fold_case()};
  }
  if (wire.has_filter()) {
    AKIN_ASSIGN_OR_RETURN(*predicate, PredicateFromWire(wire.filter()));
    options.filter = predicate;
  }
  if (wire.has_diversity()) {
    Diversity& diversity = options.diversity.emplace();
    if (wire.diversity().has_lambda()) {
      diversity.lambda = wire.diversity().lambda();
    }
    diversity.pool = wire.diversity().pool();
  }
  if (wire.has_group_by()) {
    const v1::Grouping& group_by = wire.group_by();
    options.group_by = Grouping{group_by.attribute(),
                                group_by.most() == 0 ? 1 : group_by.most()};
  }
  options.return_vectors = wire.return_vectors();
  options.return_attributes = wire.return_attributes();
  return options;
}

}  // namespace akin::server
