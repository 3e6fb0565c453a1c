// The beam and the visited rows, against the plainest thing that does the same,
// on every instruction set of the machine.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <vector>

#include "tests/support/simd_targets.h"

#define HWY_COMPILE_ALL_ATTAINABLE
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/index/search/beam_test.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "index/search/beam-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin {
namespace HWY_NAMESPACE {
namespace {

// A beam as a vector that is sorted anew, next to the real one.
class TwoBeams {
 public:
  explicit TwoBeams(size_t capacity) : capacity_(capacity) {
    arrays_.Reserve(capacity);
    beam_ = std::make_unique<walk::Beam>(&arrays_, capacity);
  }

  void Insert(float distance, uint32_t row) {
    if (distance >= beam_->worst()) {
      EXPECT_EQ(entries_.size(), capacity_);
      return;
    }
    const size_t at = beam_->Insert(distance, row);
    EXPECT_EQ(at, InsertIntoReference(distance, row));
  }

  void InsertNearer(const std::vector<float>& distances,
                    const std::vector<uint32_t>& rows, size_t count) {
    beam_->InsertNearer(distances.data(), rows.data(), count);
    for (size_t i = 0; i < count; ++i) {
      if (entries_.size() < capacity_ ||
          distances[i] < entries_.back().distance) {
        InsertIntoReference(distances[i], rows[i]);
      }
    }
  }

  // Expands the nearest row, if any is left.
  void Expand() {
    const auto next =
        std::find_if(entries_.begin(), entries_.end(),
                     [](const Entry& entry) { return !entry.expanded; });
    ASSERT_EQ(beam_->SeekNext(), next != entries_.end());
    if (next == entries_.end()) {
      EXPECT_EQ(beam_->PeekNext(), kNoRow);
      return;
    }
    EXPECT_EQ(beam_->PeekNext(), next->row);
    EXPECT_EQ(beam_->TakeNext(), next->row);
    next->expanded = true;
  }

  void Compare() {
    ASSERT_EQ(beam_->size(), entries_.size());
    for (size_t i = 0; i < entries_.size(); ++i) {
      ASSERT_EQ(beam_->distance(i), entries_[i].distance) << i;
      ASSERT_EQ(beam_->row(i), entries_[i].row) << i;
    }
    if (entries_.size() == capacity_) {
      EXPECT_EQ(beam_->worst(), entries_.back().distance);
    } else {
      EXPECT_EQ(beam_->worst(), std::numeric_limits<float>::max());
    }
    beam_->Finish(&arrays_);
    EXPECT_EQ(arrays_.size, entries_.size());
  }

 private:
  struct Entry {
    float distance;
    uint32_t row;
    bool expanded;
  };

  size_t InsertIntoReference(float distance, uint32_t row) {
    const auto at = std::upper_bound(
        entries_.begin(), entries_.end(), distance,
        [](float d, const Entry& entry) { return d < entry.distance; });
    const auto index = static_cast<size_t>(at - entries_.begin());
    entries_.insert(at, {distance, row, false});
    if (entries_.size() > capacity_) entries_.pop_back();
    return index;
  }

