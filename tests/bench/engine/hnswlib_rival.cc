#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bench/engine/rivals.h"
#include "tests/bench/machine.h"

namespace akin::bench {
namespace {

// Below this share a faster distance is taken for noise.
constexpr double kClearlyFaster = 0.95;

}  // namespace

absl::StatusOr<HnswlibMaker> HnswlibMaker::Load(bool avx2) {
  HnswlibMaker maker;
  maker.build_ = avx2 ? "avx2" : "native";
  const std::string path =
      absl::StrCat(ProgramFolder(), "/akin-hnswlib-", maker.build_, ".so");
  // Kept until the process ends, as are the engines' functions.
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return absl::UnavailableError(dlerror());
  maker.new_hnswlib_ =
      reinterpret_cast<NewHnswlib>(dlsym(library, kNewHnswlibName));
  maker.distance_seconds_ = reinterpret_cast<HnswlibDistanceSeconds>(
      dlsym(library, kHnswlibDistanceSecondsName));
  if (maker.new_hnswlib_ == nullptr || maker.distance_seconds_ == nullptr) {
    return absl::UnavailableError(
        absl::StrCat(path, " lacks ", kNewHnswlibName));
  }
  return maker;
}

bool HnswlibMaker::ByInnerProduct(const VectorSet& set) const {
  switch (set.table->metric()) {
    case Metric::kDot:
      return true;
    case Metric::kL2:
      return false;
    case Metric::kCosine:
      break;
  }
  return distance_seconds_(true, set.dimension()) <
         kClearlyFaster * distance_seconds_(false, set.dimension());
}

absl::StatusOr<std::unique_ptr<SearchEngine>> HnswlibMaker::Make(
    const VectorSet& set, bool inner_product, const RivalOptions& options,
    const CacheFolder& cache) const {
  const std::string name = absl::StrCat(
      "hnswlib-", build_, "-", Fingerprint(set), inner_product ? "-ip" : "-l2",
      "-m", options.links, "-ef", options.build_effort, "-t", options.threads);
  const std::string figure = absl::StrCat(name, "-seconds");
  const std::string file = cache.PathOf(name);
  const std::optional<double> seconds = cache.ReadFigure(figure);
  // A file without its figure was not written to the end.
  if (!seconds.has_value()) std::remove(file.c_str());
  HnswlibRequest request;
  request.vectors = set.table->vectors();
  request.rows = set.rows();
  request.dimension = set.dimension();
  request.inner_product = inner_product;
  request.links = options.links;
  request.build_effort = options.build_effort;
  request.threads = options.threads;
  request.file = file.c_str();
  request.file_seconds = seconds.value_or(0);
  request.huge_pages = options.huge_pages;
  std::array<char, 256> error = {};
  std::unique_ptr<SearchEngine> engine(
      new_hnswlib_(request, error.data(), error.size()));
  if (engine == nullptr) {
    return absl::InternalError(absl::StrCat("hnswlib: ", error.data()));
  }
  cache.WriteFigure(figure, engine->build_seconds());
  return engine;
}

}  // namespace akin::bench
