#include "index/formats/hdf5.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

#ifdef AKIN_HAVE_HDF5

#include <hdf5.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "index/base/mutex.h"
#include "index/base/status_macros.h"
#include "index/formats/number_field.h"
#include "index/formats/row_ids.h"
#include "index/formats/stored_file.h"
#include "index/formats/tensor_choice.h"
#include "index/formats/word2vec_header.h"

namespace akin {
namespace {

constexpr size_t kBlockBytes = size_t{1} << 20;
constexpr uint64_t kMaxChunkBytes = uint64_t{64} << 20;
constexpr hsize_t kMostNames = 1000;
constexpr char kDefault[] = "train";

// libhdf5 as packaged is not made for several threads.
Mutex& LibraryMutex() {
  static Mutex mutex;
  return mutex;
}

// An id of libhdf5, closed by `close`.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle& operator=(Handle&&) = delete;

  bool ok() const { return id_ >= 0; }
  hid_t get() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

absl::Status Damaged(const std::string& path, absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat(path, ": damaged or truncated HDF5 file: ", what));
}

struct Dataset {
  Handle dataset;
  Handle space;
  std::vector<hsize_t> shape;
  bool is_float = false;  // of 4 or 8 bytes
};

std::optional<Dataset> OpenDataset(hid_t file, const std::string& name) {
  Dataset out{{H5Dopen2(file, name.c_str(), H5P_DEFAULT), &H5Dclose},
              {-1, &H5Sclose},
              {},
              false};
  if (!out.dataset.ok()) return std::nullopt;
  Handle space(H5Dget_space(out.dataset.get()), &H5Sclose);
  const Handle type(H5Dget_type(out.dataset.get()), &H5Tclose);
  if (!space.ok() || !type.ok()) return std::nullopt;
  const int rank = H5Sget_simple_extent_ndims(space.get());
  if (rank < 0 || rank > H5S_MAX_RANK) return std::nullopt;
  std::vector<hsize_t> shape(static_cast<size_t>(rank));
  if (rank > 0 &&
      H5Sget_simple_extent_dims(space.get(), shape.data(), nullptr) < 0) {
    return std::nullopt;
  }
  const size_t bytes = H5Tget_size(type.get());
  const bool is_float =
      H5Tget_class(type.get()) == H5T_FLOAT && (bytes == 4 || bytes == 8);
  return Dataset{std::move(out.dataset), std::move(space), std::move(shape),
                 is_float};
}

// The datasets of the root group.
absl::StatusOr<std::vector<NamedTensor>> ListDatasets(const std::string& path,
                                                      hid_t file) {
  H5G_info_t facts;
  if (H5Gget_info(file, &facts) < 0) return Damaged(path, "no root group");
  std::vector<NamedTensor> named;
  for (hsize_t i = 0; i < std::min(facts.nlinks, kMostNames); ++i) {
    char name[1024];
    const ssize_t length =
        H5Lget_name_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, i, name,
                           sizeof(name), H5P_DEFAULT);
    if (length < 0) return Damaged(path, "a name cannot be read");
    if (static_cast<size_t>(length) >= sizeof(name)) continue;
    const std::optional<Dataset> dataset = OpenDataset(file, name);
    if (!dataset.has_value()) continue;  // a group, or a link to elsewhere
    named.push_back({name,
                     absl::StrCat(absl::StrJoin(dataset->shape, " x "),
                                  dataset->is_float ? ", float" : ", no float"),
                     dataset->is_float && dataset->shape.size() == 2});
  }
  return named;
}

// The most bytes that are decoded at a time.
absl::Status CheckChunks(const std::string& path, const Dataset& dataset) {
  const Handle plist(H5Dget_create_plist(dataset.dataset.get()), &H5Pclose);
  if (!plist.ok()) return Damaged(path, "no layout");
  const H5D_layout_t layout = H5Pget_layout(plist.get());
  if (layout == H5D_CONTIGUOUS || layout == H5D_COMPACT) {
    if (H5Pget_external_count(plist.get()) == 0) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": keeps its numbers in other files"));
  }
  if (layout != H5D_CHUNKED) {
    return absl::InvalidArgumentError(
        absl::StrCat(path,
                     ": keeps its numbers in other files or in a way "
                     "that akin does not read"));
  }
  hsize_t chunk[2] = {0, 0};
  if (H5Pget_chunk(plist.get(), 2, chunk) != 2) {
    return Damaged(path, "chunks of another rank");
  }
  if (chunk[0] <= kMaxChunkBytes / 8 / std::max<hsize_t>(chunk[1], 1)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": has chunks of ", chunk[0], " x ", chunk[1],
                   " numbers, expected at most ", kMaxChunkBytes, " bytes"));
}

class Hdf5 final : public VectorSource {
 public:
  Hdf5(std::string path, Handle file, Dataset dataset, TableShape shape,
       std::unique_ptr<RowIds> ids, uint64_t file_bytes)
      : path_(std::move(path)),
        file_(std::move(file)),
        dataset_(std::move(dataset)),
        shape_(shape),
        ids_(std::move(ids)),
        file_bytes_(file_bytes),
        block_rows_(std::max<uint64_t>(
            1, kBlockBytes / (sizeof(float) * shape.dimension))) {}

  ~Hdf5() override {
    // The members are closed behind this, one by one.
    const MutexLock lock(&LibraryMutex());
    { const Dataset closed = std::move(dataset_); }
    { const Handle closed = std::move(file_); }
  }

