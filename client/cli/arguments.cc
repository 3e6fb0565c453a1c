#include "client/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace akin::client {
namespace {

// In front of a value that CLI11 must not look into.
constexpr char kShield = '\x01';

// An empty one would make CLI11 write "REQUIRED" beside the name.
constexpr char kNoText[] = " ";

std::string Unshielded(const std::string& value) {
  return !value.empty() && value[0] == kShield ? value.substr(1) : value;
}

CLI::Option* Add(CLI::App& app, const Argument& argument,
                 CLI::callback_t read) {
  CLI::Option* option =
      app.add_option(argument.names, std::move(read), argument.help);
  option->option_text(argument.value);
  option->group(argument.group);
  option->expected(1);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  option->allow_extra_args(false);
  return option;
}

std::string OnlyValue(const Argument& argument, const CLI::results_t& results) {
  if (results.size() > 1) {
    throw CLI::ValidationError(
        argument.names,
        absl::StrCat("expected once, given ", results.size(), " times"));
  }
  return Unshielded(results[0]);
}

}  // namespace

void AddText(CLI::App& app, const Argument& argument,
             std::optional<std::string>* value) {
  Add(app, argument, [=](const CLI::results_t& results) {
    *value = OnlyValue(argument, results);
    return true;
  });
}

void AddWholeNumber(CLI::App& app, const Argument& argument, int64_t min,
                    int64_t max, std::optional<int64_t>* value) {
  Add(app, argument, [=](const CLI::results_t& results) {
    const std::string text = OnlyValue(argument, results);
    int64_t number = 0;
    if (!absl::SimpleAtoi(text, &number) || number < min || number > max) {
      throw CLI::ValidationError(
          argument.names, absl::StrCat("expected a whole number from ", min,
                                       " to ", max, ", got \"", text, "\""));
    }
    *value = number;
    return true;
  });
}

void AddNumber(CLI::App& app, const Argument& argument,
               std::optional<double>* value) {
  constexpr double kMost = std::numeric_limits<double>::max();
  AddNumber(app, argument, {-kMost, kMost, ""}, value);
}

void AddNumber(CLI::App& app, const Argument& argument,
               const NumberRange& range, std::optional<double>* value) {
  Add(app, argument, [=](const CLI::results_t& results) {
    const std::string text = OnlyValue(argument, results);
    double number = 0;
    // NaN is in no range.
    if (!absl::SimpleAtod(text, &number) ||
        !(number >= range.least && number <= range.most)) {
      throw CLI::ValidationError(
          argument.names,
          absl::StrCat("expected a number", *range.words == '\0' ? "" : " ",
                       range.words, ", got \"", text, "\""));
    }
    *value = number;
    return true;
  });
}

void AddTexts(CLI::App& app, const Argument& argument,
              std::vector<std::string>* value) {
  Add(app, argument, [=](const CLI::results_t& results) {
    value->clear();
    for (const auto& result : results) value->push_back(Unshielded(result));
    return true;
  });
}

void AddPositional(CLI::App& app, const Argument& argument,
                   std::string* value) {
  CLI::Option* option = Add(app, argument, [=](const CLI::results_t& results) {
    *value = OnlyValue(argument, results);
    return true;
  });
  option->option_text(kNoText);
  option->required();
}

void AddPositionals(CLI::App& app, const Argument& argument,
                    std::vector<std::string>* value) {
  CLI::Option* option = app.add_option(
      argument.names,
      [=](const CLI::results_t& results) {
        value->clear();
        for (const auto& result : results) value->push_back(Unshielded(result));
        return true;
      },
      argument.help);
  option->option_text(kNoText);
  option->expected(1, -1);
  option->allow_extra_args();
  option->required();
}

std::vector<std::string> ShieldArguments(int argc, const char* const* argv) {
  std::vector<std::string> shielded;
  bool only_values = false;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (only_values || argument == "++" || absl::StartsWith(argument, "[")) {
      shielded.push_back(kShield + argument);
    } else if (argument == "--" && !absl::StartsWith(argv[i - 1], "-")) {
      // CLI11 ends the command here if it has one value already. After a flag
      // "--" is its value.
      only_values = true;
    } else if (absl::StartsWith(argument, "--") &&
               argument.find('=') == argument.size() - 1) {
      // "--id=" says that the value is empty; CLI11 would take the next one.
      shielded.push_back(argument.substr(0, argument.size() - 1));
      shielded.push_back("");
    } else {
      shielded.push_back(argument);
    }
  }
  std::reverse(shielded.begin(), shielded.end());
  return shielded;
}

}  // namespace akin::client
