// similarity and doesnt-match: questions about cosines of given ids.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/failure.h"
#include "client/cli/print_json.h"
#include "client/cli/stored_vectors.h"
#include "client/cli/target.h"
#include "client/cli/text_table.h"
#include "client/cli/text_width.h"
#include "client/cpp/call_status.h"

namespace akin::client {
namespace {

absl::Status CheckIds(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (!id.empty() && IsUtf8(id)) continue;
    return UsageError(
        absl::StrCat("expected an id in UTF-8, got \"", Printable(id), "\""));
  }
  return absl::OkStatus();
}

struct SimilarityFlags {
  TargetFlags target;
  std::vector<std::string> ids;
  std::vector<std::string> others;  // --and
  bool unit = false;
};

struct IdLists {
  std::vector<std::string> first;
  std::vector<std::string> second;
};

absl::StatusOr<IdLists> ReadLists(const SimilarityFlags& flags) {
  for (const auto* ids : {&flags.ids, &flags.others}) {
    absl::Status status = CheckIds(*ids);
    if (!status.ok()) return status;
  }
  if (!flags.others.empty()) return IdLists{flags.ids, flags.others};
  if (flags.ids.size() == 2) return IdLists{{flags.ids[0]}, {flags.ids[1]}};
  return UsageError(
      absl::StrCat("expected two ids, or ids of a second set with --and, got ",
                   flags.ids.size(), " without --and"));
}

absl::Status RunSimilarity(const SimilarityFlags& flags,
                           const Session& session) {
  const absl::StatusOr<Target> target = ReadTarget(flags.target);
  if (!target.ok()) return target.status();
  const absl::StatusOr<IdLists> lists = ReadLists(flags);
  if (!lists.ok()) return lists.status();
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  std::vector<std::string> ids = lists->first;
  ids.insert(ids.end(), lists->second.begin(), lists->second.end());
  ProgressLine progress(nullptr);
  const auto stored = FetchVectors(**client, *target, ids, &progress);
  if (!stored.ok()) return stored.status();
  const auto middle =
      stored->vectors.begin() + static_cast<ptrdiff_t>(lists->first.size());
  const double similarity = CosineOfMeans(
      {stored->vectors.begin(), middle}, {middle, stored->vectors.end()},
      flags.unit ? MeanOf::kUnit : MeanOf::kTrained);
  if (session.json()) {
    PrintJson(session.terminal(), {{"model", target->model},
                                   {"version", absl::StrCat(stored->version)},
                                   {"first", lists->first},
                                   {"second", lists->second},
                                   {"similarity", similarity}});
    return absl::OkStatus();
  }
  TextTable table({{"of"}, {"and"}, {"cosine", Align::kRight}});
  table.AddRow({absl::StrJoin(lists->first, ", "),
                absl::StrJoin(lists->second, ", "),
                absl::StrFormat("%.4f", similarity)});
  table.Print(session.terminal());
  return absl::OkStatus();
}

struct DoesntMatchFlags {
  TargetFlags target;
  std::vector<std::string> ids;
};

struct KnownVectors {
  std::vector<std::string> ids;  // those that are there, in the order asked
  std::vector<std::string> unknown;
  StoredVectors stored;  // of `ids`
};

// The server names one unknown id a call, and a person types few.
absl::StatusOr<KnownVectors> FetchKnown(const Client& client,
                                        const Target& target,
                                        const std::vector<std::string>& ids) {
  KnownVectors known;
  known.ids = ids;
  ProgressLine progress(nullptr);
  for (;;) {
    auto stored = FetchVectors(client, target, known.ids, &progress);
    if (stored.ok()) {
      known.stored = *std::move(stored);
      return known;
    }
    const auto detail = GetErrorDetail(stored.status());
    if (!absl::IsNotFound(stored.status()) || !detail ||
        !detail->has_unknown_name()) {
      return stored.status();
    }
    const std::string& name = detail->unknown_name().name();
    const auto end = std::remove(known.ids.begin(), known.ids.end(), name);
    // A table or a model is unknown, or none of the ids is there.
    if (end == known.ids.end() || end == known.ids.begin()) {
      return stored.status();
    }
    known.ids.erase(end, known.ids.end());
    known.unknown.push_back(name);
  }
}

using Ranked = std::vector<std::pair<double, std::string>>;

// The best first, and of equal ones the later in the alphabet, as gensim does.
Ranked RankByMean(const KnownVectors& known) {
  Ranked ranked;
  const std::vector<double> cosines = CosinesWithMean(known.stored.vectors);
  for (size_t i = 0; i < cosines.size(); ++i) {
    ranked.emplace_back(cosines[i], known.ids[i]);
  }
  std::sort(ranked.rbegin(), ranked.rend());
  return ranked;
}

absl::Status RunDoesntMatch(const DoesntMatchFlags& flags,
                            const Session& session) {
  const absl::StatusOr<Target> target = ReadTarget(flags.target);
  if (!target.ok()) return target.status();
  if (absl::Status ids = CheckIds(flags.ids); !ids.ok()) return ids;
  if (flags.ids.size() < 2) {
    return UsageError("expected at least two ids, got one");
  }
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  const auto known = FetchKnown(**client, *target, flags.ids);
  if (!known.ok()) return known.status();
  const Ranked ranked = RankByMean(*known);
  if (session.json()) {
    nlohmann::ordered_json scores = nlohmann::ordered_json::array();
    for (const auto& [cosine, id] : ranked) {
      scores.push_back({{"id", id}, {"score", cosine}});
    }
    PrintJson(session.terminal(),
              {{"model", target->model},
               {"version", absl::StrCat(known->stored.version)},
               {"doesntMatch", ranked.back().second},
               {"scores", std::move(scores)},
               {"unknownIds", known->unknown}});
    return absl::OkStatus();
  }
  TextTable table({{"id"}, {"cosine", Align::kRight}});
  for (const auto& [cosine, id] : ranked) {
    table.AddRow({id, absl::StrFormat("%.4f", cosine)});
  }
  table.Print(session.terminal());
  if (!known->unknown.empty()) {
    session.terminal().out << "not there, left out: "
                           << Printable(absl::StrJoin(known->unknown, ", "))
                           << '\n';
  }
  return absl::OkStatus();
}

void AddSimilarity(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* similarity = program.add_subcommand(
      "similarity", "the cosine of two ids, or of two sets of ids");
  auto own = std::make_shared<SimilarityFlags>();
  AddTargetFlags(*similarity, &own->target);
  AddPositionals(*similarity, {"ID", "", "two ids, or the first set, as typed"},
                 &own->ids);
  AddTexts(*similarity,
           {"--and", "ID", "one of the second set, as typed; repeatable"},
           &own->others);
  similarity->add_flag("--unit", own->unit,
                       "sets: the means of vectors brought to length 1");
  AddSessionFlags(*similarity, flags);
  similarity->footer(
      "Of sets the cosine of their means: of the vectors with their trained\n"
      "lengths, as gensim's n_similarity, or with --unit of unit vectors. It "
      "is\n"
      "always the cosine, whatever the table's metric.\n"
      "\nExamples:\n"
      "  akin similarity glove/words king queen\n"
      "  akin similarity glove/words sushi shop --and japanese --and "
      "restaurant");
  similarity->callback([=] {
    *action = [own](const Session& session) {
      return RunSimilarity(*own, session);
    };
  });
}

void AddDoesntMatch(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* match = program.add_subcommand(
      "doesnt-match", "which of some ids is least like the others");
  auto own = std::make_shared<DoesntMatchFlags>();
  AddTargetFlags(*match, &own->target);
  AddPositionals(*match, {"ID", "", "two or more, as typed"}, &own->ids);
  AddSessionFlags(*match, flags);
  match->footer(
      "By the cosine with the mean of all, each brought to length 1: the last "
      "one\n"
      "does not match. Ids that are not there are left out.\n"
      "\nExample:\n"
      "  akin doesnt-match glove/words breakfast cereal dinner lunch");
  match->callback([=] {
    *action = [own](const Session& session) {
      return RunDoesntMatch(*own, session);
    };
  });
}

}  // namespace

void AddSimilarityCommands(CLI::App& program, SessionFlags* flags,
                           Action* action) {
  AddSimilarity(program, flags, action);
  AddDoesntMatch(program, flags, action);
}

}  // namespace akin::client
