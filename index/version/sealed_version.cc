#include "index/version/sealed_version.h"

#include <algorithm>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/crc32c.h"
#include "index/base/durable_file.h"
#include "index/base/mutex.h"
#include "index/base/sealed_file.h"
#include "index/base/status_macros.h"
#include "index/search/flat_index.h"
#include "index/search/graph_searcher.h"
#include "index/search/rows_index.h"

namespace akin {
namespace {

// A manifest of ten thousand curves is shorter.
constexpr size_t kMaxManifestBytes = 64 << 20;

absl::Status SealTable(const IndexedTable& table, SealedFileWriter* file) {
  AKIN_RETURN_IF_ERROR(table.table().Seal(file));
  if (table.attributes() != nullptr) {
    AKIN_RETURN_IF_ERROR(table.attributes()->Seal(file));
  }
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

// The columns as a manifest says them.
std::vector<AttributeManifest> DescribeAttributes(
    const Attributes* attributes) {
  std::vector<AttributeManifest> described;
  if (attributes == nullptr) return described;
  for (const AttributeColumn& column : attributes->columns()) {
    described.push_back(
        {column.name(), column.type(), column.count(), column.keywords()});
  }
  return described;
}

absl::Status OpenAttributes(const SealedFile& file,
                            const TableManifest& manifest, WorkerPool* pool,
                            IndexedTable* table) {
  if (file.Has("attributes")) {
    AKIN_ASSIGN_OR_RETURN(Attributes attributes,
                          Attributes::Unseal(file, manifest.rows, pool));
    table->SetAttributes(std::move(attributes));
  }
  if (DescribeAttributes(table->attributes()) == manifest.attributes) {
    return absl::OkStatus();
  }
  return file.Wrong("attributes", "has others than the manifest says");
}

// ids, vectors -> attributes -> codes -> graph, as LOAD has built them
absl::StatusOr<std::unique_ptr<const IndexedTable>> OpenTable(
    const SealedFile& file, const TableManifest& manifest, WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(Table read,
                        Table::Unseal(file, manifest.name, manifest.metric,
                                      manifest.dimension, manifest.rows, pool));
  auto table = std::make_unique<IndexedTable>(std::move(read));
  *table->mutable_report() = manifest.report;
  AKIN_RETURN_IF_ERROR(OpenAttributes(file, manifest, pool, table.get()));
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
                                    const TableManifest& manifest,
                                    SealedFileOptions options = {}) {
  AKIN_ASSIGN_OR_RETURN(
      SealedFile file,
      SealedFile::Open(absl::StrCat(folder, "/", manifest.file),
                       std::move(options)));
  if (file.file_bytes() == manifest.file_bytes &&
      file.sum() == manifest.file_sum) {
    return file;
  }
  return absl::DataLossError(absl::StrFormat(
      "%s: has %d bytes and the sum %08x, the manifest expects %d and %08x",
      file.path(), file.file_bytes(), file.sum(), manifest.file_bytes,
      manifest.file_sum));
}

// Sums up the blocks of all files, and tells of them every few MiB.
class ProgressSum {
 public:
  ProgressSum(const OpenProgress& progress, uint64_t total)
      : progress_(progress), total_(total) {}

  // False: it is to end. `tell`: now, however little has come.
  bool Add(uint64_t bytes, bool tell = false) {
    constexpr uint64_t kStep = 16 << 20;
    MutexLock lock(&mutex_);
    done_ = std::min(total_, done_ + bytes);
    if (!progress_ || (done_ < tell_at_ && !tell)) return go_on_;
    tell_at_ = done_ + kStep;
    go_on_ = go_on_ && progress_(done_, total_);
    return go_on_;
  }

 private:
  const OpenProgress& progress_;
  const uint64_t total_;
  Mutex mutex_;
  uint64_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t tell_at_ ABSL_GUARDED_BY(mutex_) = 0;
  bool go_on_ ABSL_GUARDED_BY(mutex_) = true;
};

// Goes by the tables' files, and says how far it is.
absl::Status ForEachFile(
    const std::string& folder, const Manifest& manifest,
    const OpenOptions& options,
    const std::function<absl::Status(const SealedFile&, const TableManifest&)>&
        action) {
  uint64_t total = 0;
  for (const TableManifest& table : manifest.tables) total += table.file_bytes;
  ProgressSum sum(options.progress, total);
  for (const TableManifest& table : manifest.tables) {
    if (!sum.Add(0, /*tell=*/true)) {
      return absl::CancelledError("the load was cancelled");
    }
    SealedFileOptions file_options;
    file_options.map = options.map;
    file_options.on_block = [&](uint64_t bytes) { return sum.Add(bytes); };
    AKIN_ASSIGN_OR_RETURN(const SealedFile file,
                          OpenFile(folder, table, std::move(file_options)));
    AKIN_RETURN_IF_ERROR(action(file, table));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const Version>> OpenTables(
    const std::string& folder, const Manifest& manifest, WorkerPool* pool,
    const OpenOptions& options) {
  std::vector<std::unique_ptr<const IndexedTable>> tables;
  AKIN_RETURN_IF_ERROR(ForEachFile(
      folder, manifest, options,
      [&](const SealedFile& file, const TableManifest& table) -> absl::Status {
        AKIN_ASSIGN_OR_RETURN(tables.emplace_back(),
                              OpenTable(file, table, pool));
        return absl::OkStatus();
      }));
  return std::make_shared<const Version>(manifest.model, manifest.version,
                                         std::move(tables));
}

absl::StatusOr<TableManifest> WriteTable(const IndexedTable& table,
                                         const std::string& folder,
                                         const std::function<bool()>& go_on) {
  TableManifest entry;
  entry.name = table.table().name();
  entry.file = TableFile(entry.name);
  entry.dimension = table.table().dimension();
  entry.metric = table.table().metric();
  entry.rows = table.table().rows();
  entry.memory_bytes = table.memory_bytes();
  entry.report = table.report();
  entry.attributes = DescribeAttributes(table.attributes());
  if (const Calibration* curves = table.index().calibration()) {
    entry.calibration = *curves;
  }
  const std::string path = absl::StrCat(folder, "/", entry.file);
  AKIN_ASSIGN_OR_RETURN(const auto writer,
                        SealedFileWriter::Create(path, go_on));
  AKIN_RETURN_IF_ERROR(SealTable(table, writer.get()));
  // What is there now is what will be read.
  AKIN_ASSIGN_OR_RETURN(const SealedFile written, SealedFile::Open(path));
  entry.file_bytes = written.file_bytes();
  entry.file_sum = written.sum();
  return entry;
}

absl::StatusOr<GoldenFile> WriteGolden(const std::string& text,
                                       const std::string& folder) {
  if (text.size() > kMaxGoldenBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the golden queries have ", text.size(),
                     " bytes, expected at most ", kMaxGoldenBytes));
  }
  GoldenFile golden;
  golden.file = std::string(kGoldenFile);
  golden.bytes = text.size();
  golden.sum = Crc32c(text);
  AKIN_RETURN_IF_ERROR(
      WriteDurably(absl::StrCat(folder, "/", golden.file), text));
  return golden;
}

}  // namespace

absl::StatusOr<Manifest> SealVersion(const Version& version,
                                     const SealFacts& facts,
                                     const std::string& folder,
                                     const std::function<bool()>& go_on) {
  Manifest manifest;
  manifest.model = version.model();
  manifest.version = version.number();
  manifest.created_unix_seconds = facts.created_unix_seconds;
  manifest.training_run = facts.training_run;
  manifest.metadata = facts.metadata;
  for (const auto& table : version.tables()) {
    AKIN_ASSIGN_OR_RETURN(TableManifest entry,
                          WriteTable(*table, folder, go_on));
    const auto sources = facts.sources.find(entry.name);
    if (sources != facts.sources.end()) entry.sources = sources->second;
    manifest.tables.push_back(std::move(entry));
  }
  if (!facts.golden_queries.empty()) {
    AKIN_ASSIGN_OR_RETURN(manifest.golden_queries,
                          WriteGolden(facts.golden_queries, folder));
  }
  AKIN_RETURN_IF_ERROR(WriteDurably(absl::StrCat(folder, "/", kManifestFile),
                                    FormatManifest(manifest)));
  return manifest;
}

absl::StatusOr<Manifest> ReadManifest(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/", kManifestFile);
  AKIN_ASSIGN_OR_RETURN(const std::string text,
                        ReadWhole(path, kMaxManifestBytes));
  return ParseManifest(text, path);
}

absl::StatusOr<std::string> ReadGoldenQueries(const std::string& folder,
                                              const Manifest& manifest) {
  if (!manifest.golden_queries.has_value()) return std::string();
  const GoldenFile& golden = *manifest.golden_queries;
  const std::string path = absl::StrCat(folder, "/", golden.file);
  AKIN_ASSIGN_OR_RETURN(std::string text, ReadWhole(path, kMaxGoldenBytes));
  const uint32_t sum = Crc32c(text);
  if (text.size() == golden.bytes && sum == golden.sum) return text;
  return absl::DataLossError(absl::StrFormat(
      "%s: has %d bytes and the sum %08x, the manifest expects %d and %08x",
      path, text.size(), sum, golden.bytes, golden.sum));
}

absl::StatusOr<std::shared_ptr<const Version>> OpenVersion(
    const std::string& folder, absl::string_view model, int64_t number,
    WorkerPool* pool, const OpenOptions& options) {
  try {
    AKIN_ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(folder));
    if (manifest.model != model || manifest.version != number) {
      return absl::FailedPreconditionError(absl::StrCat(
          folder, ": holds version ", manifest.version, " of model ",
          manifest.model, ", expected version ", number, " of model ", model));
    }
    AKIN_RETURN_IF_ERROR(ReadGoldenQueries(folder, manifest).status());
    return OpenTables(folder, manifest, pool, options);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(
        absl::StrCat(folder, ": does not fit into memory"));
  }
}

absl::StatusOr<Manifest> VerifyVersion(const std::string& folder,
                                       WorkerPool* pool,
                                       const OpenProgress& progress) {
  AKIN_ASSIGN_OR_RETURN(Manifest manifest, ReadManifest(folder));
  AKIN_RETURN_IF_ERROR(ReadGoldenQueries(folder, manifest).status());
  AKIN_RETURN_IF_ERROR(
      ForEachFile(folder, manifest, {.progress = progress},
                  [&](const SealedFile& file, const TableManifest&) {
                    return file.Verify(pool);
                  }));
  return manifest;
}

}  // namespace akin
