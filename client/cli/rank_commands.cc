// rank and closer-than: who stands between two ids.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/failure.h"
#include "client/cli/target.h"
#include "client/cli/text_table.h"
#include "client/cli/text_width.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

constexpr int64_t kMostListed = 10'000;

struct RankFlags {
  TargetFlags target;
  std::string a;
  std::string b;
  std::optional<int64_t> most;
};

absl::StatusOr<Target> ReadPair(const RankFlags& flags) {
  for (const std::string* id : {&flags.a, &flags.b}) {
    if (!id->empty() && IsUtf8(*id)) continue;
    return UsageError(
        absl::StrCat("expected an id in UTF-8, got \"", Printable(*id), "\""));
  }
  if (flags.a == flags.b) {
    return UsageError(absl::StrCat("expected two ids, got \"",
                                   Printable(flags.a), "\" twice"));
  }
  return ReadTarget(flags.target);
}

v1::SearchRequest NeighboursOf(const std::string& id, const Target& target,
                               uint32_t k) {
  v1::SearchRequest request;
  SetTarget(target, &request);
  request.mutable_query()->mutable_id()->set_id(id);
  request.mutable_options()->set_k(k);
  request.mutable_options()->set_exact(true);
  return request;
}

absl::StatusOr<v1::ExplainResponse> AskRank(const Client& client,
                                            const RankFlags& flags,
                                            const Target& target) {
  v1::ExplainRequest request;
  *request.mutable_request() = NeighboursOf(flags.a, target, 1);
  request.set_id(flags.b);
  return client.Explain(request);
}

absl::Status RunRank(const RankFlags& flags, const Session& session) {
  const absl::StatusOr<Target> target = ReadPair(flags);
  if (!target.ok()) return target.status();
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  const auto response = AskRank(**client, flags, *target);
  if (!response.ok()) return response.status();
  if (session.json()) return session.PrintJson(*response);
  TextTable table(
      {{"of"}, {"and"}, {"rank", Align::kRight}, {"score", Align::kRight}});
  table.AddRow({flags.a, flags.b, WithSeparators(response->rank()),
                absl::StrFormat("%.4f", response->score())});
  table.Print(session.terminal());
  return absl::OkStatus();
}

absl::Status RunCloserThan(const RankFlags& flags, const Session& session) {
  const absl::StatusOr<Target> target = ReadPair(flags);
  if (!target.ok()) return target.status();
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  const auto rank = AskRank(**client, flags, *target);
  if (!rank.ok()) return rank.status();
  const uint64_t closer = std::max<uint64_t>(rank->rank(), 1) - 1;
  const uint64_t shown = std::min<uint64_t>(
      closer, static_cast<uint64_t>(flags.most.value_or(kMostListed)));
  v1::SearchResponse listed;
  listed.set_model(rank->model());
  listed.set_version(rank->version());
  if (shown > 0) {
    auto response = (*client)->Search(
        NeighboursOf(flags.a, InVersion(*target, rank->version()),
                     static_cast<uint32_t>(shown)));
    if (!response.ok()) return response.status();
    listed = *std::move(response);
  }
  const std::string left_out =
      shown == closer ? ""
                      : absl::StrCat(WithSeparators(closer),
                                     " ids are closer; the closest ",
                                     WithSeparators(shown), " are listed\n");
  if (session.json()) {
    session.terminal().err << left_out;
    return session.PrintJson(listed);
  }
  if (closer == 0) {
    session.terminal().out << "no id is closer to " << Printable(flags.a)
                           << " than " << Printable(flags.b) << "\n";
    return absl::OkStatus();
  }
  TextTable table({{"id"}, {"score", Align::kRight}});
  for (const v1::Hit& hit : listed.hits()) {
    table.AddRow({hit.id(), absl::StrFormat("%.4f", hit.score())});
  }
  table.Print(session.terminal());
  session.terminal().out << left_out;
  return absl::OkStatus();
}

constexpr char kCloser[] =
    "Closer is what scores better under the table's metric; of equal scores "
    "what\n"
    "stands first in the trained file. Every vector is compared.\n";

void AddRank(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* rank = program.add_subcommand(
      "rank", "the how many-th neighbour of an id another one is");
  auto own = std::make_shared<RankFlags>();
  AddTargetFlags(*rank, &own->target);
  AddPositional(*rank, {"A", "", "whose neighbours are counted, as typed"},
                &own->a);
  AddPositional(*rank, {"B", "", "up to which they are counted"}, &own->b);
  AddSessionFlags(*rank, flags);
  rank->footer(absl::StrCat("One more than ids are closer to A than B is.\n",
                            kCloser,
                            "\nExample:\n"
                            "  akin rank glove/words king queen"));
  rank->callback([=] {
    *action = [own](const Session& session) { return RunRank(*own, session); };
  });
}

void AddCloserThan(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* closer = program.add_subcommand(
      "closer-than", "the ids that are closer to an id than another one");
  auto own = std::make_shared<RankFlags>();
  AddTargetFlags(*closer, &own->target);
  AddPositional(*closer, {"A", "", "what they are closer to, as typed"},
                &own->a);
  AddPositional(*closer, {"B", "", "than what"}, &own->b);
  AddWholeNumber(*closer,
                 {"--most", "N", "no more than so many (default 10,000)"}, 1,
                 kMostListed, &own->most);
  AddSessionFlags(*closer, flags);
  closer->footer(absl::StrCat("The closest first.\n", kCloser,
                              "\nExample:\n"
                              "  akin closer-than glove/words king queen"));
  closer->callback([=] {
    *action = [own](const Session& session) {
      return RunCloserThan(*own, session);
    };
  });
}

}  // namespace

void AddRankCommands(CLI::App& program, SessionFlags* flags, Action* action) {
  AddRank(program, flags, action);
  AddCloserThan(program, flags, action);
}

}  // namespace akin::client
