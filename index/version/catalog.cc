#include "index/version/catalog.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "index/base/error_facts.h"
#include "index/base/spelling.h"
#include "index/base/stable_hash.h"
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
                          const Labels& labels) {
  std::vector<std::string> existing;
  for (const auto& [name, target] : labels) existing.push_back(name);
  return UnknownNameError(
      "label", label,
      absl::StrCat("model ", model, ", which has ",
                   existing.empty() ? "none" : SomeOf(existing)),
      NearSpellings(label, [&](absl::string_view candidate) {
        return std::find(existing.begin(), existing.end(), candidate) !=
               existing.end();
      }));
}

// A number is not misspelt: the list says what there is.
absl::Status UnknownNumber(int64_t number, absl::string_view model,
                           const std::vector<std::string>& existing) {
  return UnknownNameError("version", absl::StrCat(number),
                          absl::StrCat("model ", model, ", which has ",
                                       SomeOf(existing), " loaded"),
                          {});
}

std::vector<std::string> NumbersOf(
    const std::vector<std::shared_ptr<const Version>>& versions) {
  std::vector<std::string> numbers;
  numbers.reserve(versions.size());
  for (const auto& version : versions) {
    numbers.push_back(absl::StrCat(version->number()));
  }
  return numbers;
}

}  // namespace

std::shared_ptr<const Version> Catalog::Entry::Find(int64_t number) const {
  for (const auto& version : versions) {
    if (version->number() == number) return version;
  }
  return nullptr;
}

const LabelTarget* Catalog::Entry::Labelled(absl::string_view label) const {
  // Labels are few: nothing is allocated to look one up.
  for (const auto& [name, target] : labels) {
    if (name == label) return &target;
  }
  return nullptr;
}

absl::Status Catalog::Publish(std::shared_ptr<const Version> version,
                              const std::vector<std::string>& labels) {
  MutexLock publishing(&publishing_);
  auto state = std::make_shared<State>(*Now());
  Entry& entry = (*state)[version->model()];
  const int64_t number = version->number();
  if (entry.Find(number) != nullptr) {
    return absl::AlreadyExistsError(absl::StrCat(
        "model ", version->model(), " already has a version ", number));
  }
  for (const std::string& label : labels) {
    entry.labels[label].version = number;
  }
  const auto at =
      std::find_if(entry.versions.begin(), entry.versions.end(),
                   [&](const auto& other) { return other->number() < number; });
  entry.versions.insert(at, std::move(version));
  Replace(std::move(state));
  return absl::OkStatus();
}

absl::Status Catalog::Relabel(absl::string_view model, Labels labels) {
  MutexLock publishing(&publishing_);
  auto state = std::make_shared<State>(*Now());
  AKIN_RETURN_IF_ERROR(FindEntry(*state, model).status());
  Entry& entry = state->find(model)->second;
  for (const auto& [name, target] : labels) {
    if (entry.Find(target.version) != nullptr) continue;
    return UnknownNumber(target.version, model, NumbersOf(entry.versions));
  }
  if (entry.labels == labels) return absl::OkStatus();
  entry.labels = std::move(labels);
  Replace(std::move(state));
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const Version>> Catalog::Retire(
    absl::string_view model, int64_t number) {
  MutexLock publishing(&publishing_);
  auto state = std::make_shared<State>(*Now());
  AKIN_ASSIGN_OR_RETURN(std::shared_ptr<const Version> version,
                        Choose(*state, model, number, nullptr));
  Entry& entry = state->find(model)->second;
  for (const auto& [label, target] : entry.labels) {
    if (target.version != number) continue;
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
    absl::string_view model, const VersionChoice& choice,
    ShadowChoice* shadow) const {
  // Under the lock, so that nobody else counts references of the state.
  Shard& shard = shards_[ShardOfThisThread() % shards_.size()];
  MutexLock lock(&shard.mutex);
  return Choose(*shard.state, model, choice, shadow);
}

absl::StatusOr<std::shared_ptr<const Version>> Catalog::Choose(
    const State& state, absl::string_view model, const VersionChoice& choice,
    ShadowChoice* shadow) {
  AKIN_ASSIGN_OR_RETURN(const Entry* entry, FindEntry(state, model));
  if (const auto* number = std::get_if<int64_t>(&choice)) {
    if (auto version = entry->Find(*number)) return version;
    return UnknownNumber(*number, model, NumbersOf(entry->versions));
  }
  if (const auto* label = std::get_if<absl::string_view>(&choice)) {
    const LabelTarget* target = entry->Labelled(*label);
    if (target != nullptr) return entry->Find(target->version);
    return UnknownLabel(*label, model, entry->labels);
  }
  const LabelTarget* canary = entry->Labelled(kCanaryLabel);
  if (const auto* caller = std::get_if<RoutingKey>(&choice);
      caller != nullptr && canary != nullptr &&
      StableShare(caller->key) < canary->share) {
    return entry->Find(canary->version);
  }
  const LabelTarget* stable = entry->Labelled(kStableLabel);
  if (stable == nullptr)
    return UnknownLabel(kStableLabel, model, entry->labels);
  if (shadow != nullptr && canary != nullptr && canary->shadow_share > 0) {
    *shadow = {entry->Find(canary->version), canary->shadow_share};
  }
  return entry->Find(stable->version);
}

absl::StatusOr<PublishedModel> Catalog::Find(absl::string_view model) const {
  const auto state = Now();
  AKIN_ASSIGN_OR_RETURN(const Entry* entry, FindEntry(*state, model));
  return PublishedModel{std::string(model), entry->versions, entry->labels};
}

std::vector<PublishedModel> Catalog::List() const {
  std::vector<PublishedModel> models;
  const auto state = Now();
  for (const auto& [name, entry] : *state) {
    models.push_back({name, entry.versions, entry.labels});
  }
  std::sort(models.begin(), models.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return models;
}

}  // namespace akin
