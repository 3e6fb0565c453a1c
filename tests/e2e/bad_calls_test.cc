// Bad calls get the right status, a sentence and a typed detail; the server
// goes on serving.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "akin/v1/error.pb.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/e2e/fixture.h"

namespace akin {
namespace {

using grpc::StatusCode;
using ::testing::HasSubstr;

class BadCallsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = new TempDir;
    server_ = new TestServer(RoyalLoads(*dir_));
    const std::string address = server_->WaitUntilServing();
    ASSERT_FALSE(address.empty()) << server_->process().errors();
    stub_ =
        v1::SearchService::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))
            .release();
  }
  static void TearDownTestSuite() {
    delete stub_;
    delete server_;
    delete dir_;
  }

  // After every bad call a good one must still be answered.
  void TearDown() override {
    v1::SearchResponse response;
    EXPECT_TRUE(Search(Good(), &response).ok());
    EXPECT_EQ(response.hits_size(), 1);
  }

  static v1::SearchRequest Good() {
    v1::SearchRequest request;
    request.set_model("royal");
    request.set_table("words");
    request.mutable_query()->mutable_id()->set_id("king");
    request.mutable_options()->set_k(1);
    return request;
  }
  static grpc::Status Search(const v1::SearchRequest& request,
                             v1::SearchResponse* response) {
    grpc::ClientContext context;
    return stub_->Search(&context, request, response);
  }
  // The status of the good request after `spoil`.
  static grpc::Status Spoilt(
      const std::function<void(v1::SearchRequest*)>& spoil) {
    v1::SearchRequest request = Good();
    spoil(&request);
    v1::SearchResponse response;
    return Search(request, &response);
  }
  static v1::ErrorDetail DetailOf(const grpc::Status& status) {
    google::rpc::Status rpc;
    v1::ErrorDetail detail;
    EXPECT_TRUE(rpc.ParseFromString(status.error_details()));
    EXPECT_EQ(rpc.code(), status.error_code());
    EXPECT_EQ(rpc.message(), status.error_message());
    EXPECT_EQ(rpc.details_size(), 1);
    EXPECT_TRUE(rpc.details_size() == 1 && rpc.details(0).UnpackTo(&detail));
    return detail;
  }

  static TempDir* dir_;
  static TestServer* server_;
  static v1::SearchService::Stub* stub_;
};

TempDir* BadCallsTest::dir_ = nullptr;
TestServer* BadCallsTest::server_ = nullptr;
v1::SearchService::Stub* BadCallsTest::stub_ = nullptr;

void SetVector(v1::SearchRequest* request, const std::vector<float>& values) {
  request->mutable_query()
      ->mutable_vector()
      ->mutable_floats()
      ->mutable_values()
      ->Assign(values.begin(), values.end());
}

struct BadCall {
  std::string name;
  std::function<void(v1::SearchRequest*)> spoil;
  StatusCode code;
  std::string sentence;
};

const float kInfinity = std::numeric_limits<float>::infinity();

