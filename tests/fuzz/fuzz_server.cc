#include "tests/fuzz/fuzz_server.h"

#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>

#include <filesystem>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "index/base/worker_pool.h"
#include "index/tool/build_version.h"
#include "tests/fuzz/promises.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

using google::protobuf::Message;
using google::protobuf::TextFormat;

constexpr int kMostNested = 100;  // as on the wire

const TempDir& Folder() {
  static const TempDir dir;
  return dir;
}

TableSpec Words(IndexChoice index) {
  std::string vectors;
  std::string attributes =
      "id,genre,tags:keyword_list,year:int,rating:float,seen:bool,"
      "added:timestamp\n";
  for (int i = 0; i < 300; ++i) {
    absl::StrAppend(&vectors, "r", i, " ", 1 + i % 17, " ", i % 5 - 2, " ",
                    i % 29 - 14, " ", i * 0.01, "\n");
    absl::StrAppend(&attributes, "r", i, ",g", i % 7, ",t", i % 3, "|t", i % 11,
                    ",", 1990 + i % 30, ",", i % 10 * 0.5, ",",
                    i % 2 == 0 ? "true" : "false", ",1970-01-0", 1 + i % 9,
                    "T00:00:00Z\n");
  }
  TableSpec spec;
  spec.name = "words";
  spec.source.path = Folder().Write("words.txt", vectors);
  spec.attributes.path = Folder().Write("words.csv", attributes);
  spec.index = index;
  return spec;
}

TableSpec Users() {
  std::string vectors;
  std::string attributes = "id,seen:keyword_list\n";
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&vectors, "u", i, " 1 ", i, " ", -i, " 0.5\n");
    absl::StrAppend(&attributes, "u", i, ",r", i, "|r", i + 1, "|r", i * 7,
                    "\n");
  }
  TableSpec spec;
  spec.name = "users";
  spec.source.path = Folder().Write("users.txt", vectors);
  spec.attributes.path = Folder().Write("users.csv", attributes);
  spec.index = IndexChoice::kExact;
  return spec;
}

void RequireOk(const absl::Status& status) {
  if (!status.ok()) Require(false, status.ToString());
}

// Loads what is not loaded, and labels.
void Restore(server::ServerState* state) {
  for (int64_t version = 2; version <= 4; ++version) {
    v1::LoadVersionRequest request;
    request.set_model("m");
    request.set_version(version);
    v1::LoadVersionResponse response;
    RequireOk(server::RunHandler(server::HandleLoadVersion, state, request,
                                 &response));
  }
  static WorkerPool* const pool = new WorkerPool(1);
  RequireOk(state->keeper->Look(pool));
  for (const auto& [label, version] : {std::pair("canary", 2), {"stable", 4}}) {
    v1::SetLabelRequest request;
    request.set_model("m");
    request.set_label(label);
    request.set_version(version);
    v1::SetLabelResponse response;
    RequireOk(
        server::RunHandler(server::HandleSetLabel, state, request, &response));
  }
}

server::ServerState* Start() {
  Require(std::filesystem::create_directory(FuzzRepository()), "a repository");
  WorkerPool pool(1);
  VersionSpec spec;
  spec.repository = FuzzRepository();
  spec.model = "m";
  for (int version = 1; version <= 4; ++version) {
    // A graph takes a while to build.
    spec.tables = {
        Words(version == 4 ? IndexChoice::kGraph : IndexChoice::kExact),
        Users()};
    RequireOk(BuildVersion(spec, &pool).status());
  }
  server::Config config;
  config.set_threads(2);
  config.set_repository(FuzzRepository());
  config.set_keep_versions(3);
  config.set_max_k(50);
  config.set_max_batch_queries(8);
  config.set_recall_cpu_share(0);
  auto* state = new server::ServerState(std::move(config));
  state->phase = server::Phase::kServing;
  Restore(state);
  return state;
}

bool IsOneOfOurs(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kResourceExhausted:
      return true;
    default:
      return false;
  }
}

// What has no UTF-8 where it must cannot be read.
bool ArrivesWhole(const Message& message) {
  std::unique_ptr<Message> arrived(message.New());
  return arrived->ParseFromString(message.SerializeAsString());
}

}  // namespace

const std::string& FuzzRepository() {
  static const std::string path = Folder().Path("repository");
  return path;
}

server::ServerState* FuzzServer() {
  static server::ServerState* const state = Start();
  return state;
}

void RestoreFuzzServer() { Restore(FuzzServer()); }

bool ReadMessage(absl::string_view text, Message* message) {
  const google::protobuf::LogSilencer silencer;
  TextFormat::Parser parser;
  parser.SetRecursionLimit(kMostNested);
  const bool whole = parser.MergeFromString(std::string(text), message);
  if (!ArrivesWhole(*message)) {
    message->Clear();
    return false;
  }
  return whole && !text.empty();
}

void RequireCanBeSent(const google::rpc::Status& end, const Message& response) {
  const auto code = static_cast<absl::StatusCode>(end.code());
  if (!IsOneOfOurs(code)) {
    RequireOk({code, end.message()});
  }
  Require((code == absl::StatusCode::kOk) == end.message().empty(),
          "an error has a sentence, and nothing else has");
  const google::protobuf::LogSilencer silencer;
  Require(ArrivesWhole(end), "an error can be sent");
  if (code == absl::StatusCode::kOk) {
    Require(ArrivesWhole(response), "an answer can be sent");
  }
}

}  // namespace akin
