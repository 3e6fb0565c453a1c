// The rpcs that change which versions are served, from message to message. What
// may wait for a disk runs on state->errands, what takes seconds on
// state->comparisons.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "index/query/compare_versions.h"
#include "index/query/comparison_thresholds.h"
#include "server/call_queue.h"
#include "server/convert_catalog.h"
#include "server/convert_comparison.h"
#include "server/describe_model.h"
#include "server/error_detail.h"
#include "server/handlers.h"

namespace akin::server {
namespace {

absl::StatusOr<VersionKeeper*> KeeperOf(const ServerState& state) {
  if (state.keeper != nullptr) return state.keeper.get();
  return absl::FailedPreconditionError(
      "this server has no repository, expected one started with --repository");
}

// Calls `done` with what `work` returns, from `thread`.
template <class Work>
void RunOn(TaskThread* thread, Work work, CallRecord* record,
           const Done& done) {
  const absl::Status taken = thread->Submit([work, record, done] {
    const absl::Status wanted = CheckWanted(record->stop());
    if (!wanted.ok()) return done(wanted);
    record->BeginWork();
    done(work());
  });
  if (!taken.ok()) done(taken);
}

// What was asked for is done, so this does not fail where the model has gone.
ModelFacts FactsNow(const VersionKeeper& keeper, const std::string& model) {
  auto facts = keeper.Describe(model);
  return facts.ok() ? *std::move(facts) : ModelFacts();
}

void FillVersion(const VersionKeeper& keeper, const std::string& model,
                 int64_t number, v1::ModelVersion* wire) {
  const ModelFacts facts = FactsNow(keeper, model);
  wire->set_version(number);
  wire->set_state(v1::VERSION_STATE_SEALED);
  for (const VersionFacts& version : facts.versions) {
    if (version.number != number) continue;
    wire->Clear();
    VersionToWire(version, facts.labels, wire);
  }
}

// What is compared, pinned for as long as that takes.
struct Pair {
  std::shared_ptr<const Version> before;
  std::shared_ptr<const Version> after;
  int64_t labelled = 0;  // who has the label; 0: nobody
};

// The one that `akin promote` would take: not the one before it, as long as it
// is not loaded.
absl::StatusOr<std::shared_ptr<const Version>> PinLatest(
    const ServerState& state, const std::string& model) {
  AKIN_ASSIGN_OR_RETURN(const ModelFacts facts, DescribeModel(state, model));
  const VersionFacts& latest = facts.versions.front();
  if (latest.state == VersionState::kAvailable) return latest.version;
  return absl::FailedPreconditionError(absl::StrCat(
      "version ", latest.number, " of model ", model,
      ", the latest, is not loaded", latest.failure.empty() ? "" : ": ",
      latest.failure, "; load it, or name the version that is compared"));
}

absl::StatusOr<Pair> PinPair(const ServerState& state,
                             const v1::CompareVersionsRequest& request) {
  Pair pair;
  AKIN_ASSIGN_OR_RETURN(
      pair.before, state.catalog.Pin(request.model(), ComparedVersionFromWire(
                                                          request.before())));
  if (request.has_after() &&
      request.after().choice_case() != v1::VersionChoice::CHOICE_NOT_SET) {
    AKIN_ASSIGN_OR_RETURN(
        pair.after, state.catalog.Pin(request.model(), ComparedVersionFromWire(
                                                           request.after())));
    return pair;
  }
  AKIN_ASSIGN_OR_RETURN(pair.after, PinLatest(state, request.model()));
  return pair;
}

absl::StatusOr<Comparison> Compare(const Pair& pair,
                                   const CompareOptions& options,
                                   const ComparisonThresholds& thresholds,
                                   const CallRecord& record) {
  AKIN_ASSIGN_OR_RETURN(
      Comparison comparison,
      CompareVersions(*pair.before, *pair.after, options, &record.stop()));
  comparison.broken = BrokenThresholds(comparison, thresholds);
  return comparison;
}

// The version that is to have the label, and the one that it takes the place
// of; null, where there is none to compare with.
absl::StatusOr<Pair> PinForLabel(const ServerState& state,
                                 const v1::SetLabelRequest& request) {
  Pair pair;
  AKIN_ASSIGN_OR_RETURN(pair.after,
                        state.catalog.Pin(request.model(), request.version()));
  for (const absl::string_view label :
       {absl::string_view(request.label()), kStableLabel}) {
    auto labelled = state.catalog.Pin(request.model(), label);
    if (labelled.ok() && label == request.label()) {
      pair.labelled = (*labelled)->number();
    }
    if (!labelled.ok() || *labelled == pair.after) continue;
    pair.before = *std::move(labelled);
    return pair;
  }
  return pair;
}

absl::Status Refusal(const v1::SetLabelRequest& request,
                     const v1::Comparison& comparison) {
  v1::ErrorDetail detail;
  v1::Comparison* report =
      detail.mutable_comparison_refused()->mutable_comparison();
  *report = comparison;
  // It travels in the trailing metadata, of which there may be 8 kB: in base64,
  // beside the sentence, which is there twice.
  for (v1::TableComparison& table : *report->mutable_tables()) {
    table.clear_some_added();
    table.clear_some_lost();
    table.clear_most_changed();
  }
  constexpr size_t kMostBytes = 3000;
  if (report->ByteSizeLong() > kMostBytes) report->clear_tables();
  if (report->ByteSizeLong() > kMostBytes) report->clear_broken();
  if (report->ByteSizeLong() > kMostBytes) report->clear_tables_added();
  if (report->ByteSizeLong() > kMostBytes) report->clear_tables_lost();
  constexpr int kMostSaid = 3;
  const int said = std::min(comparison.broken_size(), kMostSaid);
  return WithDetail(
      absl::FailedPreconditionError(absl::StrCat(
          "label ", request.label(), " of model ", request.model(),
          " was not moved to version ", request.version(), ": ",
          absl::StrJoin(comparison.broken().begin(),
                        comparison.broken().begin() + said, "; "),
          said < comparison.broken_size()
              ? absl::StrCat("; and ", comparison.broken_size() - said, " more")
              : "")),
      detail);
}

// What `request` asks for beside moving the label. Returns who has the label,
// with whom the version was compared.
absl::StatusOr<int64_t> CheckPromotion(const ServerState& state,
                                       const v1::SetLabelRequest& request,
                                       v1::SetLabelResponse* response,
                                       const CallRecord& record) {
  AKIN_ASSIGN_OR_RETURN(const ComparisonThresholds thresholds,
                        ThresholdsFromWire(request.thresholds()));
  AKIN_ASSIGN_OR_RETURN(const Pair pair, PinForLabel(state, request));
  if (pair.before == nullptr) return pair.labelled;
  AKIN_ASSIGN_OR_RETURN(const Comparison comparison,
                        Compare(pair, {}, thresholds, record));
  ComparisonToWire(comparison, response->mutable_comparison());
  if (comparison.broken.empty() || request.force()) return pair.labelled;
  return Refusal(request, response->comparison());
}

absl::Status MoveLabel(const ServerState& state, VersionKeeper* keeper,
                       const v1::SetLabelRequest& request,
                       std::optional<int64_t> expected,
                       v1::SetLabelResponse* response) {
  LabelChange change;
  change.expected = expected;
  if (request.has_version()) change.version = request.version();
  if (request.has_share()) change.share = request.share();
  if (request.has_shadow_share()) change.shadow_share = request.shadow_share();
  AKIN_ASSIGN_OR_RETURN(
      const int64_t previous,
      keeper->SetLabel(request.model(), request.label(), change,
                       response->comparison().broken_size() > 0));
  response->set_previous_version(previous);
  LabelToWire(request.label(), FactsNow(*keeper, request.model()),
              state.shadow.Of(request.model()), response->mutable_label());
  return absl::OkStatus();
}

absl::Status CheckTarget(const v1::SetLabelRequest& request) {
  AKIN_RETURN_IF_ERROR(CheckName("model", request.model()));
  AKIN_RETURN_IF_ERROR(CheckName("label", request.label()));
  if (request.remove() && request.has_thresholds()) {
    return absl::InvalidArgumentError(
        absl::StrCat("label ", request.label(), " of model ", request.model(),
                     " is to be removed, which compares no versions: expected "
                     "no thresholds"));
  }
  if (request.has_version() || request.remove()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("label ", request.label(), " of model ", request.model(),
                   ": expected a version, or remove"));
}

}  // namespace

void HandlePlanLoad(ServerState* state, const v1::PlanLoadRequest& request,
                    v1::PlanLoadResponse* response, CallRecord* record,
                    const Done& done) {
  const auto keeper = KeeperOf(*state);
  if (!keeper.ok()) return done(keeper.status());
  RunOn(
      &state->errands,
      [keeper = *keeper, &request, response]() -> absl::Status {
        AKIN_ASSIGN_OR_RETURN(const LoadPlan plan,
                              keeper->Plan(request.model(), request.version()));
        PlanToWire(request.model(), plan, response);
        return absl::OkStatus();
      },
      record, done);
}

void HandleLoadVersion(ServerState* state,
                       const v1::LoadVersionRequest& request,
                       v1::LoadVersionResponse* response, CallRecord* record,
                       const Done& done) {
  const auto keeper = KeeperOf(*state);
  if (!keeper.ok()) return done(keeper.status());
  RunOn(
      &state->errands,
      [keeper = *keeper, &request, response]() -> absl::Status {
        AKIN_ASSIGN_OR_RETURN(
            const int64_t number,
            keeper->RequestLoad(request.model(), request.version(),
                                request.force()));
        FillVersion(*keeper, request.model(), number,
                    response->mutable_version());
        return absl::OkStatus();
      },
      record, done);
}

void HandleUnloadVersion(ServerState* state,
                         const v1::UnloadVersionRequest& request,
                         v1::UnloadVersionResponse* response,
                         CallRecord* record, const Done& done) {
  const auto keeper = KeeperOf(*state);
  if (!keeper.ok()) return done(keeper.status());
  RunOn(
      &state->errands,
      [keeper = *keeper, &request, response]() -> absl::Status {
        AKIN_RETURN_IF_ERROR(
            keeper->Unload(request.model(), request.version()));
        FillVersion(*keeper, request.model(), request.version(),
                    response->mutable_version());
        return absl::OkStatus();
      },
      record, done);
}

void HandleSetLabel(ServerState* state, const v1::SetLabelRequest& request,
                    v1::SetLabelResponse* response, CallRecord* record,
                    const Done& done) {
  const auto keeper = KeeperOf(*state);
  if (!keeper.ok()) return done(keeper.status());
  if (absl::Status target = CheckTarget(request); !target.ok()) {
    return done(target);
  }
  const bool gated = request.has_version() && request.has_thresholds();
  RunOn(
      // A label that is moved back must not wait for a comparison.
      gated ? &state->comparisons : &state->errands,
      [state, keeper = *keeper, gated, &request, response,
       record]() -> absl::Status {
        std::optional<int64_t> expected;
        if (gated) {
          // It may be rolled back while versions are compared, and then it is
          // not moved.
          AKIN_ASSIGN_OR_RETURN(
              expected, CheckPromotion(*state, request, response, *record));
        }
        return MoveLabel(*state, keeper, request, expected, response);
      },
      record, done);
}

void HandleCompareVersions(ServerState* state,
                           const v1::CompareVersionsRequest& request,
                           v1::CompareVersionsResponse* response,
                           CallRecord* record, const Done& done) {
  RunOn(
      &state->comparisons,
      [state, &request, response, record]() -> absl::Status {
        AKIN_ASSIGN_OR_RETURN(const CompareOptions options,
                              CompareOptionsFromWire(request));
        AKIN_ASSIGN_OR_RETURN(const ComparisonThresholds thresholds,
                              ThresholdsFromWire(request.thresholds()));
        AKIN_ASSIGN_OR_RETURN(const Pair pair, PinPair(*state, request));
        if (pair.before == pair.after) {
          return absl::InvalidArgumentError(absl::StrCat(
              "model ", request.model(), ": before and after are both version ",
              pair.before->number(), ", expected two versions"));
        }
        AKIN_ASSIGN_OR_RETURN(const Comparison comparison,
                              Compare(pair, options, thresholds, *record));
        ComparisonToWire(comparison, response->mutable_comparison());
        return absl::OkStatus();
      },
      record, done);
}

}  // namespace akin::server
