#include "client/cli/stored_vectors.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

// With the most dimensions that a table can have an answer stays below the
// 16 MB of a message.
constexpr size_t kIdsPerCall = 100;

std::vector<double> Unit(std::vector<double> vector) {
  const double length = std::sqrt(
      std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0));
  // One without a direction stays what it is, as in gensim.
  if (length == 0) return vector;
  for (double& value : vector) value /= length;
  return vector;
}

// Of length 1.
std::vector<double> MeanDirection(const VectorList& vectors, MeanOf mean_of) {
  std::vector<double> sum(vectors.front().size());
  for (const std::vector<float>& stored : vectors) {
    std::vector<double> vector(stored.begin(), stored.end());
    if (mean_of == MeanOf::kUnit) vector = Unit(std::move(vector));
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += vector[i];
  }
  return Unit(std::move(sum));
}

double Dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace

absl::StatusOr<StoredVectors> FetchVectors(const Client& client, Target target,
                                           const std::vector<std::string>& ids,
                                           ProgressLine* progress) {
  StoredVectors stored;
  for (size_t begin = 0; begin < ids.size(); begin += kIdsPerCall) {
    const size_t end = std::min(ids.size(), begin + kIdsPerCall);
    v1::GetVectorsRequest request;
    SetTarget(target, &request);
    for (size_t i = begin; i < end; ++i) request.add_ids(ids[i]);
    const auto response = client.GetVectors(request);
    if (!response.ok()) return response.status();
    const auto got = static_cast<size_t>(response->vectors_size());
    if (got != end - begin) {
      return absl::InternalError(absl::StrCat(
          "expected ", Plural(end - begin, "vector"), ", got ", got));
    }
    for (const v1::StoredVector& vector : response->vectors()) {
      stored.vectors.emplace_back(vector.values().begin(),
                                  vector.values().end());
      if (vector.values_size() != response->vectors(0).values_size()) {
        return absl::InternalError("expected vectors of one dimension");
      }
    }
    stored.version = response->version();
    target = InVersion(target, stored.version);
    progress->Show(absl::StrCat("reading vectors: ", WithSeparators(end),
                                " of ", WithSeparators(ids.size())));
  }
  return stored;
}

double CosineOfMeans(const VectorList& a, const VectorList& b, MeanOf mean_of) {
  return std::clamp(Dot(MeanDirection(a, mean_of), MeanDirection(b, mean_of)),
                    -1.0, 1.0);
}

std::vector<double> CosinesWithMean(const VectorList& vectors) {
  std::vector<double> cosines;
  if (vectors.empty()) return cosines;
  const std::vector<double> mean = MeanDirection(vectors, MeanOf::kUnit);
  for (const std::vector<float>& vector : vectors) {
    cosines.push_back(
        std::clamp(Dot(Unit({vector.begin(), vector.end()}), mean), -1.0, 1.0));
  }
  return cosines;
}

}  // namespace akin::client
