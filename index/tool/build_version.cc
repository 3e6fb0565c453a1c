#include "index/tool/build_version.h"

#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "index/base/status_macros.h"
#include "index/tool/sha256.h"
#include "index/version/repository.h"
#include "index/version/sealed_version.h"

namespace akin {
namespace {

// A trained file, and what tells whether it has changed.
std::string StampOf(const std::string& path) {
  struct stat facts = {};
  if (stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return "";
  return absl::StrCat(facts.st_ino, " ", facts.st_size, " ",
                      facts.st_mtim.tv_sec, " ", facts.st_mtim.tv_nsec);
}

std::vector<std::string> StampsOf(const std::vector<TableSpec>& tables) {
  std::vector<std::string> stamps;
  for (const TableSpec& table : tables) {
    stamps.push_back(StampOf(table.source.path));
    stamps.push_back(StampOf(table.source.ids_path));
    stamps.push_back(StampOf(table.attributes.path));
  }
  return stamps;
}

// One version's way into the repository.
class Building {
 public:
  Building(const VersionSpec& spec, WorkerPool* pool, const BuildHooks& hooks)
      : spec_(spec), pool_(pool), hooks_(hooks) {}

  absl::StatusOr<Manifest> Run() {
    // What nothing could answer is found before the hours of building.
    AKIN_ASSIGN_OR_RETURN(golden_, GoldenQueriesOf(spec_));
    // Before they are read for hours: what is not there, and what they are.
    const std::vector<std::string> stamps = StampsOf(spec_.tables);
    AKIN_RETURN_IF_ERROR(Begin(BuildStep::kDescribing));
    AKIN_RETURN_IF_ERROR(Describe());
    AKIN_ASSIGN_OR_RETURN(
        build_,
        VersionBuild::Begin(spec_.repository, spec_.model, spec_.version));
    Manifest manifest;
    {
      AKIN_RETURN_IF_ERROR(Begin(BuildStep::kLoading));
      AKIN_ASSIGN_OR_RETURN(const auto version, Load());
      if (StampsOf(spec_.tables) != stamps) {
        return absl::AbortedError(
            "a trained file has changed while it was read; nothing was sealed");
      }
      AKIN_RETURN_IF_ERROR(Begin(BuildStep::kSealing));
      AKIN_ASSIGN_OR_RETURN(manifest,
                            SealVersion(*version, facts_, build_->folder(),
                                        [this] { return CheckGoesOn().ok(); }));
    }
    // The memory of what was built is free again.
    AKIN_RETURN_IF_ERROR(ReadBack());
    AKIN_RETURN_IF_ERROR(Begin(BuildStep::kPublishing));
    AKIN_RETURN_IF_ERROR(build_->Publish());
    return manifest;
  }

 private:
  absl::Status CheckGoesOn() const {
    return hooks_.cancelled && hooks_.cancelled()
               ? absl::CancelledError("the build was cancelled")
               : absl::OkStatus();
  }

  absl::Status Begin(BuildStep step) const {
    AKIN_RETURN_IF_ERROR(CheckGoesOn());
    if (hooks_.step) hooks_.step(step, build_ ? build_->version() : 0);
    return absl::OkStatus();
  }

  absl::Status Describe() {
    facts_.created_unix_seconds = absl::ToUnixSeconds(absl::Now());
    facts_.training_run = spec_.training_run;
    facts_.metadata = spec_.metadata;
    facts_.golden_queries = spec_.golden_queries.value_or("");
    for (const TableSpec& table : spec_.tables) {
      std::vector<SourceFile>& sources = facts_.sources[table.name];
      for (const auto& [path, name] :
           {std::pair{table.source.path, table.SourceName()},
            std::pair{table.source.ids_path, table.IdsName()},
            std::pair{table.attributes.path, table.AttributesName()}}) {
        const bool again = path == table.source.path && !sources.empty();
        if (path.empty() || again) continue;
        AKIN_ASSIGN_OR_RETURN(
            sources.emplace_back(),
            DescribeSource(path, name, [this] { return CheckGoesOn(); }));
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::shared_ptr<const Version>> Load() const {
    LoadOptions options;
    options.pool = pool_;
    options.progress = [this](const LoadProgress& progress) {
      return CheckGoesOn().ok() &&
             (!hooks_.progress || hooks_.progress(progress));
    };
    AKIN_ASSIGN_OR_RETURN(
        auto version,
        LoadVersion(spec_.model, build_->version(), spec_.tables, options));
    if (hooks_.loaded) hooks_.loaded(*version);
    return version;
  }

  // What a server will read is read once before any server sees it.
  absl::Status ReadBack() const {
    AKIN_RETURN_IF_ERROR(Begin(BuildStep::kVerifying));
    const auto go_on = [this](uint64_t /*bytes*/, uint64_t /*of*/) {
      return CheckGoesOn().ok();
    };
    AKIN_RETURN_IF_ERROR(
        VerifyVersion(build_->folder(), pool_, go_on).status());
    AKIN_ASSIGN_OR_RETURN(
        const auto version,
        OpenVersion(build_->folder(), spec_.model, build_->version(), pool_,
                    {.progress = go_on}));
    if (golden_.empty()) return absl::OkStatus();
    AKIN_RETURN_IF_ERROR(Begin(BuildStep::kAsking));
    return Annotate(CheckGoldenQueries(*version, golden_, /*stop=*/nullptr,
                                       [this] { return CheckGoesOn().ok(); }),
                    spec_.golden_path);
  }

  const VersionSpec& spec_;
  WorkerPool* const pool_;
  const BuildHooks& hooks_;
  SealFacts facts_;
  std::vector<GoldenQuery> golden_;
  std::unique_ptr<VersionBuild> build_;
};

}  // namespace

absl::string_view BuildStepName(BuildStep step) {
  switch (step) {
    case BuildStep::kDescribing:
      return "reading the trained files for their sums";
    case BuildStep::kLoading:
      return "building";
    case BuildStep::kSealing:
      return "sealing";
    case BuildStep::kVerifying:
      return "reading it back";
    case BuildStep::kAsking:
      return "asking the golden queries";
    case BuildStep::kPublishing:
      return "publishing";
  }
  return "";
}

absl::StatusOr<std::vector<GoldenQuery>> GoldenQueriesOf(
    const VersionSpec& spec) {
  std::vector<GoldenQuery> queries;
  if (!spec.golden_queries.has_value()) return queries;
  AKIN_ASSIGN_OR_RETURN(
      queries, ParseGoldenQueries(*spec.golden_queries, spec.golden_path));
  if (queries.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        spec.golden_path, ": expected at least one golden query, found none"));
  }
  std::vector<absl::string_view> names;
  for (const TableSpec& table : spec.tables) names.push_back(table.name);
  for (const GoldenQuery& query : queries) {
    for (const std::string& name : {query.table, query.query_table}) {
      if (name.empty() ||
          std::find(names.begin(), names.end(), name) != names.end()) {
        continue;
      }
      return absl::InvalidArgumentError(absl::StrCat(
          spec.golden_path, ":", query.line, ": expected one of the tables ",
          absl::StrJoin(names, ", "), ", found ", name));
    }
  }
  return queries;
}

absl::StatusOr<Manifest> BuildVersion(const VersionSpec& spec, WorkerPool* pool,
                                      const BuildHooks& hooks) {
  return Building(spec, pool, hooks).Run();
}

}  // namespace akin
