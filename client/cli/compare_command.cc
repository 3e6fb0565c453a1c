#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/failure.h"
#include "client/cli/input_file.h"
#include "client/cli/model_args.h"
#include "client/cli/render_comparison.h"
#include "client/cli/text_width.h"
#include "client/cli/threshold_flags.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

struct CompareFlags {
  std::string model;
  std::optional<std::string> before;
  std::optional<std::string> after;
  std::vector<std::string> tables;
  std::vector<std::string> recorded;  // TABLE=FILE
  std::optional<int64_t> k;
  std::optional<int64_t> queries;
  ThresholdFlags thresholds;
};

// A number is a version, anything else a label.
void FillChoice(const std::string& text, v1::VersionChoice* choice) {
  int64_t number = 0;
  if (absl::SimpleAtoi(text, &number)) {
    choice->set_version(number);
  } else {
    choice->set_label(text);
  }
}

absl::Status ReadRecorded(const std::string& text, v1::RecordedQueries* out) {
  const size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos) {
    return UsageError(absl::StrCat("--ids is \"", Printable(text),
                                   "\", expected TABLE=FILE"));
  }
  out->set_query_table(text.substr(0, equals));
  const auto file = ReadInputFile(text.substr(equals + 1));
  if (!file.ok()) {
    return UsageError(absl::StrCat("--ids: ", file.status().message()));
  }
  if (!IsUtf8(text) || !IsUtf8(*file)) {
    return UsageError(absl::StrCat(
        "--ids: expected UTF-8, got another text in ", Printable(text)));
  }
  for (absl::string_view line : absl::StrSplit(*file, '\n')) {
    line = absl::StripSuffix(line, "\r");
    if (!line.empty()) out->add_ids(std::string(line));
  }
  return absl::OkStatus();
}

absl::Status CheckNames(const CompareFlags& flags) {
  absl::Status named = CheckNamed("model", flags.model);
  for (const auto& choice : {flags.before, flags.after}) {
    if (named.ok() && choice.has_value()) named = CheckNamed("label", *choice);
  }
  for (const std::string& table : flags.tables) {
    if (named.ok()) named = CheckNamed("table", table);
  }
  return named;
}

absl::StatusOr<v1::CompareVersionsRequest> RequestOf(
    const CompareFlags& flags) {
  if (absl::Status names = CheckNames(flags); !names.ok()) return names;
  v1::CompareVersionsRequest request;
  request.set_model(flags.model);
  if (flags.before) FillChoice(*flags.before, request.mutable_before());
  if (flags.after) FillChoice(*flags.after, request.mutable_after());
  request.mutable_tables()->Assign(flags.tables.begin(), flags.tables.end());
  request.set_k(static_cast<uint32_t>(flags.k.value_or(0)));
  request.set_queries(static_cast<uint32_t>(flags.queries.value_or(0)));
  for (const std::string& text : flags.recorded) {
    absl::Status read = ReadRecorded(text, request.add_recorded());
    if (!read.ok()) return read;
  }
  FillThresholds(flags.thresholds, request.mutable_thresholds());
  return request;
}

absl::Status RunCompare(const CompareFlags& flags, const Session& session) {
  const auto request = RequestOf(flags);
  if (!request.ok()) return request.status();
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  const auto response = (*client)->CompareVersions(*request);
  if (!response.ok()) return response.status();
  const v1::Comparison& comparison = response->comparison();
  if (session.json()) {
    absl::Status printed = session.PrintJson(*response);
    if (!printed.ok()) return printed;
  } else {
    PrintComparison(session.terminal(), comparison);
  }
  if (comparison.broken().empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "version ", comparison.after(), " of model ", comparison.model(),
      " breaks thresholds in ", Plural(comparison.broken_size(), "figure"),
      "; each pair of tables has its own"));
}

}  // namespace

void AddCompareCommand(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* compare = program.add_subcommand(
      "compare", "ask two loaded versions the same and show the difference");
  auto compare_flags = std::make_shared<CompareFlags>();
  AddModel(*compare, &compare_flags->model);
  AddText(*compare, {"--before", "V", "number or label; stable if not said"},
          &compare_flags->before);
  AddText(*compare, {"--after", "V", "number or label; the latest if not said"},
          &compare_flags->after);
  AddTexts(*compare, {"--table", "NAME", "whose answers; all if not said"},
           &compare_flags->tables);
  AddWholeNumber(*compare, {"-k", "K", "neighbours compared; 10 if not said"},
                 1, 100, &compare_flags->k);
  AddWholeNumber(*compare,
                 {"--queries", "N", "a pair of tables; 500 if not said"}, 1,
                 10'000, &compare_flags->queries);
  AddTexts(*compare,
           {"--ids", "TABLE=FILE",
            "ids really asked for, one a line, instead of some at random"},
           &compare_flags->recorded);
  AddThresholdFlags(*compare, &compare_flags->thresholds);
  AddSessionFlags(*compare, flags);
  compare->footer(
      "Exit code 1 if a threshold is broken. The latest version has to be "
      "loaded:"
      "\n`akin load MODEL`. A threshold is held against every pair of tables.\n"
      "\nExamples:\n"
      "  akin compare movies --after 7\n"
      "  akin compare movies --before 6 --after canary --ids users=asked.txt\n"
      "  akin compare movies --min-overlap 0.5 && akin promote movies");
  compare->callback([=] {
    *action = [compare_flags](const Session& session) {
      return RunCompare(*compare_flags, session);
    };
  });
}

}  // namespace akin::client
