// What a batch of queries is compared with, tile by tile: rows as codes, or as
// float vectors. Two classes with the same functions, one of which BatchScan
// takes as a parameter. Not thread-safe.

#ifndef AKIN_INDEX_SEARCH_TILE_ROWS_H_
#define AKIN_INDEX_SEARCH_TILE_ROWS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "index/kernels/passing.h"
#include "index/kernels/tile_products.h"
#include "index/search/aligned_buffer.h"
#include "index/search/code_bounds.h"
#include "index/search/float_bounds.h"
#include "index/search/row_scores.h"
#include "index/table/codes.h"
#include "index/table/metric.h"

namespace akin {

// Where the rows come from; all must outlive the scan.
struct TileSource {
  const RowScores* scores;
  const Codes* codes;  // null: none
  Metric metric;
};

// Rows as codes.
class CodeTileRows {
 public:
  using Bounds = CodeBounds;
  using Component = int16_t;
  using Product = int32_t;

  static bool PrepareBounds(const TileSource& source,
                            absl::Span<const float> query, CodeBounds* bounds) {
    return bounds->Prepare(*source.codes, query, source.scores->scored());
  }

  void Begin(const TileSource& source);

  size_t block_rows() const { return block_rows_; }
  size_t row_bytes() const { return codes_->stride() + sizeof(float); }
  // Components of a packed query.
  size_t packed() const { return 2 * pairs_; }
  // Puts a query into lane `lane` of a tile of `width`.
  void Pack(const CodeBounds& bounds, size_t lane, size_t width,
            int16_t* tile) const;

  // What follows is about this block.
  void LoadBlock(size_t begin, size_t count);
  void Multiply(const int16_t* tile, size_t width, int32_t* products) const;
  size_t Pass(const int32_t* products, size_t width, const PassTests& tests,
              PassedPlace* passed) const;
  ScoreRange Range(const CodeBounds& bounds, size_t i, int32_t product) const {
    return bounds.Range(begin_ + i, product);
  }

 private:
  const Codes* codes_ = nullptr;
  size_t pairs_ = 0;
  size_t block_rows_ = 0;
  CodeTerms terms_;
  AlignedBuffer<int16_t> wide_;
  size_t begin_ = 0;
  size_t count_ = 0;
  RowTerms block_terms_{};
};

// Rows as the table's vectors.
class FloatTileRows {
 public:
  using Bounds = FloatBounds;
  using Component = float;
  using Product = float;

  static bool PrepareBounds(const TileSource& source,
                            absl::Span<const float> query,
                            FloatBounds* bounds) {
    bounds->Prepare(source.metric, query);
    return true;
  }

  void Begin(const TileSource& source);

  size_t block_rows() const { return block_rows_; }
  size_t row_bytes() const { return dimension_ * sizeof(float); }
  size_t packed() const { return dimension_; }
  void Pack(const FloatBounds& bounds, size_t lane, size_t width,
            float* tile) const;

  void LoadBlock(size_t begin, size_t count);
  void Multiply(const float* tile, size_t width, float* products) const;
  size_t Pass(const float* products, size_t width, const PassTests& tests,
              PassedPlace* passed) const;
  ScoreRange Range(const FloatBounds& bounds, size_t i, float product) const {
    return bounds.Range(block_terms_.errors[i], block_terms_.shifts[i],
                        product);
  }

 private:
  const RowScores* scores_ = nullptr;
  size_t dimension_ = 0;
  size_t block_rows_ = 0;
  FloatTerms terms_;
  const float* vectors_ = nullptr;
  size_t count_ = 0;
  RowTerms block_terms_{};
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_TILE_ROWS_H_
