#include "index/build/index_plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/build/entry_choice.h"
#include "index/search/rows_index.h"

namespace akin {
namespace {

constexpr size_t kLine = 64;

// Up to here the flat layout with twice the links is the fastest: its codes fit
// into one line, so a long list costs little, and saves hops.
constexpr uint32_t kMaxFlatDimension = 64;
// From here a sign per component is enough; below it takes two bits.
constexpr uint32_t kMinOneBitDimension = 256;

constexpr uint32_t kLowDimensionDegree = 64;
constexpr uint32_t kDegree = 32;
constexpr uint32_t kDegreeStep = 32;
constexpr uint32_t kMaxDegree = 256;
// A row of kRows has room for as many codes as its kernel compares at once.
constexpr uint32_t kRowsDegree = 32;

// What the build holds per row beside codes, links and layout: a batch of a
// fiftieth of the rows with its candidates and its links by target.
constexpr size_t kBuildBytesPerRow = 32;

// The recall@10 that each profile levels off at, however large the effort, over
// the sets it was measured on. Fast compares with the vectors as trained in the
// end, so only what the graph cannot reach is missing. Compact has nothing but
// the codes: neighbours whose scores differ by less than the codes' rounding
// change places (GloVe 50d 0.979, sample words 0.989, users and items 0.984 to
// 0.994, SIFT 0.995, MNIST 0.994 by cosine and 0.998 by l2).
constexpr RecallRange kFastRecall = {0.999f, 1.0f};
constexpr RecallRange kCompactRecall = {0.975f, 0.998f};

size_t RoundUpTo(size_t value, size_t step) {
  return (value + step - 1) / step * step;
}

bool IsFlat(const GraphIndexOptions& options, uint32_t dimension) {
  if (options.layout != GraphLayout::kAuto) {
    return options.layout == GraphLayout::kFlat;
  }
  return options.profile == Profile::kCompact || dimension <= kMaxFlatDimension;
}

absl::Status CheckOptions(size_t rows, const GraphIndexOptions& options) {
  if (rows == 0) {
    return absl::InvalidArgumentError("a table without rows has no graph");
  }
  if (options.profile == Profile::kCompact &&
      options.layout == GraphLayout::kRows) {
    return absl::InvalidArgumentError(
        "the compact profile has the flat layout, the rows layout was asked "
        "for");
  }
  if (options.bits != 0 && options.bits != 1 && options.bits != 2 &&
      options.bits != 4) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a neighbour's code has ", options.bits, " bits, expected 1, 2 or 4"));
  }
  if (options.degree % kDegreeStep != 0 || options.degree > kMaxDegree) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the degree is ", options.degree, ", expected a multiple of ",
        kDegreeStep, " of at most ", kMaxDegree));
  }
  return absl::OkStatus();
}

// A row of Codes with its error; see index/table/codes.h.
size_t CodeBytes(uint32_t dimension, Metric metric) {
  const size_t bytes = dimension + (metric == Metric::kL2 ? sizeof(float) : 0);
  const size_t stride =
      bytes <= kLine / 2 ? kLine / 2 : RoundUpTo(bytes, kLine);
  return stride + sizeof(float);
}

}  // namespace

absl::StatusOr<IndexPlan> PlanIndex(size_t rows, uint32_t dimension,
                                    Metric metric,
                                    const GraphIndexOptions& options) {
  AKIN_RETURN_IF_ERROR(CheckOptions(rows, options));
  const bool compact = options.profile == Profile::kCompact;
  const bool flat = IsFlat(options, dimension);
  IndexPlan plan;
  plan.profile = compact ? Profile::kCompact : Profile::kFast;
  plan.layout = flat ? GraphLayout::kFlat : GraphLayout::kRows;
  plan.degree = options.degree;
  if (plan.degree == 0) {
    plan.degree =
        flat && dimension <= kMaxFlatDimension ? kLowDimensionDegree : kDegree;
  }
  plan.keeps_vectors = !compact;
  plan.recall = compact ? kCompactRecall : kFastRecall;

  const size_t codes = CodeBytes(dimension, metric);
  const size_t links = plan.degree * sizeof(uint32_t);
  // Under cosine the trained lengths are kept, to give the vectors back.
  plan.table_bytes = (compact ? 0 : dimension * sizeof(float)) +
                     (metric == Metric::kCosine ? sizeof(float) : 0);
  plan.index_bytes = codes + links;
  // While lists are chosen anew there are two of each.
  plan.peak_bytes = rows * (codes + 2 * links + kBuildBytesPerRow) +
                    MostEntries(rows) * codes;
  if (!flat) {
    if (plan.degree != kRowsDegree) {
      return absl::InvalidArgumentError(
          absl::StrCat("the rows layout has ", kRowsDegree, " links, ",
                       plan.degree, " were asked for"));
    }
    plan.bits = options.bits;
    if (plan.bits == 0) plan.bits = dimension < kMinOneBitDimension ? 2 : 1;
    plan.index_bytes = RowsIndex::BytesPerRow(dimension, plan.bits);
    plan.peak_bytes += (rows + MostEntries(rows)) * plan.index_bytes;
  }
  return plan;
}

std::string DescribeLayout(const IndexPlan& plan) {
  if (plan.layout == GraphLayout::kFlat) {
    return absl::StrCat("flat: int8 codes, ", plan.degree, " links");
  }
  return absl::StrCat("rows: f16 vectors, ", plan.bits, "-bit codes, ",
                      plan.degree, " links");
}

}  // namespace akin
