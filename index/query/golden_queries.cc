#include "index/query/golden_queries.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "index/base/limits.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "index/version/manifest.h"

namespace akin {
namespace {

using Json = nlohmann::json;

constexpr absl::string_view kKeys[] = {"table",  "query_table", "id",
                                       "vector", "plus",        "minus",
                                       "expect", "within"};
// Some editors begin a file with it.
constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

absl::Status Expected(absl::string_view what, absl::string_view came) {
  return absl::InvalidArgumentError(
      absl::StrCat("expected ", what, ", found ", came));
}

absl::Status CheckId(absl::string_view key, const std::string& id) {
  if (!id.empty() && id.size() <= kMaxIdBytes) return absl::OkStatus();
  return Expected(
      absl::StrCat("in \"", key, "\" ids of 1 to ", kMaxIdBytes, " bytes"),
      absl::StrCat("one of ", id.size()));
}

// Nothing deeper than a list in an object is kept, whatever the line holds.
absl::StatusOr<Json> ParseObject(absl::string_view line) {
  std::vector<std::string> keys;
  bool too_deep = false;
  const auto look = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::key) {
      keys.push_back(parsed.get<std::string>());
    }
    // `depth` is that of what is around it.
    const bool begins = event == Json::parse_event_t::object_start ||
                        event == Json::parse_event_t::array_start;
    too_deep = too_deep || (begins && depth >= 2);
    return !too_deep;
  };
  Json json = Json::parse(line.begin(), line.end(), look,
                          /*allow_exceptions=*/false);
  if (too_deep) return Expected("an object of values and lists", "more");
  if (!json.is_object()) return Expected("a JSON object", "something else");
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  if (twice != keys.end()) {
    return Expected(
        "each key once",
        absl::StrCat("\"", twice->substr(0, kMaxNameBytes), "\" twice"));
  }
  for (const std::string& key : keys) {
    if (std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys)) {
      continue;
    }
    return Expected(absl::StrCat("keys ", absl::StrJoin(kKeys, ", ")),
                    absl::StrCat("\"", key.substr(0, kMaxNameBytes), "\""));
  }
  return json;
}

absl::Status ReadText(const Json& json, const char* key, std::string* out) {
  const auto found = json.find(key);
  if (found == json.end()) return absl::OkStatus();
  if (!found->is_string()) {
    return Expected(absl::StrCat("text behind \"", key, "\""),
                    found->type_name());
  }
  *out = found->get<std::string>();
  return absl::OkStatus();
}

absl::Status ReadIds(const Json& json, const char* key, size_t most,
                     std::vector<std::string>* out) {
  const auto found = json.find(key);
  if (found == json.end()) return absl::OkStatus();
  if (!found->is_array() || found->empty() || found->size() > most) {
    return Expected(
        absl::StrCat("a list of 1 to ", most, " ids behind \"", key, "\""),
        found->is_array() ? absl::StrCat("one of ", found->size())
                          : found->type_name());
  }
  for (const Json& id : *found) {
    if (!id.is_string()) {
      return Expected(absl::StrCat("ids in \"", key, "\""), id.type_name());
    }
    out->push_back(id.get<std::string>());
    AKIN_RETURN_IF_ERROR(CheckId(key, out->back()));
  }
  return absl::OkStatus();
}

absl::Status ReadVector(const Json& json, std::vector<float>* out) {
  const auto found = json.find("vector");
  if (found == json.end()) return absl::OkStatus();
  if (!found->is_array() || found->empty() || found->size() > kMaxDimension) {
    return Expected(absl::StrCat("a list of 1 to ", kMaxDimension,
                                 " numbers behind \"vector\""),
                    found->is_array() ? absl::StrCat("one of ", found->size())
                                      : found->type_name());
  }
  for (const Json& number : *found) {
    if (!number.is_number() || !std::isfinite(number.get<float>())) {
      return Expected("in \"vector\" numbers that fit into a float",
                      number.is_number() ? "a larger one" : number.type_name());
    }
    out->push_back(number.get<float>());
  }
  return absl::OkStatus();
}

absl::Status ReadWithin(const Json& json, uint32_t* out) {
  const auto found = json.find("within");
  if (found == json.end()) return absl::OkStatus();
  if (!found->is_number_unsigned() || found->get<uint64_t>() < 1 ||
      found->get<uint64_t>() > kMaxGoldenWithin) {
    return Expected(absl::StrCat("a number from 1 to ", kMaxGoldenWithin,
                                 " behind \"within\""),
                    found->is_number() ? "another number" : found->type_name());
  }
  *out = found->get<uint32_t>();
  return absl::OkStatus();
}

