#include "server/load_argument.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"

namespace akin::server {
namespace {

constexpr absl::string_view kLoadForm =
    "model/table=FILE[,ids=FILE][,metric=M][,index=I][,profile=P]";

absl::StatusOr<IndexChoice> ParseIndex(absl::string_view name) {
  if (name == "auto") return IndexChoice::kAuto;
  if (name == "exact") return IndexChoice::kExact;
  if (name == "graph") return IndexChoice::kGraph;
  return absl::InvalidArgumentError(
      absl::StrCat("index is \"", name, "\", expected auto, exact or graph"));
}

absl::StatusOr<Profile> ParseProfile(absl::string_view name) {
  if (name == "auto") return Profile::kAuto;
  if (name == "fast") return Profile::kFast;
  if (name == "compact") return Profile::kCompact;
  return absl::InvalidArgumentError(absl::StrCat(
      "profile is \"", name, "\", expected auto, fast or compact"));
}

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
  return absl::InvalidArgumentError(absl::StrCat(
      "option is \"", key, "\", expected ids, metric, index or profile"));
}

}  // namespace

absl::StatusOr<LoadArgument> ParseLoad(absl::string_view text) {
  const auto fail = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--load \"", text, "\": ", why, " (expected ", kLoadForm, ")"));
  };
  const size_t equals = text.find('=');
  const size_t slash = text.find('/');
  if (equals == absl::string_view::npos || slash > equals) {
    return fail("no model/table= in front");
  }
  LoadArgument load;
  load.model = std::string(text.substr(0, slash));
  load.table.name = std::string(text.substr(slash + 1, equals - slash - 1));
  for (const absl::Status& status :
       {CheckName("model", load.model), CheckName("table", load.table.name)}) {
    if (!status.ok()) return fail(status.message());
  }
  std::vector<std::pair<std::string, std::string>> options;
  std::string* value = &load.table.source.path;
  bool first = true;
  for (const absl::string_view part :
       absl::StrSplit(text.substr(equals + 1), ',')) {
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
  if (load.table.source.path.empty()) return fail("no file behind the =");
  absl::flat_hash_set<std::string> seen;
  for (const auto& [key, option] : options) {
    if (option.empty()) return fail(absl::StrCat("nothing behind ", key, "="));
    if (!seen.insert(key).second) return fail(absl::StrCat(key, "= twice"));
    const absl::Status status = ApplyLoadOption(key, option, &load.table);
    if (!status.ok()) return fail(status.message());
  }
  return load;
}

}  // namespace akin::server
