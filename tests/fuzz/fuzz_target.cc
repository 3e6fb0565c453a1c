#include "tests/fuzz/fuzz_target.h"

namespace akin {

std::vector<FuzzTarget> AllFuzzTargets() {
  std::vector<FuzzTarget> all;
  for (const auto targets :
       {VectorTargets(), SideFileTargets(), RepositoryTargets(),
        CommandLineTargets(), CallerTargets(), SearchRpcTargets(),
        CatalogRpcTargets()}) {
    all.insert(all.end(), targets.begin(), targets.end());
  }
  return all;
}

std::optional<FuzzTarget> FindFuzzTarget(absl::string_view name) {
  for (const FuzzTarget& target : AllFuzzTargets()) {
    if (target.name == name) return target;
  }
  return std::nullopt;
}

}  // namespace akin
