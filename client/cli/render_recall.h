// What GetRecall answered, for people.
#ifndef AKIN_CLIENT_CLI_RENDER_RECALL_H_
#define AKIN_CLIENT_CLI_RENDER_RECALL_H_

#include "akin/v1/catalog_service.pb.h"
#include "client/cli/terminal.h"

namespace akin::client {

// A line a table and kind of query, then which tables miss the target and what
// was sampled.
void PrintRecall(const Terminal& terminal,
                 const v1::GetRecallResponse& response);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_RENDER_RECALL_H_