  absl::string_view format() const override { return "HDF5"; }
  uint32_t dimension() const override { return shape_.dimension; }
  std::optional<uint64_t> announced_rows() const override {
    // Compressed ones may be any.
    if (shape_.rows * shape_.dimension > file_bytes_) return std::nullopt;
    return shape_.rows;
  }
  uint64_t bytes_read() const override {
    return static_cast<uint64_t>(static_cast<double>(file_bytes_) *
                                 static_cast<double>(rows_seen_) /
                                 static_cast<double>(shape_.rows));
  }

  absl::StatusOr<Outcome> Next(absl::Span<float> values,
                               SourceRow* row) override {
    if (rows_seen_ == shape_.rows) {
      AKIN_RETURN_IF_ERROR(ids_->CheckEnd(rows_seen_));
      return Outcome::kEnd;
    }
    if (rows_seen_ % block_rows_ == 0) AKIN_RETURN_IF_ERROR(ReadBlock());
    AKIN_ASSIGN_OR_RETURN(row->id, ids_->Read(rows_seen_));
    row->unit = "row";
    row->position = rows_seen_;
    const auto at =
        static_cast<ptrdiff_t>((rows_seen_ % block_rows_) * shape_.dimension);
    std::copy_n(block_.begin() + at, shape_.dimension, values.begin());
    ++rows_seen_;
    return Outcome::kRow;
  }

 private:
  absl::Status ReadBlock() {
    const MutexLock lock(&LibraryMutex());
    const hsize_t start[2] = {rows_seen_, 0};
    const hsize_t count[2] = {std::min(block_rows_, shape_.rows - rows_seen_),
                              shape_.dimension};
    block_.resize(count[0] * count[1]);
    const Handle memory(H5Screate_simple(2, count, nullptr), &H5Sclose);
    if (!memory.ok() ||
        H5Sselect_hyperslab(dataset_.space.get(), H5S_SELECT_SET, start,
                            nullptr, count, nullptr) < 0 ||
        H5Dread(dataset_.dataset.get(), H5T_NATIVE_FLOAT, memory.get(),
                dataset_.space.get(), H5P_DEFAULT, block_.data()) < 0) {
      return Damaged(path_, absl::StrCat("row ", rows_seen_,
                                         " and those behind it cannot be "
                                         "read"));
    }
    return absl::OkStatus();
  }

  const std::string path_;
  Handle file_;
  Dataset dataset_;
  const TableShape shape_;
  const std::unique_ptr<RowIds> ids_;
  const uint64_t file_bytes_;
  const uint64_t block_rows_;
  std::vector<float> block_;
  uint64_t rows_seen_ = 0;
};

absl::StatusOr<std::string> ChooseName(const std::string& path, hid_t file,
                                       const std::string& tensor) {
  if (!tensor.empty() && tensor.find('/') != tensor.npos) return tensor;
  AKIN_ASSIGN_OR_RETURN(const std::vector<NamedTensor> named,
                        ListDatasets(path, file));
  std::string wanted = tensor;
  if (wanted.empty()) {
    for (const NamedTensor& dataset : named) {
      if (dataset.name == kDefault) wanted = kDefault;
    }
  }
  AKIN_ASSIGN_OR_RETURN(const size_t chosen, ChooseTensor(path, wanted, named));
  return named[chosen].name;
}

absl::StatusOr<TableShape> ShapeOf(const std::string& path,
                                   const std::string& name,
                                   const Dataset& dataset) {
  if (!dataset.is_float || dataset.shape.size() != 2) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": dataset ", ShownField(name), " is ",
        dataset.is_float ? "" : "not ", "of float32 or float64 and has ",
        dataset.shape.size(), " dimensions, expected 2: rows x numbers"));
  }
  return CheckShape(path, absl::StrCat(dataset.shape[0]),
                    absl::StrCat(dataset.shape[1]));
}

}  // namespace

bool BuiltWithHdf5() { return true; }

absl::StatusOr<std::unique_ptr<VectorSource>> OpenHdf5(
    const std::string& path, const std::string& tensor,
    const std::string& ids_path) {
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<StoredFile> stored,
                        StoredFile::Open(path));
  const MutexLock lock(&LibraryMutex());
  // It would print its errors.
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), &H5Fclose);
  if (!file.ok()) return Damaged(path, "it cannot be opened");
  AKIN_ASSIGN_OR_RETURN(const std::string name,
                        ChooseName(path, file.get(), tensor));
  std::optional<Dataset> dataset = OpenDataset(file.get(), name);
  if (!dataset.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": has no dataset ", ShownField(name)));
  }
  AKIN_ASSIGN_OR_RETURN(const TableShape shape, ShapeOf(path, name, *dataset));
  AKIN_RETURN_IF_ERROR(CheckChunks(path, *dataset));
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<RowIds> ids,
                        OpenRowIds(ids_path, path, shape.rows));
  return std::make_unique<Hdf5>(path, std::move(file), *std::move(dataset),
                                shape, std::move(ids),
                                stored->size().value_or(0));
}

}  // namespace akin

#else

namespace akin {

bool BuiltWithHdf5() { return false; }

absl::StatusOr<std::unique_ptr<VectorSource>> OpenHdf5(
    const std::string& path, const std::string& /*tensor*/,
    const std::string& /*ids_path*/) {
  return absl::InvalidArgumentError(absl::StrCat(
      path,
      ": is an HDF5 file, which this akin was built without (libhdf5-dev was "
      "not there): save the array, numpy.save('vectors.npy', "
      "file['train'][:]), and its ids one per line"));
}

}  // namespace akin

#endif  // AKIN_HAVE_HDF5
