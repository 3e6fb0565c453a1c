#include "index/version/labels.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "index/base/durable_file.h"
#include "index/base/file_lock.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"
#include "index/version/repository.h"

namespace akin {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxLabelsBytes = 1 << 20;

std::string LabelsPath(const std::string& repository, absl::string_view model) {
  return absl::StrCat(repository, "/", model, "/", kLabelsFile);
}

absl::Status Wrong(const std::string& path, absl::string_view where,
                   absl::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": ", where, ": expected ", expected));
}

absl::StatusOr<LabelTarget> ParseTarget(const std::string& path,
                                        const std::string& name,
                                        const Json& json) {
  if (!json.is_object()) return Wrong(path, name, "an object");
  LabelTarget target;
  for (const auto& [key, value] : json.items()) {
    const std::string where = absl::StrCat(name, ": ", key);
    if (key == "version" || key == "previous") {
      if (!value.is_number_unsigned()) {
        return Wrong(path, where, "a whole number of at least 1");
      }
      (key == "version" ? target.version : target.previous) =
          value.get<int64_t>();
    } else if (key == "share" || key == "shadow_share") {
      if (!value.is_number()) return Wrong(path, where, "a number");
      (key == "share" ? target.share : target.shadow_share) =
          value.get<double>();
    } else {
      return Wrong(path, where, "version, previous, share or shadow_share");
    }
  }
  AKIN_RETURN_IF_ERROR(Annotate(CheckLabel(name, target), path));
  return target;
}

absl::StatusOr<Labels> ParseLabels(const std::string& path,
                                   const std::string& text) {
  const Json json =
      Json::parse(text, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.size() != 1 || !json.contains("labels") ||
      !json["labels"].is_object()) {
    return Wrong(path, "the file", "{\"labels\": {...}}");
  }
  Labels labels;
  for (const auto& [name, target] : json["labels"].items()) {
    // Before it is said in an error: it may be of any length.
    AKIN_RETURN_IF_ERROR(Annotate(CheckName("label", name), path));
    AKIN_ASSIGN_OR_RETURN(labels[name], ParseTarget(path, name, target));
  }
  if (labels.size() <= kMaxLabels) return labels;
  return Wrong(path, "labels", absl::StrCat("at most ", kMaxLabels));
}

std::string FormatLabels(const Labels& labels) {
  Json all = Json::object();
  for (const auto& [name, target] : labels) {
    Json& label = all[name];
    label["version"] = target.version;
    if (target.previous > 0) label["previous"] = target.previous;
    if (name != kCanaryLabel) continue;
    label["share"] = target.share;
    label["shadow_share"] = target.shadow_share;
  }
  return absl::StrCat(Json{{"labels", std::move(all)}}.dump(2), "\n");
}

// What programs that were killed have left beside the labels. The model is
// locked, so nobody is writing there.
void RemoveLeftovers(const std::string& repository, absl::string_view model) {
  const std::string prefix = absl::StrCat(".", kLabelsFile, ".");
  std::error_code error;
  for (std::filesystem::directory_iterator
           at(absl::StrCat(repository, "/", model), error),
       end;
       !error && at != end; at.increment(error)) {
    std::error_code ignored;  // the next change tries again
    if (absl::StartsWith(at->path().filename().string(), prefix)) {
      std::filesystem::remove(at->path(), ignored);
    }
  }
}

// A share is one that a comparison holds for: NaN is none.
bool IsShare(double share) { return share >= 0 && share <= 1; }

}  // namespace

absl::Status CheckLabel(absl::string_view name, const LabelTarget& target) {
  AKIN_RETURN_IF_ERROR(CheckName("label", name));
  if (target.version < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("label ", name, ": version is ", target.version,
                     ", expected at least 1"));
  }
  if (target.previous < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("label ", name, ": previous is ", target.previous,
                     ", expected at least 1"));
  }
  if (!IsShare(target.share) || !IsShare(target.shadow_share)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "label ", name, ": share is ", target.share, " and shadow_share ",
        target.shadow_share, ", expected numbers of 0 to 1"));
  }
  if (name != kCanaryLabel && (target.share > 0 || target.shadow_share > 0)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "label ", name, " has a share, expected of ", kCanaryLabel, " only"));
  }
  return absl::OkStatus();
}

absl::Status CheckNewLabelName(absl::string_view name) {
  AKIN_RETURN_IF_ERROR(CheckName("label", name));
  const bool is_number =
      name.find_first_not_of("0123456789") == absl::string_view::npos;
  if (!is_number && !absl::EqualsIgnoreCase(name, "latest")) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("label name is \"", name,
                   "\", which reads like a version; expected "
                   "another, such as ",
                   is_number ? "release-" : "newest", is_number ? name : ""));
}

absl::StatusOr<Labels> ReadLabels(const std::string& repository,
                                  absl::string_view model) {
  AKIN_RETURN_IF_ERROR(CheckName("model", model));
  const std::string path = LabelsPath(repository, model);
  auto text = ReadWhole(path, kMaxLabelsBytes);
  if (absl::IsNotFound(text.status())) return Labels();
  AKIN_RETURN_IF_ERROR(text.status());
  return ParseLabels(path, *text);
}

absl::StatusOr<Labels> ChangeLabels(
    const std::string& repository, absl::string_view model,
    const std::function<absl::Status(Labels*)>& change) {
  const auto unwritable = [&](const absl::Status& why) {
    return absl::FailedPreconditionError(
        absl::StrCat("the labels of model ", model,
                     " cannot be kept in the repository: ", why.message()));
  };
  AKIN_RETURN_IF_ERROR(CheckName("model", model));
  const auto lock = LockModel(repository, model);
  if (!lock.ok()) return unwritable(lock.status());
  RemoveLeftovers(repository, model);
  absl::StatusOr<Labels> labels = ReadLabels(repository, model);
  if (!labels.ok()) return unwritable(labels.status());
  AKIN_RETURN_IF_ERROR(change(&*labels));
  if (labels->size() > kMaxLabels) {
    return absl::InvalidArgumentError(
        absl::StrCat("model ", model, " would have ", labels->size(),
                     " labels, expected at most ", kMaxLabels));
  }
  const absl::Status written =
      ReplaceDurably(LabelsPath(repository, model), FormatLabels(*labels));
  if (!written.ok()) return unwritable(written);
  return labels;
}

}  // namespace akin
