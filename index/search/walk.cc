#include "index/search/walk.h"

namespace akin {
namespace {

// Beams are read and moved in whole vectors, at most this wide.
constexpr size_t kMaxLanes = 64;

}  // namespace

void BeamArrays::Reserve(size_t capacity) {
  const size_t padded = capacity + 2 * kMaxLanes;
  if (distances.size() >= padded) return;
  distances.resize(padded);
  rows.resize(padded);
}

void WalkScratch::Reserve(size_t row_count) {
  if (rows >= row_count) return;
  visited.resize((row_count + 63) / 64, 0);
  // Not initialised: only as many pages as rows were ever touched get memory.
  touched.reset(new uint32_t[row_count + 1]);
  rows = row_count;
}

WalkScratch& ThreadWalkScratch() {
  thread_local WalkScratch scratch;
  return scratch;
}

}  // namespace akin
