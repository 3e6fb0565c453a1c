// Time passed and processor time used since an object was made.

#ifndef AKIN_TESTS_BENCH_STOPWATCH_H_
#define AKIN_TESTS_BENCH_STOPWATCH_H_

#include <sys/resource.h>
#include <sys/time.h>

#include <chrono>

namespace akin::bench {

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(Clock::now() - begin_).count();
  }

  // Of all threads of this process, in user and kernel mode. Hardly touched by
  // what else the machine does, unlike seconds().
  double cpu_seconds() const { return CpuSeconds() - cpu_begin_; }

 private:
  using Clock = std::chrono::steady_clock;

  static double CpuSeconds() {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return ToSeconds(usage.ru_utime) + ToSeconds(usage.ru_stime);
  }
  static double ToSeconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) * 1e-6;
  }

  const Clock::time_point begin_ = Clock::now();
  const double cpu_begin_ = CpuSeconds();
};

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_STOPWATCH_H_
