#include "client/cli/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/client/fake_server.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;

TEST(VocabularyTest, OfIdsThatDifferInCaseTheFirstCounts) {
  const Vocabulary words({"us", "US", "Straße", "king"}, false);
  EXPECT_THAT(words.Find("Us"), Optional(Eq(0u)));
  EXPECT_THAT(words.Find("STRASSE"), Optional(Eq(2u)));
  EXPECT_FALSE(words.Find("kin").has_value());
  EXPECT_TRUE(words.Contains("US"));
  EXPECT_FALSE(words.Contains("Us"));

  const Vocabulary exact({"us", "US"}, true);
  EXPECT_THAT(exact.Find("US"), Optional(Eq(1u)));
  EXPECT_FALSE(exact.Find("Us").has_value());
}

class ReadVocabularyTest : public ::testing::Test {
 protected:
  absl::StatusOr<ReadWords> Read(int64_t most) {
    ProgressLine progress(nullptr);
    const auto client = Client::Connect(server_.address());
    EXPECT_TRUE(client.ok());
    return ReadVocabulary(**client, {"m", "t", {}, {}, "me"}, most, false,
                          &progress);
  }

  void Page(const std::vector<std::string>& ids, const std::string& token) {
    v1::ListIdsResponse& page = server_.list_responses.emplace_back();
    page.set_version(7);
    page.mutable_ids()->Add(ids.begin(), ids.end());
    page.set_next_page_token(token);
  }

  FakeServer server_;
};

TEST_F(ReadVocabularyTest, GoesOnInTheVersionThatBegan) {
  Page({"a", "b"}, "more");
  Page({"c"}, "");
  const auto words = Read(20'000);
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_EQ(words->version, 7);
  EXPECT_TRUE(words->whole);
  EXPECT_THAT(words->vocabulary.ids(), ElementsAre("a", "b", "c"));
  ASSERT_EQ(server_.list_requests.size(), 2);
  EXPECT_EQ(server_.list_requests[0].page_size(), 10'000);
  EXPECT_EQ(server_.list_requests[0].routing_key(), "me");
  EXPECT_EQ(server_.list_requests[1].version(), 7);
  EXPECT_EQ(server_.list_requests[1].page_token(), "more");
}

TEST_F(ReadVocabularyTest, ReadsNoMoreThanAskedFor) {
  Page({"a", "b"}, "more");
  Page({"c"}, "even more");
  const auto words = Read(3);
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_FALSE(words->whole);
  EXPECT_THAT(words->vocabulary.ids(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(server_.list_requests[0].page_size(), 3);
  EXPECT_EQ(server_.list_requests[1].page_size(), 1);
}

TEST_F(ReadVocabularyTest, FailsAsTheServerDoes) {
  server_.FailWith(absl::StatusCode::kNotFound, "no table m/t");
  EXPECT_EQ(Read(3).status().message(), "no table m/t");
}

}  // namespace
}  // namespace akin::client
