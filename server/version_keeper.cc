#include "server/version_keeper.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/available_memory.h"
#include "index/base/status_macros.h"
#include "index/query/open_checked_version.h"
#include "index/version/folder_kind.h"
#include "index/version/sealed_version.h"

namespace akin::server {
namespace {

// Before the first load has told.
constexpr double kUsualBytesPerSecond = 1e9;

std::string NameOf(const std::string& model, int64_t version) {
  return absl::StrCat("version ", version, " of model ", model);
}

// As long as the files are the same there is no use in trying again. A folder
// that is still being copied has no manifest, or half a file.
bool IsLasting(const absl::Status& why) {
  return absl::IsDataLoss(why) || absl::IsNotFound(why) ||
         absl::IsFailedPrecondition(why);
}

}  // namespace

VersionKeeper::VersionKeeper(Options options, Catalog* catalog)
    : options_(std::move(options)),
      catalog_(*catalog),
      labels_(options_.repository, options_.follow_latest, options_.say,
              catalog),
      folders_(options_.repository),
      bytes_per_second_(kUsualBytesPerSecond) {}

absl::Status VersionKeeper::Look(WorkerPool* pool) {
  AKIN_ASSIGN_OR_RETURN(const std::vector<ModelFolder> folders,
                        ListRepository(options_.repository));
  SayWhetherIsRepository(folders);
  for (const ModelFolder& folder : folders) Remember(folder);
  for (const ModelFolder& folder : folders) {
    AKIN_RETURN_IF_ERROR(LookAt(folder.model, pool));
  }
  // What stands in no folder any more is served as long as it is loaded.
  for (const std::string& model : board_.Models()) {
    const bool is_there =
        std::any_of(folders.begin(), folders.end(),
                    [&](const auto& folder) { return folder.model == model; });
    if (!is_there) board_.SetSealed(model, {}, {}, "");
    CheckFolders(model);
  }
  return absl::OkStatus();
}

// Once: a folder in it is easily named in its place.
void VersionKeeper::SayWhetherIsRepository(
    const std::vector<ModelFolder>& folders) {
  if (std::exchange(has_looked_, true) || !folders.empty()) return;
  const FolderKind kind = LookIntoFolder(options_.repository).kind;
  options_.say(NoRepositorySentence(options_.repository, kind),
               /*is_error=*/kind != FolderKind::kOther);
}

void VersionKeeper::CheckFolders(const std::string& model) {
  std::set<int64_t> loaded;
  for (const auto& version : Published(model).versions) {
    loaded.insert(version->number());
  }
  folders_.Keep(model, loaded);
  for (const int64_t number : loaded) {
    const std::string note = folders_.Check(model, number);
    if (board_.SetNote(model, number, note) && !note.empty()) {
      options_.say(absl::StrCat(NameOf(model, number), ": ", note),
                   /*is_error=*/true);
    }
  }
}

void VersionKeeper::Remember(const ModelFolder& folder) {
  const std::string path = absl::StrCat(options_.repository, "/", folder.model);
  std::string problem;
  if (!folder.status.ok()) {
    problem = std::string(folder.status.message());
  } else if (!folder.strays.empty()) {
    problem = absl::StrCat(path, ": holds what is no version, left alone: ",
                           absl::StrJoin(folder.strays, ", "));
  }
  std::set<int64_t> labelled;
  for (const auto& [name, target] : labels_.Of(folder.model)) {
    labelled.insert(target.version);
  }
  if (board_.SetSealed(folder.model, folder.versions, labelled, problem) &&
      !problem.empty()) {
    options_.say(problem, /*is_error=*/false);
  }
}

absl::Status VersionKeeper::LookAt(const std::string& model, WorkerPool* pool) {
  labels_.Follow(model);
  AKIN_RETURN_IF_ERROR(LoadNamed(model, pool));
  if (options_.follow_latest) AKIN_RETURN_IF_ERROR(LoadLatest(model, pool));
  RetireOld(model);
  return absl::OkStatus();
}

// What a label names, stable first, what was stable before it, and what was
// asked for.
std::vector<int64_t> VersionKeeper::Named(const std::string& model) const {
  std::vector<int64_t> named = board_.Requested(model);
  for (const auto& [name, target] : labels_.Of(model)) {
    named.insert(name == kStableLabel ? named.begin() : named.end(),
                 target.version);
    if (name == kStableLabel && KeepsPrevious(model, target.previous)) {
      named.push_back(target.previous);
    }
  }
  return named;
}

// So that a rollback is at once.
bool VersionKeeper::KeepsPrevious(const std::string& model,
                                  int64_t previous) const {
  const std::vector<int64_t> sealed = board_.Sealed(model);
  return options_.keep_versions > 1 && !board_.IsUnwanted(model, previous) &&
         std::binary_search(sealed.begin(), sealed.end(), previous);
}

absl::Status VersionKeeper::LoadNamed(const std::string& model,
                                      WorkerPool* pool) {
  for (const int64_t version : Named(model)) {
    // While one was loaded, another may have been let go or lost its label.
    const std::vector<int64_t> now = Named(model);
    const bool is_named =
        std::find(now.begin(), now.end(), version) != now.end();
    if (!is_named || IsLoaded(model, version)) continue;
    const absl::Status loaded = TryLoad(model, version, pool);
    if (cancelled_) return loaded;
  }
  return absl::OkStatus();
}

// The latest first: there is no need of those before it.
absl::Status VersionKeeper::LoadLatest(const std::string& model,
                                       WorkerPool* pool) {
  const std::vector<int64_t> sealed = board_.Sealed(model);
  for (auto version = sealed.rbegin(); version != sealed.rend(); ++version) {
    if (IsLoaded(model, *version)) break;
    // Nor is one before it wanted in its place.
    if (board_.IsUnwanted(model, *version)) break;
    const PublishedModel published = Published(model);
    if (!published.versions.empty() &&
        published.versions.front()->number() > *version) {
      break;
    }
    const absl::Status loaded = TryLoad(model, *version, pool);
    if (loaded.ok()) break;
    if (cancelled_) return loaded;
  }
  return absl::OkStatus();
}

absl::Status VersionKeeper::TryLoad(const std::string& model, int64_t version,
                                    WorkerPool* pool) {
  std::string stamp =
      StampOf(VersionFolder(options_.repository, model, version));
  const auto failure = board_.FailureOf(model, version);
  if (failure.has_value() && failure->lasting && failure->stamp == stamp) {
    return absl::DataLossError(failure->message);
  }
  const PublishedModel before = Published(model);
  board_.BeginLoad(model, version);
  folders_.Begin(model, version);
  absl::Status loaded = Load(model, version, pool);
  std::optional<VersionBoard::Failure> failed;
  if (!loaded.ok() && !absl::IsCancelled(loaded)) {
    failed = {std::move(stamp), loaded.code(), std::string(loaded.message()),
              IsLasting(loaded)};
  }
  if (options_.loads != nullptr) options_.loads->Count(loaded);
  const bool is_new = board_.EndLoad(model, version, failed);
  if (failed.has_value() && is_new) {
    options_.say(
        absl::StrCat(
            NameOf(model, version), " cannot be loaded; ",
            before.versions.empty() ? "" : "what is loaded goes on serving: ",
            failed->message),
        /*is_error=*/true);
  }
  return loaded;
}

absl::Status VersionKeeper::Load(const std::string& model, int64_t version,
                                 WorkerPool* pool) {
  board_.FreeRetired();
  const auto plan = PlanFor(model, version);
  if (plan.ok() && !plan->fits() && !board_.IsForced(model, version)) {
    return DoesNotFit(model, *plan);
  }
  const absl::Time start = absl::Now();
  OpenOptions open;
  open.map = options_.map_files;
  open.progress = [&](uint64_t bytes, uint64_t of) {
    board_.ShowProgress(model, bytes, of);
    return !cancelled_ && !IsWithdrawn(model, version);
  };
  AKIN_ASSIGN_OR_RETURN(
      std::shared_ptr<const Version> opened,
      OpenCheckedVersion(VersionFolder(options_.repository, model, version),
                         model, version, pool, open));
  if (IsWithdrawn(model, version)) {
    return absl::CancelledError(
        absl::StrCat(NameOf(model, version), " is not wanted any more"));
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const uint64_t bytes = opened->memory_bytes();
  const std::string line = absl::StrFormat(
      "%s: %d tables, %.1f MiB, loaded in %.2f s", NameOf(model, version),
      opened->tables().size(), static_cast<double>(bytes) / (1 << 20), seconds);
  AKIN_RETURN_IF_ERROR(labels_.Publish(std::move(opened)));
  if (seconds > 0) bytes_per_second_ = static_cast<double>(bytes) / seconds;
  options_.say(line, /*is_error=*/false);
  return absl::OkStatus();
}

// Beyond the newest `keep`: those that nobody wants for another reason.
std::vector<int64_t> VersionKeeper::Old(const PublishedModel& published,
                                        size_t keep) const {
  std::vector<int64_t> old;
  for (size_t i = keep; i < published.versions.size(); ++i) {
    const int64_t number = published.versions[i]->number();
    const bool labelled = std::any_of(
        published.labels.begin(), published.labels.end(),
        [&](const auto& label) {
          return label.second.version == number ||
                 (label.first == kStableLabel && options_.keep_versions > 1 &&
                  label.second.previous == number);
        });
    if (!labelled && !board_.IsRequested(published.name, number)) {
      old.push_back(number);
    }
  }
  return old;
}

void VersionKeeper::RetireOld(const std::string& model) {
  for (const int64_t number : Old(Published(model), options_.keep_versions)) {
    auto retired = labels_.Retire(model, number);
    if (!retired.ok()) continue;  // it was given a label meanwhile
    options_.say(absl::StrCat(NameOf(model, number), " is retired"),
                 /*is_error=*/false);
    board_.Retire(*std::move(retired), /*wanted=*/true);
  }
}

absl::Status VersionKeeper::Unload(const std::string& model, int64_t version) {
  auto retired = labels_.Retire(model, version);
  if (retired.ok()) {
    board_.Retire(*std::move(retired), /*wanted=*/false);
  } else if (!absl::IsNotFound(retired.status()) ||
             !board_.Withdraw(model, version)) {
    return retired.status();
  }
  options_.say(absl::StrCat(NameOf(model, version), " is unloaded, as asked"),
               /*is_error=*/false);
  return absl::OkStatus();
}

absl::StatusOr<int64_t> VersionKeeper::SetLabel(const std::string& model,
                                                const std::string& label,
                                                const LabelChange& change,
                                                bool forced) {
  AKIN_ASSIGN_OR_RETURN(const int64_t previous,
                        labels_.Set(model, label, change));
  options_.say(
      absl::StrCat("label ", label, " of model ", model,
                   change.version.has_value()
                       ? absl::StrCat(" was moved to version ", *change.version)
                       : " was removed",
                   previous > 0 ? absl::StrCat(", before ", previous) : "",
                   forced ? ", by force" : ""),
      /*is_error=*/false);
  return previous;
}

absl::StatusOr<LoadPlan> VersionKeeper::Plan(const std::string& model,
                                             int64_t version) const {
  AKIN_ASSIGN_OR_RETURN(const int64_t number,
                        FindSealedVersion(options_.repository, model, version));
  return PlanFor(model, number);
}

absl::StatusOr<LoadPlan> VersionKeeper::PlanFor(const std::string& model,
                                                int64_t version) const {
  AKIN_ASSIGN_OR_RETURN(
      const Manifest manifest,
      ReadManifest(VersionFolder(options_.repository, model, version)));
  LoadPlan plan = PlanOf(manifest);
  plan.version = version;
  plan.mapped = options_.map_files;
  plan.seconds = static_cast<double>(plan.version_bytes) / bytes_per_second_;
  plan.available_bytes =
      options_.available_memory
          ? options_.available_memory()
          : AvailableMemory().value_or(std::numeric_limits<uint64_t>::max());
  PublishedModel published = Published(model);
  for (const VersionFacts& facts : board_.Describe(published)) {
    if (facts.number == version) plan.state = facts.state;
    if (facts.version != nullptr) {
      plan.resident_bytes += facts.version->memory_bytes();
    }
  }
  if (!IsLoaded(model, version)) {
    // As if it were there already.
    const size_t newer = static_cast<size_t>(std::count_if(
        published.versions.begin(), published.versions.end(),
        [&](const auto& other) { return other->number() > version; }));
    for (const auto& [name, target] : labels_.Of(model)) {
      if (target.version == version) published.labels[name] = target;
    }
    if (newer == 0 && labels_.StableFollowsLatest(model)) {
      published.labels[std::string(kStableLabel)].version = version;
    }
    if (newer < options_.keep_versions) {
      plan.retires = Old(published, options_.keep_versions - 1);
    }
  }
  return plan;
}

absl::StatusOr<int64_t> VersionKeeper::RequestLoad(const std::string& model,
                                                   int64_t version,
                                                   bool force) {
  AKIN_ASSIGN_OR_RETURN(const int64_t number,
                        FindSealedVersion(options_.repository, model, version));
  if (!IsLoaded(model, number) && !force) {
    // A manifest that cannot be read is a failed load, with its reason.
    const auto plan = PlanFor(model, number);
    if (plan.ok() && !plan->fits()) return DoesNotFit(model, *plan);
  }
  board_.Request(model, number, force);
  wish_ = true;
  return number;
}

PublishedModel VersionKeeper::Published(const std::string& model) const {
  auto published = catalog_.Find(model);
  return published.ok() ? *std::move(published) : PublishedModel{model, {}, {}};
}

// Let go by hand while it was loaded, and no label needs it.
bool VersionKeeper::IsWithdrawn(const std::string& model,
                                int64_t version) const {
  return board_.IsUnwanted(model, version) && !labels_.Name(model, version);
}

bool VersionKeeper::IsLoaded(const std::string& model, int64_t version) const {
  return catalog_.Pin(model, version).ok();
}

absl::StatusOr<ModelFacts> VersionKeeper::Describe(
    const std::string& model) const {
  const auto published = catalog_.Find(model);
  ModelFacts facts;
  facts.name = model;
  facts.versions = board_.Describe(
      published.ok() ? *published : PublishedModel{model, {}, {}});
  if (facts.versions.empty()) return published.status();
  if (published.ok()) facts.labels = published->labels;
  facts.stable_follows_latest = labels_.StableFollowsLatest(model);
  facts.loads_latest = options_.follow_latest;
  return facts;
}

std::vector<ModelFacts> VersionKeeper::Describe() const {
  std::set<std::string> names;
  for (std::string& model : board_.Models()) names.insert(std::move(model));
  for (PublishedModel& model : catalog_.List()) names.insert(model.name);
  std::vector<ModelFacts> models;
  for (const std::string& name : names) {
    auto facts = Describe(name);
    if (facts.ok()) models.push_back(*std::move(facts));
  }
  return models;
}

}  // namespace akin::server
