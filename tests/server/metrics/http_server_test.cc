#include "server/metrics/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/http_client.h"
#include "tests/support/status_matchers.h"

namespace akin::server {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class HttpServerTest : public testing::Test {
 protected:
  void Start(HttpServer::Authorize authorize = nullptr) {
    std::vector<HttpPage> pages;
    pages.push_back({"/page", /*open=*/false, [this]() -> HttpReply {
                       ++asked_;
                       return {.body = "the page\n"};
                     }});
    pages.push_back({"/open", /*open=*/true, []() -> HttpReply {
                       return {.status = 503,
                               .content_type = "text/x-test",
                               .body = "open\n"};
                     }});
    auto server = HttpServer::Start("127.0.0.1:0", std::move(pages),
                                    std::move(authorize));
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
    address_ = server_->address();
  }
  void ExpectItAnswers() {
    EXPECT_EQ(HttpGet(address_, "/page").body, "the page\n");
  }

  std::atomic<int> asked_{0};
  std::unique_ptr<HttpServer> server_;
  std::string address_;
};

TEST_F(HttpServerTest, AnswersItsPages) {
  Start();
  EXPECT_THAT(address_, AllOf(StartsWith("127.0.0.1:"), Not("127.0.0.1:0")));
  const HttpAnswer page = HttpGet(address_, "/page");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "the page\n");
  EXPECT_THAT(page.head,
              AllOf(HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"),
                    HasSubstr("Content-Length: 9\r\n"),
                    HasSubstr("Connection: close\r\n"), HasSubstr(" GMT\r\n")));
  const HttpAnswer open = HttpGet(address_, "/open");
  EXPECT_EQ(open.status, 503);
  EXPECT_EQ(open.body, "open\n");
  EXPECT_THAT(open.head, HasSubstr("Content-Type: text/x-test\r\n"));
  EXPECT_EQ(HttpGet(address_, "/page?name[]=a&b=../c").status, 200);
}

TEST_F(HttpServerTest, HeadIsTheSameWithoutTheBody) {
  Start();
  const HttpAnswer head = HttpGet(address_, "/page", "", "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_THAT(head.head, HasSubstr("Content-Length: 9\r\n"));
  EXPECT_EQ(head.body, "");
}

TEST_F(HttpServerTest, NoPathIsAFile) {
  Start();
  for (const char* path :
       {"/", "/page/", "/pag", "/page.html", "/../page", "/etc/passwd",
        "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
        "/page/../../etc/passwd", "/page%00", "/%70age", "/."}) {
    const HttpAnswer answer = HttpGet(address_, path);
    EXPECT_THAT(answer.status, AnyOf(400, 404)) << path;
    EXPECT_THAT(answer.body, Not(HasSubstr("root:"))) << path;
  }
  EXPECT_EQ(asked_, 0);
  ExpectItAnswers();
}

TEST_F(HttpServerTest, OnlyReads) {
  Start();
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    const HttpAnswer answer = HttpGet(address_, "/page", "", method);
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_THAT(answer.head, HasSubstr("Allow: GET, HEAD\r\n")) << method;
  }
  EXPECT_EQ(asked_, 0);
}

TEST_F(HttpServerTest, DoesNotWaitForABody) {
  Start();
  EXPECT_EQ(HttpGet(address_, "/page", "Content-Length: 1000000000\r\n", "POST")
                .status,
            405);
  EXPECT_EQ(HttpGet(address_, "/page", "Content-Length: 1000000000\r\n").status,
            200);
  ExpectItAnswers();
}

