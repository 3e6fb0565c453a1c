// What people write for the programs: settings, trained files as arguments,
// filters, vectors, questions, and lines of the shell.

#include <google/protobuf/util/message_differencer.h>

#include <cmath>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "akin/v1/search_service.pb.h"
#include "client/cli/analogy_file.h"
#include "client/cli/shell/split_words.h"
#include "client/cli/vector_file.h"
#include "client/cli/where.h"
#include "client/cli/word_pair_file.h"
#include "index/tool/table_argument.h"
#include "server/config.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/promises.h"

namespace akin {
namespace {

template <class T>
bool Accepted(const absl::StatusOr<T>& parsed) {
  if (!parsed.ok()) RequireInvalidArgument(parsed.status());
  return parsed.ok();
}

bool ReadConfigText(absl::string_view input) {
  const auto config = server::ParseConfig(std::string(input), "c.textproto");
  if (!Accepted(config)) return false;
  Require(server::Validate(*config).ok(), "settings are in their ranges");
  const auto again =
      server::ParseConfig(server::PrintConfig(*config), "c.textproto");
  Require(again.ok(), "what PrintConfig writes can be read");
  Require(server::PrintConfig(*again) == server::PrintConfig(*config),
          "and is the same");
  return true;
}

bool ReadTableArgument(absl::string_view input) {
  const absl::StatusOr<LoadArgument> load = ParseLoad(input);
  const absl::StatusOr<TableSpec> table = ParseTable("--table", input, {});
  if (table.ok()) {
    Require(!table->name.empty() && !table->source.path.empty(),
            "a table and its file");
  }
  (void)Accepted(table);
  return Accepted(load);
}

bool ReadWhere(absl::string_view input) {
  const absl::StatusOr<v1::Predicate> predicate = client::ParseWhere(input);
  if (!Accepted(predicate)) return false;
  // A server can read what is sent to it.
  v1::SearchRequest request;
  *request.mutable_options()->mutable_filter() = *predicate;
  v1::SearchRequest read;
  Require(read.ParseFromString(request.SerializeAsString()),
          "a filter that was read can be sent");
  Require(google::protobuf::util::MessageDifferencer::Equals(request, read),
          "and arrives as it was");
  return true;
}

bool CheckVectors(const absl::StatusOr<client::VectorRows>& rows) {
  if (!Accepted(rows)) return false;
  for (const std::vector<float>& row : *rows) {
    Require(!row.empty(), "a vector has numbers");
    for (const float number : row) Require(std::isfinite(number), "finite");
  }
  return !rows->empty();
}

bool ReadVectorText(absl::string_view input) {
  return CheckVectors(client::ParseVectorText(input));
}

bool ReadVectorNpy(absl::string_view input) {
  return CheckVectors(client::ParseNpy(input));
}

bool ReadAnalogies(absl::string_view input) {
  const auto file = client::ParseAnalogies(input, "questions.txt");
  if (!Accepted(file)) return false;
  for (const client::AnalogyQuestion& question : file->questions) {
    Require(question.section < file->sections.size(),
            "a section that is there");
    Require(!question.a.empty() && !question.expected.empty(), "four words");
  }
  return true;
}

bool ReadWordPairs(absl::string_view input) {
  const auto file = client::ParseWordPairs(input, "pairs.tsv");
  if (!Accepted(file)) return false;
  for (const client::WordPair& pair : file->pairs) {
    Require(std::isfinite(pair.similarity), "a finite similarity");
  }
  return !file->pairs.empty();
}

bool ReadShellLine(absl::string_view input) {
  for (const client::Word& word : client::SplitUnfinished(input)) {
    Require(word.begin <= input.size(), "a word begins in the line");
  }
  const auto words = client::SplitWords(input);
  if (!Accepted(words)) return false;
  for (const std::string& word : *words) {
    const auto again = client::SplitWords(client::QuoteWord(word));
    Require(again.ok() && again->size() == 1 && again->front() == word,
            "a quoted word is read as it was");
  }
  return !words->empty();
}

constexpr FuzzTarget kTargets[] = {
    {"config", ReadConfigText},    {"table_argument", ReadTableArgument},
    {"where", ReadWhere},          {"vector_text", ReadVectorText},
    {"vector_npy", ReadVectorNpy}, {"analogies", ReadAnalogies},
    {"word_pairs", ReadWordPairs}, {"shell_line", ReadShellLine},
};

}  // namespace

absl::Span<const FuzzTarget> CommandLineTargets() { return kTargets; }

}  // namespace akin
