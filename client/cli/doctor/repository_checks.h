// Whether a repository's folder is in order. Pure: facts in, findings out.
#ifndef AKIN_CLIENT_CLI_DOCTOR_REPOSITORY_CHECKS_H_
#define AKIN_CLIENT_CLI_DOCTOR_REPOSITORY_CHECKS_H_

#include "client/cli/doctor/finding.h"
#include "client/cli/doctor/repository_facts.h"

namespace akin::client {

void CheckRepository(const RepositoryFacts& repository, Findings* findings);

// Each of these is a part of that, of a folder that could be read.
// Room for another version of the largest model.
void CheckSpace(const RepositoryFacts& repository, Findings* findings);
// Versions that are whole, as far as their folders show.
void CheckSealed(const RepositoryFacts& repository, Findings* findings);
// What is no version: strays, and what interrupted builds left behind.
void CheckLeftovers(const RepositoryFacts& repository, Findings* findings);
void CheckRights(const RepositoryFacts& repository, Findings* findings);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_DOCTOR_REPOSITORY_CHECKS_H_
