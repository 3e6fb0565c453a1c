// What loading a version takes, beside what is loaded.

#ifndef AKIN_SERVER_LOAD_PLAN_H_
#define AKIN_SERVER_LOAD_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "index/version/manifest.h"
#include "server/model_facts.h"

namespace akin::server {

struct LoadPlan {
  int64_t version = 0;
  uint64_t resident_bytes = 0;   // loaded versions of the model
  uint64_t version_bytes = 0;    // what this one will take
  uint64_t peak_bytes = 0;       // at most, while it is loaded
  uint64_t available_bytes = 0;  // what the process can still have
  bool mapped = false;           // most of it stays in the files
  double seconds = 0;
  std::vector<int64_t> retires;  // what would be let go afterwards
  VersionState state = VersionState::kSealed;

  bool fits() const { return mapped || peak_bytes <= available_bytes; }
};

// The version and its bytes, as its manifest promises them.
LoadPlan PlanOf(const Manifest& manifest);

// RESOURCE_EXHAUSTED, with the figures of a plan that does not fit.
absl::Status DoesNotFit(const std::string& model, const LoadPlan& plan);

}  // namespace akin::server

#endif  // AKIN_SERVER_LOAD_PLAN_H_
