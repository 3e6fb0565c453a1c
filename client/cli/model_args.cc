#include "client/cli/model_args.h"

#include <CLI/CLI.hpp>
#include <limits>

#include "absl/strings/str_cat.h"
#include "client/cli/arguments.h"
#include "client/cli/failure.h"
#include "client/cli/text_width.h"

namespace akin::client {

void AddModel(CLI::App& command, std::string* model) {
  AddPositional(command, {"MODEL", "", "such as movies"}, model);
}

void AddVersion(CLI::App& command, const char* help,
                std::optional<int64_t>* version) {
  AddWholeNumber(command, {"--version", "N", help}, 1,
                 std::numeric_limits<int64_t>::max(), version);
}

absl::Status CheckNamed(absl::string_view what, absl::string_view name) {
  if (!name.empty() && IsUtf8(name)) return absl::OkStatus();
  return UsageError(absl::StrCat("expected the name of a ", what, ", got \"",
                                 Printable(name), "\""));
}

}  // namespace akin::client
