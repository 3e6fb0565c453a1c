#include "client/cli/doctor/repository_checks.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

// The first few, and how many there are beside them.
std::string Some(const std::vector<std::string>& names) {
  constexpr size_t kMost = 3;
  const size_t shown = std::min(names.size(), kMost);
  std::string text = absl::StrJoin(names.begin(), names.begin() + shown, ", ");
  if (names.size() > shown) {
    absl::StrAppend(&text, " and ", names.size() - shown, " more");
  }
  return text;
}

}  // namespace

void CheckSpace(const RepositoryFacts& repository, Findings* findings) {
  constexpr char kCheck[] = "disk space";
  constexpr double kLittle = 0.05;
  if (!repository.free_bytes || !repository.total_bytes) return;
  uint64_t largest = 0;
  for (const RepositoryFacts::Model& model : repository.models) {
    for (const RepositoryFacts::Version& version : model.versions) {
      largest = std::max(largest, version.bytes);
    }
  }
  const uint64_t free = *repository.free_bytes;
  const std::string text = absl::StrCat(
      MebiBytes(free), " free, the largest version takes ", MebiBytes(largest));
  const char* hint =
      "remove versions that no label names and no server has loaded: first "
      "akin unload, then their folders";
  if (free < largest) return Fail(kCheck, text, hint, findings);
  if (static_cast<double>(free) <
      kLittle * static_cast<double>(*repository.total_bytes)) {
    return Warn(kCheck, text, hint, findings);
  }
  Ok(kCheck, text, findings);
}

void CheckSealed(const RepositoryFacts& repository, Findings* findings) {
  constexpr char kCheck[] = "sealed versions";
  uint64_t versions = 0;
  size_t before = findings->size();
  for (const RepositoryFacts::Model& model : repository.models) {
    if (model.unreadable.has_value()) {
      Fail(kCheck, *model.unreadable,
           "give the server's user the right to read it", findings);
    }
    for (const RepositoryFacts::Version& version : model.versions) {
      ++versions;
      if (version.has_manifest) continue;
      Fail(kCheck,
           absl::StrCat(model.name, "/", version.number,
                        " has no MANIFEST.json"),
           "it was not made by akin-build, or files of it are lost: restore "
           "the whole folder from a back-up, or remove it",
           findings);
    }
  }
  if (findings->size() > before) return;
  if (versions == 0) {
    return Warn(kCheck, "there are none",
                "akin-build --repository DIR ... seals one; look whether this "
                "is the folder that was meant",
                findings);
  }
  Ok(kCheck,
     absl::StrCat(Plural(versions, "version"), " of ",
                  Plural(repository.models.size(), "model")),
     findings);
}

void CheckLeftovers(const RepositoryFacts& repository, Findings* findings) {
  constexpr char kCheck[] = "leftovers";
  std::vector<std::string> strays = repository.strays;
  std::vector<std::string> interrupted;
  uint64_t imports = 0;
  for (const RepositoryFacts::Model& model : repository.models) {
    for (const std::string& stray : model.strays) {
      strays.push_back(absl::StrCat(model.name, "/", stray));
    }
    for (const int64_t version : model.interrupted) {
      interrupted.push_back(absl::StrCat(model.name, "/.building-", version));
    }
    imports += model.imports;
  }
  if (!strays.empty()) {
    Warn(kCheck, absl::StrCat("neither models nor versions: ", Some(strays)),
         "remove them, or put them where they belong: nothing reads them",
         findings);
  }
  if (!interrupted.empty()) {
    Warn(kCheck, absl::StrCat("of interrupted builds: ", Some(interrupted)),
         "the next akin-build of the model removes them", findings);
  }
  if (strays.empty() && interrupted.empty()) {
    Ok(kCheck,
       imports == 0
           ? "none"
           : absl::StrCat("none but those of ", Plural(imports, "import"),
                          ", kept for a day to go on with"),
       findings);
  }
}

void CheckRights(const RepositoryFacts& repository, Findings* findings) {
  constexpr char kCheck[] = "rights";
  if (repository.open_to_all.empty()) {
    return Ok(kCheck, "nothing of the repository can be changed by everybody",
              findings);
  }
  Warn(kCheck,
       absl::StrCat("everybody may change ", Some(repository.open_to_all)),
       absl::StrCat("chmod -R o-w ", repository.path,
                    ": who writes there decides what is served"),
       findings);
}

void CheckRepository(const RepositoryFacts& repository, Findings* findings) {
  if (repository.unreadable.has_value()) {
    return Fail("repository", *repository.unreadable,
                "name the folder that the server was given with --repository, "
                "as a user who may read it",
                findings);
  }
  CheckSpace(repository, findings);
  CheckSealed(repository, findings);
  CheckLeftovers(repository, findings);
  CheckRights(repository, findings);
}

}  // namespace akin::client