const std::vector<BadCall>& BadCalls() {
  static const auto* calls = new std::vector<BadCall>{
      {"WrongDimension",
       [](auto* r) {
         SetVector(r, {1, 2});
       },
       StatusCode::INVALID_ARGUMENT,
       "table royal/words has 3 dimensions, the query has 2"},
      {"HugeDimension",
       [](auto* r) { SetVector(r, std::vector<float>(100'000, 1.0f)); },
       StatusCode::INVALID_ARGUMENT, "the query has 100000"},
      {"Nan",
       [](auto* r) {
         SetVector(r, {1, std::nanf(""), 2});
       },
       StatusCode::INVALID_ARGUMENT, "nan as number 2"},
      {"Infinity",
       [](auto* r) {
         SetVector(r, {-kInfinity, 1, 2});
       },
       StatusCode::INVALID_ARGUMENT, "-inf as number 1"},
      {"ZeroVector",
       [](auto* r) {
         SetVector(r, {0, 0, 0});
       },
       StatusCode::INVALID_ARGUMENT, "zero vector"},
      {"EmptyFloats", [](auto* r) { SetVector(r, {}); },
       StatusCode::INVALID_ARGUMENT, "the query has 0"},
      {"VectorWithoutEncoding",
       [](auto* r) { r->mutable_query()->mutable_vector(); },
       StatusCode::INVALID_ARGUMENT, "a vector is empty"},
      {"NoQuery", [](auto* r) { r->clear_query(); },
       StatusCode::INVALID_ARGUMENT, "the query is empty"},
      {"PackedWithoutDtype",
       [](auto* r) {
         r->mutable_query()->mutable_vector()->mutable_packed()->set_data(
             std::string(12, '\0'));
       },
       StatusCode::INVALID_ARGUMENT, "expected DTYPE_F32"},
      {"PackedWithOddBytes",
       [](auto* r) {
         auto* packed = r->mutable_query()->mutable_vector()->mutable_packed();
         packed->set_data(std::string(13, 'x'));
         packed->set_dtype(v1::DTYPE_F32);
       },
       StatusCode::INVALID_ARGUMENT, "13 bytes, expected a multiple of 4"},
      {"PackedTooLong",
       [](auto* r) {
         auto* packed = r->mutable_query()->mutable_vector()->mutable_packed();
         packed->set_data(std::string(32'769, 'x'));
         packed->set_dtype(v1::DTYPE_I8);
       },
       StatusCode::INVALID_ARGUMENT, "at most 32768"},
      {"EmptyTerm",
       [](auto* r) { r->mutable_query()->mutable_combination()->add_plus(); },
       StatusCode::INVALID_ARGUMENT, "a term is empty"},
      {"NoTerms", [](auto* r) { r->mutable_query()->mutable_combination(); },
       StatusCode::INVALID_ARGUMENT,
       "the number of terms of the combination is 0"},
      {"UnknownMethod",
       [](auto* r) {
         r->mutable_query()->mutable_combination()->set_method(
             static_cast<v1::CombinationMethod>(99));
       },
       StatusCode::INVALID_ARGUMENT, "method is 99"},
      {"KZero", [](auto* r) { r->mutable_options()->set_k(0); },
       StatusCode::INVALID_ARGUMENT, "k is 0, expected 1 to 10000"},
      {"KHuge", [](auto* r) { r->mutable_options()->set_k(0xFFFFFFFF); },
       StatusCode::INVALID_ARGUMENT, "k is 4294967295"},
      {"TargetRecallZero",
       [](auto* r) { r->mutable_options()->set_target_recall(0); },
       StatusCode::INVALID_ARGUMENT,
       "target_recall is 0, expected more than 0 and at most 1"},
      {"TargetRecallAboveOne",
       [](auto* r) { r->mutable_options()->set_target_recall(95); },
       StatusCode::INVALID_ARGUMENT, "target_recall is 95"},
      {"TargetRecallNan",
       [](auto* r) { r->mutable_options()->set_target_recall(std::nanf("")); },
       StatusCode::INVALID_ARGUMENT, "target_recall is nan"},
      {"MinScoreNan",
       [](auto* r) { r->mutable_options()->set_min_score(std::nanf("")); },
       StatusCode::INVALID_ARGUMENT, "min_score is nan"},
      {"TooManyExcluded",
       [](auto* r) {
         for (int i = 0; i < 100'001; ++i) {
           r->mutable_options()->add_exclude_ids("x");
         }
       },
       StatusCode::INVALID_ARGUMENT, "exclude_ids is 100001"},
      {"UnknownModel", [](auto* r) { r->set_model("royl"); },
       StatusCode::NOT_FOUND, "did you mean \"royal\"?"},
      {"LongModel", [](auto* r) { r->set_model(std::string(3000, 'x')); },
       StatusCode::INVALID_ARGUMENT, "model name has 3000 bytes"},
      {"LongTable", [](auto* r) { r->set_table(std::string(3000, 'x')); },
       StatusCode::INVALID_ARGUMENT, "table name has 3000 bytes"},
      {"TooLongAVectorForDot",
       [](auto* r) {
         r->set_model("royal-dot");
         SetVector(r, {3e38f, -3e38f, 3e38f});
       },
       StatusCode::INVALID_ARGUMENT, "expected at most 5e+18"},
      {"EmptyModel", [](auto* r) { r->clear_model(); }, StatusCode::NOT_FOUND,
       "model \"\" does not exist"},
      {"UnknownTable", [](auto* r) { r->set_table("word"); },
       StatusCode::NOT_FOUND, "did you mean \"words\"?"},
      {"UnknownVersion", [](auto* r) { r->set_version(7); },
       StatusCode::NOT_FOUND, "version \"7\" does not exist in model royal"},
      {"UnknownLabel", [](auto* r) { r->set_label("stabel"); },
       StatusCode::NOT_FOUND, "label \"stabel\""},
      {"UnknownId",
       [](auto* r) { r->mutable_query()->mutable_id()->set_id("kingg"); },
       StatusCode::NOT_FOUND, "did you mean \"king\"?"},
      {"UnknownIdTable",
       [](auto* r) { r->mutable_query()->mutable_id()->set_table("nobody"); },
       StatusCode::NOT_FOUND, "table \"nobody\""},
      {"EmptyId", [](auto* r) { r->mutable_query()->mutable_id()->set_id(""); },
       StatusCode::INVALID_ARGUMENT, "an id has 0 bytes"},
      {"LongId",
       [](auto* r) {
         r->mutable_query()->mutable_id()->set_id(std::string(4096, 'x'));
       },
       StatusCode::INVALID_ARGUMENT, "an id has 4096 bytes"},
      {"IdWithNul",
       [](auto* r) {
         r->mutable_query()->mutable_id()->set_id(std::string("ki\0ng", 5));
       },
       StatusCode::NOT_FOUND, "does not exist in table royal/words"},
      {"MessageTooLarge",
       [](auto* r) { SetVector(r, std::vector<float>(5 << 20, 1.0f)); },
       StatusCode::RESOURCE_EXHAUSTED, "larger than max"},
  };
  return *calls;
}

class EachBadCall : public BadCallsTest,
                    public testing::WithParamInterface<size_t> {};

TEST_P(EachBadCall, GetsItsCodeAndASentence) {
  const BadCall& call = BadCalls()[GetParam()];
  const grpc::Status status = Spoilt(call.spoil);
  EXPECT_EQ(status.error_code(), call.code) << status.error_message();
  EXPECT_THAT(status.error_message(), HasSubstr(call.sentence));
}

INSTANTIATE_TEST_SUITE_P(All, EachBadCall,
                         testing::Range<size_t>(0, BadCalls().size()),
                         [](const auto& info) {
                           return BadCalls()[info.param].name;
                         });

TEST_F(BadCallsTest, DetailsAreTyped) {
  const auto unknown = DetailOf(Spoilt(
      [](auto* r) { r->mutable_query()->mutable_id()->set_id("kingg"); }));
  EXPECT_EQ(unknown.unknown_name().name(), "kingg");
  EXPECT_THAT(unknown.unknown_name().near(), testing::ElementsAre("king"));
  const auto limit =
      DetailOf(Spoilt([](auto* r) { r->mutable_options()->set_k(20'000); }));
  EXPECT_EQ(limit.limit_exceeded().limit(), "max_k");
  EXPECT_EQ(limit.limit_exceeded().maximum(), 10'000u);
  EXPECT_EQ(limit.limit_exceeded().actual(), 20'000u);
  const auto dimension = DetailOf(Spoilt([](auto* r) {
    SetVector(r, {1, 2});
  }));
  EXPECT_EQ(dimension.dimension_mismatch().expected(), 3u);
  EXPECT_EQ(dimension.dimension_mismatch().actual(), 2u);
}

TEST_F(BadCallsTest, BatchesOutsideTheCapAreRefused) {
  v1::BatchSearchRequest request;
  request.set_model("royal");
  request.set_table("words");
  request.mutable_options()->set_k(1);
  const auto code = [&] {
    grpc::ClientContext context;
    v1::BatchSearchResponse response;
    return stub_->BatchSearch(&context, request, &response).error_code();
  };
  EXPECT_EQ(code(), StatusCode::INVALID_ARGUMENT);
  for (int i = 0; i < 10'001; ++i) {
    request.add_queries()->mutable_id()->set_id("king");
  }
  EXPECT_EQ(code(), StatusCode::INVALID_ARGUMENT);
  request.mutable_queries()->RemoveLast();
  EXPECT_EQ(code(), StatusCode::OK);
}

// It is no mistake: whoever asks twice is answered twice.
TEST_F(BadCallsTest, TheSameIdTwiceIsAnswered) {
  v1::GetVectorsRequest request;
  request.set_model("royal");
  request.set_table("words");
  request.add_ids("king");
  request.add_ids("king");
  v1::GetVectorsResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->GetVectors(&context, request, &response).ok());
  ASSERT_EQ(response.vectors_size(), 2);
  EXPECT_EQ(response.vectors(0).SerializeAsString(),
            response.vectors(1).SerializeAsString());
}

TEST_F(BadCallsTest, GetVectorsNamesTheUnknownId) {
  v1::GetVectorsRequest request;
  request.set_model("royal");
  request.set_table("words");
  v1::GetVectorsResponse response;
  {
    grpc::ClientContext context;
    EXPECT_EQ(stub_->GetVectors(&context, request, &response).error_code(),
              StatusCode::INVALID_ARGUMENT);
  }
  request.add_ids("king");
  request.add_ids("nobody");
  grpc::ClientContext context;
  const grpc::Status status = stub_->GetVectors(&context, request, &response);
  EXPECT_EQ(status.error_code(), StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("\"nobody\""));
}

}  // namespace
}  // namespace akin
