#include "tests/bench/filters/filtered_version.h"

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "index/base/status_macros.h"
#include "index/version/load_version.h"
#include "tests/bench/engine/seeded_random.h"
#include "tests/bench/scratch_file.h"
#include "tests/bench/serve/trained_file.h"
#include "tests/support/ranks.h"

namespace akin::bench {
namespace {

constexpr uint64_t kSeed = 6;

std::vector<double> RanksAlongADirection(const Table& table) {
  SeededRandom random(kSeed, 1);
  std::vector<double> direction(table.dimension());
  for (double& x : direction) x = random.Normal();
  std::vector<float> vector(table.dimension());
  std::vector<double> key(table.rows());
  for (uint32_t row = 0; row < table.rows(); ++row) {
    table.CopyOriginal(row, absl::MakeSpan(vector));
    key[row] = std::inner_product(vector.begin(), vector.end(),
                                  direction.begin(), 0.0);
  }
  return Ranks(key);
}

std::vector<double> RanksByChance(size_t rows) {
  SeededRandom random(kSeed, 2);
  std::vector<double> key(rows);
  for (double& x : key) x = random.Uniform();
  return Ranks(key);
}

absl::StatusOr<ScratchFile> WriteSideFile(const Table& table) {
  const std::vector<double> chance = RanksByChance(table.rows());
  const std::vector<double> along = RanksAlongADirection(table);
  AKIN_ASSIGN_OR_RETURN(ScratchFile file, ScratchFile::Create());
  AKIN_RETURN_IF_ERROR(
      file.Write("id,chance:float,along:float,bucket:keyword\n"));
  for (size_t i = 0; i < table.rows(); ++i) {
    AKIN_RETURN_IF_ERROR(
        file.Write(absl::StrCat("r", i, ",", chance[i], ",", along[i], ",b",
                                static_cast<int>(chance[i] * 10), "\n")));
  }
  AKIN_RETURN_IF_ERROR(file.Settle());
  return file;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Version>> MakeFilteredVersion(
    const VectorSet& set, WorkerPool* pool) {
  const Table& table = *set.table;
  AKIN_ASSIGN_OR_RETURN(
      const ScratchFile vectors,
      WriteTrainedFile(table.rows(), table.dimension(),
                       [&](uint32_t row, absl::Span<float> vector) {
                         table.CopyOriginal(row, vector);
                       }));
  AKIN_ASSIGN_OR_RETURN(const ScratchFile side, WriteSideFile(table));
  TableSpec spec;
  spec.name = kFilteredTable;
  spec.source.path = vectors.path();
  spec.read.table.metric = table.metric();
  spec.attributes.path = side.path();
  spec.index = IndexChoice::kGraph;
  LoadOptions load;
  load.pool = pool;
  return LoadVersion("bench", 1, {spec}, load);
}

}  // namespace akin::bench
