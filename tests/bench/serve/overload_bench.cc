#include "tests/bench/serve/overload_bench.h"

#include <cstdio>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "tests/bench/serve/generator.h"
#include "tests/bench/serve/trained_file.h"
#include "tests/bench/serve/watched_server.h"

namespace akin::bench {
namespace {

constexpr Goal kGoodputGoal = {0.9, 0.95};
constexpr Goal kTailGoal = {3, 2, true};

// Searched exactly, some 5 ms on one processor.
constexpr size_t kRows = 1'600'000;
constexpr size_t kDimension = 64;

absl::StatusOr<ScratchFile> WriteRows() {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  return WriteTrainedFile(kRows, kDimension,
                          [&](uint32_t, absl::Span<float> vector) {
                            for (float& value : vector) value = normal(random);
                          });
}

std::vector<v1::SearchRequest> Requests() {
  std::vector<v1::SearchRequest> requests(1000);
  for (size_t i = 0; i < requests.size(); ++i) {
    requests[i].set_model("bench");
    requests[i].set_table("base");
    requests[i].mutable_options()->set_k(10);
    requests[i].mutable_options()->set_exact(true);
    requests[i].mutable_query()->mutable_id()->set_id(
        absl::StrCat("r", i * 7919 % kRows));
  }
  return requests;
}

}  // namespace

absl::Status BenchOverload(const ServeOptions& options, Figures* figures) {
  if (options.seconds_overload <= 0) return absl::OkStatus();
  std::fprintf(stderr, "serve: overload\n");
  figures->Section("overload");
  AKIN_ASSIGN_OR_RETURN(const ScratchFile file, WriteRows());
  const std::vector<std::string> arguments = {
      "--load", absl::StrCat("bench/base=", file.path(), ",index=exact")};
  AKIN_ASSIGN_OR_RETURN(const WatchedServer server,
                        WatchedServer::Start(arguments));
  Generator generator(server.address(), 4);
  PinThisProcess(kGeneratorProcessor);
  const std::vector<v1::SearchRequest> requests = Requests();

  Load load;
  load.kind = CallKind::kSearch;
  load.searches = &requests;
  load.outstanding = 2;
  load.seconds = options.seconds_overload;
  const LoadResult closed = generator.Run(load);
  if (closed.ok == 0) {
    return absl::InternalError("no call succeeded: " + closed.first_failure);
  }
  const double peak = closed.per_second();

  TextTable table({"offered", "calls/s", "answered/s", "refused/s", "other/s",
                   "p50 ms", "p99 ms", "refusal p99 ms"});
  double tail_at_one = 0;
  for (const double times : {1.0, 2.0, 5.0, 10.0}) {
    load.per_second = times * peak;
    LoadResult result = generator.Run(load);
    if (result.ok == 0) {
      return absl::InternalError("no call succeeded: " + result.first_failure);
    }
    const double tail = Percentile(&result.latencies_us, 0.99);
    if (times == 1) tail_at_one = tail;
    table.AddRow(
        {absl::StrFormat("%.0fx", times),
         absl::StrFormat("%.0f", load.per_second),
         absl::StrFormat("%.0f", result.per_second()),
         absl::StrFormat("%.0f", result.refused / result.seconds),
         absl::StrFormat("%.0f", result.failed / result.seconds),
         absl::StrFormat("%.1f", Percentile(&result.latencies_us, 0.5) * 1e-3),
         absl::StrFormat("%.1f", tail * 1e-3),
         result.refused == 0
             ? "-"
             : absl::StrFormat(
                   "%.1f",
                   Percentile(&result.refusal_latencies_us, 0.99) * 1e-3)});
    if (times > 1) {
      figures->Add(absl::StrFormat("goodput at %.0fx / peak", times),
                   "overload", Exactly(result.per_second() / peak),
                   kGoodputGoal);
    }
    if (times == 10) {
      figures->Add("p99 of answered calls at 10x / at 1x", "overload",
                   Exactly(tail / tail_at_one), kTailGoal);
    }
  }
  figures->Line(absl::StrFormat(
      "Exact searches of %d x %d on one processor, %.0f a second at most "
      "(closed loop of 2); Poisson load, %g s a step.",
      kRows, kDimension, peak, options.seconds_overload));
  figures->Table(table);
  return absl::OkStatus();
}

}  // namespace akin::bench
