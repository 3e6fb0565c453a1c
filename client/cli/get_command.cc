#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/failure.h"
#include "client/cli/query_args.h"
#include "client/cli/render_search.h"
#include "client/cli/target.h"
#include "client/cli/text_width.h"

namespace akin::client {
namespace {

struct GetFlags {
  TargetFlags target;
  std::vector<std::string> ids;
  bool fold_case = false;
};

absl::Status RunGet(const GetFlags& flags, const Session& session) {
  const absl::StatusOr<Target> target = ReadTarget(flags.target);
  if (!target.ok()) return target.status();
  v1::GetVectorsRequest request;
  SetTarget(*target, &request);
  for (const std::string& id : flags.ids) {
    if (id.empty() || !IsUtf8(id)) {
      return UsageError(
          absl::StrCat("expected an id in UTF-8, got \"", Printable(id), "\""));
    }
    request.add_ids(id);
  }
  request.set_fold_case(flags.fold_case);

  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  const auto response = (*client)->GetVectors(request);
  if (!response.ok()) return response.status();
  if (session.json()) return session.PrintJson(*response);
  PrintVectors(session.terminal(), *response, target->table);
  return absl::OkStatus();
}

}  // namespace

void AddGetCommand(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* get = program.add_subcommand(
      "get", "print stored vectors, as they were trained");
  auto get_flags = std::make_shared<GetFlags>();
  AddTargetFlags(*get, &get_flags->target);
  AddPositionals(*get, {"ID", "", "as typed: a ':' in it means nothing"},
                 &get_flags->ids);
  AddFoldCaseFlag(*get, &get_flags->fold_case);
  AddSessionFlags(*get, flags);
  get->footer(
      "Examples:\n"
      "  akin get glove/words king\n"
      "  akin get movies/items 'Toy Story' Heat --version 3\n"
      "  akin get glove/words -- --dash     # an id that starts with a dash\n"
      "  akin get glove/words king --json | jq -c '.vectors[0].values'");
  get->callback([=] {
    *action = [get_flags](const Session& session) {
      return RunGet(*get_flags, session);
    };
  });
}

}  // namespace akin::client
