// Plans, loads and labels for people.
#ifndef AKIN_CLIENT_CLI_RENDER_VERSIONS_H_
#define AKIN_CLIENT_CLI_RENDER_VERSIONS_H_

#include <string>

#include "akin/v1/catalog_service.pb.h"
#include "client/cli/terminal.h"

namespace akin::client {

void PrintPlan(const Terminal& terminal, const v1::PlanLoadResponse& plan);

// One line: what became of the version.
void PrintVersionState(const Terminal& terminal, const std::string& model,
                       const v1::ModelVersion& version);

// One line: what the label names now.
void PrintLabelChange(const Terminal& terminal, const std::string& model,
                      const v1::SetLabelResponse& response);

// One line: what canary answers and is asked, whether or not that was changed.
void PrintShares(const Terminal& terminal, const v1::Label& label);

// "stable -> version 4, follows the latest".
std::string LabelText(const v1::Label& label);

// A bar that moves while a version is loaded, where a person sees it; the
// destructor removes it.
class LoadBar {
 public:
  LoadBar(const Terminal& terminal, std::string model);
  ~LoadBar();
  LoadBar(const LoadBar&) = delete;
  LoadBar& operator=(const LoadBar&) = delete;

  void Show(const v1::ModelVersion& version);

 private:
  const Terminal& terminal_;
  const std::string model_;
  bool shown_ = false;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_RENDER_VERSIONS_H_
