#include "client/cli/doctor/version_checks.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

constexpr char kStable[] = "stable";

std::string NameOf(const v1::Model& model, int64_t version) {
  return absl::StrCat(model.name(), "/", version);
}

const v1::ModelVersion* Find(const v1::Model& model, int64_t version) {
  for (const v1::ModelVersion& candidate : model.versions()) {
    if (candidate.version() == version) return &candidate;
  }
  return nullptr;
}

int Count(const v1::Model& model, v1::VersionState state) {
  int count = 0;
  for (const v1::ModelVersion& version : model.versions()) {
    count += version.state() == state ? 1 : 0;
  }
  return count;
}

// The newest, or one that a label names: somebody waits for it.
bool IsWanted(const v1::Model& model, const v1::ModelVersion& version) {
  return version.labels_size() > 0 ||
         model.versions(0).version() == version.version();
}

}  // namespace

void CheckVersions(const v1::Model& model, Findings* findings) {
  const std::string check = absl::StrCat("model ", model.name());
  const int available = Count(model, v1::VERSION_STATE_AVAILABLE);
  for (const v1::ModelVersion& version : model.versions()) {
    const std::string name = NameOf(model, version.version());
    if (version.state() == v1::VERSION_STATE_FAILED) {
      const std::string text =
          absl::StrCat(name, " could not be loaded: ", version.failure());
      const std::string hint =
          absl::StrCat("akin-build verify REPOSITORY/", name,
                       " says what is damaged; build it again under the next "
                       "number, or remove its folder");
      if (IsWanted(model, version) || available == 0) {
        Fail(check, text, hint, findings);
      } else {
        Warn(check, text, hint, findings);
      }
    }
    if (!version.note().empty()) {
      Warn(check, absl::StrCat(name, ": ", version.note()),
           absl::StrCat("it serves what was loaded: build the next version, "
                        "then akin unload ",
                        model.name(), " --version ", version.version()),
           findings);
    }
  }
  if (available > 0) {
    return Ok(check,
              absl::StrCat(Plural(static_cast<uint64_t>(available), "version"),
                           " loaded"),
              findings);
  }
  if (Count(model, v1::VERSION_STATE_LOADING) > 0) {
    return Warn(check, "no version is loaded yet",
                "wait for the one that is being loaded", findings);
  }
  Fail(check, "no version is loaded",
       absl::StrCat("akin load ", model.name(), " --version N, or akin label ",
                    model.name(), " stable --version N"),
       findings);
}

void CheckLabels(const v1::Model& model, Findings* findings) {
  const std::string check = absl::StrCat("labels of ", model.name());
  bool has_stable = false;
  for (const v1::Label& label : model.labels()) {
    has_stable = has_stable || label.name() == kStable;
    const v1::ModelVersion* version = Find(model, label.version());
    if (version != nullptr && version->state() == v1::VERSION_STATE_AVAILABLE) {
      Ok(check, absl::StrCat(label.name(), " is version ", label.version()),
         findings);
      continue;
    }
    Fail(check,
         absl::StrCat(
             label.name(), " names version ", label.version(), ", which is ",
             version == nullptr ? "not there" : WordFor(version->state())),
         absl::StrCat("akin label ", model.name(), " ", label.name(),
                      " --version N, or akin rollback ", model.name()),
         findings);
  }
  if (has_stable || Count(model, v1::VERSION_STATE_AVAILABLE) == 0) return;
  Warn(check, "no version is stable",
       absl::StrCat("akin promote ", model.name(),
                    " --version N: until then calls that name no version are "
                    "refused"),
       findings);
}

void CheckLoading(const v1::Model& model, const v1::Model& before,
                  absl::Duration between, Findings* findings) {
  const std::string check = absl::StrCat("loading of ", model.name());
  for (const v1::ModelVersion& version : model.versions()) {
    const v1::ModelVersion* earlier = Find(before, version.version());
    if (version.state() != v1::VERSION_STATE_LOADING || earlier == nullptr ||
        earlier->state() != v1::VERSION_STATE_LOADING) {
      continue;
    }
    const v1::LoadProgress& progress = version.progress();
    const std::string text =
        absl::StrCat(NameOf(model, version.version()), ": ",
                     MebiBytes(progress.bytes_done()), " of ",
                     MebiBytes(progress.bytes_total()));
    // Without a total it has not begun: another goes first.
    if (progress.bytes_total() == 0 ||
        progress.bytes_done() > earlier->progress().bytes_done()) {
      Ok(check, text, findings);
    } else {
      Warn(check,
           absl::StrCat(text, ", no more than ", absl::FormatDuration(between),
                        " before"),
           "it checks what was read, or the disk hangs: ask again, then look "
           "at the server's log and the kernel's",
           findings);
    }
  }
}

void CheckMeasuredRecall(const v1::Model& model, Findings* findings) {
  constexpr double kLittle = 0.9;
  const std::string check = absl::StrCat("recall of ", model.name());
  for (const v1::ModelVersion& version : model.versions()) {
    if (version.state() != v1::VERSION_STATE_AVAILABLE) continue;
    for (const v1::Table& table : version.tables()) {
      const v1::LoadReport& report = table.load_report();
      if (table.index() != v1::INDEX_KIND_GRAPH || !report.has_recall_at_10()) {
        continue;
      }
      const std::string text =
          absl::StrFormat("%s/%s was built with recall@10 %.3f",
                          NameOf(model, version.version()), table.name(),
                          report.recall_at_10());
      if (report.recall_at_10() >= kLittle) {
        Ok(check, text, findings);
      } else {
        Warn(check, text,
             "build it with profile=fast or index=exact; akin model NAME shows "
             "the curve of recall over time",
             findings);
      }
    }
  }
}

void CheckModels(const ServerFacts& server, Findings* findings) {
  if (server.models.empty() &&
      server.info.state() == v1::SERVER_STATE_SERVING) {
    Warn("models", "the server has none",
         "akin-build --repository DIR ... seals a version, akin import sends "
         "one",
         findings);
  }
  for (const v1::Model& model : server.models) {
    CheckVersions(model, findings);
    CheckLabels(model, findings);
    for (const v1::Model& before : server.models_before) {
      if (before.name() == model.name()) {
        CheckLoading(model, before, server.between, findings);
      }
    }
    CheckMeasuredRecall(model, findings);
  }
}

}  // namespace akin::client
