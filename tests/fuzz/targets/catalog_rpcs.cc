// The requests of CatalogService. What they name may not become a path that
// leaves the repository.

#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "akin/v1/catalog_service.pb.h"
#include "index/base/status_macros.h"
#include "index/base/worker_pool.h"
#include "server/import_build.h"
#include "server/import_session.h"
#include "tests/fuzz/fuzz_server.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/promises.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

// `run` leaves the entries of `folder` as they are.
template <class Run>
bool WithoutNewEntries(const fs::path& folder, const Run& run) {
  const auto entries = [&] {
    std::set<fs::path> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
      names.insert(entry.path());
    }
    return names;
  };
  const std::set<fs::path> before = entries();
  const bool good = run();
  Require(entries() == before, "nothing comes or goes beside it");
  return good;
}

template <class Request, class Response>
bool AskOfRepository(server::Handler<Request, Response> handler,
                     absl::string_view input) {
  (void)FuzzServer();
  // No rpc but ImportVersion makes a model or a version.
  return WithoutNewEntries(fs::path(FuzzRepository()).parent_path(), [&] {
    return WithoutNewEntries(FuzzRepository(), [&] {
      Request request;
      Response response;
      return Ask(handler, input, &request, &response);
    });
  });
}

bool ReadPlanLoad(absl::string_view input) {
  return AskOfRepository(server::HandlePlanLoad, input);
}

bool ReadLoadVersion(absl::string_view input) {
  const bool good = AskOfRepository(server::HandleLoadVersion, input);
  if (good) RestoreFuzzServer();
  return good;
}

bool ReadUnloadVersion(absl::string_view input) {
  const bool good = AskOfRepository(server::HandleUnloadVersion, input);
  if (good) RestoreFuzzServer();
  return good;
}

bool ReadSetLabel(absl::string_view input) {
  const bool good = AskOfRepository(server::HandleSetLabel, input);
  if (good) RestoreFuzzServer();
  return good;
}

bool ReadCompareVersions(absl::string_view input) {
  return AskOfRepository(server::HandleCompareVersions, input);
}

bool ReadListModels(absl::string_view input) {
  return Ask(server::HandleListModels, input);
}

bool ReadGetModel(absl::string_view input) {
  return Ask(server::HandleGetModel, input);
}

bool ReadGetRecall(absl::string_view input) {
  return Ask(server::HandleGetRecall, input);
}

bool ReadGetServerInfo(absl::string_view input) {
  return Ask(server::HandleGetServerInfo, input);
}

// One import, its parts with a line of --- between them, into a repository
// that is empty before and after.
class Import {
 public:
  absl::Status Take(const v1::ImportVersionRequest& request) {
    if (session_ == nullptr) {
      AKIN_ASSIGN_OR_RETURN(
          session_, server::ImportSession::Open(options_, request.begin()));
      return absl::OkStatus();
    }
    if (request.has_finish()) return Build();
    return (request.has_rows() ? session_->AppendRows(request.rows())
                               : session_->Append(request.chunk()))
        .status();
  }
  bool built() const { return built_; }

  Import() {
    Require(fs::create_directory(options_.repository), "a repository");
  }
  ~Import() {
    session_ = nullptr;
    size_t entries = 0;
    for ([[maybe_unused]] const auto& entry :
         fs::directory_iterator(Folder().Path(""))) {
      ++entries;
    }
    Require(entries == 1, "nothing lies beside the repository");
    fs::remove_all(options_.repository);
  }
  Import(const Import&) = delete;
  Import& operator=(const Import&) = delete;

 private:
  // How the build ended.
  class Watcher : public server::ImportWatcher {
   public:
    void OnProgress(const v1::ImportProgress& /*progress*/) override {}
    void OnBuilt(const absl::Status& status,
                 const v1::ImportDone& done) override {
      RequireCanBeSent(server::ToRpcStatus(status), done);
      ok = status.ok();
    }
    bool ok = false;
  };

  static const TempDir& Folder() {
    static const TempDir dir;
    return dir;
  }

  absl::Status Build() {
    AKIN_RETURN_IF_ERROR(session_->Complete());
    static WorkerPool* const pool = new WorkerPool(1);
    const auto watcher = std::make_shared<Watcher>();
    server::ImportBuild build(options_.repository, std::move(session_),
                              watcher);
    build.Run(pool, [] { return false; });
    build.End();
    built_ = watcher->ok;
    return absl::OkStatus();
  }

  const server::ImportSession::Options options_{
      .repository = Folder().Path("repository")};
  std::shared_ptr<server::ImportSession> session_;
  bool built_ = false;
};

bool ReadImportVersion(absl::string_view input) {
  Import import;
  for (const absl::string_view text : absl::StrSplit(input, "\n---\n")) {
    v1::ImportVersionRequest request;
    (void)ReadMessage(text, &request);
    const absl::Status status = import.Take(request);
    RequireCanBeSent(server::ToRpcStatus(status), request);
    if (!status.ok() || import.built()) break;
  }
  return import.built();
}

constexpr FuzzTarget kTargets[] = {
    {"rpc_list_models", ReadListModels},
    {"rpc_get_model", ReadGetModel},
    {"rpc_plan_load", ReadPlanLoad},
    {"rpc_load_version", ReadLoadVersion},
    {"rpc_unload_version", ReadUnloadVersion},
    {"rpc_set_label", ReadSetLabel},
    {"rpc_compare_versions", ReadCompareVersions},
    {"rpc_import_version", ReadImportVersion},
    {"rpc_get_recall", ReadGetRecall},
    {"rpc_get_server_info", ReadGetServerInfo},
};

}  // namespace

absl::Span<const FuzzTarget> CatalogRpcTargets() { return kTargets; }

}  // namespace akin
