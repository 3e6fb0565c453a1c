#include "index/query/near_ids.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "index/base/error_facts.h"
#include "index/base/fold_case.h"
#include "index/base/spelling.h"

namespace akin {
namespace {

constexpr size_t kMaxReadBytes = size_t{4} << 20;
constexpr size_t kMostEdits = 2;
// An edit adds or drops a code point of at most so many bytes, or puts it into
// the place of one of a byte.
constexpr size_t kBytesPerEdit = 4;
// The two cases of a few letters differ in bytes: so much is allowed for them.
constexpr size_t kBytesOfCase = 4;
// No id of more bytes is as near as kMostEdits.
constexpr size_t kMostCodePoints =
    kMaxNearIdBytes + kMostEdits * kBytesPerEdit + kBytesOfCase;

std::atomic_flag turn_taken = ATOMIC_FLAG_INIT;

// An id's code points, folded, and which there are: a bit for each, by its
// lowest six bits.
struct Spelling {
  std::array<char32_t, kMostCodePoints> code_points{};
  size_t size = 0;
  uint64_t letters = 0;

  // `id` has at most kMostCodePoints bytes.
  void Read(absl::string_view id) {
    size = 0;
    letters = 0;
    while (!id.empty()) {
      const char32_t folded = FoldCase(TakeCodePoint(&id));
      code_points[size++] = folded;
      letters |= uint64_t{1} << (folded & 63);
    }
  }
};

size_t Distance(size_t a, size_t b) { return a < b ? b - a : a - b; }

size_t EditsAllowed(size_t code_points) {
  if (code_points <= 1) return 0;
  return code_points <= 4 ? 1 : kMostEdits;
}

// Optimal string alignment, in the band of the matrix where up to `most` edits
// can lie; anything above `most` stands for more than that.
size_t Edits(const Spelling& a, const Spelling& b, size_t most) {
  using Row = std::array<uint8_t, kMostCodePoints + 1>;
  const uint8_t over = static_cast<uint8_t>(most + 1);
  Row rows[3];  // of the matrix: this one and the two before it
  Row* before = &rows[0];
  Row* last = &rows[1];
  Row* row = &rows[2];
  before->fill(over);
  last->fill(over);
  for (size_t j = 0; j <= std::min(b.size, most); ++j) {
    (*last)[j] = static_cast<uint8_t>(j);
  }
  for (size_t i = 1; i <= a.size; ++i) {
    const size_t begin = i > most ? i - most : 0;
    const size_t end = std::min(b.size, i + most);
    row->fill(over);
    for (size_t j = begin; j <= end; ++j) {
      size_t edits = (*last)[j] + size_t{1};
      if (j > 0) {
        const bool same = a.code_points[i - 1] == b.code_points[j - 1];
        edits = std::min({edits, (*row)[j - 1] + size_t{1},
                          (*last)[j - 1] + size_t{same ? 0u : 1u}});
      }
      if (i > 1 && j > 1 && a.code_points[i - 1] == b.code_points[j - 2] &&
          a.code_points[i - 2] == b.code_points[j - 1]) {
        edits = std::min(edits, (*before)[j - 2] + size_t{1});
      }
      (*row)[j] = static_cast<uint8_t>(std::min<size_t>(edits, over));
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return (*last)[b.size];
}

// The best rows so far, nearest first, equally near ones in the order of rows.
class NearestRows {
 public:
  explicit NearestRows(size_t most_edits) : most_edits_(most_edits) {}

  // Nothing is near enough any more.
  bool complete() const { return full() && found_.back().edits == 0; }
  // A later row is near enough with so many edits. Not of what is complete.
  size_t most_edits() const {
    return full() ? found_.back().edits - 1 : most_edits_;
  }

  void Add(uint32_t row, size_t edits) {
    if (full()) found_.pop_back();
    const auto at =
        std::upper_bound(found_.begin(), found_.end(), edits,
                         [](size_t a, const Found& b) { return a < b.edits; });
    found_.insert(at, {row, edits});
  }

  std::vector<std::string> Ids(const IdMap& ids) const {
    std::vector<std::string> near;
    for (const Found& found : found_) near.emplace_back(ids.Id(found.row));
    return near;
  }

 private:
  struct Found {
    uint32_t row;
    size_t edits;
  };

  bool full() const { return found_.size() == kMostNearIds; }

  const size_t most_edits_;
  std::vector<Found> found_;
};

std::vector<std::string> ScanIds(const IdMap& ids, absl::string_view id) {
  Spelling wanted;
  wanted.Read(id);
  Spelling other;
  NearestRows nearest(EditsAllowed(wanted.size));
  const size_t rows = std::min(ids.size(), kMaxNearIdRows);
  size_t read = 0;
  for (uint32_t row = 0; row < rows && read < kMaxReadBytes; ++row) {
    const size_t most = nearest.most_edits();
    const absl::string_view text = ids.Id(row);
    if (Distance(text.size(), id.size()) >
        most * kBytesPerEdit + kBytesOfCase) {
      continue;
    }
    read += text.size();
    other.Read(text);
    // An edit changes the letters by two at most: one goes, one comes.
    if (Distance(other.size, wanted.size) > most ||
        absl::popcount(other.letters ^ wanted.letters) >
            static_cast<int>(2 * most)) {
      continue;
    }
    const size_t edits = Edits(wanted, other, most);
    if (edits > most) continue;
    nearest.Add(row, edits);
    if (nearest.complete()) break;
  }
  return nearest.Ids(ids);
}

}  // namespace

NearIdsTurn::NearIdsTurn()
    : mine_(!turn_taken.test_and_set(std::memory_order_acquire)) {}

NearIdsTurn::~NearIdsTurn() {
  if (mine_) turn_taken.clear(std::memory_order_release);
}

std::vector<std::string> NearIds(const IdMap& ids, absl::string_view id) {
  if (id.empty() || id.size() > kMaxNearIdBytes) return {};
  std::vector<std::string> near = ScanIds(ids, id);
  if (ids.size() <= kMaxNearIdRows || near.size() == kMostNearIds) return near;
  const auto exists = [&](absl::string_view guess) {
    return ids.Find(guess).has_value();
  };
  for (std::string& guess : NearSpellings(id, exists, kMostNearIds)) {
    if (near.size() == kMostNearIds) break;
    if (std::find(near.begin(), near.end(), guess) == near.end()) {
      near.push_back(std::move(guess));
    }
  }
  return near;
}

absl::Status WithNearIds(const Version& version, absl::Status status) {
  if (!absl::IsNotFound(status)) return status;
  const std::optional<ErrorFacts> facts = FactsOf(status);
  if (!facts.has_value()) return status;
  const auto* unknown = std::get_if<UnknownName>(&*facts);
  if (unknown == nullptr || unknown->table.empty()) return status;
  const auto table = version.FindTable(unknown->table);
  if (!table.ok()) return status;
  const NearIdsTurn turn;
  if (!turn.mine()) return status;
  std::vector<std::string> near =
      NearIds((*table)->table().ids(), unknown->name);
  absl::Status out(status.code(),
                   absl::StrCat(status.message(), DidYouMean(near)));
  return WithFacts(std::move(out),
                   UnknownName{unknown->name, std::move(near), unknown->table});
}

}  // namespace akin
