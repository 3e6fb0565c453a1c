#include "server/version_board.h"

#include <malloc.h>

#include <algorithm>
#include <utility>

namespace akin::server {

const VersionBoard::Record* VersionBoard::Find(const std::string& model) const {
  const auto found = records_.find(model);
  return found == records_.end() ? nullptr : &found->second;
}

bool VersionBoard::SetSealed(const std::string& model,
                             std::vector<int64_t> versions,
                             const std::set<int64_t>& labelled,
                             const std::string& problem) {
  MutexLock lock(&mutex_);
  Record& record = records_[model];
  record.sealed = std::move(versions);
  // A version that was taken away is not to be remembered for ever.
  std::erase_if(record.failures, [&](const auto& failure) {
    return !labelled.contains(failure.first) &&
           !record.requested.contains(failure.first) &&
           !std::binary_search(record.sealed.begin(), record.sealed.end(),
                               failure.first);
  });
  return std::exchange(record.problem, problem) != problem;
}

std::vector<int64_t> VersionBoard::Sealed(const std::string& model) const {
  MutexLock lock(&mutex_);
  const Record* record = Find(model);
  return record == nullptr ? std::vector<int64_t>() : record->sealed;
}

std::vector<std::string> VersionBoard::Models() const {
  MutexLock lock(&mutex_);
  std::vector<std::string> models;
  for (const auto& [model, record] : records_) models.push_back(model);
  return models;
}

void VersionBoard::BeginLoad(const std::string& model, int64_t version) {
  MutexLock lock(&mutex_);
  records_[model].loading = Progress{version, 0, 0};
}

void VersionBoard::ShowProgress(const std::string& model, uint64_t done,
                                uint64_t total) {
  MutexLock lock(&mutex_);
  std::optional<Progress>& loading = records_[model].loading;
  if (loading.has_value()) *loading = {loading->version, done, total};
}

bool VersionBoard::EndLoad(const std::string& model, int64_t version,
                           std::optional<Failure> failure) {
  MutexLock lock(&mutex_);
  Record& record = records_[model];
  record.loading = std::nullopt;
  if (!failure.has_value()) {
    record.failures.erase(version);
    return true;
  }
  const auto before = record.failures.find(version);
  // How much memory there is differs every time.
  const bool is_new = before == record.failures.end() ||
                      before->second.code != failure->code ||
                      (failure->code != absl::StatusCode::kResourceExhausted &&
                       before->second.message != failure->message);
  record.failures[version] = *std::move(failure);
  return is_new;
}

std::optional<VersionBoard::Failure> VersionBoard::FailureOf(
    const std::string& model, int64_t version) const {
  MutexLock lock(&mutex_);
  const Record* record = Find(model);
  if (record == nullptr) return std::nullopt;
  const auto found = record->failures.find(version);
  if (found == record->failures.end()) return std::nullopt;
  return found->second;
}

void VersionBoard::Request(const std::string& model, int64_t version,
                           bool force) {
  MutexLock lock(&mutex_);
  Record& record = records_[model];
  record.requested[version] = force;
  record.unwanted.erase(version);
  record.failures.erase(version);
}

std::vector<int64_t> VersionBoard::Requested(const std::string& model) const {
  MutexLock lock(&mutex_);
  const Record* record = Find(model);
  std::vector<int64_t> versions;
  if (record == nullptr) return versions;
  for (const auto& [version, force] : record->requested) {
    versions.push_back(version);
  }
  return versions;
}

bool VersionBoard::Withdraw(const std::string& model, int64_t version) {
  MutexLock lock(&mutex_);
  const auto found = records_.find(model);
  if (found == records_.end()) return false;
  if (found->second.requested.erase(version) == 0) return false;
  found->second.unwanted.insert(version);
  return true;
}

bool VersionBoard::IsRequested(const std::string& model,
                               int64_t version) const {
  MutexLock lock(&mutex_);
  const Record* record = Find(model);
  return record != nullptr && record->requested.contains(version);
}

bool VersionBoard::IsForced(const std::string& model, int64_t version) const {
  MutexLock lock(&mutex_);
  const Record* record = Find(model);
  if (record == nullptr) return false;
  const auto found = record->requested.find(version);
  return found != record->requested.end() && found->second;
}

void VersionBoard::Retire(std::shared_ptr<const Version> version, bool wanted) {
  MutexLock lock(&mutex_);
  Record& record = records_[version->model()];
  if (!wanted) {
    record.requested.erase(version->number());
    record.unwanted.insert(version->number());
  }
  record.notes.erase(version->number());
  record.retired.push_back(std::move(version));
}

bool VersionBoard::IsUnwanted(const std::string& model, int64_t version) const {
  MutexLock lock(&mutex_);
  const Record* record = Find(model);
  return record != nullptr && record->unwanted.contains(version);
}

bool VersionBoard::FreeRetired() {
  // Freeing takes a while, and then nobody should wait for the lock.
  std::vector<std::shared_ptr<const Version>> unread;
  bool none_left = true;
  {
    MutexLock lock(&mutex_);
    for (auto& [model, record] : records_) {
      for (auto& version : record.retired) {
        // Nobody can pin it any more, so a count of one stays one.
        if (version.use_count() == 1) unread.push_back(std::move(version));
      }
      std::erase(record.retired, nullptr);
      none_left = none_left && record.retired.empty();
    }
  }
  if (unread.empty()) return none_left;
  unread.clear();
  // Ids and the like lay between what stays: without this a twentieth of a
  // version stayed resident (tests/bench/RESULTS.md, versions).
  malloc_trim(0);
  return none_left;
}

bool VersionBoard::SetNote(const std::string& model, int64_t version,
                           const std::string& note) {
  MutexLock lock(&mutex_);
  std::map<int64_t, std::string>& notes = records_[model].notes;
  const auto before = notes.find(version);
  if (note.empty() && before == notes.end()) return false;
  if (before != notes.end() && before->second == note) return false;
  if (note.empty()) {
    notes.erase(before);
  } else {
    notes[version] = note;
  }
  return true;
}

std::vector<VersionFacts> VersionBoard::Describe(
    const PublishedModel& published) const {
  // What comes later here is what counts.
  std::map<int64_t, VersionFacts> facts;
  MutexLock lock(&mutex_);
  const Record* record = Find(published.name);
  if (record != nullptr) {
    for (const int64_t number : record->sealed) {
      facts[number].state = record->requested.contains(number)
                                ? VersionState::kLoading
                                : VersionState::kSealed;
    }
    for (const auto& [number, failure] : record->failures) {
      facts[number].state = VersionState::kFailed;
      facts[number].failure = failure.message;
    }
    for (const auto& version : record->retired) {
      facts[version->number()].state = VersionState::kUnloading;
      facts[version->number()].version = version;
    }
    if (record->loading.has_value()) {
      VersionFacts loading;
      loading.state = VersionState::kLoading;
      loading.bytes_done = record->loading->done;
      loading.bytes_total = record->loading->total;
      facts[record->loading->version] = std::move(loading);
    }
  }
  for (const auto& version : published.versions) {
    VersionFacts available;
    available.state = VersionState::kAvailable;
    available.version = version;
    if (record != nullptr) {
      const auto note = record->notes.find(version->number());
      if (note != record->notes.end()) available.note = note->second;
    }
    facts[version->number()] = std::move(available);
  }
  std::vector<VersionFacts> newest_first;
  newest_first.reserve(facts.size());
  for (auto at = facts.rbegin(); at != facts.rend(); ++at) {
    at->second.number = at->first;
    newest_first.push_back(std::move(at->second));
  }
  return newest_first;
}

}  // namespace akin::server
