#include "index/formats/attribute_jsonl.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

using nlohmann::json;

constexpr absl::string_view kIdKey = "id";

}  // namespace

// Told of a line's tokens one by one, so that nothing is built that is not
// kept. False from a function ends the line; why() says why.
class AttributeJsonl::Handler {
 public:
  Handler(AttributeJsonl* file, AttributeRow* row) : file_(*file), row_(*row) {}

  const std::string& why() const { return why_; }
  bool has_id() const { return has_id_; }

  bool null() {
    if (where_ == Where::kMember) {
      where_ = Where::kObject;
      return true;
    }
    return Misplaced("null");
  }
  bool boolean(bool value) { return Put(value, "a bool"); }
  bool number_integer(int64_t value) { return PutWhole(value); }
  bool number_unsigned(uint64_t value) {
    if (value > static_cast<uint64_t>(INT64_MAX)) return TooLarge();
    return PutWhole(static_cast<int64_t>(value));
  }
  bool number_float(double value, const std::string& text) {
    // Whole numbers of more than 64 bits come as floats too.
    if (text.find_first_of(".eE") == std::string::npos) return TooLarge();
    return Put(value, "a float");
  }
  bool string(std::string& text) {
    if (where_ == Where::kId) return PutId(text);
    if (where_ == Where::kList) {
      list_.push_back(std::move(text));
      return true;
    }
    if (where_ == Where::kMember && type() == AttributeType::kTimestamp) {
      const auto time = ParseTimestamp(text);
      if (!time.ok()) return Fail(Of(time.status().message()));
      return Keep(*time);
    }
    return Put(std::move(text), "a string");
  }
  bool binary(json::binary_t&) { return Misplaced("binary data"); }

  bool start_object(size_t) {
    if (where_ != Where::kOutside) {
      return Misplaced("an object, attributes have none within them");
    }
    where_ = Where::kObject;
    return true;
  }
  bool end_object() {
    where_ = Where::kDone;
    return true;
  }
  bool key(std::string& name) {
    if (name == kIdKey) {
      if (has_id_) return Fail("has \"id\" twice");
      where_ = Where::kId;
      return true;
    }
    const auto column = file_.ColumnOf(name);
    if (!column.ok()) return Fail(std::string(column.status().message()));
    column_ = *column;
    file_.last_line_.resize(file_.columns_.size());
    if (file_.last_line_[column_] == row_.line) {
      return Fail(Of("is there twice"));
    }
    file_.last_line_[column_] = row_.line;
    where_ = Where::kMember;
    return true;
  }
  bool start_array(size_t) {
    if (where_ != Where::kMember) return Misplaced("a list");
    list_.clear();
    where_ = Where::kList;
    return true;
  }
  bool end_array() { return list_.empty() ? Drop() : Keep(std::move(list_)); }

  bool parse_error(size_t at, const std::string& /*token*/,
                   const json::exception& /*why*/) {
    return Fail(absl::StrCat("is no JSON from byte ", at, " on"));
  }

 private:
  enum class Where : uint8_t {
    kOutside,  // before the object
    kObject,   // a key is next
    kId,       // its value is next
    kMember,   // column_'s value is next
    kList,     // in column_'s list
    kDone,
  };

  std::optional<AttributeType> type() const {
    return file_.columns_[column_].type;
  }
  std::string Of(absl::string_view what) const {
    return absl::StrCat("attribute \"", file_.columns_[column_].name,
                        "\": ", what);
  }
  bool Fail(std::string why) {
    if (why_.empty()) why_ = std::move(why);
    return false;
  }
  bool Misplaced(absl::string_view what) {
    switch (where_) {
      case Where::kId:
        return Fail(absl::StrCat(
            "expected a string or a whole number as \"id\", found ", what));
      case Where::kList:
        return Fail(
            Of(absl::StrCat("expected strings in the list, found ", what)));
      case Where::kMember:
        return Fail(Of(absl::StrCat("found ", what)));
      default:
        return Fail(absl::StrCat("expected a JSON object, found ", what));
    }
  }
  bool TooLarge() {
    if (where_ != Where::kMember) return Misplaced("a number of over 64 bits");
    return Fail(Of("expected a number of 64 bits, found a larger one"));
  }
  bool PutId(std::string text) {
    row_.id = std::move(text);
    has_id_ = true;
    where_ = Where::kObject;
    return true;
  }
  bool PutWhole(int64_t value) {
    if (where_ == Where::kId) return PutId(absl::StrCat(value));
    // Of seconds? Of milliseconds? Nobody knows.
    if (where_ == Where::kMember && type() == AttributeType::kTimestamp) {
      return Fail(
          Of(absl::StrCat("expected a timestamp in RFC 3339, found ", value)));
    }
    return Put(value, "a number");
  }
  // Of one of AttributeField's types. (Of a field that is moved g++ 12 warns
  // that what it does not hold is not initialised.)
  template <class Value>
  bool Put(Value&& value, absl::string_view what) {
    return where_ == Where::kMember ? Keep(std::forward<Value>(value))
                                    : Misplaced(what);
  }
  template <class Value>
  bool Keep(Value&& value) {
    row_.fields.emplace_back(column_, std::forward<Value>(value));
    return Drop();
  }
  bool Drop() {
    where_ = Where::kObject;
    return true;
  }

  AttributeJsonl& file_;
  AttributeRow& row_;
  Where where_ = Where::kOutside;
  size_t column_ = 0;
  bool has_id_ = false;
  std::vector<std::string> list_;
  std::string why_;
};

absl::StatusOr<bool> AttributeJsonl::Next(AttributeRow* row) {
  absl::string_view line;
  do {
    AKIN_ASSIGN_OR_RETURN(const bool found, stream_->ReadLine(&line));
    if (!found) return false;
    ++line_number_;
  } while (line.find_first_not_of(" \t\r") == line.npos);
  // nlohmann's parser takes a NUL for the end.
  if (line.find('\0') != line.npos) {
    return Wrong(line_number_, "is no JSON: has a NUL byte");
  }
  row->line = line_number_;
  row->id.clear();
  row->fields.clear();
  Handler handler(this, row);
  if (!json::sax_parse(line.begin(), line.end(), &handler)) {
    return Wrong(line_number_, handler.why());
  }
  if (!handler.has_id()) return Wrong(line_number_, "has no \"id\"");
  return true;
}

}  // namespace akin
