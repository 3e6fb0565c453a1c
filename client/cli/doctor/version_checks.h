// Whether what a server has loaded is as it should be. Pure.
#ifndef AKIN_CLIENT_CLI_DOCTOR_VERSION_CHECKS_H_
#define AKIN_CLIENT_CLI_DOCTOR_VERSION_CHECKS_H_

#include "absl/time/time.h"
#include "akin/v1/catalog_service.pb.h"
#include "client/cli/doctor/finding.h"
#include "client/cli/doctor/server_facts.h"

namespace akin::client {

// Every model of the server.
void CheckModels(const ServerFacts& server, Findings* findings);

// Each of these is a part of that, for one model. What failed, what is loaded,
// and what people should know of it.
void CheckVersions(const v1::Model& model, Findings* findings);
// Whether calls that name no version are answered, and by what is loaded.
void CheckLabels(const v1::Model& model, Findings* findings);
// `before`: the same model, `between` ago.
void CheckLoading(const v1::Model& model, const v1::Model& before,
                  absl::Duration between, Findings* findings);
// What the graphs were measured to find when they were built.
void CheckMeasuredRecall(const v1::Model& model, Findings* findings);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_DOCTOR_VERSION_CHECKS_H_
