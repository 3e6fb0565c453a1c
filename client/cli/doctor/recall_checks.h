// Whether queries are given the recall that they should be. Pure.
#ifndef AKIN_CLIENT_CLI_DOCTOR_RECALL_CHECKS_H_
#define AKIN_CLIENT_CLI_DOCTOR_RECALL_CHECKS_H_

#include "client/cli/doctor/finding.h"
#include "client/cli/doctor/server_facts.h"

namespace akin::client {

// What GetRecall said of each version that was asked for. Recall is held
// against the server's target, or, where there is none, against what was
// measured when the table was indexed. That nothing is measured, that this
// server cannot say or this token may not ask, is a warning.
void CheckLiveRecall(const ServerFacts& server, Findings* findings);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_DOCTOR_RECALL_CHECKS_H_
