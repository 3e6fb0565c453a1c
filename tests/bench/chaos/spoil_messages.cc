#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "akin/v1/catalog_service.pb.h"
#include "akin/v1/search_service.pb.h"
#include "index/base/status_macros.h"
#include "tests/bench/chaos/chaos.h"
#include "tests/bench/chaos/served_run.h"

namespace akin::bench {
namespace {

namespace pb = google::protobuf;

constexpr Goal kNone = {0, 0, true};
constexpr int kMostSpoilt = 2;  // bytes of a message

struct Method {
  std::string path;
  std::string request;  // a good one, or as good as can be said in general
};

// As a client would fill them: fields of the same name mean the same.
std::string GoodRequest(const pb::Descriptor& type) {
  const auto* prototype =
      pb::MessageFactory::generated_factory()->GetPrototype(&type);
  const std::unique_ptr<pb::Message> request(prototype->New());
  const pb::Reflection& reflection = *request->GetReflection();
  const auto set = [&](const char* name, const char* value) {
    const pb::FieldDescriptor* field = type.FindFieldByName(name);
    if (field != nullptr && !field->is_repeated() &&
        field->cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
      reflection.SetString(request.get(), field, value);
    }
  };
  set("model", kSwapModel);
  set("table", kSwapItems);
  set("id", "i1-1");
  // A comparison takes as long as it has queries.
  const pb::FieldDescriptor* queries = type.FindFieldByName("queries");
  if (queries != nullptr &&
      queries->cpp_type() == pb::FieldDescriptor::CPPTYPE_UINT32) {
    reflection.SetUInt32(request.get(), queries, 1);
  }
  const pb::FieldDescriptor* query = type.FindFieldByName("query");
  if (query != nullptr && !query->is_repeated()) {
    auto* wire = static_cast<v1::Query*>(
        reflection.MutableMessage(request.get(), query));
    auto* values = wire->mutable_vector()->mutable_floats()->mutable_values();
    for (int i = 0; i < 32; ++i) values->Add(0.5F);
  }
  const pb::FieldDescriptor* options = type.FindFieldByName("options");
  if (options != nullptr &&
      options->message_type() == v1::SearchOptions::descriptor()) {
    auto* wire = static_cast<v1::SearchOptions*>(
        reflection.MutableMessage(request.get(), options));
    wire->set_k(10);
    wire->set_target_recall(0.9F);
    wire->add_exclude_ids("i1-2");
  }
  return request->SerializeAsString();
}

std::vector<Method> AllMethods() {
  std::vector<Method> methods;
  for (const char* name : {"akin.v1.SearchService", "akin.v1.CatalogService"}) {
    const pb::ServiceDescriptor* service =
        pb::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) {
      const pb::MethodDescriptor& method = *service->method(i);
      methods.push_back({absl::StrCat("/", name, "/", method.name()),
                         GoodRequest(*method.input_type())});
    }
  }
  return methods;
}

std::string Spoilt(std::string message, std::mt19937_64* random) {
  const size_t times = 1 + (*random)() % kMostSpoilt;
  for (size_t i = 0; i < times; ++i) {
    const size_t at = message.empty() ? 0 : (*random)() % message.size();
    const char byte = static_cast<char>((*random)());
    switch ((*random)() % 4) {
      case 0:
        message.insert(at, 1, byte);
        break;
      case 1:
        if (!message.empty()) message.erase(at, 1);
        break;
      case 2:
        message += message.substr(at);
        break;
      default:
        if (!message.empty()) message[at] = byte;
    }
  }
  return message;
}

class RawCaller {
 public:
  explicit RawCaller(const std::string& address)
      : stub_(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials())) {}

  grpc::StatusCode Call(const std::string& path, const std::string& message) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(10));
    const grpc::Slice slice(message);
    const grpc::ByteBuffer bytes(&slice, 1);
    const auto call = stub_.PrepareUnaryCall(&context, path, bytes, &queue_);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
    return status.error_code();
  }

 private:
  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
};

// Those that say that the server is gone, or hangs.
bool IsLost(grpc::StatusCode code) {
  return code == grpc::StatusCode::UNAVAILABLE ||
         code == grpc::StatusCode::DEADLINE_EXCEEDED;
}

}  // namespace

absl::Status SpoilMessages(const ChaosOptions& options, const std::string& runs,
                           Figures* figures) {
  AKIN_ASSIGN_OR_RETURN(const auto server, ServeRuns(runs));
  const std::vector<Method> methods = AllMethods();
  RawCaller caller(server->address());
  std::mt19937_64 random(options.seed);
  std::map<grpc::StatusCode, size_t> by_code;
  size_t lost = 0;
  std::string lost_by;
  for (size_t i = 0; i < options.messages; ++i) {
    const Method& method = methods[i % methods.size()];
    const grpc::StatusCode code =
        caller.Call(method.path, Spoilt(method.request, &random));
    ++by_code[code];
    if (IsLost(code) && lost++ == 0) lost_by = method.path;
  }
  AKIN_RETURN_IF_ERROR(CheckAnswers(server->address(), options.sizes));
  std::string codes;
  for (const auto& [code, count] : by_code) {
    absl::StrAppend(&codes, codes.empty() ? "" : ", ", count, " with ",
                    static_cast<int>(code));
  }
  figures->Line(absl::StrFormat(
      "Spoilt messages: %d over %d methods; by gRPC's status: %s.",
      options.messages, methods.size(), codes));
  if (lost > 0) figures->Line("The first one that was lost: " + lost_by);
  figures->Add("calls lost by spoilt messages", "messages",
               Exactly(static_cast<double>(lost)), kNone);
  return absl::OkStatus();
}

}  // namespace akin::bench
