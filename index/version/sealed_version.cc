#include "index/version/sealed_version.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/sealed_file.h"
#include "index/base/status_macros.h"
#include "index/search/flat_index.h"
#include "index/search/graph_searcher.h"
#include "index/search/rows_index.h"

namespace akin {
namespace {

// A manifest of ten thousand curves is shorter.
constexpr off_t kMaxManifestBytes = 64 << 20;

absl::Status SystemError(const std::string& path, absl::string_view action) {
  return absl::ErrnoToStatus(errno, absl::StrCat(path, ": ", action));
}

absl::Status WriteDurably(const std::string& path, absl::string_view text) {
  const int descriptor =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0) return SystemError(path, "cannot be created");
  absl::Status status;
  while (status.ok() && !text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      status = SystemError(path, "cannot be written");
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<size_t>(written));
  }
  if (status.ok() && fsync(descriptor) != 0) {
    status = SystemError(path, "cannot be synced");
  }
  close(descriptor);
  return status;
}

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  const int descriptor =
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return SystemError(path, "cannot be opened");
  struct stat facts = {};
  std::string text;
  absl::Status status;
  if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode) ||
      facts.st_size > kMaxManifestBytes) {
    status = absl::DataLossError(
        absl::StrCat(path, ": expected a regular file of at most ",
                     kMaxManifestBytes, " bytes"));
  } else {
    text.resize(static_cast<size_t>(facts.st_size));
  }
  for (size_t at = 0; status.ok() && at < text.size();) {
    const ssize_t got = read(descriptor, text.data() + at, text.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) status = SystemError(path, "cannot be read");
    if (got == 0) text.resize(at);  // shrinks while it is read: the sum tells
    at += static_cast<size_t>(got < 0 ? 0 : got);
  }
  close(descriptor);
  if (!status.ok()) return status;
  return text;
}

absl::Status SealTable(const IndexedTable& table, SealedFileWriter* file) {
  AKIN_RETURN_IF_ERROR(table.table().Seal(file));
  if (table.codes() != nullptr) {
    AKIN_RETURN_IF_ERROR(table.codes()->Seal(file));
  }
  const auto* graph = dynamic_cast<const GraphSearcher*>(&table.index());
  if (graph != nullptr) AKIN_RETURN_IF_ERROR(graph->walker().Seal(file));
  return file->Finish();
}

absl::StatusOr<std::unique_ptr<const GraphWalker>> OpenWalker(
    const SealedFile& file, const IndexedTable& table, WorkerPool* pool) {
  if (file.Has("rows")) {
    AKIN_ASSIGN_OR_RETURN(RowsIndex rows,
                          RowsIndex::Unseal(file, table.table(), pool));
    return std::make_unique<const RowsIndex>(std::move(rows));
  }
  if (table.codes() == nullptr) return file.Wrong("codes", "is missing");
  AKIN_ASSIGN_OR_RETURN(Graph graph,
                        Graph::Unseal(file, table.table().rows(), pool));
  AKIN_ASSIGN_OR_RETURN(FlatIndex flat,
                        FlatIndex::Build(table.codes(), std::move(graph)));
  return std::make_unique<const FlatIndex>(std::move(flat));
}

// ids, vectors -> codes -> graph, as LOAD has built them
absl::StatusOr<std::unique_ptr<const IndexedTable>> OpenTable(
    const SealedFile& file, const TableManifest& manifest, WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(Table read,
                        Table::Unseal(file, manifest.name, manifest.metric,
                                      manifest.dimension, manifest.rows, pool));
  auto table = std::make_unique<IndexedTable>(std::move(read));
  *table->mutable_report() = manifest.report;
  if (file.Has("codes")) {
    AKIN_ASSIGN_OR_RETURN(Codes codes,
                          Codes::Unseal(file, table->table(), pool));
    table->SetCodes(std::move(codes));
  }
  const bool keeps_vectors = file.Has("vectors");
  if (!keeps_vectors && table->codes() == nullptr) {
    return file.Wrong("vectors", "is missing, and so are the codes");
  }
  if (file.Has("rows") || file.Has("graph.links")) {
    AKIN_ASSIGN_OR_RETURN(std::unique_ptr<const GraphWalker> walker,
                          OpenWalker(file, *table, pool));
    auto searcher = std::make_unique<GraphSearcher>(
        &table->table(), &table->exact(),
        keeps_vectors
            ? RowScores(&table->table(), nullptr, Scored::kVectors)
            : RowScores(&table->table(), table->codes(), Scored::kDecoded),
        std::move(walker));
    searcher->SetCalibration(manifest.calibration);
    table->SetIndex(std::move(searcher));
  }
  if (!keeps_vectors) table->DropVectors();
  return table;
}

