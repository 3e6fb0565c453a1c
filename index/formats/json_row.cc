#include "index/formats/json_row.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "index/base/utf8.h"
#include "index/formats/number_field.h"

namespace akin {
namespace {

using nlohmann::json;

constexpr size_t kMostDepth = 64;

class RowReader final : public nlohmann::json_sax<json> {
 public:
  RowReader(absl::string_view line, absl::Span<float> values, std::string* id)
      : line_(line), values_(values), id_(id) {}

  bool has_id() const { return has_id_; }
  bool has_vector() const { return has_vector_; }
  size_t numbers() const { return numbers_; }
  bool failed() const { return failed_; }
  RowFault fault() const { return fault_; }
  const std::string& detail() const { return detail_; }
  // The first number that no float holds, if any.
  absl::string_view too_large() const { return too_large_; }
  size_t too_large_index() const { return too_large_index_; }

  bool null() override { return Other("null"); }
  bool boolean(bool value) override { return Other(value ? "true" : "false"); }
  bool binary(binary_t&) override { return Other("binary data"); }

  bool number_integer(number_integer_t value) override {
    if (IsId()) return TakeId(absl::StrCat(value));
    if (!InVector()) return Other(absl::StrCat(value));
    return TakeNumber(static_cast<float>(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (IsId()) return TakeId(absl::StrCat(value));
    if (!InVector()) return Other(absl::StrCat(value));
    return TakeNumber(static_cast<float>(value));
  }
  bool number_float(number_float_t, const string_t& text) override {
    if (!InVector()) return Other(text);
    float value = 0;
    if (ReadNumberField(text, &value) == NumberField::kNotFinite &&
        too_large_.empty()) {
      too_large_ = text.substr(0, 64);
      too_large_index_ = numbers_;
    }
    return TakeNumber(value);
  }
  bool string(string_t& text) override {
    if (IsId()) return TakeId(std::move(text));
    return Other(text);
  }

  bool start_object(std::size_t) override { return Open(/*list=*/false); }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool start_array(std::size_t) override { return Open(/*list=*/true); }
  bool end_array() override {
    if (--depth_ == 1) in_vector_ = false;
    return true;
  }

  bool key(string_t& text) override {
    if (depth_ != 1) return true;
    key_ = text == "id"       ? Key::kId
           : text == "vector" ? Key::kVector
                              : Key::kOther;
    if ((key_ == Key::kId && has_id_) ||
        (key_ == Key::kVector && has_vector_)) {
      return Fail(RowFault::kRagged, absl::StrCat("has \"", text, "\" twice"));
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::detail::exception& error) override {
    constexpr int kNumberOverflow = 406;
    if (InVector() && error.id == kNumberOverflow) {
      return Fail(
          RowFault::kNotFinite,
          absl::StrCat("number ", numbers_ + 1, " is ", ShownField(token),
                       ", more than a float can hold"));
    }
    // What Python's json writes, though JSON has no such numbers.
    const size_t at = position > 0 ? position - 1 : 0;
    for (const absl::string_view word : {"NaN", "Infinity"}) {
      for (const size_t begin : {at, at > 0 ? at - 1 : 0}) {
        if (InVector() && begin < line_.size() &&
            absl::StartsWith(line_.substr(begin), word)) {
          return Fail(RowFault::kNotFinite,
                      absl::StrCat("number ", numbers_ + 1, " is ", word));
        }
      }
    }
    if (!IsValidUtf8(line_)) {
      return Fail(RowFault::kInvalidUtf8, "is not UTF-8");
    }
    return Fail(RowFault::kRagged,
                absl::StrCat("is not a JSON object: character ", position));
  }

 private:
  enum class Key : uint8_t { kOther, kId, kVector };

  bool IsId() const { return depth_ == 1 && key_ == Key::kId; }
  bool InVector() const { return depth_ == 2 && in_vector_; }

  bool TakeId(std::string text) {
    *id_ = std::move(text);
    has_id_ = true;
    return true;
  }

  bool TakeNumber(float value) {
    if (numbers_ < values_.size()) values_[numbers_] = value;
    ++numbers_;
    return true;
  }

  bool Open(bool list) {
    if (depth_ == 0 && list) {
      return Fail(RowFault::kRagged, "is a JSON list, expected an object");
    }
    if (depth_ == kMostDepth) {
      return Fail(RowFault::kRagged,
                  absl::StrCat("is nested deeper than ", kMostDepth));
    }
    if (depth_ == 1 && list && key_ == Key::kVector) {
      in_vector_ = has_vector_ = true;
    } else if (!Other(list ? "a list" : "an object")) {
      return false;
    }
    ++depth_;
    return true;
  }

  // A value that is neither an id nor a number of the vector.
  bool Other(absl::string_view what) {
    if (IsId()) {
      return Fail(RowFault::kRagged,
                  absl::StrCat("has the id ", ShownField(what),
                               ", expected a string or a whole number"));
    }
    if (depth_ == 1 && key_ == Key::kVector) {
      return Fail(RowFault::kRagged,
                  absl::StrCat("has the vector ", ShownField(what),
                               ", expected a list"));
    }
    if (InVector()) {
      return Fail(
          RowFault::kNotANumber,
          absl::StrCat("number ", numbers_ + 1, " is ", ShownField(what)));
    }
    return true;
  }

  bool Fail(RowFault fault, std::string detail) {
    failed_ = true;
    fault_ = fault;
    detail_ = std::move(detail);
    return false;
  }

  const absl::string_view line_;
  const absl::Span<float> values_;
  std::string* const id_;
  size_t depth_ = 0;
  Key key_ = Key::kOther;
  bool in_vector_ = false;
  bool has_id_ = false;
  bool has_vector_ = false;
  size_t numbers_ = 0;
  std::string too_large_;
  size_t too_large_index_ = 0;
  bool failed_ = false;
  RowFault fault_ = RowFault::kRagged;
  std::string detail_;
};

bool Refuse(RowFault fault, std::string detail, SourceRow* row) {
  row->fault = fault;
  row->detail = std::move(detail);
  return false;
}

}  // namespace

bool ParseJsonRow(absl::string_view line, absl::Span<float> values,
                  std::string* id, SourceRow* row) {
  RowReader reader(line, values, id);
  // nlohmann's parser takes a NUL for the end.
  if (line.find('\0') != line.npos) {
    return Refuse(RowFault::kRagged, "is not a JSON object: has a NUL byte",
                  row);
  }
  if (!json::sax_parse(line.begin(), line.end(), &reader)) {
    return Refuse(reader.fault(), reader.detail(), row);
  }
  if (!reader.has_id()) return Refuse(RowFault::kRagged, "has no \"id\"", row);
  if (!reader.has_vector()) {
    return Refuse(RowFault::kRagged, "has no \"vector\"", row);
  }
  if (reader.numbers() != values.size()) {
    return RefuseRagged(reader.numbers(), values.size(), row);
  }
  if (!reader.too_large().empty()) {
    return RefuseNumber(NumberField::kNotFinite, reader.too_large(),
                        reader.too_large_index(), values.size(), row);
  }
  return true;
}

size_t CountJsonNumbers(absl::string_view line) {
  std::string id;
  RowReader reader(line, absl::Span<float>(), &id);
  const bool read = json::sax_parse(line.begin(), line.end(), &reader);
  return read && reader.has_id() ? reader.numbers() : 0;
}

}  // namespace akin
