#include "index/search/tile_scan.h"

#include <algorithm>
#include <limits>

#include "index/search/task_rows.h"

namespace akin {
namespace {

// Multiplications between two looks at the stop signals: a tenth of a
// millisecond with wide vectors, half of one with narrow ones.
constexpr size_t kProductsPerPoll = size_t{4} << 20;
constexpr float kNever = std::numeric_limits<float>::infinity();

}  // namespace

template <class Rows>
void TileScan<Rows>::Run(const TileSource& source,
                         absl::Span<TileRunner> runners, size_t begin,
                         size_t end) {
  runners_ = runners;
  rows_.Begin(source);
  PackQueries(source);
  Poll();
  const size_t block = rows_.block_rows();
  const size_t tile = 2 * ActiveTileKernels().lanes;
  products_.Get(block * tile);
  passed_.Get(block * tile);
  size_t products = 0;
  for (size_t row = begin; row < end && live_ > 0; row += block) {
    const size_t count = std::min(block, end - row);
    rows_.LoadBlock(row, count);
    for (const Tile& t : tiles_) {
      RunTile(t, row);
      products += count * rows_.packed() * t.width;
      if (products < kProductsPerPoll) continue;
      products = 0;
      Poll();
    }
  }
}

template <class Rows>
void TileScan<Rows>::PackQueries(const TileSource& source) {
  const size_t lanes = ActiveTileKernels().lanes;
  const size_t padded = (runners_.size() + lanes - 1) / lanes * lanes;
  tiles_.clear();
  for (size_t i = 0; i < padded; i += tiles_.back().width) {
    tiles_.push_back({i, padded - i == lanes ? lanes : 2 * lanes});
  }
  if (bounds_.size() < runners_.size()) bounds_.resize(runners_.size());
  const size_t size = padded * rows_.packed();
  std::fill_n(packed_.Get(size), size, typename Rows::Component{0});
  std::fill_n(factors_.Get(padded), padded, 0.0f);
  std::fill_n(weights_.Get(padded), padded, 0.0f);
  std::fill_n(floors_.Get(padded), padded, kNever);
  for (const Tile& tile : tiles_) {
    const size_t end = std::min(tile.first + tile.width, runners_.size());
    for (size_t i = tile.first; i < end; ++i) {
      if (!Rows::PrepareBounds(source, runners_[i].task->query, &bounds_[i])) {
        runners_[i].candidates->GiveUp();
      }
      rows_.Pack(bounds_[i], i - tile.first, tile.width,
                 packed_.data() + tile.first * rows_.packed());
      SetTest(i);
    }
  }
}

template <class Rows>
void TileScan<Rows>::SetTest(size_t i) {
  const TileRunner& runner = runners_[i];
  if (runner.stopped || runner.candidates->gave_up()) {
    floors_.data()[i] = kNever;
    weights_.data()[i] = 0;
    return;
  }
  const PassTest test = bounds_[i].TestFor(runner.candidates->threshold());
  factors_.data()[i] = test.factor;
  weights_.data()[i] = test.weight;
  floors_.data()[i] = test.floor;
}

template <class Rows>
void TileScan<Rows>::RunTile(const Tile& tile, size_t first_row) {
  rows_.Multiply(packed_.data() + tile.first * rows_.packed(), tile.width,
                 products_.data());
  const size_t found =
      rows_.Pass(products_.data(), tile.width,
                 {factors_.data() + tile.first, weights_.data() + tile.first,
                  floors_.data() + tile.first},
                 passed_.data());
  for (size_t n = 0; n < found; ++n) {
    const PassedPlace place = passed_.data()[n];
    const size_t i = tile.first + place.query;
    const TileRunner& runner = runners_[i];
    const auto row = static_cast<uint32_t>(first_row + place.row);
    if (!MayAnswer(*runner.task, row)) continue;
    Candidates& candidates = *runner.candidates;
    const float threshold = candidates.threshold();
    candidates.Offer(
        row,
        rows_.Range(bounds_[i], place.row,
                    products_.data()[place.row * tile.width + place.query]));
    if (candidates.threshold() > threshold || candidates.gave_up()) {
      SetTest(i);
    }
  }
}

template <class Rows>
void TileScan<Rows>::Poll() {
  // Tasks of one call share their signal.
  const StopSignal* last = nullptr;
  bool last_stopped = false;
  live_ = 0;
  for (size_t i = 0; i < runners_.size(); ++i) {
    TileRunner& runner = runners_[i];
    const StopSignal* stop = runner.task->stop;
    if (stop != nullptr && stop != last) {
      last = stop;
      last_stopped = stop->Stopped();
    }
    if (stop != nullptr && last_stopped && !runner.stopped) {
      runner.stopped = true;
      SetTest(i);
    }
    if (!runner.stopped && !runner.candidates->gave_up()) ++live_;
  }
}

template class TileScan<CodeTileRows>;
template class TileScan<FloatTileRows>;

}  // namespace akin
