// A graph whose vertices know their neighbours' codes: one row of memory per
// vertex holds all that expanding it needs, so a hop is one sequential read.
//
// A row, 64-byte aligned, of a vertex c with 32 neighbours:
//
//   | vector of c     | codes of the neighbours | factors      | ids      |
//   | f16, rotated    | 1, 2 or 4 bits a        | A 32 x f16,  | 32 x u32 |
//   |                 | component, transposed   | B 32 x f16   |          |
//
// Vectors are shifted to their mean, scaled and rotated. The code of neighbour
// o is the residual o - c, rounded component by component to x on a grid of
// 2^bits steps; it is exact about the direction's length along x. With s =
// |o - c|^2 / <x, o - c>,
//
//   |q - o|^2 ~ |q - c|^2 + A + B <x, q>,  A = |o - c|^2 + 2 s <x, c>,  B = -2
//   s
//
// where |q - c|^2 is computed in full when c is expanded, so that visiting is
// re-ranking. Under dot the distance is 2 M^2 - 2 <q, o>, with M the longest
// row's length and the query stretched to it; then A = 2 s <x, c> - 2 <o - c,
// c>, the rest being the same, and vectors are not shifted. All 32 <x, q> come
// from table lookups in registers (FastScan: André, Kermarrec and Le Scouarnec,
// VLDB 2015). After SymphonyQG (Gou et al., arXiv 2411.12229, section 3) and
// RaBitQ (Gao and Long, arXiv 2405.12497).
//
// Immutable, so thread-safe.

#ifndef AKIN_INDEX_SEARCH_ROWS_INDEX_H_
#define AKIN_INDEX_SEARCH_ROWS_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "index/base/page_buffer.h"
#include "index/base/worker_pool.h"
#include "index/search/graph.h"
#include "index/search/graph_walker.h"
#include "index/search/rotation.h"
#include "index/search/rows_walk.h"
#include "index/table/table.h"

namespace akin {

class RowsIndex : public GraphWalker {
 public:
  // `graph` has rows for `table`, of degree kRowNeighbors. `bits` is 1, 2 or 4.
  // RESOURCE_EXHAUSTED: no memory.
  static absl::StatusOr<RowsIndex> Build(const Table& table, const Graph& graph,
                                         uint32_t bits, WorkerPool* pool);

  // Where the parts of a row lie, and how long it is, for vectors of
  // `dimension` rotated components.
  static RowsLayout LayoutOf(size_t dimension, uint32_t bits);

  // Of one row, for vectors as the table has them.
  static size_t BytesPerRow(size_t dimension, uint32_t bits);

  // Sections "rows" and "rows.*". DATA_LOSS: not of a graph over `table`.
  absl::Status Seal(SealedFileWriter* file) const override;
  static absl::StatusOr<RowsIndex> Unseal(const SealedFile& file,
                                          const Table& table, WorkerPool* pool);

  void Walk(absl::Span<const float> query, const WalkOptions& options,
            WalkScratch* scratch) const override;

  // Visited rows were compared at 11 bits a component.
  size_t RowsToScore(size_t k) const override { return k + k / 20 + 1; }

  size_t memory_bytes() const override {
    return rows_ * layout_.stride + rotation_.memory_bytes() +
           entries_.capacity() + group_begins_.size() * sizeof(uint32_t);
  }

 private:
  RowsIndex(const Table& table, Rotation rotation, uint32_t bits);

  absl::Status UnsealEntries(const SealedFile& file, WorkerPool* pool);
  absl::Status CheckIds(const SealedFile& file, WorkerPool* pool) const;
  absl::Status CheckEntries(const SealedFile& file) const;
  const uint32_t* Ids(const char* row) const {
    return reinterpret_cast<const uint32_t*>(row + layout_.ids_at);
  }

  RowsView view() const;
  // `vector` has the table's dimension.
  void Prepare(absl::Span<const float> vector, RowsQuery* query) const;
  void FindCentre(const Table& table);
  // The space's vector of a row or query: less the mean, scaled, rotated.
  void ToSpace(absl::Span<const float> vector, std::vector<float>* scratch,
               float* out) const;
  absl::Status WriteVectors(const Table& table, WorkerPool* pool);
  void WriteNeighbors(const Graph& graph, WorkerPool* pool);
  absl::Status WriteEntries(const Entries& entries);
  void WriteLeaders(const Entries& entries, size_t at);
  void WriteGroup(const Entries& entries, size_t group);

  size_t rows_;
  Metric metric_;
  size_t dimension_;  // before the rotation
  Rotation rotation_;
  RowsLayout layout_;
  std::vector<float> mean_;
  float scale_ = 1;
  double longest_ = 0;  // row
  PageBuffer data_;
  PageBuffer entries_;
  size_t leader_rows_ = 0;
  std::vector<uint32_t> group_begins_;
  std::vector<uint8_t> entry_counts_;
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_ROWS_INDEX_H_
