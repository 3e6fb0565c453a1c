#include "client/cpp/import_files.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace akin::client {
namespace {

struct FileFacts {
  std::string name;  // without its folder
  uint64_t bytes = 0;
  std::string stamp;
};

absl::StatusOr<FileFacts> FactsOf(const std::string& path) {
  struct stat facts = {};
  if (stat(path.c_str(), &facts) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": cannot be read: ", std::strerror(errno)));
  }
  if (!S_ISREG(facts.st_mode) || facts.st_size == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": expected a regular file that is not empty, got ",
        S_ISREG(facts.st_mode) ? "an empty one" : "something else"));
  }
  return FileFacts{
      path.substr(path.find_last_of('/') + 1),
      static_cast<uint64_t>(facts.st_size),
      absl::StrCat(facts.st_mtim.tv_sec, ".", facts.st_mtim.tv_nsec)};
}

absl::Status Describe(const ImportFiles& files, v1::ImportTable* table) {
  const auto vectors = FactsOf(files.path);
  if (!vectors.ok()) return vectors.status();
  table->set_file_name(vectors->name);
  table->set_file_bytes(vectors->bytes);
  std::string stamp = vectors->stamp;
  if (!files.ids_path.empty()) {
    const auto ids = FactsOf(files.ids_path);
    if (!ids.ok()) return ids.status();
    table->set_ids_file_name(ids->name);
    table->set_ids_bytes(ids->bytes);
    absl::StrAppend(&stamp, " ", ids->stamp);
  }
  if (!files.attributes_path.empty()) {
    const auto attributes = FactsOf(files.attributes_path);
    if (!attributes.ok()) return attributes.status();
    table->set_attributes_file_name(attributes->name);
    table->set_attributes_bytes(attributes->bytes);
    absl::StrAppend(&stamp, " ", attributes->stamp);
  }
  table->set_stamp(stamp);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckFiles(const std::map<std::string, ImportFiles>& files,
                        const v1::ImportBegin& begin) {
  for (const v1::ImportTable& table : begin.tables()) {
    const auto found = files.find(table.name());
    if (found == files.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("no file is named for table ", table.name()));
    }
    const bool has_rows = found->second.rows != nullptr;
    if (has_rows == table.has_rows()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("table ", table.name(),
                     has_rows ? " is given as rows, of which begin says nothing"
                              : " is one of rows, and none are given"));
  }
  return absl::OkStatus();
}

absl::Status DescribeFiles(const std::map<std::string, ImportFiles>& files,
                           v1::ImportBegin* begin) {
  absl::Status status = CheckFiles(files, *begin);
  for (v1::ImportTable& table : *begin->mutable_tables()) {
    if (!status.ok()) break;
    if (!table.has_rows()) status = Describe(files.at(table.name()), &table);
  }
  return status;
}

absl::Status CheckUnchanged(const ImportFiles& files,
                            const v1::ImportTable& before) {
  v1::ImportTable now;
  absl::Status status = Describe(files, &now);
  if (!status.ok()) return status;
  if (now.stamp() == before.stamp() &&
      now.file_bytes() == before.file_bytes() &&
      now.ids_bytes() == before.ids_bytes() &&
      now.attributes_bytes() == before.attributes_bytes()) {
    return absl::OkStatus();
  }
  return absl::AbortedError(absl::StrCat(
      files.path, ": has changed while it was sent; import it again"));
}

std::string ImportIdOf(const v1::ImportBegin& begin) {
  v1::ImportBegin named = begin;
  named.clear_import_id();
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    named.SerializeToCodedStream(&coded);
  }
  // FNV-1a: the same on every machine and in every run.
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  }
  return absl::StrFormat("auto-%016x", hash);
}

}  // namespace akin::client
