#include "index/formats/attribute_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "index/base/limits.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "index/formats/attribute_csv.h"
#include "index/formats/attribute_jsonl.h"

namespace akin {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kHeadBytes = 4096;

}  // namespace

absl::StatusOr<std::vector<AttributeDeclaration>> ParseAttributeDeclarations(
    absl::string_view text) {
  std::vector<AttributeDeclaration> declared;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const size_t colon = part.find(':');
    if (colon == part.npos) {
      return absl::InvalidArgumentError(absl::StrCat(
          "attribute type is \"", part, "\", expected NAME:TYPE, as year:int"));
    }
    AttributeDeclaration next;
    next.name = std::string(part.substr(0, colon));
    AKIN_RETURN_IF_ERROR(CheckName("attribute", next.name));
    AKIN_ASSIGN_OR_RETURN(next.type,
                          ParseAttributeType(part.substr(colon + 1)));
    for (const AttributeDeclaration& other : declared) {
      if (other.name != next.name) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("attribute \"", next.name, "\" has two types"));
    }
    declared.push_back(std::move(next));
  }
  return declared;
}

absl::StatusOr<std::unique_ptr<AttributeFile>> AttributeFile::Open(
    const std::string& path,
    const std::vector<AttributeDeclaration>& declared) {
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<ByteStream> stream,
                        ByteStream::Open(path));
  AKIN_ASSIGN_OR_RETURN(absl::string_view head, stream->Peek(kHeadBytes));
  if (absl::StartsWith(head, kByteOrderMark)) {
    stream->Skip(kByteOrderMark.size());
    head.remove_prefix(kByteOrderMark.size());
  }
  const size_t begin = head.find_first_not_of(" \t\r\n");
  if (begin == head.npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": is empty, expected attributes in JSONL or CSV"));
  }
  std::unique_ptr<AttributeFile> file;
  if (head[begin] == '{') {
    file = std::make_unique<AttributeJsonl>(std::move(stream));
    AKIN_RETURN_IF_ERROR(Annotate(file->Declare(declared), path));
    return file;
  }
  AKIN_ASSIGN_OR_RETURN(file, AttributeCsv::Open(std::move(stream), declared));
  return file;
}

absl::Status AttributeFile::Declare(
    const std::vector<AttributeDeclaration>& declared) {
  for (const AttributeDeclaration& next : declared) {
    AKIN_ASSIGN_OR_RETURN(const size_t column, ColumnOf(next.name));
    columns_[column].type = next.type;
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> AttributeFile::ColumnOf(absl::string_view name) {
  const auto found =
      std::find_if(columns_.begin(), columns_.end(),
                   [&](const Column& column) { return column.name == name; });
  if (found != columns_.end()) {
    return static_cast<size_t>(found - columns_.begin());
  }
  AKIN_RETURN_IF_ERROR(CheckName("attribute", name));
  if (columns_.size() == kMaxAttributes) {
    return absl::InvalidArgumentError(
        absl::StrCat("attribute \"", name, "\" is one more than the ",
                     kMaxAttributes, " that a table may have"));
  }
  columns_.emplace_back().name = std::string(name);
  return columns_.size() - 1;
}

absl::Status AttributeFile::Wrong(uint64_t line, absl::string_view what) const {
  return absl::InvalidArgumentError(
      absl::StrCat(stream_->path(), ": line ", line, ": ", what));
}

}  // namespace akin
