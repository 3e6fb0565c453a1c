#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/failure.h"
#include "client/cli/model_args.h"
#include "client/cli/render_comparison.h"
#include "client/cli/render_versions.h"
#include "client/cli/text_width.h"
#include "client/cli/threshold_flags.h"
#include "client/cli/wording.h"
#include "client/cpp/call_status.h"

namespace akin::client {
namespace {

constexpr char kStable[] = "stable";
constexpr char kCanary[] = "canary";

struct LabelFlags {
  std::string model;
  std::string label = kStable;
  std::optional<int64_t> version;
  std::optional<double> share;
  std::optional<double> shadow_share;
  ThresholdFlags thresholds;
  bool remove = false;
  bool force = false;
};

absl::Status CheckFlags(const LabelFlags& flags) {
  absl::Status named = CheckNamed("model", flags.model);
  if (named.ok()) named = CheckNamed("label", flags.label);
  if (!named.ok()) return named;
  if (flags.label != kCanary &&
      (flags.share.has_value() || flags.shadow_share.has_value())) {
    return UsageError(absl::StrCat("--share and --shadow are of the label ",
                                   kCanary, ", got the label ",
                                   Printable(flags.label)));
  }
  return absl::OkStatus();
}

// A refusal is an answer too: why is the comparison.
absl::Status ShowRefusal(const absl::Status& refusal, const Session& session) {
  const auto detail = GetErrorDetail(refusal);
  if (!detail.has_value() || !detail->has_comparison_refused()) return refusal;
  if (!session.json()) {
    PrintComparison(session.terminal(),
                    detail->comparison_refused().comparison());
    return refusal;
  }
  absl::Status printed = session.PrintJson(detail->comparison_refused());
  return printed.ok() ? refusal : printed;
}

// A server that does not follow the latest has no other stable version.
void WarnIfNoneIsStable(const LabelFlags& flags,
                        const v1::SetLabelResponse& response,
                        const Session& session) {
  if (!flags.remove || flags.label != kStable ||
      response.label().version() > 0) {
    return;
  }
  session.terminal().err
      << "akin: no version of model " << Printable(flags.model)
      << " is stable now: queries that name neither a version nor a label are "
         "refused; akin promote "
      << Printable(flags.model) << " sets it\n";
}

absl::Status SetLabel(const LabelFlags& flags, const Client& client,
                      const Session& session) {
  v1::SetLabelRequest request;
  request.set_model(flags.model);
  request.set_label(flags.label);
  if (flags.remove) {
    request.set_remove(true);
  } else {
    request.set_version(*flags.version);
  }
  if (flags.share.has_value()) request.set_share(*flags.share);
  if (flags.shadow_share.has_value()) {
    request.set_shadow_share(*flags.shadow_share);
  }
  if (flags.thresholds.any()) {
    FillThresholds(flags.thresholds, request.mutable_thresholds());
  }
  request.set_force(flags.force);
  const auto response = client.SetLabel(request);
  if (!response.ok()) return ShowRefusal(response.status(), session);
  WarnIfNoneIsStable(flags, *response, session);
  if (session.json()) return session.PrintJson(*response);
  if (response->has_comparison()) {
    PrintComparison(session.terminal(), response->comparison());
  }
  PrintLabelChange(session.terminal(), flags.model, *response);
  if (flags.label == kCanary && !flags.remove) {
    PrintShares(session.terminal(), response->label());
  }
  return absl::OkStatus();
}

absl::Status RunLabel(const LabelFlags& flags, const Session& session) {
  if (absl::Status status = CheckFlags(flags); !status.ok()) return status;
  if (flags.version.has_value() == flags.remove) {
    return UsageError("expected --version N or --remove, and one of them");
  }
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  return SetLabel(flags, **client, session);
}

// The latest, as `akin compare` has it: never the one before it, as long as it
// is not loaded.
absl::StatusOr<int64_t> NextVersion(const v1::Model& model) {
  if (model.versions().empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("model ", model.name(), " has no version"));
  }
  const v1::ModelVersion& latest = model.versions(0);
  if (latest.state() == v1::VERSION_STATE_AVAILABLE) return latest.version();
  return absl::FailedPreconditionError(absl::StrCat(
      "version ", latest.version(), " of model ", model.name(),
      ", the latest, cannot be promoted in the state ", WordFor(latest.state()),
      latest.failure().empty() ? "" : ": ", latest.failure(),
      "; load it with akin load ", model.name(), " --version ",
      latest.version(), ", or promote another with --version N"));
}

bool IsLoaded(const v1::Model& model, int64_t number) {
  for (const v1::ModelVersion& version : model.versions()) {
    if (version.version() == number) {
      return version.state() == v1::VERSION_STATE_AVAILABLE;
    }
  }
  return false;
}

// What was stable before, or, if nobody has moved that label, the latest loaded
// one before what is stable.
absl::StatusOr<int64_t> VersionBefore(const v1::Model& model) {
  int64_t stable = 0;
  for (const v1::Label& label : model.labels()) {
    if (label.name() != kStable) continue;
    stable = label.version();
    const int64_t previous = label.previous_version();
    if (previous == 0) break;
    if (IsLoaded(model, previous)) return previous;
    return absl::FailedPreconditionError(absl::StrCat(
        "version ", previous, " of model ", model.name(),
        ", which was stable before, is not loaded; load it with akin load ",
        model.name(), " --version ", previous));
  }
  for (const v1::ModelVersion& version : model.versions()) {
    if (version.state() == v1::VERSION_STATE_AVAILABLE &&
        version.version() < stable) {
      return version.version();
    }
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "no version of model ", model.name(), " before ", stable,
      " is loaded; load one with akin load ", model.name(), " --version N"));
}

