#include "server/give_way.h"

#include <linux/sched.h>
#include <linux/sched/types.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace akin::server {

void GiveWay() {
  constexpr int kNice = 10;
  // From Linux 6.12 on a thread keeps its processor for its slice, 3 ms if
  // nothing is said, however nice it is: a query that wakes would wait for it.
  constexpr __u64 kSliceNanoseconds = 100'000;
  struct sched_attr attributes = {};
  attributes.size = sizeof(attributes);
  attributes.sched_policy = SCHED_NORMAL;
  attributes.sched_nice = std::max(getpriority(PRIO_PROCESS, 0), kNice);
  attributes.sched_runtime = kSliceNanoseconds;
  if (syscall(SYS_sched_setattr, 0, &attributes, 0) == 0) return;
  setpriority(PRIO_PROCESS, 0, attributes.sched_nice);
}

}  // namespace akin::server