  const size_t capacity_;
  BeamArrays arrays_;
  std::unique_ptr<walk::Beam> beam_;
  std::vector<Entry> entries_;
};

// Few different distances make many ties; some are negative, as codes' can be.
float RandomDistance(std::mt19937* random) {
  const auto value = static_cast<float>((*random)() % 1000);
  return (*random)() % 2 == 0 ? std::floor(value / 50) - 3 : value * 0.01f - 1;
}

void RandomInserts(size_t capacity) {
  std::mt19937 random(static_cast<uint32_t>(capacity));
  TwoBeams beams(capacity);
  const size_t steps = 2 * capacity + 20;
  for (uint32_t row = 0; row < steps; ++row) {
    beams.Insert(RandomDistance(&random), row);
    if (random() % 3 == 0) beams.Expand();
    if (row % 16 == 0 || row + 1 == steps) beams.Compare();
  }
}

void RandomBlocks(size_t capacity) {
  std::mt19937 random(static_cast<uint32_t>(capacity));
  TwoBeams beams(capacity);
  for (uint32_t step = 0; step < 12; ++step) {
    const size_t count = random() % 65;
    // What lies behind the block is nearer than all of it.
    std::vector<float> distances(64 + 16, -1e30f);
    std::vector<uint32_t> rows(64);
    for (size_t i = 0; i < count; ++i) {
      distances[i] = RandomDistance(&random);
      rows[i] = step * 64 + static_cast<uint32_t>(i);
    }
    beams.InsertNearer(distances, rows, count);
    beams.Compare();
    beams.Expand();
  }
}

void NearerThanOfEveryLength() {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::mt19937 random(1);
  for (size_t count = 0; count <= 64; ++count) {
    std::vector<float> distances(64 + 16, -1e30f);
    for (size_t i = 0; i < count; ++i) distances[i] = RandomDistance(&random);
    if (count > 3) distances[random() % count] = kNan;
    if (count > 5) distances[random() % count] = kInfinity;
    for (const float bound : {-5.0f, 0.0f, 4.0f, 1e30f, kInfinity}) {
      uint64_t expected = 0;
      for (size_t i = 0; i < count; ++i) {
        if (distances[i] < bound) expected |= uint64_t{1} << i;
      }
      EXPECT_EQ(walk::NearerThan(distances.data(), count, bound), expected)
          << count << " distances, bound " << bound;
    }
  }
}

void VisitedIsASet() {
  constexpr size_t kRows = 1000;
  std::mt19937 random(1);
  WalkScratch scratch;
  scratch.Reserve(kRows);
  for (int round = 0; round < 5; ++round) {
    {
      walk::Visited visited(&scratch);
      std::set<uint32_t> reference;
      while (reference.size() < kRows) {
        if (random() % 2 == 0) {
          const auto row = static_cast<uint32_t>(random() % kRows);
          ASSERT_EQ(visited.Contains(row), reference.count(row) == 1);
          ASSERT_EQ(visited.Add(row), reference.insert(row).second);
        } else {
          std::vector<uint32_t> rows(random() % 65);
          for (uint32_t& row : rows) row = random() % kRows;
          const size_t from = visited.count();
          std::vector<uint32_t> fresh;
          for (const uint32_t row : rows) {
            if (reference.insert(row).second) fresh.push_back(row);
          }
          ASSERT_EQ(visited.AddAll(rows.data(), rows.size()), fresh.size());
          ASSERT_TRUE(
              std::equal(fresh.begin(), fresh.end(), visited.fresh(from)));
        }
        ASSERT_EQ(visited.count(), reference.size());
      }
    }
    EXPECT_TRUE(std::all_of(scratch.visited.begin(), scratch.visited.end(),
                            [](uint64_t word) { return word == 0; }));
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace akin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin {
namespace {

HWY_EXPORT(RandomInserts);
HWY_EXPORT(RandomBlocks);
HWY_EXPORT(NearerThanOfEveryLength);
HWY_EXPORT(VisitedIsASet);

using BeamTest = EachTargetTest;

TEST_P(BeamTest, IsASortedVectorAtEveryCapacity) {
  for (size_t capacity = 1; capacity <= 300; ++capacity) {
    SCOPED_TRACE(capacity);
    HWY_DYNAMIC_DISPATCH(RandomInserts)(capacity);
    if (HasFatalFailure()) return;
  }
}

TEST_P(BeamTest, InsertsBlocksLikeOneByOne) {
  for (size_t capacity = 1; capacity <= 300; ++capacity) {
    SCOPED_TRACE(capacity);
    HWY_DYNAMIC_DISPATCH(RandomBlocks)(capacity);
    if (HasFatalFailure()) return;
  }
}

TEST_P(BeamTest, NearerThanLooksAtEachOnce) {
  HWY_DYNAMIC_DISPATCH(NearerThanOfEveryLength)();
}

TEST_P(BeamTest, VisitedIsASetThatLeavesNothingBehind) {
  HWY_DYNAMIC_DISPATCH(VisitedIsASet)();
}

INSTANTIATE_TEST_SUITE_P(EachTarget, BeamTest,
                         testing::ValuesIn(TargetsOfThisMachine()),
                         TargetTestName);

}  // namespace
}  // namespace akin
#endif  // HWY_ONCE
