#include "server/auth/authorizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "index/base/error_facts.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin::server {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kSearch[] = "/akin.v1.SearchService/Search";
constexpr char kImport[] = "/akin.v1.CatalogService/ImportVersion";
constexpr char kLoad[] = "/akin.v1.CatalogService/LoadVersion";
constexpr char kHealth[] = "/grpc.health.v1.Health/Check";

class AuthorizerTest : public testing::Test {
 protected:
  static std::string Line(absl::string_view name, absl::string_view rest,
                          absl::string_view secret) {
    const Sha256Sum sum = Sha256(secret);
    return absl::StrCat(
        name, " ", rest, " sha256:",
        absl::BytesToHexString(absl::string_view(
            reinterpret_cast<const char*>(sum.data()), sum.size())),
        "\n");
  }
  void SetUp() override { Open(); }
  void Open() {
    Write(Line("web", "search", "s1") + Line("night", "edit", "s2") +
          Line("ops", "admin", "s3") +
          Line("shop", "search models=movies-*,glove", "s4"));
    auto opened =
        Authorizer::Open(file_, [this](const std::string& line, bool error) {
          said_.push_back(absl::StrCat(error ? "error: " : "", line));
        });
    ASSERT_THAT(opened, IsOk());
    authorizer_ = *std::move(opened);
  }
  void Write(const std::string& text) { dir_.Write("tokens", text); }
  // As often as it takes until a change has been seen.
  void Look() {
    authorizer_->Look();
    authorizer_->Look();
  }
  absl::StatusOr<Caller> Call(absl::string_view path,
                              absl::string_view secret) const {
    const std::string value = absl::StrCat("Bearer ", secret);
    return authorizer_->Authorize(path, {absl::string_view(value)});
  }

  const TempDir dir_;
  const std::string file_ = dir_.Path("tokens");
  std::vector<std::string> said_;
  std::unique_ptr<Authorizer> authorizer_;
};

TEST_F(AuthorizerTest, EachRoleMayWhatItMayAndNoMore) {
  const char* const paths[] = {kSearch, kImport, kLoad};
  const char* const secrets[] = {"s1", "s2", "s3"};
  for (int role = 0; role < 3; ++role) {
    for (int method = 0; method < 3; ++method) {
      const auto caller = Call(paths[method], secrets[role]);
      if (role >= method) {
        EXPECT_THAT(caller, IsOk()) << paths[method] << " " << secrets[role];
      } else {
        EXPECT_THAT(caller, IsStatus(StatusCode::kPermissionDenied))
            << paths[method] << " " << secrets[role];
      }
    }
  }
  EXPECT_THAT(Call(kLoad, "s2"),
              IsStatus(StatusCode::kPermissionDenied,
                       "LoadVersion wants the role admin, the token night has "
                       "the role edit"));
}

TEST_F(AuthorizerTest, WithoutATokenThatIsKnownNobodyGetsIn) {
  EXPECT_THAT(authorizer_->Authorize(kSearch, {}),
              IsStatus(StatusCode::kUnauthenticated,
                       AllOf(HasSubstr("Search wants a token with the role "
                                       "search"),
                             HasSubstr("got none"))));
  const std::string long_one = "Bearer " + std::string(5000, 'x');
  for (const absl::string_view value :
       {absl::string_view(""), absl::string_view("s1"),
        absl::string_view("Basic s1"), absl::string_view("Bearer"),
        absl::string_view("Bearer "), absl::string_view("Bearers1"),
        absl::string_view("Bearer s5"), absl::string_view("Bearer s1s1"),
        absl::string_view("Bearer S1"), absl::string_view("Bearer \0s1", 10),
        absl::string_view(long_one)}) {
    EXPECT_THAT(authorizer_->Authorize(kSearch, {value}),
                IsStatus(StatusCode::kUnauthenticated, Not(HasSubstr("s5"))))
        << value;
  }
  EXPECT_THAT(authorizer_->Authorize(kSearch, {"Bearer s1", "Bearer s1"}),
              IsStatus(StatusCode::kUnauthenticated));
  EXPECT_THAT(authorizer_->Authorize(kSearch, {"bEARER  s1 "}), IsOk());
}

TEST_F(AuthorizerTest, HealthIsOpenAndWhatNobodyKnowsIsClosed) {
  EXPECT_THAT(authorizer_->Authorize(kHealth, {}), IsOk());
  EXPECT_THAT(authorizer_->Authorize(kHealth, {"Bearer wrong"}), IsOk());
  for (const char* path : {"", "/", "/akin.v1.SearchService/Drop",
                           "/grpc.health.v1.Health/Check/", "/x.Y/Z"}) {
    EXPECT_THAT(Call(path, "s3"), IsStatus(StatusCode::kPermissionDenied))
        << path;
  }
}

