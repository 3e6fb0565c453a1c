// What this machine means for a server on it. Pure: facts in, findings out.
#ifndef AKIN_CLIENT_CLI_DOCTOR_MACHINE_CHECKS_H_
#define AKIN_CLIENT_CLI_DOCTOR_MACHINE_CHECKS_H_

#include "akin/v1/catalog_service.pb.h"
#include "client/cli/doctor/finding.h"
#include "client/cli/doctor/machine_facts.h"

namespace akin::client {

// `info`: of the server that runs here; null: none answers.
void CheckMachine(const MachineFacts& machine,
                  const v1::GetServerInfoResponse* info, Findings* findings);

// Each of these is a part of that.
void CheckProcessor(const MachineFacts& machine,
                    const v1::GetServerInfoResponse* info, Findings* findings);
void CheckHugePages(const MachineFacts& machine, Findings* findings);
void CheckClockSource(const MachineFacts& machine, Findings* findings);
void CheckGovernor(const MachineFacts& machine, Findings* findings);
void CheckOvercommit(const MachineFacts& machine, Findings* findings);
// Only where files are mapped.
void CheckMapCount(const MachineFacts& machine,
                   const v1::GetServerInfoResponse* info, Findings* findings);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_DOCTOR_MACHINE_CHECKS_H_
