// How well the recall of all queries is known from that of a sample of them.
//
// The sample's unit is the query: the k hits of one are found or missed
// together, so n queries are worth fewer than n k hits. They are worth as many
// independent hits as would vary as much (Kish, Survey Sampling, 1965: the
// design effect); with those the interval is Wilson's (Journal of the American
// Statistical Association 22, 1927), which stays within 0..1 and is right for
// recalls near 1, with Student's t in place of the normal quantile.
//
// A query that finds nothing is rare and weighs much, and a small sample need
// not have one: their variance is taken as if half a query more had found
// nothing. Without that the interval covers the truth in 70 to 90 % of samples
// of 30 to 100 queries where a few queries in a hundred fail; with it in 94 %
// or more of all that was tried (hits of a query dependent or not, k of 10 and
// 100, recalls of 0.80 to 0.99), and it is wider than it need be where all
// queries are alike. 1,000 queries make no difference to either.

#ifndef AKIN_SERVER_RECALL_RECALL_INTERVAL_H_
#define AKIN_SERVER_RECALL_RECALL_INTERVAL_H_

#include <cstdint>

namespace akin::server {

// Of recalls of single queries, each 0..1.
struct RecallSums {
  uint64_t queries = 0;
  double sum = 0;
  double squares = 0;

  void Add(double recall) {
    ++queries;
    sum += recall;
    squares += recall * recall;
  }
  // 0 without queries.
  double mean() const {
    return queries == 0 ? 0 : sum / static_cast<double>(queries);
  }
};

// Two-sided quantiles of the normal distribution.
inline constexpr double kDeviations95 = 1.959964;
inline constexpr double kDeviations99 = 2.575829;

struct RecallInterval {
  double low = 0;
  double high = 1;
};

// For the mean recall of the queries that the sample was drawn from at random.
// 0..1 of fewer than two queries.
RecallInterval IntervalOf(const RecallSums& sums,
                          double deviations = kDeviations95);

// The same where `trials` (at least 1) hits, independent of each other, were
// found with `recall`.
RecallInterval WilsonInterval(double recall, double trials, double deviations);

// How many independent hits the sample is worth: at least one a query.
double EffectiveTrials(const RecallSums& sums);

// Student's t for `freedom` (at least 1) in place of so many deviations, by
// Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5); below 5
// degrees of freedom a little too small.
double StudentsT(double deviations, double freedom);

}  // namespace akin::server

#endif  // AKIN_SERVER_RECALL_RECALL_INTERVAL_H_
