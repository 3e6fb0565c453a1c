// Answers of SearchService for people.
#ifndef AKIN_CLIENT_CLI_RENDER_SEARCH_H_
#define AKIN_CLIENT_CLI_RENDER_SEARCH_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "akin/v1/catalog_service.pb.h"
#include "akin/v1/search_service.pb.h"
#include "client/cli/terminal.h"

namespace akin::client {

// What an answer's rendering needs beyond the answer.
struct SearchContext {
  std::string table;
  uint32_t k = 0;
  // Without it there are no bars: a score alone does not say how good it is.
  std::optional<v1::Metric> metric;
  absl::Duration took;  // shown to a person only
};

void PrintSearch(const Terminal& terminal, const v1::SearchResponse& response,
                 const SearchContext& context);

// One block a query; what failed is said in its block.
void PrintBatch(const Terminal& terminal,
                const v1::BatchSearchResponse& response,
                const SearchContext& context);

// Each vector as a JSON array, which --vector takes.
void PrintVectors(const Terminal& terminal,
                  const v1::GetVectorsResponse& response,
                  const std::string& table);

// How much of its bar `score` fills, 0 to 1. Cosine: a score of 1 fills it, 0
// and less leave it empty. Dot and l2: relative to `best`, the highest score.
double BarFraction(v1::Metric metric, double score, double best);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_RENDER_SEARCH_H_
