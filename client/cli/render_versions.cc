#include "client/cli/render_versions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/text_width.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

constexpr int kBarCells = 30;

std::string ShareText(double share) {
  return absl::StrFormat("%g %%", share * 100);
}

}  // namespace

void PrintPlan(const Terminal& terminal, const v1::PlanLoadResponse& plan) {
  const auto line = [&](const char* name, const std::string& value) {
    terminal.out << Dim(terminal, absl::StrFormat("%-16s", name))
                 << Printable(value) << '\n';
  };
  line("version", absl::StrCat(plan.version(), " of ", plan.model(), ", ",
                               WordFor(plan.state())));
  line("will take", MebiBytes(plan.version_bytes()));
  line("while it loads",
       absl::StrCat("at most ", MebiBytes(plan.peak_bytes())));
  line("available", MebiBytes(plan.available_bytes()));
  line("loaded already",
       absl::StrCat(MebiBytes(plan.resident_bytes()), " of this model"));
  line("time", absl::StrFormat("about %.1f s", plan.seconds()));
  if (plan.retires_size() > 0) {
    line("then retires",
         absl::StrCat("version ", absl::StrJoin(plan.retires(), ", ")));
  }
  line("fits", plan.fits() ? "yes" : "no: it would be refused");
}

void PrintVersionState(const Terminal& terminal, const std::string& model,
                       const v1::ModelVersion& version) {
  uint64_t bytes = 0;
  for (const v1::Table& table : version.tables()) bytes += table.memory_bytes();
  terminal.out << Printable(absl::StrCat(
                      model, " version ", version.version(), ": ",
                      WordFor(version.state()),
                      bytes > 0 ? absl::StrCat(", ", MebiBytes(bytes)) : "",
                      version.labels().empty() ? "" : ", labelled ",
                      absl::StrJoin(version.labels(), ", "),
                      version.note().empty() ? "" : "; ", version.note()))
               << '\n';
}

std::string LabelText(const v1::Label& label) {
  std::string text =
      absl::StrCat(label.name(), " -> version ", label.version());
  if (label.follows_latest()) absl::StrAppend(&text, ", follows the latest");
  if (label.share() > 0) {
    absl::StrAppend(&text, ", answers ", ShareText(label.share()),
                    " of the routing keys");
  }
  if (label.shadow_share() > 0) {
    absl::StrAppend(&text, ", is asked ", ShareText(label.shadow_share()),
                    " of stable's queries unseen");
    const v1::ShadowResult& shadow = label.shadow();
    absl::StrAppendFormat(&text, " (%s: overlap %.3f, %d failed, %d skipped)",
                          Plural(shadow.queries(), "answer"), shadow.overlap(),
                          shadow.failed(), shadow.skipped());
  }
  return text;
}

void PrintLabelChange(const Terminal& terminal, const std::string& model,
                      const v1::SetLabelResponse& response) {
  std::string text =
      response.label().version() > 0
          ? absl::StrCat(model, ": ", LabelText(response.label()))
          : absl::StrCat(model, ": label ", response.label().name(),
                         " is removed");
  if (response.previous_version() > 0 &&
      response.previous_version() != response.label().version()) {
    absl::StrAppend(&text, " (before: ", response.previous_version(), ")");
  }
  terminal.out << Printable(text) << '\n';
}

void PrintShares(const Terminal& terminal, const v1::Label& label) {
  terminal.out << Printable(label.name()) << " in force: --share "
               << absl::StrCat(label.share()) << " --shadow "
               << absl::StrCat(label.shadow_share()) << '\n';
}

LoadBar::LoadBar(const Terminal& terminal, std::string model)
    : terminal_(terminal), model_(std::move(model)) {}

LoadBar::~LoadBar() {
  if (shown_) *terminal_.progress << "\r\x1b[K" << std::flush;
}

void LoadBar::Show(const v1::ModelVersion& version) {
  if (terminal_.progress == nullptr) return;
  const v1::LoadProgress& progress = version.progress();
  const double share = progress.bytes_total() == 0
                           ? 0
                           : static_cast<double>(progress.bytes_done()) /
                                 static_cast<double>(progress.bytes_total());
  const int cells =
      std::clamp(static_cast<int>(share * kBarCells), 0, kBarCells);
  *terminal_.progress << "\r\x1b[K"
                      << Printable(absl::StrCat(model_, " version ",
                                                version.version(), ": "))
                      << '[' << std::string(cells, '#')
                      << std::string(kBarCells - cells, '.') << "] "
                      << MebiBytes(progress.bytes_done()) << " of "
                      << MebiBytes(progress.bytes_total()) << std::flush;
  shown_ = true;
}

}  // namespace akin::client