TEST_F(AuthorizerTest, ATokenMayBeForSomeModels) {
  const auto shop = Call(kSearch, "s4");
  ASSERT_THAT(shop, IsOk());
  EXPECT_TRUE(shop->limited());
  EXPECT_THAT(shop->CheckModel("glove"), IsOk());
  EXPECT_THAT(shop->CheckModel("movies-de"), IsOk());
  for (const char* model : {"", "movies", "glove2", "secret"}) {
    EXPECT_THAT(
        shop->CheckModel(model),
        IsStatus(StatusCode::kPermissionDenied,
                 AllOf(HasSubstr("the token shop"),
                       HasSubstr("movies-*, glove"), Not(HasSubstr("secret")))))
        << model;
  }
  const auto web = Call(kSearch, "s1");
  ASSERT_THAT(web, IsOk());
  EXPECT_FALSE(web->limited());
  EXPECT_THAT(web->CheckModel("secret"), IsOk());
  EXPECT_THAT(Caller().CheckModel("secret"), IsOk());
}

TEST_F(AuthorizerTest, NamesOfOtherModelsAreNotSuggested) {
  const auto shop = Call(kSearch, "s4");
  ASSERT_THAT(shop, IsOk());
  const absl::Status unknown = UnknownNameError("model", "glov", "this server",
                                                {"glove", "glov3-secret"});
  const absl::Status told = shop->WithoutOthers(unknown);
  EXPECT_THAT(told,
              IsStatus(StatusCode::kNotFound,
                       AllOf(HasSubstr("glove"), Not(HasSubstr("secret")))));
  EXPECT_EQ(FactsOf(told).has_value(), true);
  EXPECT_EQ(Call(kSearch, "s1")->WithoutOthers(unknown), unknown);
  const absl::Status other =
      UnknownNameError("table", "t", "model glove", {"secret"});
  EXPECT_EQ(shop->WithoutOthers(other), other);
}

TEST_F(AuthorizerTest, TheFileIsReadAgainWhenItHasChanged) {
  const auto web = Call(kSearch, "s1");
  const auto ops = Call(kLoad, "s3");
  ASSERT_THAT(web, IsOk());
  ASSERT_THAT(ops, IsOk());
  Look();
  EXPECT_THAT(said_, IsEmpty()) << "nothing has changed";
  Write(Line("web", "search", "s1") + Line("ops", "search", "s3") +
        Line("new", "admin", "s9"));
  Look();
  EXPECT_THAT(said_, ElementsAre(HasSubstr("again: 3")));
  EXPECT_THAT(Call(kSearch, "s1"), IsOk());
  EXPECT_THAT(Call(kLoad, "s3"), IsStatus(StatusCode::kPermissionDenied));
  EXPECT_THAT(Call(kLoad, "s9"), IsOk());
  EXPECT_THAT(Call(kSearch, "s2"), IsStatus(StatusCode::kUnauthenticated));
  // Of calls that still run: the one that is as it was goes on.
  EXPECT_THAT(web->CheckValid(), IsOk());
  EXPECT_THAT(ops->CheckModel("m"), IsStatus(StatusCode::kUnauthenticated,
                                             HasSubstr("the token ops")));
  Look();
  EXPECT_EQ(said_.size(), 1u);
}

TEST_F(AuthorizerTest, ABadFileLeavesTheTokensAndIsSaidOnce) {
  for (const char* bad : {"", "web root sha256:x\n", "web"}) {
    said_.clear();
    Write(bad);
    Look();
    Look();
    EXPECT_THAT(said_, ElementsAre(AllOf(
                           HasSubstr("error: the tokens stay as they were"),
                           HasSubstr(file_))));
    EXPECT_THAT(Call(kSearch, "s1"), IsOk());
  }
  said_.clear();
  std::filesystem::remove(file_);
  Look();
  Look();
  EXPECT_THAT(said_, ElementsAre(HasSubstr("No such file")));
  EXPECT_THAT(Call(kSearch, "s1"), IsOk());
  Write(Line("web", "search", "other"));
  Look();
  EXPECT_THAT(Call(kSearch, "s1"), IsStatus(StatusCode::kUnauthenticated));
  EXPECT_THAT(Call(kSearch, "other"), IsOk());
}

TEST_F(AuthorizerTest, AFileThatIsBeingWrittenIsLeftAlone) {
  authorizer_->Look();
  Write("web sea");
  authorizer_->Look();
  EXPECT_THAT(said_, IsEmpty());
  Write(Line("web", "search", "s7"));
  authorizer_->Look();
  EXPECT_THAT(said_, IsEmpty());
  authorizer_->Look();
  EXPECT_THAT(said_, ElementsAre(HasSubstr("again: 1")));
  EXPECT_THAT(Call(kSearch, "s7"), IsOk());
}

TEST_F(AuthorizerTest, DoesNotOpenWithoutTokens) {
  Write("# nobody\n");
  EXPECT_THAT(Authorizer::Open(file_, nullptr),
              IsStatus(StatusCode::kInvalidArgument));
  EXPECT_THAT(Authorizer::Open(dir_.Path("none"), nullptr),
              IsStatus(StatusCode::kNotFound));
}

}  // namespace
}  // namespace akin::server
