#include "server/process_facts.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace akin::server {
namespace {

TEST(ProcessFactsTest, AreReadAgainWhenTheyAreASecondOld) {
  ProcessFacts::Clock::time_point now{};
  const ProcessFacts facts([&] { return now; });
  const v1::ServerProcess first = facts.Get();
  EXPECT_GT(first.resident_bytes(), 0u);
  EXPECT_GT(first.available_bytes(), 0u);
  EXPECT_GT(first.open_files_limit(), 0u);
  EXPECT_GE(first.processors(), 1u);

  constexpr uint64_t kBytes = 64 << 20;
  const std::vector<char> more(kBytes, 'x');
  now += ProcessFacts::kMostAge - std::chrono::milliseconds(1);
  EXPECT_EQ(facts.Get().resident_bytes(), first.resident_bytes());
  now += std::chrono::milliseconds(1);
  EXPECT_GT(facts.Get().resident_bytes(), first.resident_bytes() + kBytes / 2);
  EXPECT_EQ(more.back(), 'x');
}

}  // namespace
}  // namespace akin::server