TEST_F(HttpServerTest, AsksFirstWhoItIs) {
  Start([](absl::string_view header) {
    if (header == "Bearer reader") return absl::OkStatus();
    if (header == "Bearer searcher") {
      return absl::PermissionDeniedError("the token's role is search");
    }
    return absl::UnauthenticatedError(header.empty() ? "no token came"
                                                     : "unknown token");
  });
  for (const char* method : {"GET", "HEAD", "POST"}) {
    for (const char* path : {"/page", "/nothing"}) {
      const HttpAnswer answer = HttpGet(address_, path, "", method);
      EXPECT_EQ(answer.status, 401) << method << path;
      EXPECT_THAT(answer.head, HasSubstr("WWW-Authenticate: Bearer\r\n"));
    }
  }
  EXPECT_EQ(HttpGet(address_, "/page").body, "no token came\n");
  EXPECT_EQ(HttpGet(address_, "/page", "Authorization: Bearer x\r\n").body,
            "unknown token\n");
  const HttpAnswer denied =
      HttpGet(address_, "/page", "authorization: Bearer searcher\r\n");
  EXPECT_EQ(denied.status, 403);
  EXPECT_THAT(denied.head, Not(HasSubstr("WWW-Authenticate")));
  EXPECT_EQ(asked_, 0);

  const std::string token = "Authorization: Bearer reader\r\n";
  EXPECT_EQ(HttpGet(address_, "/page", token).body, "the page\n");
  EXPECT_EQ(HttpGet(address_, "/nothing", token).status, 404);
  EXPECT_EQ(HttpGet(address_, "/page", token, "POST").status, 405);
  EXPECT_EQ(HttpGet(address_, "/open").body, "open\n");
  EXPECT_EQ(HttpGet(address_, "/open", "", "POST").status, 405);
}

TEST_F(HttpServerTest, ASecondTokenDoesNotCount) {
  Start([](absl::string_view header) {
    return header == "Bearer reader" ? absl::OkStatus()
                                     : absl::UnauthenticatedError("no");
  });
  EXPECT_EQ(HttpGet(address_, "/page",
                    "Authorization: Bearer x\r\n"
                    "Authorization: Bearer reader\r\n")
                .status,
            401);
}

TEST_F(HttpServerTest, GarbageGetsNothing) {
  Start();
  const std::string zeros(300, '\0');
  for (const std::string& garbage : std::vector<std::string>{
           "\r\n\r\n", "GET\r\n\r\n", "GET /page\r\n\r\n",
           "GET /page HTTP/9.9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
           "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
           zeros + "\r\n\r\n", "FLY /page HTTP/1.1\r\n\r\n",
           "GET page HTTP/1.1\r\n\r\n"}) {
    EXPECT_NE(SendHttp(address_, garbage).status, 200) << garbage;
  }
  EXPECT_EQ(asked_, 0);
  ExpectItAnswers();
}

TEST_F(HttpServerTest, RequestsAreBounded) {
  Start();
  const std::string most(HttpServer::kMostRequestBytes, 'x');
  EXPECT_NE(HttpGet(address_, "/page?" + most).status, 200);
  EXPECT_NE(HttpGet(address_, "/page", "X-Long: " + most + "\r\n").status, 200);
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "A: b\r\n";
  EXPECT_NE(HttpGet(address_, "/page", many).status, 200);
  EXPECT_EQ(asked_, 0);
  // A token of a usual size is within them.
  EXPECT_EQ(HttpGet(address_, "/page",
                    "Authorization: Bearer " + std::string(4000, 'x') + "\r\n")
                .status,
            200);
}

TEST_F(HttpServerTest, SlowClientsAreCutOff) {
  Start();
  const std::string part = "GET /page HTTP/1.1\r\n";
  std::vector<std::unique_ptr<HttpConnection>> slow;
  for (int i = 0; i < 4; ++i) {  // more than there are threads
    slow.push_back(std::make_unique<HttpConnection>(address_));
    slow.back()->Send(part);
  }
  ExpectItAnswers();
  for (const auto& connection : slow) {
    EXPECT_THAT(connection->ReadAll(), Not(StartsWith("HTTP/1.1 200")));
  }
  EXPECT_EQ(asked_, 1);
}

TEST_F(HttpServerTest, EndsWhileClientsAreConnected) {
  Start();
  const HttpConnection silent(address_);
  const HttpConnection slow(address_);
  slow.Send("GET /pa");
  ExpectItAnswers();
  server_.reset();
  EXPECT_EQ(HttpGet(address_, "/page").status, 0);
}

TEST_F(HttpServerTest, AnswersManyAtOnce) {
  Start();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] {
      for (int j = 0; j < 20; ++j) ExpectItAnswers();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(asked_, 160);
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
  Start();
  const auto taken = HttpServer::Start(address_, {}, nullptr);
  EXPECT_EQ(taken.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(taken.status().message()),
              AllOf(HasSubstr("cannot listen on " + address_ + " for metrics"),
                    HasSubstr("Address already in use")));
  // Of a network that is nobody's (RFC 5737).
  EXPECT_EQ(HttpServer::Start("192.0.2.1:0", {}, nullptr).status().code(),
            absl::StatusCode::kUnavailable);
  ExpectItAnswers();
}

}  // namespace
}  // namespace akin::server
