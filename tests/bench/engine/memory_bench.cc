#include "tests/bench/engine/memory_bench.h"

#include <malloc.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "index/base/worker_pool.h"
#include "tests/bench/child_report.h"
#include "tests/bench/engine/akin_engine.h"
#include "tests/bench/engine/rivals.h"
#include "tests/bench/machine.h"

namespace akin::bench {
namespace {

constexpr const char* kRival = "hnswlib";
// Less than usual: it costs time, and changes no size.
constexpr size_t kBuildEffort = 32;

// Of this process: what is resident, with nothing in it that was freed.
double ResidentBytes() {
  malloc_trim(0);
  return static_cast<double>(MemoryOfThisProcess("VmRSS"));
}

double AllocatedBytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

struct Footprint {
  double resident = 0;   // bytes per vector
  double allocated = 0;  // by malloc alone
  double own = 0;        // by the engine's account
  double table = 0;      // what akin's table keeps beside the index
  std::string layout;

  double whole() const { return resident + table; }
};

absl::StatusOr<Footprint> Measure(const std::string& engine, size_t dimension,
                                  size_t rows) {
  WorkerPool pool(std::thread::hardware_concurrency());
  AKIN_ASSIGN_OR_RETURN(
      const VectorSet set,
      MakeVectorSet(absl::StrCat("clusters-", rows, "-", dimension), &pool));
  AKIN_ASSIGN_OR_RETURN(const HnswlibMaker maker, HnswlibMaker::Load(false));
  Footprint out;
  std::unique_ptr<SearchEngine> index;
  const double resident = ResidentBytes();
  const double allocated = AllocatedBytes();
  if (engine == kRival) {
    RivalOptions options;
    options.build_effort = kBuildEffort;
    options.threads = pool.threads();
    AKIN_ASSIGN_OR_RETURN(index, maker.Make(set, maker.ByInnerProduct(set),
                                            options, CacheFolder("")));
    out.layout = "M 16";
  } else {
    AKIN_ASSIGN_OR_RETURN(
        AkinIndex akin,
        MakeAkin(set, absl::StrCat(engine, "@", kBuildEffort), &pool));
    index = std::move(akin.engine);
    out.table = static_cast<double>(akin.plan.table_bytes);
    out.layout = DescribeLayout(akin.plan);
  }
  const auto count = static_cast<double>(rows);
  out.resident = (ResidentBytes() - resident) / count;
  out.allocated = (AllocatedBytes() - allocated) / count;
  out.own = static_cast<double>(index->memory_bytes()) / count;
  return out;
}

Footprint Parse(const nlohmann::json& report) {
  Footprint out;
  out.resident = report.value("resident", 0.0);
  out.allocated = report.value("allocated", 0.0);
  out.own = report.value("own", 0.0);
  out.table = report.value("table", 0.0);
  out.layout = report.value("layout", "");
  return out;
}

// Of the ratio of an akin profile to hnswlib, by dimension.
Goal GoalOf(const std::string& engine, size_t dimension) {
  if (engine == "compact") return {0.6, 0.4, true};
  if (dimension == 128) return {2.2, 1.5, true};
  return {1.7, 1.2, true};
}

}  // namespace

absl::Status EngineMemory(const std::string& engine, size_t dimension,
                          size_t rows) {
  AKIN_ASSIGN_OR_RETURN(const Footprint footprint,
                        Measure(engine, dimension, rows));
  const nlohmann::ordered_json report = {{"resident", footprint.resident},
                                         {"allocated", footprint.allocated},
                                         {"own", footprint.own},
                                         {"table", footprint.table},
                                         {"layout", footprint.layout}};
  std::puts(report.dump().c_str());
  return absl::OkStatus();
}

absl::Status BenchMemory(size_t rows, Figures* figures) {
  figures->Section(absl::StrCat("Memory: bytes per vector, ", rows,
                                " generated vectors, fresh processes"));
  TextTable table({"engine", "dimension", "layout", "index, resident",
                   "index, own account", "table's vectors", "both",
                   "over hnswlib", "index over hnswlib"});
  for (const size_t dimension : {size_t{128}, size_t{768}}) {
    Footprint rival;
    for (const std::string engine : {kRival, "compact", "fast"}) {
      AKIN_ASSIGN_OR_RETURN(
          const nlohmann::json report,
          RunForJson(ProgramFolder() + "/akin-bench",
                     {"engine-memory", "--engine", engine, "--dimension",
                      absl::StrCat(dimension), "--rows", absl::StrCat(rows)}));
      const Footprint own = Parse(report);
      if (engine == kRival) rival = own;
      const double ratio = own.whole() / rival.whole();
      table.AddRow(
          {engine, absl::StrCat(dimension), own.layout,
           absl::StrFormat("%.0f", own.resident),
           absl::StrFormat("%.0f", own.own), absl::StrFormat("%.0f", own.table),
           absl::StrFormat("%.0f", own.whole()), absl::StrFormat("%.2f", ratio),
           absl::StrFormat("%.2f", own.resident / rival.resident)});
      figures->Json("memory").push_back(
          {{"engine", engine}, {"dimension", dimension}, {"report", report}});
      if (engine == kRival) continue;
      figures->Add(absl::StrCat("bytes per vector over hnswlib M16, ", engine),
                   absl::StrCat(dimension, " dimensions"), Exactly(ratio),
                   GoalOf(engine, dimension));
    }
  }
  figures->Table(table);
  return absl::OkStatus();
}

}  // namespace akin::bench
