#include "server/import_begin.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "index/base/limits.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "index/base/utf8.h"

namespace akin::server {
namespace {

absl::Status CheckText(absl::string_view what, absl::string_view text,
                       size_t most) {
  if (text.size() <= most && IsValidUtf8(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(what, " has ", text.size(),
                                                 " bytes, expected at most ",
                                                 most, " of UTF-8"));
}

// It is shown and stored, and never opened.
absl::Status CheckFileName(absl::string_view what, absl::string_view name) {
  bool legal =
      !name.empty() && name.size() <= kMostFileNameBytes && IsValidUtf8(name);
  for (const char c : name) {
    legal = legal && c != '/' && static_cast<unsigned char>(c) >= 0x20;
  }
  if (legal) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(what, " is named \"",
                   absl::CHexEscape(name.substr(0, kMostFileNameBytes)),
                   "\", expected 1 to ", kMostFileNameBytes,
                   " bytes of UTF-8 without its folder"));
}

absl::Status CheckBytes(absl::string_view what, uint64_t bytes) {
  if (bytes >= 1 && bytes <= kMostImportFileBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      what, " has ", bytes, " bytes, expected 1 to ", kMostImportFileBytes));
}

// Of one that there need not be.
absl::Status CheckSideFile(absl::string_view what, const v1::ImportTable& table,
                           absl::string_view file_name, uint64_t bytes) {
  if (bytes == 0) return absl::OkStatus();
  const std::string name =
      absl::StrCat("the ", what, " of table ", table.name());
  AKIN_RETURN_IF_ERROR(CheckFileName(name, file_name));
  return CheckBytes(name, bytes);
}

absl::Status CheckFiles(const v1::ImportTable& table) {
  const std::string name = absl::StrCat("the file of table ", table.name());
  AKIN_RETURN_IF_ERROR(CheckFileName(name, table.file_name()));
  AKIN_RETURN_IF_ERROR(CheckBytes(name, table.file_bytes()));
  AKIN_RETURN_IF_ERROR(
      CheckSideFile("ids", table, table.ids_file_name(), table.ids_bytes()));
  AKIN_RETURN_IF_ERROR(CheckSideFile("attributes", table,
                                     table.attributes_file_name(),
                                     table.attributes_bytes()));
  if (!table.attribute_types().empty() && table.attributes_bytes() == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("table ", table.name(),
                     " has attribute_types, and no file of attributes"));
  }
  return CheckText(absl::StrCat("the tensor of table ", table.name()),
                   table.tensor(), kMostTensorBytes);
}

absl::Status CheckRows(const v1::ImportTable& table) {
  const v1::ImportRowTable& rows = table.rows();
  const std::string name = absl::StrCat("table ", table.name(), " of rows");
  if (table.file_bytes() > 0 || table.ids_bytes() > 0 ||
      table.attributes_bytes() > 0 || !table.tensor().empty() ||
      !table.format().empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        name,
        " says something of files (bytes, tensor or format), expected "
        "rows or files"));
  }
  if (rows.dimension() < 1 || rows.dimension() > kMaxDimension) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " has dimension ", rows.dimension(),
                     ", expected 1 to ", kMaxDimension));
  }
  if (rows.rows() <= kMaxRows) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      name, " has ", rows.rows(), " of them, expected at most ", kMaxRows));
}

absl::Status CheckTable(const v1::ImportTable& table) {
  AKIN_RETURN_IF_ERROR(table.has_rows() ? CheckRows(table) : CheckFiles(table));
  AKIN_RETURN_IF_ERROR(
      CheckText(absl::StrCat("attribute_types of table ", table.name()),
                table.attribute_types(), kMostAttributeTypesBytes));
  return CheckText(absl::StrCat("the stamp of table ", table.name()),
                   table.stamp(), kMostFileNameBytes);
}

absl::Status CheckTables(const v1::ImportBegin& begin) {
  if (begin.tables().empty() || begin.tables_size() > kMostImportTables) {
    return absl::InvalidArgumentError(
        absl::StrCat("the import has ", begin.tables_size(),
                     " tables, expected 1 to ", kMostImportTables));
  }
  std::set<absl::string_view> names;
  for (const v1::ImportTable& table : begin.tables()) {
    AKIN_RETURN_IF_ERROR(CheckName("table", table.name()));
    if (!names.insert(table.name()).second) {
      return absl::InvalidArgumentError(
          absl::StrCat("table ", table.name(), " is named twice"));
    }
    AKIN_RETURN_IF_ERROR(CheckTable(table));
  }
  return absl::OkStatus();
}

