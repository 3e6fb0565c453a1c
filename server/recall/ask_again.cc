#include "server/recall/ask_again.h"

#include "index/base/status_macros.h"
#include "index/query/answer_query.h"
#include "index/query/check_options.h"
#include "server/convert_options.h"
#include "server/convert_query.h"

namespace akin::server {

absl::StatusOr<ExactAnswer> AskAgain(const Version& version,
                                     const v1::SearchRequest& request,
                                     const StopSignal* stop) {
  DecodedVectors decoded;
  AKIN_ASSIGN_OR_RETURN(const Query query,
                        QueryFromWire(request.query(), &decoded));
  Predicate filter;
  AKIN_ASSIGN_OR_RETURN(SearchOptions options,
                        OptionsFromWire(request.options(), &filter));
  options.exact = true;
  options.return_vectors = false;
  options.return_attributes = false;
  AKIN_ASSIGN_OR_RETURN(const IndexedTable* table,
                        version.FindTable(request.table()));
  AKIN_RETURN_IF_ERROR(CheckOptions(options, table->table(), 1));
  // RunQuery would not say what the filter holds for.
  AKIN_ASSIGN_OR_RETURN(const RowRules rules,
                        ReadRowRules(version, *table, options, stop));
  ExactAnswer exact;
  AKIN_ASSIGN_OR_RETURN(
      exact.answer,
      AnswerQuery({version, *table, options, rules, stop}, query));
  if (rules.matching.has_value()) {
    exact.filter_share =
        FilterShareOf(rules.matching->count(), table->table().rows());
  }
  exact.by_score = IsPlain(query, options);
  return exact;
}

}  // namespace akin::server
