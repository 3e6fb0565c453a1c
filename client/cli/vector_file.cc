#include "client/cli/vector_file.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/input_file.h"

namespace akin::client {
namespace {

using nlohmann::json;

// `shown` is the number as written.
absl::Status AddNumber(double number, absl::string_view shown,
                       std::vector<float>& vector) {
  if (!std::isfinite(number) ||
      std::abs(number) > std::numeric_limits<float>::max()) {
    return absl::InvalidArgumentError(
        absl::StrCat("number ", vector.size() + 1,
                     ": expected a finite 32-bit float, got ", shown));
  }
  vector.push_back(static_cast<float>(number));
  return absl::OkStatus();
}

absl::Status AddJsonRow(const json& row, VectorRows& rows) {
  std::vector<float> vector;
  for (const json& item : row) {
    if (!item.is_number()) {
      return absl::InvalidArgumentError(
          absl::StrCat("number ", vector.size() + 1,
                       ": expected a number, got ", item.dump()));
    }
    absl::Status status = AddNumber(item.get<double>(), item.dump(), vector);
    if (!status.ok()) return status;
  }
  rows.push_back(std::move(vector));
  return absl::OkStatus();
}

absl::StatusOr<VectorRows> ParseJson(absl::string_view text) {
  const json root = json::parse(text.begin(), text.end(), nullptr, false);
  if (!root.is_array()) {
    return absl::InvalidArgumentError(
        "expected a JSON array of numbers such as [0.1, -2, 3e-4], got one "
        "that is cut off or malformed");
  }
  VectorRows rows;
  if (root.empty() || !root[0].is_array()) {
    absl::Status status = AddJsonRow(root, rows);
    if (!status.ok()) return status;
    return rows;
  }
  for (const json& row : root) {
    absl::Status status =
        row.is_array()
            ? AddJsonRow(row, rows)
            : absl::InvalidArgumentError("expected arrays only, got a number");
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("row ", rows.size() + 1, ", ", status.message()));
    }
  }
  return rows;
}

absl::StatusOr<VectorRows> ParseWords(absl::string_view text) {
  std::vector<float> vector;
  for (const absl::string_view word : absl::StrSplit(
           text, absl::ByAnyChar(" ,\t\r\n\v\f"), absl::SkipEmpty())) {
    double number = 0;
    if (!absl::SimpleAtod(word, &number)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "number ", vector.size() + 1, ": expected a number, got \"",
          word.substr(0, 40), "\""));
    }
    absl::Status status = AddNumber(number, word, vector);
    if (!status.ok()) return status;
  }
  return VectorRows{std::move(vector)};
}

}  // namespace

absl::StatusOr<VectorRows> ParseVectorText(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  absl::StatusOr<VectorRows> rows =
      absl::StartsWith(text, "[") ? ParseJson(text) : ParseWords(text);
  if (!rows.ok()) return rows;
  for (const auto& row : *rows) {
    if (row.empty()) {
      return absl::InvalidArgumentError("expected numbers, got none");
    }
  }
  return rows;
}

absl::StatusOr<VectorRows> ReadVectorFile(const std::string& path) {
  absl::StatusOr<std::string> bytes = ReadInputFile(path);
  if (!bytes.ok()) return bytes.status();
  absl::StatusOr<VectorRows> rows = absl::StartsWith(*bytes, "\x93NUMPY")
                                        ? ParseNpy(*bytes)
                                        : ParseVectorText(*bytes);
  if (!rows.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", rows.status().message()));
  }
  return rows;
}

}  // namespace akin::client
