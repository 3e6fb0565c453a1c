#include "index/search/tile_rows.h"

#include <algorithm>

namespace akin {
namespace {

// A block of rows fits into the first-level cache beside its products.
constexpr size_t kBlockBytes = size_t{24} << 10;
// Tiles are computed by 6 or 12 rows at a time.
constexpr size_t kRowsAtOnce = 12;
constexpr size_t kMaxBlockRows = 96;

size_t BlockRows(size_t row_bytes) {
  const size_t rows = std::min(kBlockBytes / row_bytes, kMaxBlockRows);
  return std::max<size_t>(rows / kRowsAtOnce, 1) * kRowsAtOnce;
}

}  // namespace

void CodeTileRows::Begin(const TileSource& source) {
  codes_ = source.codes;
  pairs_ = (codes_->dimension() + 1) / 2;
  block_rows_ = BlockRows(codes_->stride() * sizeof(int16_t));
  terms_.Prepare(*codes_, source.scores->scored());
}

void CodeTileRows::Pack(const CodeBounds& bounds, size_t lane, size_t width,
                        int16_t* tile) const {
  for (size_t j = 0; j < pairs_; ++j) {
    int16_t* pair = tile + 2 * (j * width + lane);
    pair[0] = bounds.values()[2 * j];
    pair[1] = bounds.values()[2 * j + 1];
  }
}

void CodeTileRows::LoadBlock(size_t begin, size_t count) {
  begin_ = begin;
  count_ = count;
  const size_t numbers = count * codes_->stride();
  ActiveTileKernels().widen(codes_->Row(begin), numbers, wide_.Get(numbers));
  block_terms_ = terms_.OfRange(begin, count);
}

void CodeTileRows::Multiply(const int16_t* tile, size_t width,
                            int32_t* products) const {
  ActiveTileKernels().codes(tile, width, wide_.data(), codes_->stride(), pairs_,
                            count_, products);
}

size_t CodeTileRows::Pass(const int32_t* products, size_t width,
                          const PassTests& tests, PassedPlace* passed) const {
  return ActivePassKernels().code_tile(products, width, block_terms_.errors,
                                       block_terms_.shifts, count_, tests,
                                       passed);
}

void FloatTileRows::Begin(const TileSource& source) {
  scores_ = source.scores;
  dimension_ = scores_->dimension();
  block_rows_ = BlockRows(row_bytes());
  terms_.Prepare(source.metric, dimension_);
}

void FloatTileRows::Pack(const FloatBounds& bounds, size_t lane, size_t width,
                         float* tile) const {
  for (size_t j = 0; j < dimension_; ++j) {
    tile[j * width + lane] = bounds.query()[j];
  }
}

void FloatTileRows::LoadBlock(size_t begin, size_t count) {
  count_ = count;
  vectors_ = scores_->Vectors(begin, count, nullptr);
  block_terms_ = terms_.OfBlock(vectors_, count);
}

void FloatTileRows::Multiply(const float* tile, size_t width,
                             float* products) const {
  ActiveTileKernels().floats(tile, width, vectors_, dimension_, count_,
                             products);
}

size_t FloatTileRows::Pass(const float* products, size_t width,
                           const PassTests& tests, PassedPlace* passed) const {
  return ActivePassKernels().float_tile(products, width, block_terms_.errors,
                                        block_terms_.shifts, count_, tests,
                                        passed);
}

}  // namespace akin
