#include "client/cli/import_args.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "client/cli/arguments.h"
#include "client/cli/failure.h"
#include "client/cli/input_file.h"
#include "client/cli/model_args.h"
#include "client/cli/text_width.h"

namespace akin::client {
namespace {

constexpr char kForm[] =
    "NAME=FILE[,ids=FILE][,tensor=NAME][,format=F][,metric=M][,index=I]"
    "[,profile=P][,attributes=FILE][,attribute_types=NAME:TYPE,...]";

absl::Status BadTable(absl::string_view text, absl::string_view why) {
  return UsageError(absl::StrCat("--table \"", Printable(text), "\": ", why,
                                 " (expected ", kForm, ")"));
}

// "key" if `part` begins with "key=", else "".
absl::string_view LeadingKey(absl::string_view part) {
  const auto end = std::find_if(part.begin(), part.end(), [](char c) {
    return !absl::ascii_isalpha(static_cast<unsigned char>(c)) && c != '_';
  });
  if (end == part.begin() || end == part.end() || *end != '=') return "";
  return part.substr(0, end - part.begin());
}

// Sets a choice by its word, as "cosine"; what `choices` are is for messages.
template <class Enum>
absl::Status Choose(absl::string_view key, const std::string& value,
                    const std::vector<std::pair<const char*, Enum>>& choices,
                    Enum* chosen) {
  std::string expected;
  for (const auto& [word, choice] : choices) {
    if (value == word) {
      *chosen = choice;
      return absl::OkStatus();
    }
    absl::StrAppend(&expected, expected.empty() ? "" : ", ", word);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      key, " is \"", Printable(value), "\", expected one of ", expected));
}

absl::Status Apply(absl::string_view key, const std::string& value,
                   TableArgument* argument) {
  absl::Status status;
  if (key == "ids") {
    argument->files.ids_path = value;
  } else if (key == "metric") {
    v1::Metric metric = v1::METRIC_UNSPECIFIED;
    status = Choose<v1::Metric>(key, value,
                                {{"cosine", v1::METRIC_COSINE},
                                 {"dot", v1::METRIC_DOT},
                                 {"l2", v1::METRIC_L2}},
                                &metric);
    argument->table.set_metric(metric);
  } else if (key == "index") {
    v1::IndexKind index = v1::INDEX_KIND_UNSPECIFIED;
    status = Choose<v1::IndexKind>(key, value,
                                   {{"auto", v1::INDEX_KIND_UNSPECIFIED},
                                    {"exact", v1::INDEX_KIND_EXACT},
                                    {"graph", v1::INDEX_KIND_GRAPH}},
                                   &index);
    argument->table.set_index(index);
  } else if (key == "profile") {
    v1::Profile profile = v1::PROFILE_UNSPECIFIED;
    status = Choose<v1::Profile>(key, value,
                                 {{"auto", v1::PROFILE_UNSPECIFIED},
                                  {"fast", v1::PROFILE_FAST},
                                  {"compact", v1::PROFILE_COMPACT}},
                                 &profile);
    argument->table.set_profile(profile);
  } else if (key == "tensor") {
    argument->table.set_tensor(value);
  } else if (key == "format") {
    argument->table.set_format(value);
  } else if (key == "attributes") {
    argument->files.attributes_path = value;
  } else if (key == "attribute_types") {
    argument->table.set_attribute_types(value);
  } else {
    status = absl::InvalidArgumentError(
        absl::StrCat("option is \"", key,
                     "\", expected ids, tensor, format, metric, index, "
                     "profile, attributes or attribute_types"));
  }
  return status;
}

// The file, then options; a part that names no option belongs to what is before
// its comma.
void Split(absl::string_view text, std::string* file,
           std::vector<std::pair<std::string, std::string>>* options) {
  bool first = true;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const absl::string_view key = first ? "" : LeadingKey(part);
    if (!key.empty()) {
      options->emplace_back(key, part.substr(key.size() + 1));
    } else {
      std::string* value = options->empty() ? file : &options->back().second;
      absl::StrAppend(value, first ? "" : ",", part);
    }
    first = false;
  }
}

absl::Status ReadMetadata(const std::vector<std::string>& texts,
                          v1::ImportBegin* begin) {
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || !IsUtf8(text)) {
      return UsageError(
          absl::StrCat("--meta: expected KEY=VALUE in UTF-8, got "
                       "\"",
                       Printable(text), "\""));
    }
    const std::string key = text.substr(0, equals);
    if (begin->metadata().contains(key)) {
      return UsageError(
          absl::StrCat("--meta names ", Printable(key), " twice"));
    }
    (*begin->mutable_metadata())[key] = text.substr(equals + 1);
  }
  return absl::OkStatus();
}