absl::Status CheckKind(const GoldenQuery& query) {
  const bool terms = !query.plus.empty() || !query.minus.empty();
  const int kinds = static_cast<int>(!query.id.empty()) +
                    static_cast<int>(!query.vector.empty()) +
                    static_cast<int>(terms);
  if (kinds != 1) {
    return Expected("one of \"id\", \"vector\", and \"plus\" and \"minus\"",
                    kinds == 0 ? "none" : "more");
  }
  if (!query.vector.empty() && !query.query_table.empty()) {
    return Expected("\"query_table\" only beside ids", "a vector");
  }
  if (query.plus.size() + query.minus.size() > kMaxCombinationTerms) {
    return Expected(absl::StrCat("at most ", kMaxCombinationTerms, " terms"),
                    absl::StrCat(query.plus.size() + query.minus.size()));
  }
  return absl::OkStatus();
}

// What no version could find.
absl::Status CheckExpected(const GoldenQuery& query) {
  if (query.expect.empty()) return Expected("\"expect\" with ids", "none");
  if (query.expect.size() > query.within) {
    return Expected(
        absl::StrCat("at most as many ids as \"within\" says, ", query.within),
        absl::StrCat(query.expect.size()));
  }
  if (!query.query_table.empty() && query.query_table != query.table) {
    return absl::OkStatus();
  }
  const auto own = [&](const std::string& id) {
    return id == query.id ||
           std::count(query.plus.begin(), query.plus.end(), id) > 0 ||
           std::count(query.minus.begin(), query.minus.end(), id) > 0;
  };
  for (const std::string& id : query.expect) {
    if (!own(id)) continue;
    return Expected("in \"expect\" ids that the query does not name itself",
                    absl::StrCat("\"", id, "\""));
  }
  return absl::OkStatus();
}

absl::StatusOr<GoldenQuery> ParseLine(absl::string_view line) {
  AKIN_ASSIGN_OR_RETURN(const Json json, ParseObject(line));
  GoldenQuery query;
  AKIN_RETURN_IF_ERROR(ReadText(json, "table", &query.table));
  AKIN_RETURN_IF_ERROR(CheckName("table", query.table));
  if (json.contains("query_table")) {
    AKIN_RETURN_IF_ERROR(ReadText(json, "query_table", &query.query_table));
    AKIN_RETURN_IF_ERROR(CheckName("table", query.query_table));
  }
  if (json.contains("id")) {
    AKIN_RETURN_IF_ERROR(ReadText(json, "id", &query.id));
    AKIN_RETURN_IF_ERROR(CheckId("id", query.id));
  }
  AKIN_RETURN_IF_ERROR(ReadVector(json, &query.vector));
  AKIN_RETURN_IF_ERROR(
      ReadIds(json, "plus", kMaxCombinationTerms, &query.plus));
  AKIN_RETURN_IF_ERROR(
      ReadIds(json, "minus", kMaxCombinationTerms, &query.minus));
  AKIN_RETURN_IF_ERROR(
      ReadIds(json, "expect", kMaxGoldenWithin, &query.expect));
  AKIN_RETURN_IF_ERROR(ReadWithin(json, &query.within));
  AKIN_RETURN_IF_ERROR(CheckKind(query));
  AKIN_RETURN_IF_ERROR(CheckExpected(query));
  return query;
}

}  // namespace

absl::StatusOr<std::vector<GoldenQuery>> ParseGoldenQueries(
    absl::string_view text, absl::string_view path) {
  if (text.size() > kMaxGoldenBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": expected at most ", kMaxGoldenBytes,
                     " bytes of golden queries, found ", text.size()));
  }
  absl::ConsumePrefix(&text, kByteOrderMark);
  std::vector<GoldenQuery> queries;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || absl::StartsWith(line, "#")) continue;
    const std::string place = absl::StrCat(path, ":", number);
    if (queries.size() == kMaxGoldenQueries) {
      return Annotate(
          Expected(absl::StrCat("at most ", kMaxGoldenQueries, " queries"),
                   "more"),
          place);
    }
    auto query = ParseLine(line);
    if (!query.ok()) return Annotate(query.status(), place);
    query->line = number;
    queries.push_back(*std::move(query));
  }
  return queries;
}

}  // namespace akin
