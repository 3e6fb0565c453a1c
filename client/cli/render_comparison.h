// A comparison of two versions for people.
#ifndef AKIN_CLIENT_CLI_RENDER_COMPARISON_H_
#define AKIN_CLIENT_CLI_RENDER_COMPARISON_H_

#include "akin/v1/comparison.pb.h"
#include "client/cli/terminal.h"

namespace akin::client {

// A line a pair of tables, then what changed in scores, lengths, memory and
// ids, and at last the thresholds that are broken.
void PrintComparison(const Terminal& terminal,
                     const v1::Comparison& comparison);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_RENDER_COMPARISON_H_