// The file that the manifest means, and no other.
absl::StatusOr<SealedFile> OpenFile(const std::string& folder,
                                    const TableManifest& manifest) {
  AKIN_ASSIGN_OR_RETURN(SealedFile file, SealedFile::Open(absl::StrCat(
                                             folder, "/", manifest.file)));
  if (file.file_bytes() == manifest.file_bytes &&
      file.sum() == manifest.file_sum) {
    return file;
  }
  return absl::DataLossError(absl::StrFormat(
      "%s: has %d bytes and the sum %08x, the manifest expects %d and %08x",
      file.path(), file.file_bytes(), file.sum(), manifest.file_bytes,
      manifest.file_sum));
}

absl::StatusOr<std::shared_ptr<const Version>> OpenTables(
    const std::string& folder, const Manifest& manifest, WorkerPool* pool,
    const OpenProgress& progress) {
  uint64_t done = 0;
  uint64_t total = 0;
  for (const TableManifest& table : manifest.tables) total += table.file_bytes;
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  for (const TableManifest& table : manifest.tables) {
    if (progress && !progress(done, total)) {
      return absl::CancelledError("the load was cancelled");
    }
    AKIN_ASSIGN_OR_RETURN(const SealedFile file, OpenFile(folder, table));
    AKIN_ASSIGN_OR_RETURN(tables.emplace_back(), OpenTable(file, table, pool));
    done += table.file_bytes;
  }
  return std::make_shared<const Version>(manifest.model, manifest.version,
                                         std::move(tables));
}

}  // namespace

absl::StatusOr<Manifest> SealVersion(const Version& version,
                                     const SealFacts& facts,
                                     const std::string& folder) {
  Manifest manifest;
  manifest.model = version.model();
  manifest.version = version.number();
  manifest.created_unix_seconds = facts.created_unix_seconds;
  manifest.training_run = facts.training_run;
  manifest.metadata = facts.metadata;
  for (const auto& table : version.tables()) {
    TableManifest& entry = manifest.tables.emplace_back();
    entry.name = table->table().name();
    entry.file = TableFile(entry.name);
    entry.dimension = table->table().dimension();
    entry.metric = table->table().metric();
    entry.rows = table->table().rows();
    entry.memory_bytes = table->memory_bytes();
    entry.report = table->report();
    if (const Calibration* curves = table->index().calibration()) {
      entry.calibration = *curves;
    }
    const auto sources = facts.sources.find(entry.name);
    if (sources != facts.sources.end()) entry.sources = sources->second;
    const std::string path = absl::StrCat(folder, "/", entry.file);
    AKIN_ASSIGN_OR_RETURN(const auto writer, SealedFileWriter::Create(path));
    AKIN_RETURN_IF_ERROR(SealTable(*table, writer.get()));
    // What is there now is what will be read.
    AKIN_ASSIGN_OR_RETURN(const SealedFile written, SealedFile::Open(path));
    entry.file_bytes = written.file_bytes();
    entry.file_sum = written.sum();
  }
  AKIN_RETURN_IF_ERROR(WriteDurably(absl::StrCat(folder, "/", kManifestFile),
                                    FormatManifest(manifest)));
  return manifest;
}

absl::StatusOr<Manifest> ReadManifest(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/", kManifestFile);
  AKIN_ASSIGN_OR_RETURN(const std::string text, ReadWhole(path));
  return ParseManifest(text, path);
}

absl::StatusOr<std::shared_ptr<const Version>> OpenVersion(
    const std::string& folder, absl::string_view model, int64_t number,
    WorkerPool* pool, const OpenProgress& progress) {
  try {
    AKIN_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(folder));
    if (manifest.model != model || manifest.version != number) {
      return absl::FailedPreconditionError(absl::StrCat(
          folder, ": holds version ", manifest.version, " of model ",
          manifest.model, ", expected version ", number, " of model ", model));
    }
    return OpenTables(folder, manifest, pool, progress);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(
        absl::StrCat(folder, ": does not fit into memory"));
  }
}

absl::StatusOr<Manifest> VerifyVersion(const std::string& folder,
                                       WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(Manifest manifest, ReadManifest(folder));
  for (const TableManifest& table : manifest.tables) {
    AKIN_ASSIGN_OR_RETURN(const SealedFile file, OpenFile(folder, table));
    AKIN_RETURN_IF_ERROR(file.Verify(pool));
  }
  AKIN_RETURN_IF_ERROR(
      OpenVersion(folder, manifest.model, manifest.version, pool).status());
  return manifest;
}

}  // namespace akin
