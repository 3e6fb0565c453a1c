#include "client/cli/doctor/recall_checks.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

// What was promised when the table was indexed is a mean over queries drawn
// from it; others differ by as much without any fault.
constexpr double kSlack = 0.01;

// One table, and what there is to say of it.
struct Asked {
  std::string check;  // "live recall of movies"
  std::string model;
  std::string table;  // "movies/7/items"
  double target = 0;
  const v1::TableRecall& recall;
  std::optional<double> promised;
};

std::string FiguresOf(const v1::RecallEstimate& estimate) {
  return absl::StrFormat(
      "%.3f of the true neighbours (%.3f to %.3f), in %s", estimate.recall(),
      estimate.low(), estimate.high(),
      estimate.samples() == 1
          ? "1 query"
          : absl::StrCat(WithSeparators(estimate.samples()), " queries"));
}

bool HasLowerEnd(const v1::RecallEstimate& a, const v1::RecallEstimate& b) {
  return a.high() < b.high();
}

// The kind of queries that surely finds the least, of those that leave
// target_recall to the server; null if there are none.
const v1::RecallEstimate* WorstOf(const v1::TableRecall& table) {
  const v1::RecallEstimate* worst = nullptr;
  for (const v1::RecallEstimate& estimate : table.estimates()) {
    if (estimate.own_target()) continue;
    if (worst == nullptr || HasLowerEnd(estimate, *worst)) worst = &estimate;
  }
  return worst;
}

const v1::RecallEstimate* WithoutFilter(const v1::TableRecall& table) {
  for (const v1::RecallEstimate& estimate : table.estimates()) {
    if (!estimate.own_target() &&
        estimate.filter_share() == v1::FILTER_SHARE_NO_FILTER) {
      return &estimate;
    }
  }
  return nullptr;
}

void CheckTarget(const Asked& asked, const v1::RecallEstimate& worst,
                 Findings* findings) {
  const std::string text = absl::StrFormat(
      "%s finds %s; the target is %g, the effort %.3g times", asked.table,
      FiguresOf(worst), asked.target, asked.recall.effort_factor());
  if (asked.recall.below_target()) {
    return Fail(asked.check, text,
                absl::StrCat("more effort is not allowed (recall_effort_most) "
                             "or does not help: akin recall ",
                             asked.model,
                             " says for which queries; build the index again, "
                             "or akin rollback ",
                             asked.model),
                findings);
  }
  if (worst.high() < asked.target) {
    return Warn(asked.check, text,
                absl::StrCat("the server raises the effort until all queries "
                             "together hold the target; akin recall ",
                             asked.model, " says which filters find less"),
                findings);
  }
  Ok(asked.check, text, findings);
}

void CheckPromise(const Asked& asked, const v1::RecallEstimate& worst,
                  Findings* findings) {
  const v1::RecallEstimate* plain = WithoutFilter(asked.recall);
  if (plain != nullptr && asked.promised.has_value() &&
      plain->high() < *asked.promised - kSlack) {
    return Warn(
        asked.check,
        absl::StrFormat("%s finds %s; %.3f were measured when it was indexed",
                        asked.table, FiguresOf(*plain), *asked.promised),
        "the queries are unlike the rows that it was measured with: "
        "recall_target lets the server raise the effort until they find as "
        "much",
        findings);
  }
  Ok(asked.check, absl::StrCat(asked.table, " finds ", FiguresOf(worst)),
     findings);
}

void CheckTable(const Asked& asked, Findings* findings) {
  if (asked.recall.index() == v1::INDEX_KIND_EXACT) return;
  const v1::RecallEstimate* worst = WorstOf(asked.recall);
  if (worst != nullptr && asked.target > 0) {
    return CheckTarget(asked, *worst, findings);
  }
  if (worst != nullptr) return CheckPromise(asked, *worst, findings);
  if (asked.recall.below_target()) {
    // Its samples were of queries that have ended; the alert has not.
    return Fail(
        asked.check,
        absl::StrFormat("%s misses the target of %g", asked.table,
                        asked.target),
        absl::StrCat("build the index again, or akin rollback ", asked.model),
        findings);
  }
  if (!asked.recall.estimates().empty()) {
    // What they find is what they asked for.
    return Ok(asked.check,
              absl::StrCat(asked.table, " finds ",
                           FiguresOf(*std::min_element(
                               asked.recall.estimates().begin(),
                               asked.recall.estimates().end(), &HasLowerEnd)),
                           " that ask for a recall of their own"),
              findings);
  }
  Ok(asked.check,
     absl::StrCat(asked.table, ": no query has been asked again yet"),
     findings);
}

std::optional<double> PromisedRecall(const ServerFacts& server,
                                     const RecallAnswer& asked,
                                     const std::string& table_name) {
  for (const v1::Model& model : server.models) {
    if (model.name() != asked.model) continue;
    for (const v1::ModelVersion& version : model.versions()) {
      if (version.version() != asked.version) continue;
      for (const v1::Table& table : version.tables()) {
        if (table.name() == table_name &&
            table.load_report().has_recall_at_10()) {
          return table.load_report().recall_at_10();
        }
      }
    }
  }
  return std::nullopt;
}

void SayWhyNot(const std::string& check, const RecallAnswer& asked,
               Findings* findings) {
  const absl::Status& status = asked.answer.status();
  if (absl::IsUnimplemented(status)) {
    return Warn("live recall", "the server does not know GetRecall",
                "it is older than this akin: update it to see what queries "
                "find",
                findings);
  }
  const std::string text =
      absl::StrCat("of ", asked.model, "/", asked.version,
                   " nothing is known: ", status.message());
  if (absl::IsPermissionDenied(status)) {
    return Warn(check, text, "ask with a token that may read the model",
                findings);
  }
  Warn(check, text, absl::StrCat("ask again: akin recall ", asked.model),
       findings);
}

}  // namespace

void CheckLiveRecall(const ServerFacts& server, Findings* findings) {
  for (const RecallAnswer& asked : server.recall) {
    const std::string check = absl::StrCat("live recall of ", asked.model);
    if (!asked.answer.ok()) {
      SayWhyNot(check, asked, findings);
      continue;
    }
    const v1::GetRecallResponse& answer = *asked.answer;
    if (answer.sampling().cpu_share() <= 0) {
      // The same for every model.
      return Warn("live recall", "the server does not measure it",
                  "recall_cpu_share: 0.01 lets it ask a sample of the queries "
                  "again, exactly, in a hundredth of a processor",
                  findings);
    }
    for (const v1::TableRecall& table : answer.tables()) {
      CheckTable(
          {check, asked.model,
           absl::StrCat(asked.model, "/", asked.version, "/", table.table()),
           answer.target(), table,
           PromisedRecall(server, asked, table.table())},
          findings);
    }
  }
}

}  // namespace akin::client
