#include "server/imports.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "index/base/status_macros.h"
#include "server/convert_import.h"
#include "server/give_way.h"
#include "server/import_begin.h"

namespace akin::server {

// How a call comes in.
struct Imports::Entry {
  std::shared_ptr<ImportBuild> build;  // to be watched, or else:
  uint64_t turn = 0;
  absl::Duration patience = absl::ZeroDuration();
  // Who is to yield, and what its call is told.
  std::shared_ptr<ImportSender> yields;
  absl::Status why;
  // Not to be destroyed under the lock: it may be the last of its sender.
  std::vector<std::shared_ptr<ImportSender>> seen;
};

Imports::~Imports() {
  stopping_ = true;
  builder_.reset();  // when the build under way has ended
}

absl::StatusOr<Imports::Begun> Imports::Begin(
    const v1::ImportBegin& begin, const std::shared_ptr<ImportSender>& sender) {
  if (options_.repository.empty()) {
    return absl::FailedPreconditionError(
        "this server has no repository; start it with --repository");
  }
  AKIN_RETURN_IF_ERROR(CheckImportBegin(begin));
  AKIN_RETURN_IF_ERROR(
      VersionSpecFromWire(options_.repository, begin).status());
  Entry entry;
  AKIN_RETURN_IF_ERROR(Enter(begin, sender, &entry));
  if (entry.build != nullptr) return Begun{nullptr, entry.build};
  if (entry.yields != nullptr) entry.yields->Yield(entry.why);
  const Key key = KeyOf(begin);
  const auto has_turn = [&] {
    MutexLock lock(&mutex_);
    const auto place = places_.find(key);
    return place != places_.end() && place->second.turn == entry.turn;
  };
  // Who has lost its turn meanwhile must not wait on, and keep a thread.
  constexpr absl::Duration kLook = absl::Milliseconds(50);
  const absl::Time end = absl::Now() + entry.patience;
  auto opened =
      ImportSession::Open(options_, begin, std::min(kLook, entry.patience));
  while (absl::IsAborted(opened.status()) && absl::Now() < end && has_turn()) {
    opened = ImportSession::Open(options_, begin, kLook);
  }
  if (!opened.ok()) {
    Leave(key, entry.turn);
    return opened.status();
  }
  const std::shared_ptr<ImportSession> session(
      opened->release(), [this, key, turn = entry.turn](ImportSession* ended) {
        delete ended;
        Leave(key, turn);
      });
  MutexLock lock(&mutex_);
  const auto place = places_.find(key);
  if (place != places_.end() && place->second.turn == entry.turn) {
    place->second.session = session.get();
  }  // else it has been asked to yield
  return Begun{session, nullptr};
}

absl::Status Imports::Enter(const v1::ImportBegin& begin,
                            const std::shared_ptr<ImportSender>& sender,
                            Entry* entry) {
  const Key key = KeyOf(begin);
  MutexLock lock(&mutex_);
  const auto built = builds_.find(key);
  if (built != builds_.end()) {
    if (!AskTheSame(built->second->begin(), begin)) {
      return absl::AbortedError(
          absl::StrCat(NameOfImport(begin), " is being built already"));
    }
    entry->build = built->second;
    return absl::OkStatus();
  }
  const auto found = places_.find(key);
  if (found != places_.end()) {
    if (!AskTheSame(found->second.begin, begin)) {
      return absl::AbortedError(absl::StrCat(
          "another call is sending ", NameOfImport(begin), ", otherwise"));
    }
    entry->yields = found->second.sender.lock();
    entry->why = GoesOnElsewhere(begin);
    entry->patience = kPatience;
  } else if (places_.size() >= kMost) {
    AKIN_RETURN_IF_ERROR(MakeRoom(entry));
  }
  entry->turn = ++turns_;
  places_[key] = Place{entry->turn, begin, sender, nullptr};
  Count();
  return absl::OkStatus();
}

absl::Status Imports::MakeRoom(Entry* entry) {
  using Clock = ImportSender::Clock;
  auto most_silent = places_.end();
  Clock::time_point since = Clock::time_point::max();
  for (auto place = places_.begin(); place != places_.end(); ++place) {
    std::shared_ptr<ImportSender> sender = place->second.sender.lock();
    if (sender == nullptr) continue;
    const Clock::time_point silent = sender->silent_since();
    entry->seen.push_back(std::move(sender));
    if (silent >= since) continue;
    since = silent;
    most_silent = place;
    entry->yields = entry->seen.back();
  }
  const absl::Duration silence = absl::FromChrono(Clock::now() - since);
  if (most_silent == places_.end() || silence < most_silence_) {
    return absl::ResourceExhaustedError(absl::StrCat(
        places_.size(), " imports are under way, as many as may be at once"));
  }
  entry->why = absl::UnavailableError(absl::StrCat(
      NameOfImport(most_silent->second.begin), " has not been heard of for ",
      absl::ToInt64Seconds(silence),
      " s and gave its place to another; the same import goes on where it "
      "was"));
  places_.erase(most_silent);
  return absl::OkStatus();
}

void Imports::Leave(const Key& key, uint64_t turn) {
  MutexLock lock(&mutex_);
  const auto place = places_.find(key);
  if (place != places_.end() && place->second.turn == turn) {
    places_.erase(place);
    Count();
  }
}

absl::StatusOr<std::shared_ptr<ImportBuild>> Imports::Build(
    std::shared_ptr<ImportSession> session,
    std::shared_ptr<ImportWatcher> watcher) {
  const ImportSession* const built = session.get();
  const auto build = std::make_shared<ImportBuild>(
      options_.repository, std::move(session), std::move(watcher));
  const Key key = KeyOf(build->begin());
  bool waits = false;
  {
    MutexLock lock(&mutex_);
    const auto place = places_.find(key);
    if (place == places_.end()) {  // it is being asked to yield
      return absl::UnavailableError(
          absl::StrCat(NameOfImport(build->begin()),
                       " gave its place to another; the same import goes on "
                       "where it was"));
    }
    if (place->second.session != built) {
      return GoesOnElsewhere(build->begin());
    }
    place->second.sender.reset();
    waits = !builds_.empty();
    builds_[key] = build;
    // It refuses none: those that wait have places.
    if (!builder_) builder_.emplace("builds", kMost, /*gives_way=*/true);
  }
  if (waits) build->Wait();
  MutexLock lock(&mutex_);
  builder_->Submit([this, build] { Run(build.get()); }).IgnoreError();
  return build;
}

void Imports::Run(ImportBuild* build) {
  build->Run(&alone_, [this] { return stopping_.load(); });
  {
    // Who comes now is to begin anew.
    MutexLock lock(&mutex_);
    builds_.erase(KeyOf(build->begin()));
  }
  build->End();
}

void Imports::Post(std::function<void()> task) {
  WorkerPool* writers = nullptr;
  {
    MutexLock lock(&mutex_);
    if (!writers_) writers_.emplace(kMost + 1);  // and none of them the caller
    writers = &*writers_;
  }
  writers->Post(std::move(task));
}

}  // namespace akin::server
