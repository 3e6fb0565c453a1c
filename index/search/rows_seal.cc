// How a RowsIndex (rows_index.h) is written into a sealed file and read back.

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/search/rows_index.h"

namespace akin {
namespace {

constexpr size_t kChunk = 4096;
constexpr size_t kMostEntryRows = size_t{1} << 20;

bool AllBelow(const uint32_t* ids, size_t bound) {
  return std::all_of(ids, ids + kRowNeighbors,
                     [&](uint32_t id) { return id < bound; });
}

bool StrictlyRises(const std::vector<uint32_t>& begins) {
  return std::adjacent_find(begins.begin(), begins.end(),
                            std::greater_equal<>()) == begins.end();
}

}  // namespace

absl::Status RowsIndex::Seal(SealedFileWriter* file) const {
  const std::array<uint32_t, 2> shape = {layout_.bits,
                                         static_cast<uint32_t>(leader_rows_)};
  const std::array<double, 2> space = {scale_, longest_};
  AKIN_RETURN_IF_ERROR(
      file->AddNumbers("rows.shape", absl::Span<const uint32_t>(shape)));
  AKIN_RETURN_IF_ERROR(
      file->AddNumbers("rows.space", absl::Span<const double>(space)));
  AKIN_RETURN_IF_ERROR(file->AddNumbers("rows.mean", mean_));
  AKIN_RETURN_IF_ERROR(rotation_.Seal(file));
  AKIN_RETURN_IF_ERROR(
      file->Add("rows", {data_.data(), rows_ * layout_.stride}));
  AKIN_RETURN_IF_ERROR(
      file->Add("rows.entries",
                {entries_.data(), entry_counts_.size() * layout_.stride}));
  AKIN_RETURN_IF_ERROR(file->AddNumbers("rows.begins", group_begins_));
  return file->AddNumbers("rows.counts", entry_counts_);
}

absl::StatusOr<RowsIndex> RowsIndex::Unseal(const SealedFile& file,
                                            const Table& table,
                                            WorkerPool* pool) {
  std::array<uint32_t, 2> shape;
  std::array<double, 2> space;
  AKIN_RETURN_IF_ERROR(
      file.ReadNumbers("rows.shape", shape.size(), shape.data(), pool));
  AKIN_RETURN_IF_ERROR(
      file.ReadNumbers("rows.space", space.size(), space.data(), pool));
  if (shape[0] != 1 && shape[0] != 2 && shape[0] != 4) {
    return file.Wrong("rows.shape", absl::StrCat("has codes of ", shape[0],
                                                 " bits, expected 1, 2 or 4"));
  }
  if (!std::isfinite(space[0]) || !std::isfinite(space[1])) {
    return file.Wrong("rows.space", "has a number that is none");
  }
  AKIN_ASSIGN_OR_RETURN(Rotation rotation,
                        Rotation::Unseal(file, table.dimension(), pool));
  RowsIndex index(table, std::move(rotation), shape[0]);
  index.leader_rows_ = shape[1];
  index.scale_ = static_cast<float>(space[0]);
  index.longest_ = space[1];
  index.mean_.resize(index.dimension_);
  AKIN_RETURN_IF_ERROR(file.ReadNumbers("rows.mean", index.dimension_,
                                        index.mean_.data(), pool));
  if (!std::all_of(index.mean_.begin(), index.mean_.end(),
                   [](float x) { return std::isfinite(x); })) {
    return file.Wrong("rows.mean", "has a number that is none");
  }
  const size_t bytes = index.rows_ * index.layout_.stride;
  AKIN_ASSIGN_OR_RETURN(index.data_, file.Load("rows", bytes, pool));
  AKIN_RETURN_IF_ERROR(index.CheckIds(file, pool));
  AKIN_RETURN_IF_ERROR(index.UnsealEntries(file, pool));
  return index;
}

// The sums are right of whatever was written; a walk follows ids blindly.
absl::Status RowsIndex::CheckIds(const SealedFile& file,
                                 WorkerPool* pool) const {
  std::atomic<bool> sound = true;
  pool->ParallelFor((rows_ + kChunk - 1) / kChunk, [&](size_t chunk) {
    const size_t end = std::min(rows_, (chunk + 1) * kChunk);
    for (size_t row = chunk * kChunk; row < end; ++row) {
      if (!AllBelow(Ids(data_.data() + row * layout_.stride), rows_)) {
        sound = false;
      }
    }
  });
  if (sound) return absl::OkStatus();
  return file.Wrong(
      "rows", absl::StrCat("has a neighbour beyond the ", rows_, " rows"));
}

absl::Status RowsIndex::UnsealEntries(const SealedFile& file,
                                      WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(
      entry_counts_,
      file.ReadVector<uint8_t>("rows.counts", kMostEntryRows, pool));
  AKIN_ASSIGN_OR_RETURN(
      group_begins_,
      file.ReadVector<uint32_t>("rows.begins", kMostEntryRows, pool));
  const size_t bytes = entry_counts_.size() * layout_.stride;
  AKIN_ASSIGN_OR_RETURN(entries_, file.Load("rows.entries", bytes, pool));
  return CheckEntries(file);
}

absl::Status RowsIndex::CheckEntries(const SealedFile& file) const {
  if (group_begins_.size() < 2 || group_begins_.front() != leader_rows_ ||
      group_begins_.back() != entry_counts_.size() ||
      !StrictlyRises(group_begins_) ||
      leader_rows_ * kRowNeighbors < group_begins_.size() - 1) {
    return file.Wrong("rows.begins", "does not divide the entries in groups");
  }
  const size_t groups = group_begins_.size() - 1;
  for (size_t at = 0; at < entry_counts_.size(); ++at) {
    const size_t bound = at < leader_rows_ ? groups : rows_;
    if (entry_counts_[at] > kRowNeighbors ||
        !AllBelow(Ids(entries_.data() + at * layout_.stride), bound)) {
      return file.Wrong("rows.entries", "has an entry that is no row");
    }
  }
  return absl::OkStatus();
}

}  // namespace akin
