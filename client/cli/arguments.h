// Command line arguments as akin reads them, on top of CLI11. A value is taken
// as typed: CLI11 by itself gives a meaning to "[CLS]", "++" and an empty
// value, all of which may be ids.
#ifndef AKIN_CLIENT_CLI_ARGUMENTS_H_
#define AKIN_CLIENT_CLI_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace akin::client {

struct Argument {
  const char* names;  // "-k", "--id", ...; of a positional what stands for it
  const char* value;  // what stands for the value in the help; no positional's
  const char* help;
  const char* group = "Options";  // its heading in the help
};

// Each registers an argument with `app` and fills `value`, which has to outlive
// it, while `app` parses. What does not fit is a CLI::ValidationError with a
// sentence.

// At most once.
void AddText(CLI::App& app, const Argument& argument,
             std::optional<std::string>* value);
// A number from `min` to `max`.
void AddWholeNumber(CLI::App& app, const Argument& argument, int64_t min,
                    int64_t max, std::optional<int64_t>* value);
// A finite number.
void AddNumber(CLI::App& app, const Argument& argument,
               std::optional<double>* value);
// One from `least` to `most`.
struct NumberRange {
  double least;
  double most;
  const char* words;  // for messages, "from 0 to 1"
};
inline constexpr NumberRange kShareRange = {0, 1, "from 0 to 1"};
void AddNumber(CLI::App& app, const Argument& argument,
               const NumberRange& range, std::optional<double>* value);
// Any number of times.
void AddTexts(CLI::App& app, const Argument& argument,
              std::vector<std::string>* value);
// An argument without a name that has to be given, once or at least once.
void AddPositional(CLI::App& app, const Argument& argument, std::string* value);
void AddPositionals(CLI::App& app, const Argument& argument,
                    std::vector<std::string>* value);

// The arguments without the program's name, last first as CLI11 parses them,
// and in a form in which it leaves the values alone.
std::vector<std::string> ShieldArguments(int argc, const char* const* argv);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_ARGUMENTS_H_
