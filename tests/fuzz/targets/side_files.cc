// What lies beside trained files: attributes, ids, golden queries; and the
// streams that all of them may be compressed into.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/base/worker_pool.h"
#include "index/formats/byte_stream.h"
#include "index/formats/row_ids.h"
#include "index/query/golden_queries.h"
#include "index/table/table_builder.h"
#include "index/version/read_attributes.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/promises.h"

namespace akin {
namespace {

// More than any good input decodes to; a bomb goes on for gigabytes.
constexpr uint64_t kMostDecodedBytes = uint64_t{4} << 20;

// The table that attributes are read for: ids a to d.
const Table& FourRows() {
  static const Table* const table = [] {
    TableBuilder builder("t", 1, {});
    for (const char* id : {"a", "b", "c", "d"}) {
      const auto row = builder.NextRow();
      Require(row.ok(), "room for four rows");
      (*row)[0] = 1;
      Require(!builder.Commit(id).has_value(), "four good rows");
    }
    return new Table(std::move(builder).Build());
  }();
  return *table;
}

bool ReadAttributesAs(const std::string& path,
                      const std::vector<AttributeDeclaration>& types) {
  static WorkerPool* const pool = new WorkerPool(1);
  AttributeReport report;
  const absl::StatusOr<Attributes> attributes = ReadAttributes(
      {path, types}, FourRows(), OnBadRow::kSkip, pool, nullptr, &report);
  if (!attributes.ok()) {
    RequireFileError(attributes.status(), path);
    return false;
  }
  Require(attributes->rows() == FourRows().rows(), "columns of the table");
  Require(report.rows <= FourRows().rows(), "a row for an id");
  return report.rows > 0;
}

// As it is, and with types for columns that may have others.
bool ReadAttributeFile(absl::string_view input) {
  using enum AttributeType;
  const MemoryFile file(input);
  const bool read = ReadAttributesAs(file.path(), {});
  (void)ReadAttributesAs(file.path(), {{"n", kInt},
                                       {"x", kFloat},
                                       {"on", kBool},
                                       {"at", kTimestamp},
                                       {"in", kKeywordList},
                                       {"k", kKeyword}});
  return read;
}

// The first byte says of how many rows; 0: nobody knows, and none is read.
bool ReadRowIds(absl::string_view input) {
  if (input.empty()) return false;
  std::optional<uint64_t> rows;
  if (input[0] != 0) rows = static_cast<unsigned char>(input[0]);
  const MemoryFile file(input.substr(1));
  const auto ids = OpenRowIds(file.path(), "vectors", rows);
  if (!ids.ok()) {
    RequireFileError(ids.status(), file.path());
    return false;
  }
  const uint64_t end_row = rows.value_or(0);
  uint64_t row = 0;
  for (; row < end_row; ++row) {
    const absl::StatusOr<absl::string_view> id = (*ids)->Read(row);
    if (!id.ok()) {
      RequireFileError(id.status(), file.path());
      return false;
    }
    // Every byte may be read.
    Require(id->find('\n') == id->npos, "an id has one line");
  }
  const absl::Status end = (*ids)->CheckEnd(row);
  if (!end.ok()) RequireFileError(end, file.path());
  return end.ok() && row > 0;
}

bool ReadCompressed(absl::string_view input) {
  const MemoryFile file(input);
  const auto stream = ByteStream::Open(file.path());
  if (!stream.ok()) {
    RequireFileError(stream.status(), file.path());
    return false;
  }
  // By lines, by bytes, and past them, in turns.
  absl::string_view line;
  for (bool more = true; more && (*stream)->offset() < kMostDecodedBytes;) {
    const absl::StatusOr<bool> any = (*stream)->ReadLine(&line);
    absl::StatusOr<absl::string_view> seen = absl::string_view();
    if (any.ok()) seen = (*stream)->Peek(100);
    absl::StatusOr<uint64_t> skipped = uint64_t{0};
    if (seen.ok()) {
      (*stream)->Skip(seen->size() / 2);
      skipped = (*stream)->SkipAhead(10);
    }
    for (const absl::Status& status :
         {any.status(), seen.status(), skipped.status()}) {
      if (status.ok()) continue;
      RequireFileError(status, file.path());
      return false;
    }
    more = *any;
  }
  return (*stream)->offset() > 0;
}

bool ReadGoldenQueries(absl::string_view input) {
  const auto queries = ParseGoldenQueries(input, "golden.jsonl");
  if (!queries.ok()) {
    RequireFileError(queries.status(), "golden.jsonl");
    return false;
  }
  for (const GoldenQuery& query : *queries) {
    const int kinds =
        static_cast<int>(!query.id.empty()) +
        static_cast<int>(!query.vector.empty()) +
        static_cast<int>(!query.plus.empty() || !query.minus.empty());
    Require(kinds == 1, "an id, a vector, or terms");
    Require(!query.table.empty() && query.line > 0, "a table and a line");
    Require(!query.expect.empty() && query.expect.size() <= query.within &&
                query.within <= kMaxGoldenWithin,
            "as many are expected as may be found");
  }
  return !queries->empty();
}

constexpr FuzzTarget kTargets[] = {
    {"attributes_jsonl", ReadAttributeFile},
    {"attributes_csv", ReadAttributeFile},
    {"row_ids", ReadRowIds},
    {"compressed", ReadCompressed},
    {"golden_queries", ReadGoldenQueries},
};

}  // namespace

absl::Span<const FuzzTarget> SideFileTargets() { return kTargets; }

}  // namespace akin