using Choose = absl::StatusOr<int64_t> (*)(const v1::Model& model);

absl::Status RunMove(LabelFlags flags, Choose choose, const Session& session) {
  if (absl::Status status = CheckFlags(flags); !status.ok()) return status;
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  if (!flags.version.has_value()) {
    v1::GetModelRequest request;
    request.set_model(flags.model);
    const auto response = (*client)->GetModel(request);
    if (!response.ok()) return response.status();
    const auto version = choose(response->model());
    if (!version.ok()) return version.status();
    flags.version = *version;
  }
  return SetLabel(flags, **client, session);
}

void AddGate(CLI::App& command, LabelFlags* flags) {
  AddThresholdFlags(command, &flags->thresholds);
  command.add_flag("--force", flags->force,
                   "even if a threshold is broken; the server's log says so");
}

}  // namespace

void AddLabelCommands(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* label =
      program.add_subcommand("label", "move a label to a loaded version");
  auto label_flags = std::make_shared<LabelFlags>();
  AddModel(*label, &label_flags->model);
  AddPositional(*label, {"NAME", "", "stable, canary or any other"},
                &label_flags->label);
  AddVersion(*label, "that has it from now on", &label_flags->version);
  label->add_flag("--remove", label_flags->remove,
                  "stable follows the latest version again");
  AddNumber(*label, {"--share", "X", "of canary: of the routing keys, 0..1"},
            kShareRange, &label_flags->share);
  AddNumber(*label,
            {"--shadow", "X", "of canary: of stable's queries, unseen, 0..1"},
            kShareRange, &label_flags->shadow_share);
  AddGate(*label, label_flags.get());
  AddSessionFlags(*label, flags);
  label->footer(
      "Who names neither a version nor a label is answered by stable. Shares "
      "of\n"
      "canary that are not said stay as they were, also when it names another\n"
      "version. Numbers and latest are no names of labels.\n"
      "\nExamples:\n"
      "  akin label movies canary --version 7 --share 0.05\n"
      "  akin label movies stable --version 7 --min-overlap 0.5\n"
      "  akin label movies stable --remove");
  label->callback([=] {
    *action = [label_flags](const Session& session) {
      return RunLabel(*label_flags, session);
    };
  });

  CLI::App* promote =
      program.add_subcommand("promote", "make a loaded version the stable one");
  auto promote_flags = std::make_shared<LabelFlags>();
  AddModel(*promote, &promote_flags->model);
  AddVersion(*promote, "instead of the latest", &promote_flags->version);
  AddGate(*promote, promote_flags.get());
  AddSessionFlags(*promote, flags);
  promote->footer(
      "The latest version of the repository, if none is said: it has to be\n"
      "loaded, or nothing is promoted. A promotion that a threshold refuses "
      "shows\n"
      "the comparison, and the exit code is 1.\n"
      "From then on stable stays where it is, whatever is sealed later;\n"
      "`akin label MODEL stable --remove` lets it follow the latest again.\n"
      "\nExamples:\n"
      "  akin promote movies\n"
      "  akin promote movies --version 7 --min-overlap 0.5 --min-recall 0.9");
  promote->callback([=] {
    *action = [promote_flags](const Session& session) {
      return RunMove(*promote_flags, NextVersion, session);
    };
  });

  CLI::App* rollback = program.add_subcommand(
      "rollback", "make stable again what was stable before");
  auto rollback_flags = std::make_shared<LabelFlags>();
  AddModel(*rollback, &rollback_flags->model);
  AddVersion(*rollback, "instead of what was stable before",
             &rollback_flags->version);
  AddSessionFlags(*rollback, flags);
  rollback->footer(
      "Undoes the last move of stable; a second rollback undoes the first. If\n"
      "nobody has moved it, the latest loaded version before it becomes "
      "stable.\n"
      "\nExample:\n  akin rollback movies");
  rollback->callback([=] {
    *action = [rollback_flags](const Session& session) {
      return RunMove(*rollback_flags, VersionBefore, session);
    };
  });
}

}  // namespace akin::client
