#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "client/cli/commands.h"
#include "client/cli/failure.h"
#include "client/cli/model_args.h"
#include "client/cli/render_versions.h"
#include "client/cli/wait_for_version.h"

namespace akin::client {
namespace {

struct VersionFlags {
  std::string model;
  std::optional<int64_t> version;
  bool force = false;
  bool no_wait = false;
};

absl::Status RunPlan(const VersionFlags& flags, const Session& session) {
  if (absl::Status model = CheckNamed("model", flags.model); !model.ok())
    return model;
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  v1::PlanLoadRequest request;
  request.set_model(flags.model);
  request.set_version(flags.version.value_or(0));
  const auto plan = (*client)->PlanLoad(request);
  if (!plan.ok()) return plan.status();
  if (session.json()) return session.PrintJson(*plan);
  PrintPlan(session.terminal(), *plan);
  return absl::OkStatus();
}

absl::Status RunLoad(const VersionFlags& flags, const Session& session) {
  if (absl::Status model = CheckNamed("model", flags.model); !model.ok())
    return model;
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  v1::LoadVersionRequest request;
  request.set_model(flags.model);
  request.set_version(flags.version.value_or(0));
  request.set_force(flags.force);
  auto response = (*client)->LoadVersion(request);
  if (!response.ok()) return response.status();
  if (!flags.no_wait) {
    auto loaded = WaitUntilLoaded(**client, flags.model, response->version(),
                                  session.terminal());
    if (!loaded.ok()) return loaded.status();
    *response->mutable_version() = *std::move(loaded);
  }
  if (response->version().state() == v1::VERSION_STATE_FAILED) {
    return absl::FailedPreconditionError(response->version().failure());
  }
  if (session.json()) return session.PrintJson(*response);
  PrintVersionState(session.terminal(), flags.model, response->version());
  return absl::OkStatus();
}

absl::Status RunUnload(const VersionFlags& flags, const Session& session) {
  if (absl::Status model = CheckNamed("model", flags.model); !model.ok())
    return model;
  if (!flags.version.has_value()) {
    return UsageError("expected --version N, got none");
  }
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  v1::UnloadVersionRequest request;
  request.set_model(flags.model);
  request.set_version(*flags.version);
  const auto response = (*client)->UnloadVersion(request);
  if (!response.ok()) return response.status();
  if (session.json()) return session.PrintJson(*response);
  PrintVersionState(session.terminal(), flags.model, response->version());
  return absl::OkStatus();
}

template <class Run>
void SetAction(CLI::App* command, std::shared_ptr<VersionFlags> flags,
               Action* action, Run run) {
  command->callback([=] {
    *action = [=](const Session& session) { return run(*flags, session); };
  });
}

}  // namespace

void AddVersionCommands(CLI::App& program, SessionFlags* flags,
                        Action* action) {
  CLI::App* plan = program.add_subcommand(
      "plan", "show what loading a sealed version would take");
  auto plan_flags = std::make_shared<VersionFlags>();
  AddModel(*plan, &plan_flags->model);
  AddVersion(*plan, "instead of the latest in the repository",
             &plan_flags->version);
  AddSessionFlags(*plan, flags);
  plan->footer("Example:\n  akin plan movies --version 7");
  SetAction(plan, plan_flags, action, RunPlan);

  CLI::App* load = program.add_subcommand(
      "load", "load a sealed version, beside what is served");
  auto load_flags = std::make_shared<VersionFlags>();
  AddModel(*load, &load_flags->model);
  AddVersion(*load, "instead of the latest in the repository",
             &load_flags->version);
  load->add_flag("--force", load_flags->force,
                 "even if it seems not to fit into memory");
  load->add_flag("--no-wait", load_flags->no_wait,
                 "return at once; the load goes on");
  AddSessionFlags(*load, flags);
  load->footer(
      "The version stays loaded until `akin unload`. Nobody is answered by it\n"
      "before it is asked for by number or has a label.\n"
      "\nExamples:\n"
      "  akin load movies --version 7\n"
      "  akin load movies && akin compare movies && akin promote movies");
  SetAction(load, load_flags, action, RunLoad);

  CLI::App* unload =
      program.add_subcommand("unload", "let go of a loaded version");
  auto unload_flags = std::make_shared<VersionFlags>();
  AddModel(*unload, &unload_flags->model);
  AddVersion(*unload, "that has no label", &unload_flags->version);
  AddSessionFlags(*unload, flags);
  unload->footer("Example:\n  akin unload movies --version 5");
  SetAction(unload, unload_flags, action, RunUnload);
}

}  // namespace akin::client
