#include "client/cli/target.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/cli/arguments.h"
#include "client/cli/failure.h"
#include "client/cli/model_args.h"
#include "client/cli/text_width.h"

namespace akin::client {

void AddTargetFlags(CLI::App& app, TargetFlags* flags) {
  AddPositional(app, {"MODEL/TABLE", "", "such as glove/words"}, &flags->table);
  AddVersion(app, "ask this version of the model", &flags->version);
  AddText(
      app,
      {"--label", "NAME", "ask the version with this label (default: stable)"},
      &flags->label);
  AddText(app,
          {"--routing-key", "KEY",
           "who asks: the same key is always answered by the same version"},
          &flags->routing_key);
}

absl::StatusOr<Target> ReadTarget(const TargetFlags& flags) {
  const absl::string_view text = flags.table;
  const size_t slash = text.find('/');
  if (slash == 0 || slash == absl::string_view::npos ||
      slash + 1 == text.size() || text.find('/', slash + 1) != text.npos ||
      !IsUtf8(text)) {
    return UsageError(absl::StrCat(
        "expected MODEL/TABLE such as glove/words, got \"", text, "\""));
  }
  if (flags.version && flags.label) {
    return UsageError("--version and --label both pick a version: give one");
  }
  if (flags.label && (flags.label->empty() || !IsUtf8(*flags.label))) {
    return UsageError(
        absl::StrCat("--label: expected a name, got \"", *flags.label, "\""));
  }
  if (flags.routing_key && !IsUtf8(*flags.routing_key)) {
    return UsageError(absl::StrCat("--routing-key: expected UTF-8, got \"",
                                   Printable(*flags.routing_key), "\""));
  }
  return Target{std::string(text.substr(0, slash)),
                std::string(text.substr(slash + 1)), flags.version, flags.label,
                flags.routing_key};
}

Target InVersion(Target target, int64_t version) {
  target.version = version;
  target.label.reset();
  target.routing_key.reset();
  return target;
}

}  // namespace akin::client
