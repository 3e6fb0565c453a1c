// Whether a running server is well. Pure: facts in, findings out.
#ifndef AKIN_CLIENT_CLI_DOCTOR_SERVER_CHECKS_H_
#define AKIN_CLIENT_CLI_DOCTOR_SERVER_CHECKS_H_

#include "client/cli/doctor/finding.h"
#include "client/cli/doctor/server_facts.h"

namespace akin::client {

void CheckServer(const ServerFacts& server, Findings* findings);

// Each of these is a part of that.
void CheckState(const ServerFacts& server, Findings* findings);
void CheckRelease(const ServerFacts& server, Findings* findings);
void CheckClock(const ServerFacts& server, Findings* findings);
void CheckOpenFiles(const ServerFacts& server, Findings* findings);
void CheckThreads(const ServerFacts& server, Findings* findings);
// What is free, and whether the next version of a model would fit.
void CheckMemory(const ServerFacts& server, Findings* findings);
void CheckSwap(const ServerFacts& server, Findings* findings);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_DOCTOR_SERVER_CHECKS_H_
