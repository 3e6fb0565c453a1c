#include "tests/bench/load.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "tests/bench/child_report.h"
#include "tests/bench/load_files.h"
#include "tests/bench/machine.h"
#include "tests/bench/report.h"
#include "tests/bench/statistics.h"
#include "tests/support/real_data.h"

namespace akin::bench {
namespace {

constexpr double kTextTarget = 15;
constexpr double kBinaryTarget = 5;
constexpr double kMemoryTarget = 1.3;

// Several times what either side takes.
constexpr uint64_t kWarmBytes = uint64_t{512} << 20;

using Reading = std::function<absl::StatusOr<nlohmann::json>()>;

// One side of a comparison, and what its runs cost.
struct Side {
  std::string name;
  Reading read;
  std::vector<LoadRun> runs = {};

  double MedianOf(const std::function<double(const LoadRun&)>& figure) const {
    std::vector<double> values;
    for (const LoadRun& run : runs) values.push_back(figure(run));
    return Median(std::move(values));
  }
};

struct Comparison {
  std::string format;
  double megabytes = 0;  // 10^6 bytes that a reader goes through, decoded
  Side ours;
  Side other;         // without `read`: there is none
  double target = 0;  // of the speed-up; 0: none
};

Reading OurReading(const std::string& path) {
  return [path] {
    return RunForJson(ProgramFolder() + "/akin-bench", {"load-once", path});
  };
}

Reading GensimReading(const std::string& python, const std::string& path,
                      bool binary) {
  return [python, path, binary] {
    std::vector<std::string> arguments = {path};
    if (binary) arguments.push_back("--binary");
    return RunScriptForJson(python, "gensim_load.py", std::move(arguments));
  };
}

absl::Status Run(const LoadFiles& files, size_t pairs, Comparison* comparison) {
  const auto once = [&](Side* side) -> absl::Status {
    if (!side->read) return absl::OkStatus();
    WarmMemory(kWarmBytes);
    AKIN_ASSIGN_OR_RETURN(const nlohmann::json report, side->read());
    AKIN_ASSIGN_OR_RETURN(const LoadRun run, ParseLoadRun(report, files));
    side->runs.push_back(run);
    return absl::OkStatus();
  };
  Side& ours = comparison->ours;
  Side& other = comparison->other;
  // The first runs find programs, libraries and the file out of the cache.
  AKIN_RETURN_IF_ERROR(once(&ours));
  AKIN_RETURN_IF_ERROR(once(&other));
  ours.runs.clear();
  other.runs.clear();
  return RunInPairs(
      pairs, [&] { return once(&ours); }, [&] { return once(&other); });
}

// How often the other side's figure is ours.
Estimate RatioOf(const Comparison& comparison, double LoadRun::*figure) {
  std::vector<double> ratios;
  for (size_t i = 0; i < comparison.other.runs.size(); ++i) {
    ratios.push_back(comparison.other.runs[i].*figure /
                     comparison.ours.runs[i].*figure);
  }
  return EstimateMedian(ratios);
}

struct SideFigures {
  double seconds, megabytes_per_second, cpu_seconds;
  double peak, peak_share, needed_share;  // bytes; of the vectors' bytes
};

SideFigures FiguresOf(const Comparison& comparison, const Side& side,
                      double vector_bytes) {
  SideFigures out;
  out.seconds = side.MedianOf([](const LoadRun& run) { return run.seconds; });
  out.megabytes_per_second = comparison.megabytes / out.seconds;
  out.cpu_seconds =
      side.MedianOf([](const LoadRun& run) { return run.cpu_seconds; });
  out.peak = side.MedianOf(
      [](const LoadRun& run) { return static_cast<double>(run.peak); });
  out.peak_share = out.peak / vector_bytes;
  out.needed_share = side.MedianOf([](const LoadRun& run) {
    return static_cast<double>(run.peak) - static_cast<double>(run.rss_before);
  }) / vector_bytes;
  return out;
}

class LoadReportWriter {
 public:
  LoadReportWriter(const Machine& machine, const LoadFiles& files)
      : vector_bytes_(static_cast<double>(files.vector_bytes())),
        report_{"load",
                machine,
                TextTable({"file", "reader", "s", "MB/s", "CPU s", "peak MB",
                           "peak / vectors", "less start / vectors",
                           "faster than next row", "by CPU time"}),
                {},
                {{"rows", files.rows},
                 {"dimension", files.dimension},
                 {"vector_bytes", files.vector_bytes()},
                 {"files", nlohmann::ordered_json::array()}}} {}

