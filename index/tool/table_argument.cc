#include "index/tool/table_argument.h"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

constexpr absl::string_view kTableForm =
    "table=FILE[,ids=FILE][,tensor=NAME][,format=F][,metric=M][,index=I]"
    "[,profile=P][,attributes=FILE][,attribute_types=NAME:TYPE,...]";

// "key=" at the front of `part`, or "" if it begins otherwise.
absl::string_view LeadingKey(absl::string_view part) {
  const auto end = std::find_if(part.begin(), part.end(), [](char c) {
    return !absl::ascii_isalpha(static_cast<unsigned char>(c)) && c != '_';
  });
  if (end == part.begin() || end == part.end() || *end != '=') return "";
  return part.substr(0, end - part.begin());
}

absl::Status ApplyLoadOption(absl::string_view key, const std::string& value,
                             TableSpec* table) {
  if (key == "ids") {
    table->source.ids_path = value;
    return absl::OkStatus();
  }
  if (key == "tensor") {
    table->source.tensor = value;
    return absl::OkStatus();
  }
  if (key == "format") {
    table->source.format = value;  // checked where the file is opened
    return absl::OkStatus();
  }
  if (key == "metric") {
    AKIN_ASSIGN_OR_RETURN(table->read.table.metric, ParseMetric(value));
    return absl::OkStatus();
  }
  if (key == "index") {
    AKIN_ASSIGN_OR_RETURN(table->index, ParseIndex(value));
    return absl::OkStatus();
  }
  if (key == "profile") {
    AKIN_ASSIGN_OR_RETURN(table->profile, ParseProfile(value));
    return absl::OkStatus();
  }
  if (key == "attributes") {
    table->attributes.path = value;
    return absl::OkStatus();
  }
  if (key == "attribute_types") {
    AKIN_ASSIGN_OR_RETURN(table->attributes.types,
                          ParseAttributeDeclarations(value));
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("option is \"", key,
                   "\", expected ids, tensor, format, metric, index, profile, "
                   "attributes or attribute_types"));
}

absl::Status Fail(absl::string_view flag, absl::string_view text,
                  absl::string_view why, absl::string_view form) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " \"", text, "\": ", why, " (expected ", form, ")"));
}

// One of two or more named values.
template <class Value>
absl::StatusOr<Value> ParseChoice(
    absl::string_view what, absl::string_view name,
    std::initializer_list<std::pair<absl::string_view, Value>> choices) {
  std::string names;  // "auto, exact or graph"
  for (const auto& choice : choices) {
    if (choice.first == name) return choice.second;
    const bool last = &choice == choices.end() - 1;
    absl::StrAppend(&names, names.empty() ? "" : (last ? " or " : ", "),
                    choice.first);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(what, " is \"", name, "\", expected ", names));
}

}  // namespace

absl::StatusOr<IndexChoice> ParseIndex(absl::string_view name) {
  return ParseChoice<IndexChoice>("index", name,
                                  {{"auto", IndexChoice::kAuto},
                                   {"exact", IndexChoice::kExact},
                                   {"graph", IndexChoice::kGraph}});
}

absl::StatusOr<Profile> ParseProfile(absl::string_view name) {
  return ParseChoice<Profile>("profile", name,
                              {{"auto", Profile::kAuto},
                               {"fast", Profile::kFast},
                               {"compact", Profile::kCompact}});
}

absl::StatusOr<Utf8Policy> ParseUtf8Policy(absl::string_view name) {
  return ParseChoice<Utf8Policy>("unicode-errors", name,
                                 {{"strict", Utf8Policy::kStrict},
                                  {"replace", Utf8Policy::kReplace},
                                  {"ignore", Utf8Policy::kIgnore}});
}

absl::StatusOr<OnBadRow> ParseOnBadRow(absl::string_view name) {
  return ParseChoice<OnBadRow>(
      "on-bad-row", name,
      {{"fail", OnBadRow::kFail}, {"skip", OnBadRow::kSkip}});
}

namespace {

// The same for --load, whose text has the model in front of the table.
absl::StatusOr<TableSpec> ParseNamed(absl::string_view flag,
                                     absl::string_view text,
                                     absl::string_view form,
                                     absl::string_view table_text,
                                     const TableSpec& defaults) {
  const auto fail = [&](absl::string_view why) {
    return Fail(flag, text, why, form);
  };
  const size_t equals = table_text.find('=');
  if (equals == absl::string_view::npos) return fail("no table= in front");
  TableSpec table = defaults;
  table.name = std::string(table_text.substr(0, equals));
  if (const absl::Status status = CheckName("table", table.name);
      !status.ok()) {
    return fail(status.message());
  }
  std::vector<std::pair<std::string, std::string>> options;
  std::string* value = &table.source.path;
  bool first = true;
  for (const absl::string_view part :
       absl::StrSplit(table_text.substr(equals + 1), ',')) {
    const absl::string_view key = first ? "" : LeadingKey(part);
    if (!key.empty()) {
      options.emplace_back(key, part.substr(key.size() + 1));
      value = nullptr;
    } else {
      if (value == nullptr) value = &options.back().second;
      absl::StrAppend(value, first ? "" : ",", part);
    }
    first = false;
  }
  if (table.source.path.empty()) return fail("no file behind the =");
  absl::flat_hash_set<std::string> seen;
  for (const auto& [key, option] : options) {
    if (option.empty()) return fail(absl::StrCat("nothing behind ", key, "="));
    if (!seen.insert(key).second) return fail(absl::StrCat(key, "= twice"));
    const absl::Status status = ApplyLoadOption(key, option, &table);
    if (!status.ok()) return fail(status.message());
  }
  if (table.attributes.path.empty() && !table.attributes.types.empty()) {
    return fail("attribute_types= without attributes=");
  }
  return table;
}

}  // namespace

absl::StatusOr<TableSpec> ParseTable(absl::string_view flag,
                                     absl::string_view text,
                                     const TableSpec& defaults) {
  return ParseNamed(flag, text, kTableForm, text, defaults);
}

absl::StatusOr<LoadArgument> ParseLoad(absl::string_view text) {
  const std::string form = absl::StrCat("model/", kTableForm);
  const size_t slash = text.find('/');
  if (slash > text.find('=')) {
    return Fail("--load", text, "no model/table= in front", form);
  }
  LoadArgument load;
  load.model = std::string(text.substr(0, slash));
  if (const absl::Status status = CheckName("model", load.model);
      !status.ok()) {
    return Fail("--load", text, status.message(), form);
  }
  AKIN_ASSIGN_OR_RETURN(
      load.table,
      ParseNamed("--load", text, form, text.substr(slash + 1), TableSpec()));
  return load;
}

}  // namespace akin
