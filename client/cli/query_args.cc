#include "client/cli/query_args.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/arguments.h"
#include "client/cli/failure.h"
#include "client/cli/text_width.h"
#include "client/cli/vector_file.h"

namespace akin::client {
namespace {

// As the server names tables.
bool IsTableName(absl::string_view text) {
  return !text.empty() && absl::ascii_isalnum(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
         });
}

// Narrower than SimpleAtod, which takes "inf" and "nan": they are words too.
std::optional<double> NumberOf(absl::string_view text) {
  double number = 0;
  if (text.empty() || text.find_first_not_of("0123456789.eE+-") != text.npos ||
      !absl::SimpleAtod(text, &number)) {
    return std::nullopt;
  }
  return number;
}

absl::Status AddTerms(const char* flag, const std::vector<std::string>& texts,
                      absl::string_view table,
                      google::protobuf::RepeatedPtrField<v1::Term>* terms) {
  for (const std::string& text : texts) {
    absl::StatusOr<v1::Term> term = ParseTerm(text, table);
    if (!term.ok()) {
      return UsageError(absl::StrCat(flag, ": ", term.status().message()));
    }
    *terms->Add() = *std::move(term);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::CombinationMethod> MethodOf(const QueryFlags& flags) {
  if (!flags.method || *flags.method == "add") {
    return v1::COMBINATION_METHOD_3COSADD;
  }
  if (*flags.method == "mul") return v1::COMBINATION_METHOD_3COSMUL;
  if (*flags.method == "mean") return v1::COMBINATION_METHOD_MEAN;
  return UsageError(absl::StrCat("--method: expected add, mul or mean, got \"",
                                 Printable(*flags.method), "\""));
}

absl::StatusOr<v1::Query> CombinationOf(const QueryFlags& flags,
                                        absl::string_view table) {
  v1::Query query;
  v1::Combination& combination = *query.mutable_combination();
  const absl::StatusOr<v1::CombinationMethod> method = MethodOf(flags);
  if (!method.ok()) return method.status();
  if (flags.method) combination.set_method(*method);
  combination.set_keep_inputs(flags.keep_inputs);
  absl::Status status =
      AddTerms("--plus", flags.plus, table, combination.mutable_plus());
  if (status.ok()) {
    status =
        AddTerms("--minus", flags.minus, table, combination.mutable_minus());
  }
  if (!status.ok()) return status;
  return query;
}

absl::StatusOr<v1::Query> IdOf(const std::string& text,
                               absl::string_view table) {
  absl::StatusOr<v1::ItemRef> item = ParseItemRef(text, table);
  if (!item.ok()) {
    return UsageError(absl::StrCat("--id: ", item.status().message()));
  }
  v1::Query query;
  *query.mutable_id() = *std::move(item);
  return query;
}

absl::StatusOr<v1::Query> HistoryOf(const QueryFlags& flags,
                                    absl::string_view table) {
  v1::Query query;
  v1::Combination& combination = *query.mutable_combination();
  combination.set_method(v1::COMBINATION_METHOD_MEAN);
  combination.set_keep_inputs(flags.keep_inputs);
  combination.set_skip_unknown(true);
  absl::Status status =
      AddTerms("--history", flags.history, table, combination.mutable_plus());
  if (!status.ok()) return status;
  return query;
}

// --id, --history, --fallback: the first that can be answered.
absl::StatusOr<v1::Query> LadderOf(const QueryFlags& flags,
                                   absl::string_view table) {
  v1::Query query;
  v1::FirstOf& ladder = *query.mutable_first_of();
  if (flags.id) {
    absl::StatusOr<v1::Query> id = IdOf(*flags.id, table);
    if (!id.ok()) return id;
    *ladder.add_queries() = *std::move(id);
  }
  if (!flags.history.empty()) {
    absl::StatusOr<v1::Query> history = HistoryOf(flags, table);
    if (!history.ok()) return history;
    *ladder.add_queries() = *std::move(history);
  }
  for (const std::string& id : flags.fallback) {
    if (id.empty() || !IsUtf8(id)) {
      return UsageError(
          absl::StrCat("--fallback: expected an id in UTF-8, got "
                       "\"",
                       Printable(id), "\""));
    }
    ladder.add_fallback_ids(id);
  }
  return query;
}

absl::StatusOr<v1::Query> FusionOf(const QueryFlags& flags,
                                   absl::string_view table) {
  v1::Query query;
  v1::Fusion& fusion = *query.mutable_fusion();
  if (flags.fusion && *flags.fusion == "score") {
    fusion.set_method(v1::FUSION_METHOD_WEIGHTED_SCORE);
  } else if (flags.fusion && *flags.fusion != "rank") {
    return UsageError(absl::StrCat("--fusion: expected rank or score, got \"",
                                   Printable(*flags.fusion), "\""));
  }
  for (const std::string& text : flags.fuse) {
    absl::StatusOr<v1::Term> term = ParseTerm(text, table);
    if (!term.ok()) {
      return UsageError(absl::StrCat("--fuse: ", term.status().message()));
    }
    v1::FusionPart& part = *fusion.add_parts();
    *part.mutable_query()->mutable_id() = std::move(*term->mutable_id());
    if (term->has_weight()) part.set_weight(term->weight());
  }
  return query;
}

absl::StatusOr<std::vector<v1::Query>> QueriesOf(
    const char* flag, const absl::StatusOr<VectorRows>& rows) {
  if (!rows.ok()) {
    return UsageError(absl::StrCat(flag, ": ", rows.status().message()));
  }
  std::vector<v1::Query> queries(rows->size());
  for (size_t i = 0; i < rows->size(); ++i) {
    const std::vector<float>& row = (*rows)[i];
    queries[i].mutable_vector()->mutable_floats()->mutable_values()->Add(
        row.begin(), row.end());
  }
  return queries;
}

absl::Status CheckOneKind(const QueryFlags& flags) {
  std::vector<const char*> kinds;
  if (flags.id) kinds.push_back("--id");
  if (flags.vector) kinds.push_back("--vector");
  if (flags.vector_file) kinds.push_back("--vector-file");
  if (!flags.plus.empty() || !flags.minus.empty()) {
    kinds.push_back(flags.plus.empty() ? "--minus" : "--plus");
  }
  if (!flags.fuse.empty()) kinds.push_back("--fuse");
  if (!flags.history.empty() && !flags.id) kinds.push_back("--history");
  if (kinds.empty()) {
    return UsageError(
        "expected what to search for: --id, --vector, --vector-file, --plus "
        "and --minus, --history, or --fuse");
  }
  if (kinds.size() > 1) {
    return UsageError(absl::StrCat("expected one thing to search for, got ",
                                   absl::StrJoin(kinds, " and ")));
  }
  return absl::OkStatus();
}

// What belongs to another kind of query than the one that is given.
absl::Status CheckCompanions(const QueryFlags& flags) {
  const bool terms = !flags.plus.empty() || !flags.minus.empty();
  const bool history = !flags.history.empty();
  if (flags.method && !terms) {
    return UsageError("--method is of --plus and --minus, which are missing");
  }
  if (flags.keep_inputs && !terms && !history) {
    return UsageError(
        "--keep-inputs is of --plus, --minus and --history, which are missing");
  }
  if (flags.fusion && flags.fuse.empty()) {
    return UsageError("--fusion is of --fuse, which is missing");
  }
  if (!flags.fallback.empty() && !history && !flags.id) {
    return UsageError("--fallback is of --id and --history, which are missing");
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Query> OneQuery(const QueryFlags& flags,
                                   absl::string_view table) {
  if (!flags.fuse.empty()) return FusionOf(flags, table);
  if (!flags.plus.empty() || !flags.minus.empty()) {
    return CombinationOf(flags, table);
  }
  if (!flags.fallback.empty() || (flags.id && !flags.history.empty())) {
    return LadderOf(flags, table);
  }
  return flags.id ? IdOf(*flags.id, table) : HistoryOf(flags, table);
}

void FoldCase(google::protobuf::RepeatedPtrField<v1::Term>& terms) {
  for (v1::Term& term : terms) {
    if (term.has_id()) term.mutable_id()->set_fold_case(true);
  }
}

// Of every id that it names but the fallback's.
void FoldCase(v1::Query& query) {
  if (query.has_id()) query.mutable_id()->set_fold_case(true);
  if (query.has_combination()) {
    FoldCase(*query.mutable_combination()->mutable_plus());
    FoldCase(*query.mutable_combination()->mutable_minus());
  }
  if (query.has_fusion()) {
    for (v1::FusionPart& part : *query.mutable_fusion()->mutable_parts()) {
      FoldCase(*part.mutable_query());
    }
  }
  if (query.has_first_of()) {
    for (v1::Query& rung : *query.mutable_first_of()->mutable_queries()) {
      FoldCase(rung);
    }
  }
}

}  // namespace

const char kIdHelp[] =
    "How --id, --plus, --minus, --history and --fuse are read:\n"
    "  king           the id king of the searched table\n"
    "  users:u42      the id u42 of the table users of the same version: what\n"
    "                 stands before the first ':' is a table if it consists "
    "of\n"
    "                 letters, digits, '_', '-' and '.' only\n"
    "  urls:http://a  an id that would itself be read that way, with its "
    "table\n"
    "                 (urls) before it\n"
    "  0.5*king       not for --id: with a weight, if what "
    "stands\n"
    "                 before the first '*' is a number (words:2*3 is the id "
    "2*3)\n";

void AddQueryFlags(CLI::App& app, QueryFlags* flags) {
  constexpr char kGroup[] = "Find the neighbours of one of these";
  AddText(app,
          {"--id", "[TABLE:]ID", "a stored vector; itself left out", kGroup},
          &flags->id);
  AddText(
      app,
      {"--vector", "NUMBERS", "a vector: '[0.1, 0.2]' or '0.1 0.2'", kGroup},
      &flags->vector);
  AddText(app,
          {"--vector-file", "FILE",
           "a vector in a .npy file (float32 or float64) or a text\n"
           "file like NUMBERS; if it has several rows, each of them",
           kGroup},
          &flags->vector_file);
  AddTexts(app,
           {"--plus", "[WEIGHT*][TABLE:]ID",
            "a sum of stored vectors, themselves left out; repeatable", kGroup},
           &flags->plus);
  AddTexts(app,
           {"--minus", "[WEIGHT*][TABLE:]ID",
            "what to take away from that sum; repeatable", kGroup},
           &flags->minus);
  AddTexts(app,
           {"--history", "[WEIGHT*][TABLE:]ID",
            "the mean of what somebody has seen; what is unknown is left\n"
            "out; after --id: if that is unknown; repeatable",
            kGroup},
           &flags->history);
  AddTexts(app,
           {"--fuse", "[WEIGHT*][TABLE:]ID",
            "the neighbours of each, merged into one list; repeatable", kGroup},
           &flags->fuse);
  AddText(app,
          {"--method", "M",
           "of --plus and --minus: add (3CosAdd, the default), mul\n"
           "(3CosMul) or mean",
           kGroup},
          &flags->method);
  AddText(
      app,
      {"--fusion", "M", "of --fuse: by rank (the default) or score", kGroup},
      &flags->fusion);
  AddTexts(app,
           {"--fallback", "ID",
            "the answer if --id and --history are unknown; repeatable", kGroup},
           &flags->fallback);
  app.add_flag("--keep-inputs", flags->keep_inputs,
               "the ids of --plus, --minus and --history may be in the answer")
      ->group(kGroup);
}

void AddFoldCaseFlag(CLI::App& app, bool* fold_case) {
  app.add_flag("--fold-case", *fold_case,
               "an id that is not there stands for the first that differs in\n"
               "case only: KING finds king");
}

absl::StatusOr<std::vector<v1::Query>> ReadQueries(const QueryFlags& flags,
                                                   absl::string_view table) {
  absl::Status status = CheckOneKind(flags);
  if (status.ok()) status = CheckCompanions(flags);
  if (!status.ok()) return status;
  if (flags.vector) {
    return QueriesOf("--vector", ParseVectorText(*flags.vector));
  }
  if (flags.vector_file) {
    return QueriesOf("--vector-file", ReadVectorFile(*flags.vector_file));
  }
  absl::StatusOr<v1::Query> query = OneQuery(flags, table);
  if (!query.ok()) return query.status();
  if (flags.fold_case) FoldCase(*query);
  return std::vector<v1::Query>{*std::move(query)};
}

absl::StatusOr<v1::ItemRef> ParseItemRef(absl::string_view text,
                                         absl::string_view searched) {
  v1::ItemRef item;
  absl::string_view id = text;
  const size_t colon = text.find(':');
  if (colon != text.npos && IsTableName(text.substr(0, colon))) {
    if (text.substr(0, colon) != searched) {
      item.set_table(std::string(text.substr(0, colon)));
    }
    id = text.substr(colon + 1);
  }
  if (id.empty() || !IsUtf8(id)) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected [TABLE:]ID with an id in UTF-8, got \"",
                     Printable(text), "\""));
  }
  item.set_id(std::string(id));
  return item;
}

absl::StatusOr<v1::Term> ParseTerm(absl::string_view text,
                                   absl::string_view searched) {
  v1::Term term;
  const size_t star = text.find('*');
  if (star != text.npos) {
    if (const auto weight = NumberOf(text.substr(0, star))) {
      if (*weight < 0 || !std::isfinite(static_cast<float>(*weight))) {
        return absl::InvalidArgumentError(
            absl::StrCat("expected a finite weight of 0 or more, got \"", text,
                         "\"; --minus takes a term away"));
      }
      term.set_weight(static_cast<float>(*weight));
      text.remove_prefix(star + 1);
    }
  }
  absl::StatusOr<v1::ItemRef> item = ParseItemRef(text, searched);
  if (!item.ok()) return item.status();
  *term.mutable_id() = *std::move(item);
  return term;
}

}  // namespace akin::client
