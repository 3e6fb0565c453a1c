#include "tests/fuzz/fuzz_target.h"

namespace akin {

const FuzzTarget* FindFuzzTarget(absl::string_view name) {
  for (const auto targets : {VectorTargets(), SideFileTargets(),
                             RepositoryTargets(), CommandLineTargets()}) {
    for (const FuzzTarget& target : targets) {
      if (target.name == name) return &target;
    }
  }
  return nullptr;
}

}  // namespace akin
