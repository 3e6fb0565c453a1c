// Stored vectors and the cosines between them.
#ifndef AKIN_CLIENT_CLI_STORED_VECTORS_H_
#define AKIN_CLIENT_CLI_STORED_VECTORS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/progress_line.h"
#include "client/cli/target.h"
#include "client/cpp/client.h"

namespace akin::client {

using VectorList = std::vector<std::vector<float>>;

struct StoredVectors {
  int64_t version = 0;  // that all are of
  VectorList vectors;   // in the order asked, as they were trained
};

// NOT_FOUND names an id that is not there.
absl::StatusOr<StoredVectors> FetchVectors(const Client& client, Target target,
                                           const std::vector<std::string>& ids,
                                           ProgressLine* progress);

// What a mean of vectors is taken of.
enum class MeanOf {
  kTrained,  // the vectors with their lengths
  kUnit,     // each brought to length 1
};

// The cosine of the means of two lists, which are not empty and have one
// dimension; 0 where a mean has no direction.
double CosineOfMeans(const VectorList& a, const VectorList& b, MeanOf mean_of);

// Of each vector the cosine with the mean of all, each brought to length 1.
std::vector<double> CosinesWithMean(const VectorList& vectors);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_STORED_VECTORS_H_
