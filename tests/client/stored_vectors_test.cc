#include "client/cli/stored_vectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "absl/strings/str_cat.h"
#include "tests/client/fake_server.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CosineTest, OfMeans) {
  const VectorList a = {{3, 0}, {0, 1}};
  const VectorList b = {{2, 0}};
  EXPECT_NEAR(CosineOfMeans(a, b, MeanOf::kTrained), 3 / std::sqrt(10.0),
              1e-12);
  EXPECT_NEAR(CosineOfMeans(a, b, MeanOf::kUnit), std::sqrt(0.5), 1e-12);
  EXPECT_EQ(CosineOfMeans(b, b, MeanOf::kUnit), 1);
  EXPECT_EQ(CosineOfMeans({{1, 0}, {-1, 0}}, b, MeanOf::kTrained), 0)
      << "this mean has no direction";
}

TEST(CosineTest, WithTheMeanOfAll) {
  const std::vector<double> cosines =
      CosinesWithMean({{2, 0}, {0, 5}, {1, 1}, {0, 0}});
  ASSERT_EQ(cosines.size(), 4);
  EXPECT_NEAR(cosines[0], std::sqrt(0.5), 1e-12);
  EXPECT_NEAR(cosines[1], std::sqrt(0.5), 1e-12);
  EXPECT_NEAR(cosines[2], 1, 1e-12);
  EXPECT_EQ(cosines[3], 0);
  EXPECT_THAT(CosinesWithMean({}), IsEmpty());
}

class FetchVectorsTest : public ::testing::Test {
 protected:
  absl::StatusOr<StoredVectors> Fetch(const std::vector<std::string>& ids) {
    ProgressLine progress(nullptr);
    const auto client = Client::Connect(server_.address());
    EXPECT_TRUE(client.ok());
    return FetchVectors(**client, {"m", "t", {}, "canary", {}}, ids, &progress);
  }

  FakeServer server_;
};

TEST_F(FetchVectorsTest, AsksAHundredACallOfOneVersion) {
  std::vector<std::string> ids;
  for (int i = 0; i < 150; ++i) {
    ids.push_back(absl::StrCat("id", i));
    server_.stored_vectors[ids.back()] = {static_cast<float>(i), 1};
  }
  const auto stored = Fetch(ids);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(stored->version, 3);
  ASSERT_EQ(stored->vectors.size(), 150);
  EXPECT_THAT(stored->vectors[149], ElementsAre(149, 1));
  EXPECT_EQ(server_.vectors_request.ids_size(), 50);
  EXPECT_EQ(server_.vectors_request.version(), 3);
  EXPECT_EQ(server_.vectors_request.label(), "");
}

TEST_F(FetchVectorsTest, FailsAsTheServerDoes) {
  server_.stored_vectors["a"] = {1, 2};
  EXPECT_TRUE(absl::IsNotFound(Fetch({"a", "b"}).status()));
  server_.stored_vectors["b"] = {1};
  EXPECT_THAT(Fetch({"a", "b"}).status().message(), HasSubstr("one dimension"));
  server_.stored_vectors.clear();
  EXPECT_EQ(Fetch({"a"}).status().message(), "expected 1 vector, got 0");
}

}  // namespace
}  // namespace akin::client
