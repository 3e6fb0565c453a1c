#include "index/search/rotation.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include "index/base/status_macros.h"
#include "index/kernels/multiply.h"

namespace akin {
namespace {

constexpr uint32_t kSeed = 60'220;
constexpr size_t kDenseUpTo = 96;
constexpr size_t kLanes = 16;  // what padded rows are a multiple of

// The factors of the smallest product from `dimension` on whose factors are
// near each other.
void Factor(size_t dimension, size_t* left, size_t* right) {
  *left = 1;
  *right = dimension;
  if (dimension <= kDenseUpTo) return;
  for (size_t product = dimension;; ++product) {
    for (size_t a = static_cast<size_t>(std::sqrt(product));
         4 * a * a >= product; --a) {
      if (product % a == 0) {
        *left = a;
        *right = product / a;
        return;
      }
    }
  }
}

// Gram and Schmidt on a matrix of normal numbers, twice for good measure.
std::vector<float> RandomOrthonormal(size_t n, size_t stride,
                                     std::mt19937_64* random) {
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> rows(n, std::vector<double>(n));
  for (auto& row : rows) {
    for (double& x : row) x = normal(*random);
  }
  for (size_t i = 0; i < n; ++i) {
    for (int pass = 0; pass < 2; ++pass) {
      for (size_t j = 0; j < i; ++j) {
        double dot = 0;
        for (size_t k = 0; k < n; ++k) dot += rows[i][k] * rows[j][k];
        for (size_t k = 0; k < n; ++k) rows[i][k] -= dot * rows[j][k];
      }
    }
    double length = 0;
    for (const double x : rows[i]) length += x * x;
    for (double& x : rows[i]) x /= std::sqrt(length);
  }
  std::vector<float> matrix(n * stride, 0);
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < n; ++k) {
      matrix[i * stride + k] = static_cast<float>(rows[i][k]);
    }
  }
  return matrix;
}

}  // namespace

size_t Rotation::DimensionFor(size_t dimension) {
  size_t left;
  size_t right;
  Factor(dimension, &left, &right);
  return left * right;
}

Rotation::Rotation(size_t dimension) : input_dimension_(dimension) {
  Factor(dimension, &left_, &right_);
  padded_right_ = (right_ + kLanes - 1) / kLanes * kLanes;
  std::mt19937_64 random(kSeed);
  left_matrix_ = RandomOrthonormal(left_, left_, &random);
  right_matrix_ = RandomOrthonormal(right_, padded_right_, &random);
}

void Rotation::Apply(const float* x, float* scratch, float* out) const {
  float* rows = scratch;
  float* product = scratch + left_ * padded_right_;
  std::fill_n(rows, left_ * padded_right_, 0.0f);
  for (size_t i = 0; i < left_; ++i) {
    const size_t from = i * right_;
    if (from >= input_dimension_) break;
    std::copy_n(x + from, std::min(right_, input_dimension_ - from),
                rows + i * padded_right_);
  }
  const float* mixed = rows;
  if (left_ > 1) {
    Multiply(left_matrix_.data(), left_, left_, left_, rows, padded_right_,
             product);
    mixed = product;
  }
  float* turned = mixed == rows ? product : rows;
  Multiply(mixed, left_, right_, padded_right_, right_matrix_.data(),
           padded_right_, turned);
  for (size_t i = 0; i < left_; ++i) {
    std::copy_n(turned + i * padded_right_, right_, out + i * right_);
  }
}

absl::Status Rotation::Seal(SealedFileWriter* file) const {
  AKIN_RETURN_IF_ERROR(file->AddNumbers("rotation.left", left_matrix_));
  return file->AddNumbers("rotation.right", right_matrix_);
}

absl::StatusOr<Rotation> Rotation::Unseal(const SealedFile& file,
                                          size_t dimension, WorkerPool* pool) {
  Rotation rotation(dimension);
  for (const auto& [name, matrix] :
       {std::pair{"rotation.left", &rotation.left_matrix_},
        {"rotation.right", &rotation.right_matrix_}}) {
    AKIN_RETURN_IF_ERROR(
        file.ReadNumbers(name, matrix->size(), matrix->data(), pool));
    if (!std::all_of(matrix->begin(), matrix->end(),
                     [](float x) { return std::abs(x) <= 1.001f; })) {
      return file.Wrong(name, "is no rotation");
    }
  }
  return rotation;
}

}  // namespace akin
