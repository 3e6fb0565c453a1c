#include "tests/bench/load_files.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/base/status_macros.h"
#include "index/formats/byte_stream.h"
#include "index/formats/open_source.h"

namespace akin::bench {
namespace {

constexpr size_t kBlock = size_t{1} << 20;

absl::Status Unpack(const std::string& path, ScratchFile* out) {
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<ByteStream> stream,
                        ByteStream::Open(path));
  for (;;) {
    AKIN_ASSIGN_OR_RETURN(const absl::string_view block, stream->Peek(kBlock));
    if (block.empty()) return out->Settle();
    AKIN_RETURN_IF_ERROR(out->Write(block));
    stream->Skip(block.size());
  }
}

// Calls `use` with each row of the file.
template <typename Use>
absl::Status ForEachRow(const std::string& path, Use use) {
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<VectorSource> source,
                        OpenVectorSource({path, ""}));
  std::vector<float> values(source->dimension());
  SourceRow row;
  for (;;) {
    AKIN_ASSIGN_OR_RETURN(const VectorSource::Outcome outcome,
                          source->Next(absl::MakeSpan(values), &row));
    if (outcome == VectorSource::Outcome::kEnd) return absl::OkStatus();
    if (outcome == VectorSource::Outcome::kBadRow) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": ", row.unit, " ", row.position, " ", row.detail));
    }
    AKIN_RETURN_IF_ERROR(use(row.id, values));
  }
}

absl::Status WriteBinary(LoadFiles* files) {
  const std::string& text = files->text.path();
  // The header comes before the rows and says how many there are.
  AKIN_RETURN_IF_ERROR(
      ForEachRow(text, [&](absl::string_view, const std::vector<float>& row) {
        ++files->rows;
        files->dimension = static_cast<uint32_t>(row.size());
        return absl::OkStatus();
      }));
  ScratchFile& out = files->binary;
  AKIN_RETURN_IF_ERROR(
      out.Write(absl::StrCat(files->rows, " ", files->dimension, "\n")));
  AKIN_RETURN_IF_ERROR(ForEachRow(
      text, [&](absl::string_view id, const std::vector<float>& row) {
        AKIN_RETURN_IF_ERROR(out.Write(absl::StrCat(id, " ")));
        AKIN_RETURN_IF_ERROR(out.Write(
            absl::string_view(reinterpret_cast<const char*>(row.data()),
                              row.size() * sizeof(float))));
        return out.Write("\n");
      }));
  return out.Settle();
}

}  // namespace

absl::StatusOr<LoadFiles> MakeLoadFiles(const std::string& gzip_path) {
  AKIN_ASSIGN_OR_RETURN(ScratchFile text, ScratchFile::Create());
  AKIN_ASSIGN_OR_RETURN(ScratchFile binary, ScratchFile::Create());
  LoadFiles files{gzip_path, std::move(text), std::move(binary)};
  AKIN_RETURN_IF_ERROR(Unpack(gzip_path, &files.text));
  AKIN_RETURN_IF_ERROR(WriteBinary(&files));
  return files;
}

absl::StatusOr<LoadRun> ParseLoadRun(const nlohmann::json& report,
                                     const LoadFiles& files) {
  const uint64_t rows = report.value("rows", uint64_t{0});
  const uint32_t dimension = report.value("dimension", uint32_t{0});
  if (rows != files.rows || dimension != files.dimension) {
    return absl::InternalError(absl::StrCat("read ", rows, " x ", dimension,
                                            ", expected ", files.rows, " x ",
                                            files.dimension));
  }
  return LoadRun{report.value("seconds", 0.0), report.value("cpu_seconds", 0.0),
                 report.value("rss_before_bytes", uint64_t{0}),
                 report.value("peak_bytes", uint64_t{0})};
}

}  // namespace akin::bench
