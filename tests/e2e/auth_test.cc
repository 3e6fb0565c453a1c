// Who may call a real server, and how: tokens, roles, models, the audit log.

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "akin/v1/catalog_service.grpc.pb.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "server/auth/roles.h"
#include "tests/e2e/fixture.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_tokens.h"

namespace akin {
namespace {

using google::protobuf::UnknownFieldSet;
using grpc::StatusCode;
using server::Method;
using server::Role;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSearcher[] = "token-of-the-searcher-0123456789";
constexpr char kEditor[] = "token-of-the-editor-0123456789";
constexpr char kAdmin[] = "token-of-the-admin-0123456789";
constexpr char kShop[] = "token-of-the-shop-0123456789";
constexpr char kReflection[] =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

std::string AllTokens() {
  return TokenLine("searcher", "search", kSearcher) +
         TokenLine("editor", "edit", kEditor) +
         TokenLine("ops", "admin", kAdmin) +
         TokenLine("shop", "search models=royal-*", kShop);
}

class AuthTest : public testing::Test {
 protected:
  void SetUp() override { Start({"--channelz"}); }

  void Start(const std::vector<std::string>& more) {
    server_.reset();
    dir_.Write("tokens", AllTokens());
    std::vector<std::string> arguments = RoyalLoads(dir_);
    arguments.insert(arguments.end(), {"--tokens", dir_.Path("tokens")});
    arguments.insert(arguments.end(), more.begin(), more.end());
    server_ = std::make_unique<TestServer>(arguments);
    address_ = server_->WaitUntilServing();
    ASSERT_FALSE(address_.empty()) << server_->process().errors();
    channel_ =
        grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
  }

  static void AddToken(const std::string& token, grpc::ClientContext* context) {
    context->set_deadline(std::chrono::system_clock::now() +
                          std::chrono::seconds(120));
    if (!token.empty()) {
      context->AddMetadata("authorization", absl::StrCat("Bearer ", token));
    }
  }

  // Calls any method with one message; `answer`, if not null, gets the first
  // that comes.
  grpc::Status CallAny(const std::string& path, const std::string& token,
                       const std::string& message = "",
                       std::string* answer = nullptr) {
    grpc::ClientContext context;
    AddToken(token, &context);
    // It never ends by itself.
    if (absl::EndsWith(path, "/Watch")) {
      context.set_deadline(std::chrono::system_clock::now() +
                           std::chrono::seconds(1));
    }
    const grpc::Slice slice(message);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::GenericStub stub(channel_);
    std::promise<grpc::Status> ended;
    stub.UnaryCall(
        &context, path, grpc::StubOptions(), &request, &response,
        [&](const grpc::Status& status) { ended.set_value(status); });
    grpc::Status status = ended.get_future().get();
    if (answer != nullptr) {
      grpc::Slice whole;
      if (response.DumpToSingleSlice(&whole).ok()) {
        answer->assign(reinterpret_cast<const char*>(whole.begin()),
                       whole.size());
      }
    }
    return status;
  }

  // Of a message that is no type of ours: the values of `field`.
  static std::vector<std::string> FieldsOf(const std::string& message,
                                           int field) {
    UnknownFieldSet fields;
    EXPECT_TRUE(fields.ParseFromString(message));
    std::vector<std::string> values;
    for (int i = 0; i < fields.field_count(); ++i) {
      if (fields.field(i).number() == field) {
        values.push_back(fields.field(i).length_delimited());
      }
    }
    return values;
  }
  static std::string Message(int field, const std::string& value) {
    UnknownFieldSet fields;
    fields.AddLengthDelimited(field)->assign(value);
    std::string message;
    fields.SerializeToString(&message);
    return message;
  }

  // The paths of all methods that the server says it has.
  std::vector<std::string> Enumerate() {
    std::vector<std::string> paths;
    std::string answer;
    // ServerReflectionRequest.list_services, .list_services_response.service
    // .name, .file_containing_symbol, .file_descriptor_response
    // .file_descriptor_proto.
    EXPECT_TRUE(CallAny(kReflection, kSearcher, Message(7, "*"), &answer).ok());
    for (const std::string& list : FieldsOf(answer, 6)) {
      for (const std::string& service : FieldsOf(list, 1)) {
        AddMethods(FieldsOf(service, 1).at(0), &paths);
      }
    }
    return paths;
  }
  void AddMethods(const std::string& service, std::vector<std::string>* paths) {
    // gRPC's own health service has no descriptor in the server.
    if (service == "grpc.health.v1.Health") {
      for (const char* name : {"Check", "Watch"}) {
        paths->push_back(absl::StrCat("/", service, "/", name));
      }
      return;
    }
    const size_t before = paths->size();
    std::string answer;
    EXPECT_TRUE(
        CallAny(kReflection, kSearcher, Message(4, service), &answer).ok());
    for (const std::string& files : FieldsOf(answer, 4)) {
      for (const std::string& bytes : FieldsOf(files, 1)) {
        google::protobuf::FileDescriptorProto file;
        EXPECT_TRUE(file.ParseFromString(bytes));
        for (const auto& found : file.service()) {
          if (absl::StrCat(file.package(), ".", found.name()) != service) {
            continue;
          }
          for (const auto& method : found.method()) {
            paths->push_back(absl::StrCat("/", service, "/", method.name()));
          }
        }
      }
    }
    EXPECT_GT(paths->size(), before) << service;
  }

