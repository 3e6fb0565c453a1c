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
void AddGetCommand(CLI::App& program, SessionFlags* flags, Action* action);
// models, model and info
void AddCatalogCommands(CLI::App& program, SessionFlags* flags, Action* action);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_COMMANDS_H_
