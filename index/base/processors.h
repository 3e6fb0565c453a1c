// How many threads can run at once.

#ifndef AKIN_INDEX_BASE_PROCESSORS_H_
#define AKIN_INDEX_BASE_PROCESSORS_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace akin {

// What this process may use, at least 1: the processors it is allowed to run
// on, or what its control group (version 2) grants it, if that is less. The
// machine may have more (std::thread::hardware_concurrency): a container's
// threads beyond its share only wait for each other.
size_t Processors();

// What a cpu.max of control groups grants ("150000 100000": one and a half),
// rounded up. Nothing: no limit ("max 100000"), or it says something else.
std::optional<size_t> ProcessorsGranted(absl::string_view cpu_max);

}  // namespace akin

#endif  // AKIN_INDEX_BASE_PROCESSORS_H_
