#include "index/version/catalog.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/error_facts.h"
#include "index/base/spelling.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

// Threads are dealt out over the shards in the order they first ask.
size_t ShardOfThisThread() {
  static std::atomic<size_t> threads{0};
  thread_local const size_t shard = threads.fetch_add(1);
  return shard;
}

absl::Status UnknownLabel(absl::string_view label, absl::string_view model,
                          const std::vector<std::string>& existing) {
  return UnknownNameError(
      "label", label,
      absl::StrCat("model ", model, ", which has ", SomeOf(existing)),
      NearSpellings(label, [&](absl::string_view candidate) {
        return std::find(existing.begin(), existing.end(), candidate) !=
               existing.end();
      }));
}

// A number is not misspelt: the list says what there is.
absl::Status UnknownNumber(int64_t number, absl::string_view model,
                           const std::vector<std::string>& existing) {
  return UnknownNameError(
      "version", absl::StrCat(number),
      absl::StrCat("model ", model, ", which has ", SomeOf(existing)), {});
}

}  // namespace

absl::Status Catalog::Publish(std::shared_ptr<const Version> version) {
  MutexLock publishing(&publishing_);
  auto state = std::make_shared<State>(*Now());
  Entry& entry = (*state)[version->model()];
  const auto at = std::find_if(
      entry.versions.begin(), entry.versions.end(),
      [&](const auto& other) { return other->number() <= version->number(); });
  if (at != entry.versions.end() && (*at)->number() == version->number()) {
    return absl::AlreadyExistsError(absl::StrCat("model ", version->model(),
                                                 " already has a version ",
                                                 version->number()));
  }
  entry.labels[std::string(kStableLabel)] = version->number();
  entry.versions.insert(at, std::move(version));
  Replace(std::move(state));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const Version>> Catalog::Retire(
    absl::string_view model, int64_t number) {
  MutexLock publishing(&publishing_);
  auto state = std::make_shared<State>(*Now());
  AKIN_ASSIGN_OR_RETURN(std::shared_ptr<const Version> version,
                        Choose(*state, model, number));
  Entry& entry = state->find(model)->second;
  for (const auto& [label, labelled] : entry.labels) {
    if (labelled != number) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "version ", number, " of model ", model, " has the label ", label));
  }
  std::erase(entry.versions, version);
  if (entry.versions.empty()) state->erase(model);
  Replace(std::move(state));
  return version;
}

void Catalog::Replace(std::shared_ptr<const State> state) {
  for (Shard& shard : shards_) {
    std::shared_ptr<const State> before = state;
    MutexLock lock(&shard.mutex);
    shard.state.swap(before);
  }
}

std::shared_ptr<const Catalog::State> Catalog::Now() const {
  Shard& shard = shards_[ShardOfThisThread() % shards_.size()];
  MutexLock lock(&shard.mutex);
  return shard.state;
}

absl::StatusOr<const Catalog::Entry*> Catalog::FindEntry(
    const State& state, absl::string_view model) {
  const auto it = state.find(model);
  if (it != state.end()) return &it->second;
  return UnknownNameError("model", model, "this server",
                          NearSpellings(model, [&](absl::string_view name) {
                            return state.contains(name);
                          }));
}

absl::StatusOr<std::shared_ptr<const Version>> Catalog::Pin(
    absl::string_view model, const VersionChoice& choice) const {
  // Under the lock, so that nobody else counts references of the state.
  Shard& shard = shards_[ShardOfThisThread() % shards_.size()];
  MutexLock lock(&shard.mutex);
  return Choose(*shard.state, model, choice);
}

absl::StatusOr<std::shared_ptr<const Version>> Catalog::Choose(
    const State& state, absl::string_view model, const VersionChoice& choice) {
  AKIN_ASSIGN_OR_RETURN(const Entry* entry, FindEntry(state, model));
  int64_t number = 0;
  if (const auto* by_number = std::get_if<int64_t>(&choice)) {
    number = *by_number;
  } else {
    const auto* by_label = std::get_if<absl::string_view>(&choice);
    const absl::string_view label = by_label ? *by_label : kStableLabel;
    const auto it = entry->labels.find(label);
    if (it == entry->labels.end()) {
      std::vector<std::string> labels;
      for (const auto& [name, unused] : entry->labels) labels.push_back(name);
      return UnknownLabel(label, model, labels);
    }
    number = it->second;
  }
  for (const auto& version : entry->versions) {
    if (version->number() == number) return version;
  }
  std::vector<std::string> numbers;
  for (const auto& version : entry->versions) {
    numbers.push_back(absl::StrCat(version->number()));
  }
  return UnknownNumber(number, model, numbers);
}

PublishedModel Catalog::Describe(const std::string& name, const Entry& entry) {
  PublishedModel model{name, {}};
  for (const auto& version : entry.versions) {
    PublishedVersion& published = model.versions.emplace_back();
    published.version = version;
    for (const auto& [label, number] : entry.labels) {
      if (number == version->number()) published.labels.push_back(label);
    }
    std::sort(published.labels.begin(), published.labels.end());
  }
  return model;
}

absl::StatusOr<PublishedModel> Catalog::Find(absl::string_view model) const {
  const auto state = Now();
  AKIN_ASSIGN_OR_RETURN(const Entry* entry, FindEntry(*state, model));
  return Describe(std::string(model), *entry);
}

std::vector<PublishedModel> Catalog::List() const {
  std::vector<PublishedModel> models;
  const auto state = Now();
  for (const auto& [name, entry] : *state) {
    models.push_back(Describe(name, entry));
  }
  std::sort(models.begin(), models.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return models;
}

}  // namespace akin
