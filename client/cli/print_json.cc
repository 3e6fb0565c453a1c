#include "client/cli/print_json.h"

#include <nlohmann/json.hpp>

namespace akin::client {

void PrintJson(const Terminal& terminal, const nlohmann::ordered_json& json) {
  const int indent = terminal.interactive ? 1 : -1;
  terminal.out << json.dump(indent, ' ', /*ensure_ascii=*/false,
                            nlohmann::ordered_json::error_handler_t::replace)
               << '\n';
}

}  // namespace akin::client
