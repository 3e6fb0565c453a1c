#include "tests/bench/engine/roofline.h"

namespace akin::bench {

Roofline RooflineOf(const MachineRates& rates, const SearchCounts& counts) {
  Roofline out;
  out.memory = counts.lines * rates.seconds_per_line;
  out.compute = counts.distances * rates.seconds_per_distance;
  out.waiting = counts.hops * rates.seconds_per_dependent_read;
  return out;
}

}  // namespace akin::bench