std::string FilesOf(const v1::ImportTable& table) {
  if (table.has_rows()) {
    const v1::ImportRowTable& rows = table.rows();
    return absl::StrCat(
        table.name(), " of ",
        rows.rows() == 0 ? "" : absl::StrCat(rows.rows(), " "), "rows of ",
        rows.dimension(), " numbers",
        table.attribute_types().empty()
            ? ""
            : absl::StrCat(" with attributes ", table.attribute_types()));
  }
  std::string text = absl::StrCat(table.name(), " of ", table.file_bytes(),
                                  " bytes of \"", table.file_name(), "\"");
  if (table.ids_bytes() > 0) {
    absl::StrAppend(&text, " and ", table.ids_bytes(), " bytes of \"",
                    table.ids_file_name(), "\"");
  }
  if (table.attributes_bytes() > 0) {
    absl::StrAppend(&text, " and ", table.attributes_bytes(), " bytes of \"",
                    table.attributes_file_name(), "\"");
  }
  return text;
}

absl::Status OtherFiles(const v1::ImportBegin& now, absl::string_view before,
                        absl::string_view came) {
  return absl::FailedPreconditionError(
      absl::StrCat(NameOfImport(now), " was begun with ", before, ", not with ",
                   came, "; other files need another import id"));
}

}  // namespace

absl::Status CheckImportBegin(const v1::ImportBegin& begin) {
  AKIN_RETURN_IF_ERROR(CheckName("model", begin.model()));
  AKIN_RETURN_IF_ERROR(CheckName("import", begin.import_id()));
  if (begin.version() < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("version is ", begin.version(),
                     ", expected at least 1, or 0 for the ", "next"));
  }
  AKIN_RETURN_IF_ERROR(CheckTables(begin));
  AKIN_RETURN_IF_ERROR(
      CheckText("training_run", begin.training_run(), kMostTrainingRunBytes));
  if (begin.metadata_size() > kMostMetadata) {
    return absl::InvalidArgumentError(
        absl::StrCat("metadata has ", begin.metadata_size(),
                     " entries, expected at most ", kMostMetadata));
  }
  for (const auto& [key, value] : begin.metadata()) {
    AKIN_RETURN_IF_ERROR(
        CheckText("a key of metadata", key, kMostMetadataBytes));
    AKIN_RETURN_IF_ERROR(
        CheckText("a value of metadata", value, kMostMetadataBytes));
  }
  return absl::OkStatus();
}

std::string NameOfImport(const v1::ImportBegin& begin) {
  return absl::StrCat("import ", begin.import_id(), " of model ",
                      begin.model());
}

std::string NameOfImportFile(v1::ImportFile file) {
  switch (file) {
    case v1::IMPORT_FILE_UNSPECIFIED:
    case v1::IMPORT_FILE_VECTORS:
      return "vectors";
    case v1::IMPORT_FILE_IDS:
      return "ids";
    case v1::IMPORT_FILE_ATTRIBUTES:
      return "attributes";
    default:
      return absl::StrCat("file ", file, " (unknown)");
  }
}

absl::Status CheckSameFiles(const v1::ImportBegin& before,
                            const v1::ImportBegin& now) {
  if (before.tables_size() != now.tables_size()) {
    return OtherFiles(now, absl::StrCat(before.tables_size(), " tables"),
                      absl::StrCat(now.tables_size()));
  }
  for (int i = 0; i < now.tables_size(); ++i) {
    const std::string had = FilesOf(before.tables(i));
    const std::string has = FilesOf(now.tables(i));
    if (had != has) {
      return OtherFiles(now, absl::StrCat("table ", had),
                        absl::StrCat("table ", has));
    }
    if (before.tables(i).stamp() != now.tables(i).stamp()) {
      return OtherFiles(
          now, absl::StrCat("the files of table ", now.tables(i).name()),
          "what they are now: they have changed");
    }
  }
  return absl::OkStatus();
}

bool AskTheSame(const v1::ImportBegin& before, const v1::ImportBegin& now) {
  return SerializeSame(before) == SerializeSame(now);
}

absl::Status GoesOnElsewhere(const v1::ImportBegin& begin) {
  return absl::AbortedError(
      absl::StrCat("another call goes on with ", NameOfImport(begin)));
}

std::string SerializeSame(const v1::ImportBegin& begin) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    begin.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace akin::server
