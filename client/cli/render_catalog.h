// Answers of CatalogService for people.
#ifndef AKIN_CLIENT_CLI_RENDER_CATALOG_H_
#define AKIN_CLIENT_CLI_RENDER_CATALOG_H_

#include <string>

#include "akin/v1/catalog_service.pb.h"
#include "client/cli/terminal.h"

namespace akin::client {

// "3 (2 ragged, 1 zero)"; "0" where no row was left out.
std::string SkippedText(const v1::LoadReport& report);

// One line a version.
void PrintModels(const Terminal& terminal,
                 const v1::ListModelsResponse& response);

// One block a version: a line a table, then how each is stored and what its
// index was measured to find.
void PrintModel(const Terminal& terminal, const v1::Model& model);

// `server` is where it was reached.
void PrintServerInfo(const Terminal& terminal,
                     const v1::GetServerInfoResponse& info,
                     const std::string& server);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_RENDER_CATALOG_H_
