// What a table's index finds and what that costs, for people.
#ifndef AKIN_CLIENT_CLI_RECALL_PLOT_H_
#define AKIN_CLIENT_CLI_RECALL_PLOT_H_

#include <optional>
#include <string>

#include "akin/v1/catalog_service.pb.h"
#include "client/cli/terminal.h"

namespace akin::client {

// A plot of recall@10 over the time of a search, at most 72 columns wide, with
// a line a table that the queries come from, and below it what 0.95 and 0.99
// cost. In braille dots where the terminal shows them, else in ASCII. Nothing
// for a table without a curve for k = 10.
void PrintRecallPlot(const Terminal& terminal, const v1::Table& table);

// What a search of that recall takes, between two points of the curve by a
// straight line over the logarithm of the effort; nothing if none reached it.
std::optional<double> MicrosecondsAt(const v1::RecallCurve& curve,
                                     double recall);

// "9.4 us", "18 us", "1.2 ms", "2.0 s"
std::string TimeWord(double microseconds);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_RECALL_PLOT_H_
