#include "index/base/page_buffer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "tests/support/status_matchers.h"

namespace akin {
namespace {

TEST(PageBuffer, KeepsItsBytesWhileItGrowsAndShrinks) {
  PageBuffer buffer;
  ASSERT_THAT(buffer.Reserve(10), IsOk());
  std::memcpy(buffer.data(), "0123456789", 10);
  ASSERT_THAT(buffer.Reserve(100 << 20), IsOk());
  EXPECT_GE(buffer.capacity(), size_t{100} << 20);
  EXPECT_EQ(std::memcmp(buffer.data(), "0123456789", 10), 0);
  EXPECT_EQ(buffer.data()[buffer.capacity() - 1], 0);
  buffer.ShrinkTo(10);
  EXPECT_LT(buffer.capacity(), size_t{1} << 20);
  EXPECT_EQ(std::memcmp(buffer.data(), "0123456789", 10), 0);
}

TEST(PageBuffer, MovesAndEmpties) {
  PageBuffer a;
  ASSERT_THAT(a.Reserve(1), IsOk());
  a.data()[0] = 'x';
  PageBuffer b = std::move(a);
  EXPECT_EQ(b.data()[0], 'x');
  b.ShrinkTo(0);
  EXPECT_EQ(b.capacity(), 0u);
  ASSERT_THAT(b.Reserve(1), IsOk());
}

TEST(PageBuffer, SaysWhenThereIsNoMemory) {
  PageBuffer buffer;
  EXPECT_THAT(buffer.Reserve(size_t{1} << 60),
              IsStatus(absl::StatusCode::kResourceExhausted,
                       testing::HasSubstr("bytes")));
  EXPECT_EQ(buffer.capacity(), 0u);
}

}  // namespace
}  // namespace akin
