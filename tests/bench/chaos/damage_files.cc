#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "index/base/status_macros.h"
#include "index/query/run_query.h"
#include "index/version/repository.h"
#include "index/version/sealed_version.h"
#include "tests/bench/chaos/chaos.h"
#include "tests/bench/versions/swap_answers.h"

namespace akin::bench {
namespace {

namespace fs = std::filesystem;

constexpr Goal kNone = {0, 0, true};
constexpr size_t kAsked = 20;

using Answers = std::vector<std::pair<std::string, float>>;

// What the first users get, ids and scores.
absl::StatusOr<Answers> Ask(const Version& version) {
  Answers answers;
  SearchOptions options;
  options.k = 10;
  for (size_t user = 0; user < kAsked; ++user) {
    const std::string id = SwapUserId(user);
    AKIN_ASSIGN_OR_RETURN(
        const Answer answer,
        RunQuery(version, kSwapItems, ItemRef{kSwapUsers, id}, options));
    for (const Hit& hit : answer.hits) {
      answers.emplace_back(std::string(hit.id), hit.score);
    }
  }
  return answers;
}

struct Outcomes {
  size_t tried = 0;
  size_t refused = 0;
  size_t same = 0;   // opened, and answers as before
  size_t other = 0;  // opened, and answers otherwise
};

// One version in a folder of its own, damaged and mended again and again.
class Patient {
 public:
  Patient(std::string folder, Answers healthy, WorkerPool* pool)
      : folder_(std::move(folder)), healthy_(std::move(healthy)), pool_(*pool) {
    for (const auto& entry : fs::directory_iterator(folder_)) {
      files_.push_back(entry.path());
    }
    std::sort(files_.begin(), files_.end());
  }

  const std::vector<std::string>& files() const { return files_; }

  void Try(Outcomes* outcomes) {
    ++outcomes->tried;
    const auto version = OpenVersion(folder_, kSwapModel, 1, &pool_);
    if (!version.ok()) {
      ++outcomes->refused;
      return;
    }
    const auto answers = Ask(**version);
    ++(answers.ok() && *answers == healthy_ ? outcomes->same : outcomes->other);
  }

 private:
  const std::string folder_;
  const Answers healthy_;
  WorkerPool& pool_;
  std::vector<std::string> files_;
};

Outcomes FlipBits(size_t flips, std::mt19937_64* random, Patient* patient) {
  Outcomes outcomes;
  const auto& files = patient->files();
  for (size_t i = 0; i < flips; ++i) {
    const std::string& path = files[i % files.size()];
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    const auto at =
        static_cast<std::streamoff>((*random)() % fs::file_size(path));
    file.seekg(at);
    const char good = static_cast<char>(file.get());
    const auto put = [&](char byte) {
      file.seekp(at);
      file.put(byte).flush();
    };
    put(static_cast<char>(good ^ (1 << (*random)() % 8)));
    patient->Try(&outcomes);
    put(good);
  }
  return outcomes;
}

Outcomes CutFiles(size_t cuts, std::mt19937_64* random, Patient* patient) {
  Outcomes outcomes;
  const auto& files = patient->files();
  for (size_t i = 0; i < cuts; ++i) {
    const std::string& path = files[i % files.size()];
    const std::string kept = path + ".kept";
    fs::rename(path, kept);
    fs::copy_file(kept, path);
    fs::resize_file(path, (*random)() % fs::file_size(path));
    patient->Try(&outcomes);
    fs::rename(kept, path);
  }
  return outcomes;
}

void ReportDamage(const std::string& what, const Outcomes& outcomes,
                  Figures* figures) {
  figures->Line(absl::StrFormat(
      "%s: %d tried, %d refused, %d answered as before, %d otherwise.", what,
      outcomes.tried, outcomes.refused, outcomes.same, outcomes.other));
  figures->Add("other answers after " + what, "files",
               Exactly(static_cast<double>(outcomes.other)), kNone);
}

}  // namespace

absl::Status DamageFiles(const ChaosOptions& options, const std::string& runs,
                         Figures* figures) {
  AKIN_ASSIGN_OR_RETURN(const ScratchFolder scratch, ScratchFolder::Create());
  const std::string folder = scratch.path() + "/1";
  fs::copy(VersionFolder(runs, kSwapModel, 1), folder);
  WorkerPool pool(1);
  AKIN_ASSIGN_OR_RETURN(const auto version,
                        OpenVersion(folder, kSwapModel, 1, &pool));
  AKIN_ASSIGN_OR_RETURN(Answers healthy, Ask(*version));
  Patient patient(folder, std::move(healthy), &pool);
  std::mt19937_64 random(options.seed);
  ReportDamage("bits flipped", FlipBits(options.flips, &random, &patient),
               figures);
  ReportDamage("files cut short", CutFiles(options.cuts, &random, &patient),
               figures);
  // It was the damage that was refused.
  Outcomes mended;
  patient.Try(&mended);
  if (mended.same != 1) {
    return absl::InternalError("the mended version is not as it was");
  }
  return absl::OkStatus();
}

}  // namespace akin::bench
