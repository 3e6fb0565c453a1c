// More load than a server can answer: what it still answers, and how soon.

#ifndef AKIN_TESTS_BENCH_SERVE_OVERLOAD_BENCH_H_
#define AKIN_TESTS_BENCH_SERVE_OVERLOAD_BENCH_H_

#include "absl/status/status.h"
#include "tests/bench/engine/figures.h"
#include "tests/bench/serve/serve.h"

namespace akin::bench {

absl::Status BenchOverload(const ServeOptions& options, Figures* figures);

}  // namespace akin::bench

#endif  // AKIN_TESTS_BENCH_SERVE_OVERLOAD_BENCH_H_
