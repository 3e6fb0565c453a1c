// Search options and filters, from the wire's types to the index library's.

#ifndef AKIN_SERVER_CONVERT_OPTIONS_H_
#define AKIN_SERVER_CONVERT_OPTIONS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "akin/v1/attributes.pb.h"
#include "akin/v1/search_service.pb.h"
#include "index/query/predicate.h"
#include "index/query/search_options.h"

namespace akin::server {

// INVALID_ARGUMENT: a predicate or a value of no kind, a timestamp out of
// range; deeper, more or more values than the caps of predicate.h. Views of
// `wire` are kept.
absl::StatusOr<Predicate> PredicateFromWire(const v1::Predicate& wire);

// `predicate` is where the filter goes: it must outlive the options, as must
// `wire`. INVALID_ARGUMENT: more exclude_ids than the cap, or what
// PredicateFromWire says.
absl::StatusOr<SearchOptions> OptionsFromWire(const v1::SearchOptions& wire,
                                              Predicate* predicate);

}  // namespace akin::server

#endif  // AKIN_SERVER_CONVERT_OPTIONS_H_
