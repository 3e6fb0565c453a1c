// Random numbers that are the same everywhere: std::normal_distribution is not.

#ifndef AKIN_TESTS_BENCH_ENGINE_SEEDED_RANDOM_H_
#define AKIN_TESTS_BENCH_ENGINE_SEEDED_RANDOM_H_

#include <cmath>
#include <cstdint>
#include <numbers>

namespace akin::bench {

// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014). Cheap to begin, so that every row of a generated
// table has a stream of its own and can be made on any thread.
class SeededRandom {
 public:
  explicit SeededRandom(uint64_t seed, uint64_t stream = 0)
      : state_(Mix(seed) ^ Mix(stream + kStep)) {}

  uint64_t Next() { return Mix(state_ += kStep); }

  // In [0, 1).
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

  // In [0, bound), for a bound far below 2^64.
  uint64_t Below(uint64_t bound) { return Next() % bound; }

  // Mean 0, variance 1, by Box and Muller.
  float Normal() {
    const double radius = std::sqrt(-2 * std::log(1 - Uniform()));
    return static_cast<float>(radius *
                              std::cos(2 * std::numbers::pi * Uniform()));
  }

  // Nearly so, and ten times as fast: four 16-bit numbers added. It never goes
  // beyond 3.5.
  float NearlyNormal() {
    const uint64_t bits = Next();
    const auto sum =
        static_cast<int64_t>((bits & 0xFFFF) + (bits >> 16 & 0xFFFF) +
                             (bits >> 32 & 0xFFFF) + (bits >> 48));
    constexpr double kDeviation = 37837.23;  // 65536 * sqrt(4 / 12)
    return static_cast<float>(static_cast<double>(sum - 131070) / kDeviation);
  }

 private:
  static constexpr uint64_t kStep = 0x9E3779B97F4A7C15;

  static uint64_t Mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_ENGINE_SEEDED_RANDOM_H_
