#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/model_args.h"
#include "client/cli/render_catalog.h"

namespace akin::client {
namespace {

absl::Status RunModels(const Session& session) {
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  const auto response = (*client)->ListModels({});
  if (!response.ok()) return response.status();
  if (session.json()) return session.PrintJson(*response);
  PrintModels(session.terminal(), *response);
  return absl::OkStatus();
}

absl::Status RunModel(const std::string& name, const Session& session) {
  if (absl::Status named = CheckNamed("model", name); !named.ok()) return named;
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  v1::GetModelRequest request;
  request.set_model(name);
  const auto response = (*client)->GetModel(request);
  if (!response.ok()) return response.status();
  if (session.json()) return session.PrintJson(*response);
  PrintModel(session.terminal(), response->model());
  return absl::OkStatus();
}

absl::Status RunInfo(const Session& session) {
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  const auto response = (*client)->GetServerInfo({});
  if (!response.ok()) return response.status();
  if (session.json()) return session.PrintJson(*response);
  PrintServerInfo(session.terminal(), *response, session.server());
  return absl::OkStatus();
}

}  // namespace

void AddCatalogCommands(CLI::App& program, SessionFlags* flags,
                        Action* action) {
  CLI::App* models =
      program.add_subcommand("models", "list the models that the server has");
  AddSessionFlags(*models, flags);
  models->footer(
      "Examples:\n"
      "  akin models\n"
      "  akin models --json | jq -r '.models[].name'");
  models->callback([=] { *action = RunModels; });

  CLI::App* model = program.add_subcommand(
      "model", "show a model's versions, tables and measured recall");
  auto name = std::make_shared<std::string>();
  AddPositional(*model, {"NAME", "", "of the model, such as glove"},
                name.get());
  AddSessionFlags(*model, flags);
  model->footer(
      "Examples:\n"
      "  akin model glove\n"
      "  akin --server vectors.internal:7400 model movies --json");
  model->callback([=] {
    *action = [name](const Session& session) {
      return RunModel(*name, session);
    };
  });

  CLI::App* info = program.add_subcommand(
      "info", "show the server's version, state and limits");
  AddSessionFlags(*info, flags);
  info->footer(
      "Examples:\n"
      "  akin info\n"
      "  akin info --timeout 1 && echo up");
  info->callback([=] { *action = RunInfo; });
}

}  // namespace akin::client
