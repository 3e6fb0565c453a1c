// The commands of `akin`.
#ifndef AKIN_CLIENT_CLI_COMMANDS_H_
#define AKIN_CLIENT_CLI_COMMANDS_H_

#include "client/cli/session.h"

namespace CLI {
class App;
}

namespace akin::client {

// Each adds its command to `program`. If that is the one called, `action` does
// its work after parsing. Both pointers have to outlive `program`.
void AddSearchCommand(CLI::App& program, SessionFlags* flags, Action* action);
// score, explain and ids
void AddAnalysisCommands(CLI::App& program, SessionFlags* flags,
                         Action* action);
// similarity and doesnt-match
void AddSimilarityCommands(CLI::App& program, SessionFlags* flags,
                           Action* action);
// rank and closer-than
void AddRankCommands(CLI::App& program, SessionFlags* flags, Action* action);
// eval-analogies and eval-similarity
void AddEvaluationCommands(CLI::App& program, SessionFlags* flags,
                           Action* action);
void AddGetCommand(CLI::App& program, SessionFlags* flags, Action* action);
void AddImportCommand(CLI::App& program, SessionFlags* flags, Action* action);
// models, model and info
void AddCatalogCommands(CLI::App& program, SessionFlags* flags, Action* action);
void AddDoctorCommand(CLI::App& program, SessionFlags* flags, Action* action);
// plan, load and unload
void AddVersionCommands(CLI::App& program, SessionFlags* flags, Action* action);
// label, promote and rollback
void AddLabelCommands(CLI::App& program, SessionFlags* flags, Action* action);
void AddCompareCommand(CLI::App& program, SessionFlags* flags, Action* action);
void AddRecallCommand(CLI::App& program, SessionFlags* flags, Action* action);
// Knows the commands that `program` has when it is called.
void AddShellCommand(CLI::App& program, SessionFlags* flags, Action* action);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_COMMANDS_H_