  void Add(const Comparison& comparison) {
    nlohmann::ordered_json figures = {{"format", comparison.format},
                                      {"megabytes", comparison.megabytes}};
    std::vector<std::string> ratios = {"", ""};
    if (!comparison.other.runs.empty()) {
      const Estimate wall = RatioOf(comparison, &LoadRun::seconds);
      const Estimate cpu = RatioOf(comparison, &LoadRun::cpu_seconds);
      ratios = {Show(wall), Show(cpu)};
      figures["speed_up"] = ToJson(wall);
      figures["cpu_speed_up"] = ToJson(cpu);
      if (comparison.target > 0) {
        report_.notes.push_back(
            absl::StrCat(comparison.format, ": ", Show(wall), " times ",
                         comparison.other.name, ", ",
                         Verdict(wall, comparison.target), "."));
      }
    }
    AddSide(comparison, comparison.ours, ratios, &figures);
    if (!comparison.other.runs.empty()) {
      AddSide(comparison, comparison.other, {"", ""}, &figures);
    }
    report_.figures["files"].push_back(std::move(figures));
  }

  Report Finish(size_t pairs) {
    report_.figures["pairs"] = pairs;
    report_.notes.push_back(absl::StrFormat(
        "Memory akin needs beyond its start: at most %.2f of the vectors, "
        "target <= %g: %s. The whole process: %.2f.",
        worst_need_, kMemoryTarget,
        worst_need_ <= kMemoryTarget ? "met" : "missed", worst_peak_));
    report_.notes.push_back(absl::StrFormat(
        "Medians of %d fresh processes a side, in pairs (ABBA); ratios: median "
        "of the pairs [95 %% bootstrap interval]. The vectors are %.1f MB "
        "(10^6 bytes); MB/s counts decoded bytes. Start: the process' resident "
        "set before the reading.",
        pairs, vector_bytes_ / 1e6));
    return std::move(report_);
  }

  void Note(std::string sentence) {
    report_.notes.push_back(std::move(sentence));
  }

 private:
  void AddSide(const Comparison& comparison, const Side& side,
               const std::vector<std::string>& ratios,
               nlohmann::ordered_json* figures) {
    const SideFigures f = FiguresOf(comparison, side, vector_bytes_);
    if (absl::StartsWith(side.name, "akin")) {
      worst_need_ = std::max(worst_need_, f.needed_share);
      worst_peak_ = std::max(worst_peak_, f.peak_share);
    }
    report_.table.AddRow(
        {comparison.format, side.name, absl::StrFormat("%.3f", f.seconds),
         absl::StrFormat("%.1f", f.megabytes_per_second),
         absl::StrFormat("%.3f", f.cpu_seconds),
         absl::StrFormat("%.1f", f.peak / 1e6),
         absl::StrFormat("%.2f", f.peak_share),
         absl::StrFormat("%.2f", f.needed_share), ratios[0], ratios[1]});
    (*figures)[side.name] = {{"seconds", f.seconds},
                             {"mb_per_second", f.megabytes_per_second},
                             {"cpu_seconds", f.cpu_seconds},
                             {"peak_bytes", f.peak},
                             {"peak_share", f.peak_share},
                             {"needed_share", f.needed_share}};
  }

  const double vector_bytes_;
  double worst_need_ = 0;  // akin's, over all files
  double worst_peak_ = 0;
  Report report_;
};

}  // namespace

absl::Status BenchLoad(const LoadBenchOptions& options) {
  const std::string packed =
      RealData("glove-6b-50d-200k/glove.6B.50d.200k.txt.gz");
  if (packed.empty()) {
    std::puts("skipped: no data");
    return absl::OkStatus();
  }
  const Machine machine = ThisMachine();
  AKIN_ASSIGN_OR_RETURN(const LoadFiles files, MakeLoadFiles(packed));
  const std::string gensim = FindGensim(options.python);
  const auto rival = [&](const ScratchFile& file, bool binary) {
    return gensim.empty()
               ? Side{"", nullptr}
               : Side{absl::StrCat("gensim ", gensim),
                      GensimReading(options.python, file.path(), binary)};
  };
  const double text_megabytes = static_cast<double>(files.text.size()) / 1e6;
  std::vector<Comparison> comparisons = {
      {"GloVe text",
       text_megabytes,
       {"akin", OurReading(files.text.path())},
       rival(files.text, false),
       kTextTarget},
      {"word2vec binary",
       static_cast<double>(files.binary.size()) / 1e6,
       {"akin", OurReading(files.binary.path())},
       rival(files.binary, true),
       kBinaryTarget},
      {"GloVe text, gzip",
       text_megabytes,
       {"akin", OurReading(packed)},
       {"akin, plain text", OurReading(files.text.path())},
       0}};
  LoadReportWriter writer(machine, files);
  for (Comparison& comparison : comparisons) {
    std::fprintf(stderr, "load: %s, %zu pairs\n", comparison.format.c_str(),
                 options.pairs);
    AKIN_RETURN_IF_ERROR(Run(files, options.pairs, &comparison));
    writer.Add(comparison);
  }
  if (gensim.empty()) {
    writer.Note(absl::StrCat(options.python,
                             " has no gensim: akin alone was measured."));
  }
  Print(writer.Finish(options.pairs));
  return absl::OkStatus();
}

}  // namespace akin::bench
