#include "server/model_labels.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"

namespace akin::server {
namespace {

bool Has(const PublishedModel& model, int64_t number) {
  for (const auto& version : model.versions) {
    if (version->number() == number) return true;
  }
  return false;
}

// `previous` is what the label names, 0 for nothing.
absl::Status Change(const std::string& model, const std::string& label,
                    const LabelChange& change, int64_t previous,
                    Labels* labels) {
  const auto found = labels->find(label);
  if (!change.version.has_value()) {
    if (found != labels->end()) {
      labels->erase(found);
      return absl::OkStatus();
    }
    AKIN_RETURN_IF_ERROR(CheckName("label", label));
    return absl::NotFoundError(absl::StrCat("label \"", label, "\" of model ",
                                            model, " was set by nobody"));
  }
  AKIN_RETURN_IF_ERROR(CheckNewLabelName(label));
  LabelTarget target = found == labels->end() ? LabelTarget() : found->second;
  target.version = *change.version;
  if (previous > 0 && previous != target.version) target.previous = previous;
  if (change.share.has_value()) target.share = *change.share;
  if (change.shadow_share.has_value()) {
    target.shadow_share = *change.shadow_share;
  }
  AKIN_RETURN_IF_ERROR(CheckLabel(label, target));
  (*labels)[label] = target;
  return absl::OkStatus();
}

}  // namespace

Labels ModelLabels::Of(const std::string& model) const {
  MutexLock lock(&mutex_);
  const auto found = read_.find(model);
  return found == read_.end() ? Labels() : found->second;
}

bool ModelLabels::Name(const std::string& model, int64_t version) const {
  const Labels labels = Of(model);
  return std::any_of(labels.begin(), labels.end(), [&](const auto& label) {
    return label.second.version == version;
  });
}

void ModelLabels::Remember(const std::string& model, Labels labels) {
  MutexLock lock(&mutex_);
  read_[model] = std::move(labels);
  unreadable_.erase(model);
}

bool ModelLabels::NoteUnreadable(const std::string& model) {
  MutexLock lock(&mutex_);
  if (read_.contains(model)) return true;
  unreadable_.insert(model);
  return false;
}

bool ModelLabels::Follows(const std::string& model,
                          const Labels& labels) const {
  if (!follow_latest_ || labels.contains(std::string(kStableLabel))) {
    return false;
  }
  // Somebody may have set it: the latest is not to be taken for it.
  MutexLock lock(&mutex_);
  return !unreadable_.contains(model);
}

// By another server, or by hand.
void ModelLabels::SayChanges(const std::string& model, const Labels& before,
                             const Labels& now) const {
  const auto say = [&](const std::string& label, const std::string& what) {
    say_(absl::StrCat("label ", label, " of model ", model, what,
                      ", by another server or by hand"),
         /*is_error=*/false);
  };
  for (const auto& [label, target] : before) {
    if (!now.contains(label)) {
      say(label, absl::StrCat(" was removed, before ", target.version));
    }
  }
  for (const auto& [label, target] : now) {
    const auto found = before.find(label);
    if (found == before.end()) {
      say(label, absl::StrCat(" was set to version ", target.version));
    } else if (found->second.version != target.version) {
      say(label, absl::StrCat(" was moved to version ", target.version,
                              ", before ", found->second.version));
    } else if (found->second.share != target.share ||
               found->second.shadow_share != target.shadow_share) {
      say(label, absl::StrCat(" was given the share ", target.share,
                              " and the shadow share ", target.shadow_share));
    }
  }
}

bool ModelLabels::WereRead(const std::string& model) const {
  MutexLock lock(&mutex_);
  return read_.contains(model);
}

void ModelLabels::Follow(const std::string& model) {
  MutexLock changing(&changing_);
  absl::StatusOr<Labels> labels = ReadLabels(repository_, model);
  std::string& said = said_[model];
  if (labels.ok()) {
    said.clear();
    if (WereRead(model)) SayChanges(model, Of(model), *labels);
    Remember(model, *std::move(labels));
  } else if (said != labels.status().message()) {
    said = std::string(labels.status().message());
    const bool were_read = NoteUnreadable(model);
    say_(absl::StrCat("the labels of model ", model,
                      were_read ? " stay as they were: "
                                : " cannot be read, so none is in force: ",
                      said),
         /*is_error=*/true);
  }
  Apply(model);
}

void ModelLabels::Apply(const std::string& model) {
  const auto published = catalog_.Find(model);
  if (!published.ok()) return;
  const Labels wanted = Of(model);
  Labels labels;
  for (const auto& [name, target] : wanted) {
    const auto before = published->labels.find(name);
    if (Has(*published, target.version)) {
      labels[name] = target;
    } else if (before != published->labels.end()) {
      labels[name] = before->second;
    }
  }
  if (Follows(model, wanted)) {
    labels[std::string(kStableLabel)].version =
        published->versions.front()->number();
  }
  if (labels == published->labels) return;
  // It knows all of them, as only we publish and retire.
  catalog_.Relabel(model, std::move(labels)).IgnoreError();
}

absl::Status ModelLabels::Publish(std::shared_ptr<const Version> version) {
  MutexLock changing(&changing_);
  const std::string model = version->model();
  const int64_t number = version->number();
  const Labels wanted = Of(model);
  std::vector<std::string> labels;
  for (const auto& [name, target] : wanted) {
    if (target.version == number) labels.push_back(name);
  }
  if (Follows(model, wanted)) {
    const auto published = catalog_.Find(model);
    if (!published.ok() || published->versions.front()->number() < number) {
      labels.emplace_back(kStableLabel);
    }
  }
  AKIN_RETURN_IF_ERROR(catalog_.Publish(std::move(version), labels));
  Apply(model);  // their shares
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ModelLabels::Set(const std::string& model,
                                         const std::string& label,
                                         const LabelChange& change) {
  MutexLock changing(&changing_);
  // Not only the version: a model that is known to nobody has no folder.
  AKIN_ASSIGN_OR_RETURN(const PublishedModel published, catalog_.Find(model));
  if (change.version.has_value()) {
    AKIN_RETURN_IF_ERROR(catalog_.Pin(model, *change.version).status());
  }
  const auto had = published.labels.find(label);
  const int64_t previous =
      had == published.labels.end() ? 0 : had->second.version;
  if (change.expected.value_or(previous) != previous) {
    return absl::AbortedError(absl::StrCat(
        "label ", label, " of model ", model, " names version ", previous,
        " by now, expected ", *change.expected, "; nothing was changed"));
  }
  AKIN_ASSIGN_OR_RETURN(Labels labels,
                        ChangeLabels(repository_, model, [&](Labels* all) {
                          return Change(model, label, change, previous, all);
                        }));
  Remember(model, std::move(labels));
  Apply(model);
  return previous;
}

}  // namespace akin::server
