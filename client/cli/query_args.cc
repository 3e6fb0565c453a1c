#include "client/cli/query_args.h"

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

absl::StatusOr<v1::Query> CombinationOf(const QueryFlags& flags,
                                        absl::string_view table) {
  v1::Query query;
  v1::Combination& combination = *query.mutable_combination();
  const auto add = [&](const char* flag, const std::vector<std::string>& texts,
                       auto* terms) {
    for (const std::string& text : texts) {
      absl::StatusOr<v1::Term> term = ParseTerm(text, table);
      if (!term.ok()) {
        return UsageError(absl::StrCat(flag, ": ", term.status().message()));
      }
      *terms->Add() = *std::move(term);
    }
    return absl::OkStatus();
  };
  absl::Status status = add("--plus", flags.plus, combination.mutable_plus());
  if (status.ok()) {
    status = add("--minus", flags.minus, combination.mutable_minus());
  }
  if (!status.ok()) return status;
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
  if (kinds.empty()) {
    return UsageError(
        "expected what to search for: --id, --vector, --vector-file, or --plus "
        "and --minus");
  }
  if (kinds.size() > 1) {
    return UsageError(absl::StrCat("expected one thing to search for, got ",
                                   absl::StrJoin(kinds, " and ")));
  }
  return absl::OkStatus();
}

}  // namespace

const char kIdHelp[] =
    "How --id, --plus and --minus are read:\n"
    "  king           the id king of the searched table\n"
    "  users:u42      the id u42 of the table users of the same version: what\n"
    "                 stands before the first ':' is a table if it consists "
    "of\n"
    "                 letters, digits, '_', '-' and '.' only\n"
    "  urls:http://a  an id that would itself be read that way, with its "
    "table\n"
    "                 (urls) before it\n"
    "  0.5*king       only for --plus and --minus: with a weight, if what "
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
}

absl::StatusOr<std::vector<v1::Query>> ReadQueries(const QueryFlags& flags,
                                                   absl::string_view table) {
  absl::Status status = CheckOneKind(flags);
  if (!status.ok()) return status;
  if (flags.vector) {
    return QueriesOf("--vector", ParseVectorText(*flags.vector));
  }
  if (flags.vector_file) {
    return QueriesOf("--vector-file", ReadVectorFile(*flags.vector_file));
  }
  if (flags.id) {
    absl::StatusOr<v1::ItemRef> item = ParseItemRef(*flags.id, table);
    if (!item.ok()) {
      return UsageError(absl::StrCat("--id: ", item.status().message()));
    }
    std::vector<v1::Query> queries(1);
    *queries[0].mutable_id() = *std::move(item);
    return queries;
  }
  absl::StatusOr<v1::Query> combination = CombinationOf(flags, table);
  if (!combination.ok()) return combination.status();
  return std::vector<v1::Query>{*std::move(combination)};
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
