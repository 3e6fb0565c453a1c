#include "tests/bench/child_report.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/e2e/child_process.h"

namespace akin::bench {
namespace {

constexpr absl::Duration kPatience = absl::Hours(1);

}  // namespace

absl::StatusOr<nlohmann::json> RunForJson(
    const std::string& program, const std::vector<std::string>& arguments) {
  ChildProcess child(program, arguments);
  if (const int exit_code = child.Wait(kPatience); exit_code != 0) {
    return absl::UnavailableError(
        absl::StrCat(program, " ended with ", exit_code, ": ",
                     absl::StripAsciiWhitespace(child.errors())));
  }
  nlohmann::json report = nlohmann::json::parse(child.output(), nullptr,
                                                /*allow_exceptions=*/false);
  if (!report.is_object()) {
    return absl::InternalError(absl::StrCat(program, " printed \"",
                                            child.output().substr(0, 200),
                                            "\", expected a JSON object"));
  }
  return report;
}

absl::StatusOr<nlohmann::json> RunScriptForJson(
    const std::string& python, absl::string_view script,
    std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(),
                   absl::StrCat(AKIN_SOURCE_DIR "/tests/bench/", script));
  return RunForJson(python, arguments);
}

std::string FindGensim(const std::string& python) {
  ChildProcess child(python,
                     {"-c", "import gensim; print(gensim.__version__)"});
  if (child.Wait() != 0) return "";
  return std::string(absl::StripAsciiWhitespace(child.output()));
}

}  // namespace akin::bench
