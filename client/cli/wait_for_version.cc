#include "client/cli/wait_for_version.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/cli/render_versions.h"

namespace akin::client {
namespace {

constexpr absl::Duration kBetweenQuestions = absl::Milliseconds(100);

absl::StatusOr<v1::Model> Ask(const Client& client, const std::string& model) {
  v1::GetModelRequest request;
  request.set_model(model);
  auto response = client.GetModel(request);
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_model());
}

std::optional<v1::ModelVersion> FindVersion(const v1::Model& model,
                                            int64_t number) {
  for (const v1::ModelVersion& known : model.versions()) {
    if (known.version() == number) return known;
  }
  return std::nullopt;
}

bool IsOnItsWay(const v1::ModelVersion& version) {
  return version.state() == v1::VERSION_STATE_LOADING ||
         version.state() == v1::VERSION_STATE_UNLOADING;
}

// Unless a label names it, which GetModel does not tell before it is loaded.
bool IsLoadedByItself(const v1::Model& model, int64_t number) {
  if (!model.loads_latest()) return false;
  for (const v1::ModelVersion& other : model.versions()) {
    if (other.version() > number && other.state() != v1::VERSION_STATE_FAILED) {
      return false;
    }
  }
  return true;
}

}  // namespace

absl::StatusOr<v1::ModelVersion> WaitUntilLoaded(const Client& client,
                                                 const std::string& model,
                                                 v1::ModelVersion version,
                                                 const Terminal& terminal) {
  LoadBar bar(terminal, model);
  while (IsOnItsWay(version)) {
    bar.Show(version);
    absl::SleepFor(kBetweenQuestions);
    const auto now = Ask(client, model);
    if (!now.ok()) return now.status();
    auto found = FindVersion(*now, version.version());
    if (!found.has_value()) {
      return absl::NotFoundError(absl::StrCat("version ", version.version(),
                                              " of model ", model,
                                              " is gone from the repository"));
    }
    version = *std::move(found);
  }
  if (version.state() == v1::VERSION_STATE_SEALED) {
    return absl::AbortedError(absl::StrCat("version ", version.version(),
                                           " of model ", model,
                                           " was unloaded by somebody else"));
  }
  return version;
}

absl::StatusOr<v1::ModelVersion> WaitUntilTaken(const Client& client,
                                                const std::string& model,
                                                int64_t version,
                                                absl::Duration patience,
                                                const Terminal& terminal) {
  LoadBar bar(terminal, model);
  for (absl::Time end = absl::Now() + patience; absl::Now() < end;
       absl::SleepFor(kBetweenQuestions)) {
    const auto now = Ask(client, model);
    // The first version of a model is not known before the server has looked.
    if (absl::IsNotFound(now.status())) continue;
    if (!now.ok()) return now.status();
    v1::ModelVersion sealed;
    sealed.set_version(version);
    sealed.set_state(v1::VERSION_STATE_SEALED);
    const v1::ModelVersion found = FindVersion(*now, version).value_or(sealed);
    if (IsOnItsWay(found)) {
      bar.Show(found);
      end = absl::Now() + patience;
    } else if (found.state() != v1::VERSION_STATE_SEALED ||
               !IsLoadedByItself(*now, version)) {
      return found;
    }
  }
  return absl::AbortedError(absl::StrCat(
      "version ", version, " of model ", model,
      " is in the repository, but the server has not begun to load it within ",
      absl::FormatDuration(patience), "; akin model ", model,
      " shows what becomes of it, --timeout SECONDS waits longer"));
}

}  // namespace akin::client
