// The arguments of `akin search` and `akin explain` that say how to answer.
#ifndef AKIN_CLIENT_CLI_SEARCH_OPTION_ARGS_H_
#define AKIN_CLIENT_CLI_SEARCH_OPTION_ARGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "akin/v1/search_service.pb.h"

namespace CLI {
class App;
}

namespace akin::client {

// As typed.
struct SearchOptionFlags {
  std::optional<int64_t> k;
  bool exact = false;
  std::optional<double> target_recall;
  std::optional<double> min_score;
  std::optional<std::string> where;
  std::vector<std::string> exclude;
  std::vector<std::string> exclude_files;
  std::optional<std::string> exclude_from;
  std::optional<std::string> group_by;
  std::optional<int64_t> group_size;
  std::optional<double> diversity;
  std::optional<int64_t> diversity_pool;
  bool return_vectors = false;
  bool return_attributes = false;
};

// `flags` has to outlive `app`.
void AddSearchOptionFlags(CLI::App& app, SearchOptionFlags* flags);

// Usage errors name the flag. `searched` is the table that is searched;
// `fold_case` is of the id in --exclude-from.
absl::StatusOr<v1::SearchOptions> ReadSearchOptions(
    const SearchOptionFlags& flags, absl::string_view searched,
    bool fold_case = false);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_SEARCH_OPTION_ARGS_H_
