// How much two lists of numbers agree.
#ifndef AKIN_CLIENT_CLI_CORRELATION_H_
#define AKIN_CLIENT_CLI_CORRELATION_H_

#include <vector>

namespace akin::client {

// Pearson's correlation coefficient of two lists of the same length, -1 to 1.
// NaN if there are fewer than two numbers or those of a list are all equal.
double PearsonCorrelation(const std::vector<double>& a,
                          const std::vector<double>& b);

// Spearman's: Pearson's of the ranks, of which equal numbers share the mean.
double SpearmanCorrelation(const std::vector<double>& a,
                           const std::vector<double>& b);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_CORRELATION_H_