absl::Status ReadTables(const ImportFlags& flags, ImportArgs* args) {
  if (flags.tables.empty()) {
    return UsageError(absl::StrCat("expected at least one --table ", kForm));
  }
  const std::string on_bad_row = flags.on_bad_row.value_or("fail");
  if (on_bad_row != "fail" && on_bad_row != "skip") {
    return UsageError(
        absl::StrCat("--on-bad-row: expected fail or skip, got \"",
                     Printable(on_bad_row), "\""));
  }
  for (const std::string& text : flags.tables) {
    auto argument = ParseTableArgument(text);
    if (!argument.ok()) return argument.status();
    const std::string name = argument->table.name();
    if (!args->files.emplace(name, std::move(argument->files)).second) {
      return BadTable(text, absl::StrCat("table ", name, " is named twice"));
    }
    argument->table.set_skip_bad_rows(on_bad_row == "skip");
    *args->begin.add_tables() = std::move(argument->table);
  }
  const absl::Status status = DescribeFiles(args->files, &args->begin);
  return status.ok() ? status : UsageError(status.message());
}

}  // namespace

absl::StatusOr<TableArgument> ParseTableArgument(absl::string_view text) {
  const size_t equals = text.find('=');
  if (equals == absl::string_view::npos || equals == 0) {
    return BadTable(text, "no NAME= in front");
  }
  if (!IsUtf8(text)) return BadTable(text, "is not UTF-8");
  TableArgument argument;
  argument.table.set_name(std::string(text.substr(0, equals)));
  std::vector<std::pair<std::string, std::string>> options;
  Split(text.substr(equals + 1), &argument.files.path, &options);
  if (argument.files.path.empty())
    return BadTable(text, "no file behind the =");
  std::set<std::string> seen;
  for (const auto& [key, value] : options) {
    if (value.empty()) {
      return BadTable(text, absl::StrCat("nothing behind ", key, "="));
    }
    if (!seen.insert(key).second) {
      return BadTable(text, absl::StrCat(key, "= twice"));
    }
    const absl::Status status = Apply(key, value, &argument);
    if (!status.ok()) return BadTable(text, status.message());
  }
  if (argument.files.attributes_path.empty() &&
      !argument.table.attribute_types().empty()) {
    return BadTable(text, "attribute_types= without attributes=");
  }
  return argument;
}

void AddImportFlags(CLI::App& app, ImportFlags* flags) {
  AddPositional(app, {"MODEL", "", "the model that gets a version"},
                &flags->model);
  AddTexts(app, {"--table", "NAME=FILE...", "a trained file; see below"},
           &flags->tables);
  AddVersion(app, "number of the version (default: next)", &flags->version);
  AddText(app,
          {"--training-run", "TEXT", "what made the vectors; kept with them"},
          &flags->training_run);
  AddTexts(app, {"--meta", "KEY=VALUE", "kept with the version"},
           &flags->metadata);
  AddText(app, {"--golden", "FILE", "queries that the version has to answer"},
          &flags->golden_file);
  AddText(app,
          {"--id", "IMPORT_ID",
           "which import to go on with (default: that of these files)"},
          &flags->import_id);
  AddText(
      app,
      {"--on-bad-row", "fail|skip", "skip: leave bad rows out (default: fail)"},
      &flags->on_bad_row);
  app.add_flag("--no-wait", flags->no_wait,
               "return once it is in the repository, loaded or not");
}

absl::StatusOr<ImportArgs> ReadImportArgs(const ImportFlags& flags) {
  ImportArgs args;
  v1::ImportBegin& begin = args.begin;
  if (absl::Status named = CheckNamed("model", flags.model); !named.ok()) {
    return named;
  }
  begin.set_model(flags.model);
  begin.set_version(flags.version.value_or(0));
  begin.set_training_run(flags.training_run.value_or(""));
  if (!IsUtf8(begin.training_run())) {
    return UsageError("--training-run: expected UTF-8");
  }
  absl::Status status = ReadMetadata(flags.metadata, &begin);
  if (!status.ok()) return status;
  status = ReadTables(flags, &args);
  if (!status.ok()) return status;
  if (flags.golden_file.has_value()) {
    auto golden = ReadInputFile(*flags.golden_file);
    if (!golden.ok()) return UsageError(golden.status().message());
    begin.set_golden_queries(*std::move(golden));
  }
  begin.set_import_id(flags.import_id.value_or(ImportIdOf(begin)));
  if (begin.import_id().empty() || !IsUtf8(begin.import_id())) {
    return UsageError("--id: expected a name in UTF-8");
  }
  return args;
}

}  // namespace akin::client
