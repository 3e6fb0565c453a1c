// What a repository's folder shows to who has no index library: names, sizes,
// rights and locks, not what is in the files.
#ifndef AKIN_CLIENT_CLI_DOCTOR_REPOSITORY_FACTS_H_
#define AKIN_CLIENT_CLI_DOCTOR_REPOSITORY_FACTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace akin::client {

struct RepositoryFacts {
  struct Version {
    int64_t number = 0;
    uint64_t bytes = 0;
    bool has_manifest = false;
  };
  struct Model {
    std::string name;
    std::vector<Version> versions;  // rising
    // No versions, and no names with a dot in front.
    std::vector<std::string> strays;
    // Builds that were begun and that nobody is at work on.
    std::vector<int64_t> interrupted;
    uint64_t imports = 0;                   // begun, and kept for a day
    std::optional<std::string> unreadable;  // why
  };

  std::string path;
  std::optional<std::string> unreadable;  // why; nothing else is known then
  std::vector<Model> models;              // by name
  std::vector<std::string> strays;        // files where models should be
  // Paths that everybody may change.
  std::vector<std::string> open_to_all;
  std::optional<uint64_t> free_bytes;  // for who is not root
  std::optional<uint64_t> total_bytes;
};

RepositoryFacts ReadRepositoryFacts(const std::string& path);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_DOCTOR_REPOSITORY_FACTS_H_
