// Answers of Score, Explain and ListIds for people.
#ifndef AKIN_CLIENT_CLI_RENDER_ANALYSIS_H_
#define AKIN_CLIENT_CLI_RENDER_ANALYSIS_H_

#include <string>
#include <vector>

#include "akin/v1/search_service.pb.h"
#include "client/cli/terminal.h"

namespace akin::client {

// A line for each of `ids`, which were asked for; the best score first.
void PrintScores(const Terminal& terminal, const std::vector<std::string>& ids,
                 const v1::ScoreResponse& response);

// `id` was asked for, with `k` hits.
void PrintExplanation(const Terminal& terminal, const std::string& id,
                      uint32_t k, const v1::ExplainResponse& response);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_RENDER_ANALYSIS_H_
