#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/failure.h"
#include "client/cli/model_args.h"
#include "client/cli/render_recall.h"

namespace akin::client {
namespace {

struct RecallFlags {
  std::string model;
  std::optional<int64_t> version;
  std::optional<std::string> label;
};

absl::Status CheckFlags(const RecallFlags& flags) {
  if (absl::Status named = CheckNamed("model", flags.model); !named.ok()) {
    return named;
  }
  if (flags.version && flags.label) {
    return UsageError("--version and --label both pick a version: give one");
  }
  return flags.label ? CheckNamed("label", *flags.label) : absl::OkStatus();
}

absl::Status RunRecall(const RecallFlags& flags, const Session& session) {
  if (absl::Status checked = CheckFlags(flags); !checked.ok()) return checked;
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  v1::GetRecallRequest request;
  request.set_model(flags.model);
  if (flags.version) request.set_version(*flags.version);
  if (flags.label) request.set_label(*flags.label);
  const auto response = (*client)->GetRecall(request);
  if (!response.ok()) return response.status();
  if (session.json()) return session.PrintJson(*response);
  PrintRecall(session.terminal(), *response);
  return absl::OkStatus();
}

}  // namespace

void AddRecallCommand(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* recall = program.add_subcommand(
      "recall", "show what share of the true neighbours queries were given");
  auto recall_flags = std::make_shared<RecallFlags>();
  AddModel(*recall, &recall_flags->model);
  AddVersion(*recall, "instead of the one labelled stable",
             &recall_flags->version);
  AddText(*recall, {"--label", "NAME", "of the version (default: stable)"},
          &recall_flags->label);
  AddSessionFlags(*recall, flags);
  recall->footer(
      "The server asks a sample of its queries again, exactly. Of each table, "
      "by\n"
      "what share of its rows the filter holds for: the mean recall of the\n"
      "latest queries, and where that of all queries lies. `akin model` shows\n"
      "what was measured when the table was indexed.\n"
      "\nExamples:\n"
      "  akin recall glove\n"
      "  akin recall movies --label canary --json");
  recall->callback([=] {
    *action = [recall_flags](const Session& session) {
      return RunRecall(*recall_flags, session);
    };
  });
}

}  // namespace akin::client
