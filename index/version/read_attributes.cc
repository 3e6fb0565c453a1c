#include "index/version/read_attributes.h"

#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "index/base/status_macros.h"
#include "index/base/utf8.h"
#include "index/table/attributes_builder.h"

namespace akin {
namespace {

constexpr size_t kShownIds = 5;
constexpr size_t kShownIdBytes = 64;
constexpr uint64_t kProgressRows = 4096;

// Joins the file's rows with the table's.
class AttributeJoin {
 public:
  AttributeJoin(const std::string& path, const AttributeFile& file,
                const Table& table)
      : path_(path),
        file_(file),
        table_(table),
        builder_(table.rows()),
        seen_(table.rows()) {}

  absl::Status Add(const AttributeRow& row) {
    AKIN_RETURN_IF_ERROR(AddNewColumns());
    const std::optional<uint32_t> at = table_.ids().Find(row.id);
    if (!at.has_value()) {
      if (unknown_++ < kShownIds) shown_.push_back(Shown(row));
      return absl::OkStatus();
    }
    if (seen_[*at]) {
      return absl::InvalidArgumentError(
          absl::StrCat(path_, ": line ", row.line, ": the id ", Shown(row.id),
                       " is there a second time"));
    }
    seen_[*at] = true;
    bool any = false;
    for (const auto& [column, field] : row.fields) {
      if (const absl::Status added = AddField(column, *at, field);
          !added.ok()) {
        return Annotate(added, absl::StrCat(path_, ": line ", row.line));
      }
      const auto* list = std::get_if<std::vector<std::string>>(&field);
      any = any || list == nullptr || !list->empty();
    }
    rows_ += any;
    return absl::OkStatus();
  }

  absl::Status CheckIds(OnBadRow on_unknown_id) const {
    if (unknown_ > 0 && on_unknown_id == OnBadRow::kFail) {
      const uint64_t more = unknown_ - shown_.size();
      return absl::InvalidArgumentError(absl::StrCat(
          path_, ": ", unknown_, unknown_ == 1 ? " id that" : " ids that",
          " table ", table_.name(),
          " does not have: ", absl::StrJoin(shown_, ", "),
          more == 0 ? "" : absl::StrCat(", and ", more, " more"),
          " (--on-bad-row skip leaves them out)"));
    }
    if (rows_ > 0) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(path_, ": has a value for no id of table ", table_.name(),
                     " (", unknown_, " ids that it does not have)"));
  }

  absl::StatusOr<Attributes> Build(WorkerPool* pool) && {
    AKIN_RETURN_IF_ERROR(AddNewColumns());
    for (size_t i = 0; i < columns_; ++i) {
      if (file_.columns()[i].is_text) builder_.ReadNumbers(i);
    }
    return std::move(builder_).Build(pool);
  }

  uint64_t unknown() const { return unknown_; }
  uint64_t rows() const { return rows_; }

 private:
  static std::string Shown(const std::string& id) {
    const absl::string_view shown =
        absl::string_view(id).substr(0, kShownIdBytes);
    return absl::StrCat("\"",
                        IsValidUtf8(shown) ? absl::Utf8SafeCEscape(shown)
                                           : absl::CHexEscape(shown),
                        id.size() > kShownIdBytes ? "...\"" : "\"");
  }
  static std::string Shown(const AttributeRow& row) {
    return absl::StrCat(Shown(row.id), " in line ", row.line);
  }

  // The builder's columns have the numbers that the file's have.
  absl::Status AddNewColumns() {
    for (; columns_ < file_.columns().size(); ++columns_) {
      const AttributeFile::Column& column = file_.columns()[columns_];
      AKIN_RETURN_IF_ERROR(Annotate(
          builder_.AddColumn(column.name, column.type).status(), path_));
    }
    return absl::OkStatus();
  }

  absl::Status AddField(size_t column, uint32_t row,
                        const AttributeField& field) {
    if (const auto* texts = std::get_if<std::vector<std::string>>(&field)) {
      list_.assign(texts->begin(), texts->end());
      return builder_.AddList(column, row, list_);
    }
    if (const auto* text = std::get_if<std::string>(&field)) {
      return builder_.Add(column, row, absl::string_view(*text));
    }
    if (const auto* flag = std::get_if<bool>(&field)) {
      return builder_.Add(column, row, *flag);
    }
    if (const auto* whole = std::get_if<int64_t>(&field)) {
      return builder_.Add(column, row, *whole);
    }
    return builder_.Add(column, row, std::get<double>(field));
  }

  const std::string& path_;
  const AttributeFile& file_;
  const Table& table_;
  AttributesBuilder builder_;
  size_t columns_ = 0;
  std::vector<bool> seen_;
  std::vector<absl::string_view> list_;
  std::vector<std::string> shown_;
  uint64_t unknown_ = 0;
  uint64_t rows_ = 0;
};

}  // namespace

absl::StatusOr<Attributes> ReadAttributes(const AttributeSpec& spec,
                                          const Table& table,
                                          OnBadRow on_unknown_id,
                                          WorkerPool* pool,
                                          const AttributeProgress& progress,
                                          AttributeReport* report) {
  AKIN_ASSIGN_OR_RETURN(
      const std::unique_ptr<AttributeFile> file,
      spec.open ? spec.open() : AttributeFile::Open(spec.path, spec.types));
  AttributeJoin join(spec.path, *file, table);
  AttributeRow row;
  for (uint64_t n = 0;; ++n) {
    if (progress && n % kProgressRows == 0 && !progress(file->bytes_read())) {
      return absl::CancelledError(
          absl::StrCat(spec.path, ": reading was cancelled"));
    }
    AKIN_ASSIGN_OR_RETURN(const bool found, file->Next(&row));
    if (!found) break;
    AKIN_RETURN_IF_ERROR(join.Add(row));
  }
  AKIN_RETURN_IF_ERROR(join.CheckIds(on_unknown_id));
  report->source = spec.path.substr(spec.path.find_last_of('/') + 1);
  report->format = std::string(file->format());
  report->rows = join.rows();
  report->unknown_ids = join.unknown();
  auto attributes = std::move(join).Build(pool);
  AKIN_RETURN_IF_ERROR(Annotate(attributes.status(), spec.path));
  return attributes;
}

}  // namespace akin
