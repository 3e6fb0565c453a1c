#include "index/formats/npz.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "index/base/status_macros.h"
#include "index/formats/byte_stream.h"
#include "index/formats/dense_rows.h"
#include "index/formats/foreign_formats.h"
#include "index/formats/npy_header.h"
#include "index/formats/npz_ids.h"
#include "index/formats/number_field.h"
#include "index/formats/row_ids.h"
#include "index/formats/tensor_choice.h"
#include "index/formats/zip_archive.h"

namespace akin {
namespace {

constexpr absl::string_view kIds = "ids";
constexpr absl::string_view kSuffix = ".npy";
constexpr size_t kMostArrays = 1000;
constexpr size_t kMostNameBytes = 1024;

std::string NameInArchive(const std::string& path, absl::string_view array) {
  return absl::StrCat(path, ": ", ShownField(array));
}

// "3 x 2, <f4", whatever its header says.
absl::StatusOr<NamedTensor> Describe(ZipArchive* archive, std::string name) {
  const std::unique_ptr<ByteStream> stream =
      ByteStream::Over(NameInArchive(archive->path(), name),
                       std::make_unique<ZipEntry>(archive), archive->size());
  AKIN_ASSIGN_OR_RETURN(const absl::string_view magic,
                        stream->Peek(kNpyMagic.size()));
  if (magic != kNpyMagic) return NamedTensor{std::move(name), "no npy file"};
  AKIN_ASSIGN_OR_RETURN(const NpyArray array, ReadNpyArray(stream.get()));
  const std::string shape = absl::StrJoin(array.shape, " x ").substr(0, 100);
  return NamedTensor{
      std::move(name),
      absl::StrCat(shape, ", ",
                   array.descr.empty() ? "records" : array.descr.substr(0, 16)),
      IsMatrix(array)};
}

// Every array of the archive, in its order.
absl::StatusOr<std::vector<NamedTensor>> ListArrays(const std::string& path) {
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<ZipArchive> archive,
                        ZipArchive::Open(path));
  std::vector<NamedTensor> arrays;
  for (;;) {
    AKIN_ASSIGN_OR_RETURN(const bool found, archive->NextEntry());
    if (!found) return arrays;
    std::string name = archive->name();
    if (!absl::EndsWith(name, kSuffix) || name.size() > kMostNameBytes) {
      continue;
    }
    name.resize(name.size() - kSuffix.size());
    if (arrays.size() == kMostArrays) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": has more than ", kMostArrays, " arrays"));
    }
    for (const NamedTensor& other : arrays) {
      if (other.name == name) {
        return absl::InvalidArgumentError(
            absl::StrCat(path, ": has two arrays called ", ShownField(name)));
      }
    }
    AKIN_ASSIGN_OR_RETURN(NamedTensor array,
                          Describe(archive.get(), std::move(name)));
    arrays.push_back(std::move(array));
  }
}

absl::StatusOr<std::unique_ptr<ByteStream>> OpenArray(const std::string& path,
                                                      absl::string_view name) {
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<ZipArchive> archive,
                        ZipArchive::Open(path));
  for (;;) {
    AKIN_ASSIGN_OR_RETURN(const bool found, archive->NextEntry());
    if (!found) {
      return absl::DataLossError(
          absl::StrCat(path, ": changed while it was read: ", ShownField(name),
                       " is not there any more"));
    }
    if (archive->name() != absl::StrCat(name, kSuffix)) continue;
    const std::optional<uint64_t> size = archive->size();
    return ByteStream::Over(NameInArchive(path, name),
                            std::make_unique<ZipEntry>(std::move(archive)),
                            size);
  }
}

absl::StatusOr<std::unique_ptr<RowIds>> OpenIds(
    const std::string& path, const std::string& ids_path,
    const std::string& vectors_name, const std::vector<NamedTensor>& arrays,
    uint64_t rows) {
  bool has_ids = false;
  for (const NamedTensor& array : arrays) {
    has_ids = has_ids || (array.name == kIds && array.name != vectors_name);
  }
  if (!has_ids || !ids_path.empty()) return OpenRowIds(ids_path, path, rows);
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<ByteStream> stream,
                        OpenArray(path, kIds));
  return OpenNpzIds(std::move(stream), NameInArchive(path, vectors_name), rows);
}

}  // namespace

absl::StatusOr<std::unique_ptr<VectorSource>> OpenNpz(
    const std::string& path, const std::string& tensor,
    const std::string& ids_path) {
  AKIN_ASSIGN_OR_RETURN(const std::vector<NamedTensor> arrays,
                        ListArrays(path));
  if (arrays.empty()) return RefuseZip(path);
  AKIN_ASSIGN_OR_RETURN(const size_t chosen,
                        ChooseTensor(path, tensor, arrays));
  const std::string& name = arrays[chosen].name;
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<ByteStream> stream,
                        OpenArray(path, name));
  AKIN_ASSIGN_OR_RETURN(const NpyHeader header, ReadNpyHeader(stream.get()));
  AKIN_ASSIGN_OR_RETURN(
      std::unique_ptr<RowIds> ids,
      OpenIds(path, ids_path, name, arrays, header.shape.rows));
  return std::make_unique<DenseRows>(
      std::move(stream), std::move(ids),
      DenseLayout{"npz", header.type, header.shape});
}

}  // namespace akin