  static v1::SearchRequest Request(const std::string& model) {
    v1::SearchRequest request;
    request.set_model(model);
    request.set_table("words");
    request.mutable_query()->mutable_id()->set_id("king");
    request.mutable_options()->set_k(1);
    return request;
  }
  grpc::Status Search(const std::string& model, const std::string& token) {
    grpc::ClientContext context;
    AddToken(token, &context);
    v1::SearchResponse response;
    return v1::SearchService::NewStub(channel_)->Search(
        &context, Request(model), &response);
  }
  CliResult Akin(std::vector<std::string> arguments, const std::string& token) {
    arguments.insert(arguments.begin(), {"--server", address_});
    if (!token.empty()) {
      arguments.insert(arguments.end(),
                       {"--token-file", dir_.Write("token", token + "\n")});
    }
    return RunAkin(arguments);
  }

  const TempDir dir_;
  std::unique_ptr<TestServer> server_;
  std::string address_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(AuthTest, EveryMethodOfEveryServiceIsDeniedToWhoMayNot) {
  const std::vector<std::string> paths = Enumerate();
  EXPECT_GE(paths.size(), 26u);
  std::map<Role, std::string> lower = {{Role::kEdit, kSearcher},
                                       {Role::kAdmin, kEditor}};
  int open = 0;
  for (const std::string& path : paths) {
    const Method* method = server::FindMethod(path);
    ASSERT_NE(method, nullptr)
        << path << " has no role: add it to server/auth/roles.cc";
    const StatusCode without = CallAny(path, "").error_code();
    const StatusCode wrong = CallAny(path, "wrong").error_code();
    const StatusCode right = CallAny(path, kAdmin).error_code();
    EXPECT_NE(right, StatusCode::UNAUTHENTICATED) << path;
    EXPECT_NE(right, StatusCode::PERMISSION_DENIED) << path;
    if (!method->role.has_value()) {
      ++open;
      EXPECT_TRUE(absl::StartsWith(path, "/grpc.health.v1.")) << path;
      EXPECT_NE(without, StatusCode::UNAUTHENTICATED) << path;
      EXPECT_NE(wrong, StatusCode::UNAUTHENTICATED) << path;
      continue;
    }
    EXPECT_EQ(without, StatusCode::UNAUTHENTICATED) << path;
    EXPECT_EQ(wrong, StatusCode::UNAUTHENTICATED) << path;
    if (lower.count(*method->role) == 0) continue;
    const grpc::Status low = CallAny(path, lower[*method->role]);
    EXPECT_EQ(low.error_code(), StatusCode::PERMISSION_DENIED) << path;
    EXPECT_THAT(low.error_message(),
                AllOf(HasSubstr(std::string(method->name())),
                      HasSubstr(absl::StrCat("wants the role ",
                                             NameOf(*method->role)))));
  }
  EXPECT_EQ(open, 2) << "Check and Watch";
  // What no service has is not known to be open either.
  EXPECT_EQ(CallAny("/akin.v1.SearchService/Drop", kAdmin).error_code(),
            StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(CallAny("/no.Service/Method", "").error_code(),
            StatusCode::PERMISSION_DENIED);
}

TEST_F(AuthTest, IsDecidedBeforeTheBodyIsRead) {
  // It would be INTERNAL, as it is no SearchRequest, or too large.
  EXPECT_EQ(CallAny("/akin.v1.SearchService/Search", "wrong", "\xff\xff")
                .error_code(),
            StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(
      CallAny("/akin.v1.SearchService/Search", "", std::string(20'000'000, 'x'))
          .error_code(),
      StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(Search("royal", kSearcher).ok());
}

TEST_F(AuthTest, ATokenOfSomeModelsSeesNoOther) {
  EXPECT_TRUE(Search("royal-dot", kShop).ok());
  const grpc::Status there = Search("royal", kShop);
  const grpc::Status nowhere = Search("nowhere", kShop);
  EXPECT_EQ(there.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(there.error_message(), nowhere.error_message());
  EXPECT_EQ(Search("nowhere", kSearcher).error_code(), StatusCode::NOT_FOUND);

  grpc::ClientContext context;
  AddToken(kShop, &context);
  v1::ListModelsResponse models;
  ASSERT_TRUE(v1::CatalogService::NewStub(channel_)
                  ->ListModels(&context, {}, &models)
                  .ok());
  std::vector<std::string> names;
  for (const auto& model : models.models()) names.push_back(model.name());
  EXPECT_THAT(names, ElementsAre("royal-dot", "royal-l2"));

  // royal is near, and none of its business.
  const grpc::Status misspelt = Search("royal-", kShop);
  EXPECT_EQ(misspelt.error_code(), StatusCode::NOT_FOUND);
  EXPECT_THAT(misspelt.error_message(), Not(HasSubstr("royal or")));
  EXPECT_THAT(misspelt.error_message(), Not(HasSubstr("royal?")));
}

TEST_F(AuthTest, OfAStreamEachQueryIsAskedFor) {
  grpc::ClientContext context;
  AddToken(kShop, &context);
  auto stream = v1::SearchService::NewStub(channel_)->StreamSearch(&context);
  const auto ask = [&](const std::string& model) {
    v1::StreamSearchRequest request;
    *request.mutable_request() = Request(model);
    EXPECT_TRUE(stream->Write(request));
    v1::StreamSearchResponse response;
    EXPECT_TRUE(stream->Read(&response));
    return response.error().code();
  };
  EXPECT_EQ(ask("royal-dot"), 0);
  EXPECT_EQ(ask("royal"), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(ask("royal-l2"), 0);
  // Taken away while the stream is open.
  dir_.Write("tokens", TokenLine("ops", "admin", kAdmin));
  ASSERT_TRUE(server_->process().WaitForError("read the tokens in"));
  EXPECT_EQ(ask("royal-dot"), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Search("royal-dot", kShop).error_code(),
            StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(Search("royal", kAdmin).ok());
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(AuthTest, TheAuditLogNamesWhoDidWhatAndNoToken) {
  EXPECT_EQ(Akin({"load", "royal", "--version", "1"}, kAdmin).exit_code, 1)
      << "there is no repository";
  ASSERT_TRUE(server_->process().WaitForError("audit rpc=LoadVersion"));
  ASSERT_TRUE(server_->process().WaitForError(
      "model=royal status=FAILED_PRECONDITION"));
  EXPECT_EQ(Akin({"load", "royal", "--version", "1"}, kEditor).exit_code, 1);
  ASSERT_TRUE(server_->process().WaitForError("status=PERMISSION_DENIED"));
  EXPECT_EQ(Akin({"models"}, "wrong-token-0123456789").exit_code, 1);
  ASSERT_TRUE(server_->process().WaitForError("status=UNAUTHENTICATED"));
  const std::string log = server_->process().errors();
  EXPECT_THAT(log, HasSubstr("audit rpc=LoadVersion who=token:ops "
                             "peer=ipv4:127.0.0.1:"));
  EXPECT_THAT(log, HasSubstr("audit rpc=LoadVersion who=token:editor "
                             "status=PERMISSION_DENIED"));
  for (const char* token : {kAdmin, kEditor, "wrong-token"}) {
    EXPECT_THAT(log, Not(HasSubstr(token)));
  }
}

TEST_F(AuthTest, TheCommandLineTakesATokenFromAFileOrTheEnvironment) {
  CliResult result = Akin({"models"}, "");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, HasSubstr("ListModels wants a token with the role "
                                       "search"));
  result = Akin({"models"}, kSearcher);
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("royal-l2"));
  setenv("AKIN_TOKEN", kShop, 1);
  result = Akin({"models"}, "");
  unsetenv("AKIN_TOKEN");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, Not(HasSubstr("royal ")));
}

TEST_F(AuthTest, ReflectionAndChannelzCanBeOff) {
  EXPECT_TRUE(CallAny(kReflection, kSearcher, Message(7, "*")).ok());
  Start({"--reflection=false"});
  EXPECT_EQ(CallAny(kReflection, kAdmin, Message(7, "*")).error_code(),
            StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(
      CallAny("/grpc.channelz.v1.Channelz/GetServers", kAdmin).error_code(),
      StatusCode::UNIMPLEMENTED);
  EXPECT_TRUE(Search("royal", kSearcher).ok());
}

TEST(AuthStart, WhatCannotBeUsedEndsTheServer) {
  const TempDir dir;
  std::vector<std::string> arguments = RoyalLoads(dir);
  arguments.insert(arguments.end(),
                   {"--tokens", dir.Write("tokens", "web root x\n")});
  TestServer server(arguments);
  EXPECT_EQ(server.process().Wait(), 1);
  EXPECT_THAT(server.process().errors(),
              HasSubstr("tokens:1: the role is \"root\""));
}

}  // namespace
}  // namespace akin
