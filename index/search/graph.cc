#include "index/search/graph.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <limits>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

constexpr size_t kMostDegree = 1024;
constexpr size_t kChunk = 4096;

bool AllBelow(const std::vector<uint32_t>& rows, size_t bound) {
  return std::all_of(rows.begin(), rows.end(),
                     [&](uint32_t row) { return row < bound; });
}

// Rows below `rows`, and behind the last of them nothing but kNoRow.
bool IsList(const uint32_t* links, size_t degree, size_t rows) {
  const uint32_t* const end = links + degree;
  const uint32_t* const last =
      std::find_if(links, end, [&](uint32_t row) { return row >= rows; });
  return std::all_of(last, end, [](uint32_t row) { return row == kNoRow; });
}

// A walk reads entries without looking twice.
absl::Status CheckEntries(const SealedFile& file, const Entries& entries,
                          size_t rows) {
  if (!AllBelow(entries.leaders, rows) || !AllBelow(entries.rows, rows)) {
    return file.Wrong("graph.entries", absl::StrCat("has a row beyond the ",
                                                    rows, " there are"));
  }
  const auto& begins = entries.begins;
  if (entries.leaders.empty() || begins.size() != entries.leaders.size() + 1 ||
      begins.front() != 0 || begins.back() != entries.rows.size() ||
      std::adjacent_find(begins.begin(), begins.end(),
                         std::greater_equal<>()) != begins.end()) {
    return file.Wrong("graph.begins", "does not divide the entries in groups");
  }
  for (size_t group = 0; group + 1 < begins.size(); ++group) {
    if (begins[group + 1] - begins[group] > kMostInGroup) {
      return file.Wrong("graph.begins", "has a group that is too large");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Graph::Seal(SealedFileWriter* file) const {
  AKIN_RETURN_IF_ERROR(file->AddNumbers(
      "graph.links", absl::MakeConstSpan(Links(0), rows * degree)));
  AKIN_RETURN_IF_ERROR(file->AddNumbers("graph.leaders", entries.leaders));
  AKIN_RETURN_IF_ERROR(file->AddNumbers("graph.entries", entries.rows));
  return file->AddNumbers("graph.begins", entries.begins);
}

absl::StatusOr<Graph> Graph::Unseal(const SealedFile& file, size_t rows,
                                    WorkerPool* pool) {
  Graph graph;
  graph.rows = rows;
  AKIN_ASSIGN_OR_RETURN(
      const size_t links,
      file.CountOf("graph.links", sizeof(uint32_t), rows * kMostDegree));
  if (links == 0 || links % rows != 0) {
    return file.Wrong("graph.links", "is not of one degree for all rows");
  }
  graph.degree = static_cast<uint32_t>(links / rows);
  AKIN_ASSIGN_OR_RETURN(
      graph.links, file.Load("graph.links", links * sizeof(uint32_t), pool));
  std::atomic<bool> sound = true;
  pool->ParallelFor((rows + kChunk - 1) / kChunk, [&](size_t chunk) {
    const size_t end = std::min(rows, (chunk + 1) * kChunk);
    for (size_t row = chunk * kChunk; row < end; ++row) {
      if (!IsList(graph.Links(row), graph.degree, rows)) sound = false;
    }
  });
  if (!sound) {
    return file.Wrong("graph.links", absl::StrCat("has a row beyond the ", rows,
                                                  " there are"));
  }
  constexpr size_t kMostEntries = std::numeric_limits<uint32_t>::max();
  Entries& entries = graph.entries;
  AKIN_ASSIGN_OR_RETURN(
      entries.leaders,
      file.ReadVector<uint32_t>("graph.leaders", kMostEntries, pool));
  AKIN_ASSIGN_OR_RETURN(entries.rows, file.ReadVector<uint32_t>(
                                          "graph.entries", kMostEntries, pool));
  AKIN_ASSIGN_OR_RETURN(
      entries.begins,
      file.ReadVector<uint32_t>("graph.begins", kMostEntries, pool));
  AKIN_RETURN_IF_ERROR(CheckEntries(file, entries, rows));
  return graph;
}

}  // namespace akin
