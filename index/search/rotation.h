// A random rotation that costs d^1.5 rather than d^2.
//
// The vector is written as an a x b matrix X and becomes L X R with random
// orthonormal L (a x a) and R (b x b): the Kronecker product of two rotations,
// so lengths and inner products are kept, and every component of the result
// depends on all of the vector. Small vectors have a = 1: one dense rotation.
//
// Immutable, so thread-safe.

#ifndef AKIN_INDEX_SEARCH_ROTATION_H_
#define AKIN_INDEX_SEARCH_ROTATION_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "index/base/sealed_file.h"
#include "index/base/worker_pool.h"

namespace akin {

class Rotation {
 public:
  // Seeded: the same dimension gives the same rotation. `dimension` >= 1.
  explicit Rotation(size_t dimension);

  // What dimension() of a Rotation(dimension) is.
  static size_t DimensionFor(size_t dimension);

  size_t input_dimension() const { return input_dimension_; }
  // At least input_dimension(): the product a * b, a few more where the
  // dimension has no good factors.
  size_t dimension() const { return left_ * right_; }
  // Floats that `scratch` needs below.
  size_t scratch_size() const { return 2 * left_ * padded_right_; }

  // `x` has input_dimension() components, `out` dimension(). They do not
  // overlap.
  void Apply(const float* x, float* scratch, float* out) const;

  // Sections "rotation.*": the numbers, as another program's standard library
  // would draw others. DATA_LOSS: not for such vectors.
  absl::Status Seal(SealedFileWriter* file) const;
  static absl::StatusOr<Rotation> Unseal(const SealedFile& file,
                                         size_t dimension, WorkerPool* pool);

  size_t memory_bytes() const {
    return (left_matrix_.size() + right_matrix_.size()) * sizeof(float);
  }

 private:
  size_t input_dimension_;
  size_t left_;                      // a
  size_t right_;                     // b
  size_t padded_right_;              // b rounded up to whole vectors
  std::vector<float> left_matrix_;   // a x a
  std::vector<float> right_matrix_;  // b x padded b
};

}  // namespace akin

#endif  // AKIN_INDEX_SEARCH_ROTATION_H_
