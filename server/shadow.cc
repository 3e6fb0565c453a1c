#include "server/shadow.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "index/query/run_query.h"
#include "server/convert_options.h"
#include "server/convert_query.h"

namespace akin::server {
namespace {

absl::StatusOr<Answer> Repeat(const Version& version,
                              const v1::SearchRequest& request) {
  DecodedVectors decoded;
  auto query = QueryFromWire(request.query(), &decoded);
  if (!query.ok()) return query.status();
  Predicate filter;
  auto options = OptionsFromWire(request.options(), &filter);
  if (!options.ok()) return options.status();
  return RunQuery(version, request.table(), *query, *options, nullptr);
}

// Of the longer answer, so that a short one is no better than it is.
double Overlap(const v1::SearchResponse& response, const Answer& answer) {
  absl::flat_hash_set<absl::string_view> ids;
  for (const v1::Hit& hit : response.hits()) ids.insert(hit.id());
  const size_t most = std::max(ids.size(), answer.hits.size());
  if (most == 0) return 1;
  const auto both =
      std::count_if(answer.hits.begin(), answer.hits.end(),
                    [&](const Hit& hit) { return ids.contains(hit.id); });
  return static_cast<double>(both) / static_cast<double>(most);
}

}  // namespace

bool Shadow::IsDue(const ShadowChoice& choice) {
  if (choice.version == nullptr) return false;
  thread_local std::minstd_rand random(std::random_device{}());
  return std::bernoulli_distribution(choice.share)(random);
}

void Shadow::Offer(std::shared_ptr<const Version> canary,
                   const v1::SearchRequest& request,
                   const v1::SearchResponse& response) {
  const int64_t number = canary->number();
  {
    MutexLock lock(&mutex_);
    ShadowResult& result = results_[request.model()];
    if (result.stable != response.version() || result.canary != number) {
      result = {.stable = response.version(), .canary = number};
    }
  }
  constexpr size_t kMostBytes = 1 << 20;
  if (request.ByteSizeLong() + response.ByteSizeLong() <= kMostBytes &&
      thread_
          .Submit([this, canary = std::move(canary), request, response] {
            Ask(*canary, request, response);
          })
          .ok()) {
    return;
  }
  MutexLock lock(&mutex_);
  ShadowResult* result = Find(request.model(), response.version(), number);
  if (result != nullptr) ++result->skipped;
}

void Shadow::Ask(const Version& canary, const v1::SearchRequest& request,
                 const v1::SearchResponse& response) {
  const auto answer = Repeat(canary, request);
  const double overlap = answer.ok() ? Overlap(response, *answer) : 0;
  MutexLock lock(&mutex_);
  ShadowResult* result =
      Find(request.model(), response.version(), canary.number());
  if (result == nullptr) return;
  if (answer.ok()) {
    ++result->queries;
    result->overlap_sum += overlap;
  } else {
    ++result->failed;
  }
}

ShadowResult* Shadow::Find(const std::string& model, int64_t stable,
                           int64_t canary) {
  ShadowResult& result = results_[model];
  const bool asked = result.stable == stable && result.canary == canary;
  return asked ? &result : nullptr;
}

ShadowResult Shadow::Of(const std::string& model) const {
  MutexLock lock(&mutex_);
  const auto found = results_.find(model);
  return found == results_.end() ? ShadowResult() : found->second;
}

}  // namespace akin::server
