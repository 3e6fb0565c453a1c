#include "tests/bench/engine/competition.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "tests/bench/engine/akin_engine.h"

namespace akin::bench {
namespace {

// The sweep goes a little further than the highest recall that is read off it.
constexpr double kEnoughRecall = 0.995;
constexpr size_t kFaissLinks = 16;

void PrintProgress(const std::string& set, const std::string& step) {
  std::fprintf(stderr, "engine: %s, %s\n", set.c_str(), step.c_str());
}

std::string ShowReading(const std::optional<CurveReading>& reading,
                        double CurveReading::*figure) {
  if (!reading.has_value()) return "-";
  return absl::StrFormat("%s%.0f", reading->exceeded ? "> " : "",
                         *reading.*figure);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Competition>> Competition::Make(
    const std::string& name, const BenchSetting* setting) {
  PrintProgress(name, "vectors and truth");
  AKIN_ASSIGN_OR_RETURN(VectorSet set, MakeVectorSet(name, setting->pool));
  AKIN_ASSIGN_OR_RETURN(Truth truth,
                        Truth::Find(set, setting->cache, setting->pool));
  std::unique_ptr<Competition> out(
      new Competition(setting, std::move(set), std::move(truth)));
  out->Describe();
  return out;
}

Competition::Competition(const BenchSetting* setting, VectorSet set,
                         Truth truth)
    : setting_(*setting),
      set_(std::move(set)),
      truth_(std::move(truth)),
      plan_{&set_, &truth_, setting->options.k, setting->pool->threads()} {}

void Competition::Progress(const std::string& step) const {
  PrintProgress(set_.name, step);
}

void Competition::Describe() const {
  const Difficulty difficulty = truth_.MeasureDifficulty(set_);
  const std::string metric(MetricName(set_.table->metric()));
  setting_.figures->Section(absl::StrFormat(
      "## %s: %s\n%s, %d rows of %d dimensions, %d queries; local intrinsic "
      "dimension (of %d neighbours) %.1f, 10th to 90th percentile %.1f to "
      "%.1f; relative contrast %.2f%s",
      set_.name, set_.about, metric, set_.rows(), set_.dimension(),
      set_.query_count(), difficulty.neighbors, difficulty.dimension,
      difficulty.dimension_low, difficulty.dimension_high, difficulty.contrast,
      set_.published.empty() ? ""
                             : "; the truth agrees with the published one"));
  Json() = {{"metric", metric},
            {"rows", set_.rows()},
            {"dimension", set_.dimension()},
            {"queries", set_.query_count()},
            {"intrinsic_dimension", difficulty.dimension},
            {"intrinsic_dimension_10", difficulty.dimension_low},
            {"intrinsic_dimension_90", difficulty.dimension_high},
            {"contrast", difficulty.contrast}};
}

absl::Status Competition::BuildOurs(absl::Span<const std::string> layouts) {
  for (const std::string& layout : layouts) {
    Progress(absl::StrCat("build of akin ", layout));
    AKIN_ASSIGN_OR_RETURN(AkinIndex index,
                          MakeAkin(set_, layout, setting_.pool));
    ours_.push_back(
        {{absl::StrCat("akin ", layout), index.engine.get(), {}, {}},
         index.plan});
    engines_.push_back(std::move(index.engine));
  }
  return absl::OkStatus();
}

absl::Status Competition::BuildRivals() {
  inner_product_ = setting_.hnswlib.ByInnerProduct(set_);
  RivalOptions rival;
  rival.threads = setting_.pool->threads();
  rival.huge_pages = options().hnswlib_huge_pages;
  for (const size_t links : options().hnswlib_links) {
    const std::string name = absl::StrCat("hnswlib M", links);
    Progress(absl::StrCat("build of ", name));
    rival.links = links;
    AKIN_ASSIGN_OR_RETURN(
        std::unique_ptr<SearchEngine> engine,
        setting_.hnswlib.Make(set_, inner_product_, rival, setting_.cache));
    hnswlib_.push_back({{name, engine.get(), {}, {}}, rival});
    engines_.push_back(std::move(engine));
  }
  if (absl::c_linear_search(options().faiss_sets, set_.name)) {
    const std::string name = absl::StrCat("FAISS HNSWFlat M", kFaissLinks);
    Progress(absl::StrCat("build of ", name));
    rival.links = kFaissLinks;
    AKIN_ASSIGN_OR_RETURN(std::unique_ptr<SearchEngine> engine,
                          MakeFaissGraph(set_, rival, setting_.cache));
    faiss_.push_back({name, engine.get(), {}, {}});
    engines_.push_back(std::move(engine));
  }
  return absl::OkStatus();
}

void Competition::SweepAll() {
  Progress("sweep");
  std::vector<Contender*> all;
  for (Ours& ours : ours_) all.push_back(&ours.contender);
  for (Hnswlib& hnswlib : hnswlib_) all.push_back(&hnswlib.contender);
  for (Contender& faiss : faiss_) all.push_back(&faiss);
  Sweep(plan_, kRecalls.front(), kEnoughRecall, all);
  TextTable table({"engine", "build s", "index B/vector", "effort .90",
                   "effort .95", "effort .99", "QPS .90", "QPS .95",
                   "QPS .99"});
  nlohmann::ordered_json engines = nlohmann::ordered_json::array();
  for (Contender* contender : all) SweepOne(contender, &table, &engines);
  Json()["engines"] = std::move(engines);
  Figures& figures = *setting_.figures;
  figures.Table(table);
  if (!hnswlib_.empty()) {
    figures.Line(
        absl::StrCat("hnswlib compares by ",
                     inner_product_ ? "inner product" : "squared distance",
                     options().hnswlib_huge_pages ? ", in huge pages" : "",
                     "; its efConstruction is ",
                     hnswlib_.front().options.build_effort, "."));
  }
  for (const Ours& ours : ours_) {
    figures.Line(absl::StrCat(ours.contender.name, " is ",
                              DescribeLayout(ours.plan), "."));
  }
  figures.Line("");
}

void Competition::SweepOne(Contender* contender, TextTable* table,
                           nlohmann::ordered_json* engines) const {
  const double bytes = static_cast<double>(contender->engine->memory_bytes()) /
                       static_cast<double>(set_.rows());
  const double build_seconds = contender->engine->build_seconds();
  std::vector<std::string> row = {contender->name,
                                  absl::StrFormat("%.1f", build_seconds),
                                  absl::StrFormat("%.0f", bytes)};
  std::vector<std::string> rates;
  for (const double recall : kRecalls) {
    const auto reading = ReadCurve(contender->front, recall);
    row.push_back(ShowReading(reading, &CurveReading::effort));
    rates.push_back(ShowReading(reading, &CurveReading::qps));
  }
  row.insert(row.end(), rates.begin(), rates.end());
  table->AddRow(std::move(row));
  nlohmann::ordered_json points = nlohmann::ordered_json::array();
  for (const CurvePoint& point : contender->points) {
    points.push_back({point.effort, point.recall, point.qps});
  }
  engines->push_back({{"name", contender->name},
                      {"build_seconds", build_seconds},
                      {"bytes_per_vector", bytes},
                      {"effort_recall_qps", std::move(points)}});
}

const Competition::Hnswlib* Competition::BestHnswlib(double recall) const {
  const Hnswlib* best = nullptr;
  double best_qps = 0;
  for (const Hnswlib& hnswlib : hnswlib_) {
    const auto reading = ReadCurve(hnswlib.contender.front, recall);
    if (!reading.has_value() || reading->qps <= best_qps) continue;
    best = &hnswlib;
    best_qps = reading->qps;
  }
  return best;
}

}  // namespace akin::bench
