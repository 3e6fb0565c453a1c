#include "server/task_thread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(TaskThread, DoesOneAfterTheOtherElsewhere) {
  TaskThread thread("changes", 10, /*gives_way=*/false);
  std::vector<int> done;
  std::promise<std::thread::id> last;
  for (int i = 0; i < 4; ++i) {
    ASSERT_THAT(thread.Submit([&, i] { done.push_back(i); }), IsOk());
  }
  ASSERT_THAT(
      thread.Submit([&] { last.set_value(std::this_thread::get_id()); }),
      IsOk());
  EXPECT_NE(last.get_future().get(), std::this_thread::get_id());
  EXPECT_THAT(done, ElementsAre(0, 1, 2, 3));
}

TEST(TaskThread, RefusesWhatIsTooMuchAndDropsIt) {
  std::promise<void> open;
  std::promise<void> begun;
  auto gate = open.get_future().share();
  auto kept = std::make_shared<int>(1);
  int done = 0;
  {
    TaskThread thread("changes", 2, /*gives_way=*/false);
    ASSERT_THAT(thread.Submit([&, gate] {
      begun.set_value();
      gate.wait();
      ++done;
    }),
                IsOk());
    begun.get_future().wait();
    // What is being done does not wait.
    ASSERT_THAT(thread.Submit([&] { ++done; }), IsOk());
    ASSERT_THAT(thread.Submit([&, kept] { ++done; }), IsOk());
    EXPECT_THAT(
        thread.Submit([&, kept] { ++done; }),
        IsStatus(StatusCode::kResourceExhausted,
                 HasSubstr("2 changes are waiting, expected at most 2")));
    EXPECT_EQ(kept.use_count(), 2) << "what was refused is let go";
    open.set_value();
  }
  EXPECT_GE(done, 1) << "what was begun is done";
  EXPECT_EQ(kept.use_count(), 1) << "the rest is dropped";
}

TEST(TaskThread, OnlyThoseThatSaySoGiveWay) {
  for (const bool gives_way : {false, true}) {
    TaskThread thread("changes", 2, gives_way);
    std::promise<int> nice;
    ASSERT_THAT(thread.Submit([&] {
      nice.set_value(getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())));
    }),
                IsOk());
    const int mine = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
    EXPECT_EQ(nice.get_future().get(), gives_way ? std::max(mine, 10) : mine);
  }
}

}  // namespace
}  // namespace akin::server
