// What is known of a model: its versions, whatever became of them, and labels.

#ifndef AKIN_SERVER_MODEL_FACTS_H_
#define AKIN_SERVER_MODEL_FACTS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "index/version/labels.h"
#include "index/version/version.h"

namespace akin::server {

enum class VersionState : uint8_t {
  kSealed,   // in the repository, not loaded
  kLoading,  // or asked for, and its turn will come
  kAvailable,
  kFailed,     // could not be loaded
  kUnloading,  // only calls begun before still read it
};

struct VersionFacts {
  int64_t number = 0;
  VersionState state = VersionState::kSealed;
  std::shared_ptr<const Version> version;  // where it is in memory
  std::string failure;                     // of kFailed
  std::string note;         // of kAvailable: what is wrong with its folder
  uint64_t bytes_done = 0;  // of kLoading
  uint64_t bytes_total = 0;
};

struct ModelFacts {
  std::string name;
  std::vector<VersionFacts> versions;  // newest first
  Labels labels;                       // in force
  bool stable_follows_latest = false;  // nobody has set it
  bool loads_latest = false;           // of the repository, by itself
};

}  // namespace akin::server

#endif  // AKIN_SERVER_MODEL_FACTS_H_
