// A real server's metrics: asked for by hand, by promtool and by Prometheus;
// and what deploy/monitoring makes of them.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "akin/v1/search_service.grpc.pb.h"
#include "tests/e2e/fixture.h"
#include "tests/support/http_client.h"

namespace akin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kMonitoring[] = AKIN_SOURCE_DIR "/deploy/monitoring/";

// Where it is installed; "" if it is not.
std::string FindProgram(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (const std::string& folder :
       std::vector<std::string>(absl::StrSplit(path ? path : "", ':'))) {
    std::string program = absl::StrCat(folder, "/", name);
    if (access(program.c_str(), X_OK) == 0) return program;
  }
  return "";
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

// The value of a line "name{labels} value"; NaN if there is none.
double ValueOf(const std::string& text, const std::string& series) {
  for (const std::string& line :
       std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    double value = 0;
    if (line.rfind(series + " ", 0) == 0 &&
        absl::SimpleAtod(line.substr(series.size() + 1), &value)) {
      return value;
    }
  }
  return std::nan("");
}

class MetricsTest : public testing::Test {
 protected:
  void Start(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = RoyalLoads(dir_);
    arguments.insert(arguments.end(), {"--metrics-listen", "127.0.0.1:0"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    server_ = std::make_unique<TestServer>(arguments);
    address_ = server_->WaitUntilServing();
    ASSERT_FALSE(address_.empty()) << server_->process().errors();
    ASSERT_TRUE(server_->process().WaitForError("/metrics\n"));
    const std::string& log = server_->process().errors();
    const std::string mark = "metrics on http://";
    const size_t begin = log.find(mark);
    ASSERT_NE(begin, std::string::npos) << log;
    metrics_ = log.substr(begin + mark.size());
    metrics_ = metrics_.substr(0, metrics_.find('/'));
    stub_ = v1::SearchService::NewStub(
        grpc::CreateChannel(address_, grpc::InsecureChannelCredentials()));
  }
  grpc::Status Search(const std::string& id, const std::string& table) {
    v1::SearchRequest request;
    request.set_model("royal");
    request.set_table(table);
    request.mutable_query()->mutable_id()->set_id(id);
    request.mutable_options()->set_k(2);
    grpc::ClientContext context;
    v1::SearchResponse response;
    return stub_->Search(&context, request, &response);
  }
  // A call is counted when its answer is out, maybe a moment after it came.
  std::string Scrape(double searches) {
    std::string text;
    for (int i = 0; i < 1000; ++i) {
      text = HttpGet(metrics_, "/metrics").body;
      double ended = 0;
      for (const char* status : {"ok", "refused", "late", "error"}) {
        ended += ValueOf(
            text,
            absl::StrCat("akin_rpc_duration_seconds_count{method=\"Search\","
                         "status=\"",
                         status, "\"}"));
      }
      if (ended == searches && ValueOf(text, "akin_rpc_in_flight") == 0) {
        break;
      }
      absl::SleepFor(absl::Milliseconds(10));
    }
    return text;
  }

  TempDir dir_;
  std::unique_ptr<TestServer> server_;
  std::string address_;
  std::string metrics_;
  std::unique_ptr<v1::SearchService::Stub> stub_;
};

TEST_F(MetricsTest, SayWhatTheServerDid) {
  Start();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(Search("king", "words").ok());
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(Search("nobody", "words").ok());
  EXPECT_FALSE(Search("king", "nothing").ok());
  const std::string text = Scrape(8);
  for (const auto& [series, value] :
       std::vector<std::pair<std::string, double>>{
           {"akin_rpc_requests_total{method=\"Search\",code=\"OK\"}", 5},
           {"akin_rpc_requests_total{method=\"Search\",code=\"NOT_FOUND\"}", 3},
           {"akin_rpc_requests_total{method=\"Search\",code=\"INTERNAL\"}", 0},
           {"akin_rpc_duration_seconds_count{method=\"Search\","
            "status=\"ok\"}",
            5},
           {"akin_rpc_duration_seconds_count{method=\"Search\","
            "status=\"error\"}",
            3},
           {"akin_rpc_duration_seconds_bucket{method=\"Search\","
            "status=\"ok\",le=\"+Inf\"}",
            5},
           {"akin_queries_total", 5},
           // A table of 7 rows is compared as a whole.
           {"akin_distances_total", 35},
           {"akin_server_state{state=\"serving\"}", 1},
           {"akin_version_loads_total{result=\"ok\"}", 3},
           {"akin_version_loads_total{result=\"failed\"}", 0},
           {"akin_connections", 1},
           {"akin_label_version{model=\"royal\",label=\"stable\"}", 1},
           {"akin_model_versions{model=\"royal-l2\",state=\"available\"}", 1},
           {"akin_table_rows{model=\"royal\",version=\"1\",table=\"words\"}",
            7},
           {"akin_table_rows{model=\"royal\",version=\"1\",table=\"people\"}",
            2}}) {
    EXPECT_EQ(ValueOf(text, series), value) << series;
  }
  EXPECT_GT(ValueOf(text, "process_resident_memory_bytes"), 1e6);
  EXPECT_EQ(HttpGet(metrics_, "/healthz").status, 200);
  EXPECT_EQ(HttpGet(metrics_, "/readyz").body, "serving\n");
  EXPECT_EQ(HttpGet(metrics_, "/").status, 404);
  EXPECT_EQ(HttpGet(metrics_, "/metrics", "", "POST").status, 405);
}

TEST_F(MetricsTest, NobodyListensUnlessAsked) {
  TestServer server(RoyalLoads(dir_));
  ASSERT_NE(server.WaitUntilServing(), "");
  EXPECT_THAT(server.process().errors(), testing::Not(HasSubstr("metrics on")));
}

TEST_F(MetricsTest, AServerThatDrainsIsAliveAndNotReady) {
  Start({"--drain-seconds", "60"});
  // A call that is open keeps the server from being done.
  grpc::ClientContext context;
  const auto stream = stub_->StreamSearch(&context);
  v1::StreamSearchRequest request;
  request.mutable_request()->set_model("royal");
  request.mutable_request()->set_table("words");
  request.mutable_request()->mutable_query()->mutable_id()->set_id("king");
  ASSERT_TRUE(stream->Write(request));
  v1::StreamSearchResponse response;
  ASSERT_TRUE(stream->Read(&response));
  server_->process().Signal(SIGTERM);
  ASSERT_TRUE(server_->process().WaitForError("draining"));
  HttpAnswer ready;
  for (int i = 0; i < 1000 && ready.status != 503; ++i) {
    ready = HttpGet(metrics_, "/readyz");
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_EQ(ready.body, "draining\n");
  EXPECT_EQ(HttpGet(metrics_, "/healthz").status, 200);
  stream->WritesDone();
  while (stream->Read(&response)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(server_->process().Wait(), 0);
}

TEST_F(MetricsTest, ABadAddressIsSaid) {
  for (const char* address : {"9470", "127.0.0.1:70000", ":9470"}) {
    ChildProcess server(AKIN_BIN_DIR "/akin-server",
                        {"--load", "a/b=c", "--metrics-listen", address});
    EXPECT_EQ(server.Wait(), 2);
    EXPECT_THAT(server.errors(),
                HasSubstr(absl::StrCat("metrics_listen is \"", address,
                                       "\", expected HOST:PORT")));
  }
  Start();
  std::vector<std::string> arguments = RoyalLoads(dir_);
  arguments.insert(arguments.end(), {"--metrics-listen", metrics_});
  TestServer second(arguments);
  EXPECT_EQ(second.process().Wait(), 1);
  EXPECT_THAT(second.process().errors(),
              HasSubstr("cannot listen on " + metrics_ + " for metrics"));
}

TEST_F(MetricsTest, PromtoolFindsNothingToSay) {
  const std::string promtool = FindProgram("promtool");
  if (promtool.empty()) GTEST_SKIP() << "no promtool";
  Start();
  EXPECT_TRUE(Search("king", "words").ok());
  // It reads the metrics from its stdin.
  const std::string file = dir_.Write("metrics.txt", Scrape(1));
  ChildProcess check(
      "/bin/sh", {"-c", "exec \"$0\" check metrics < \"$1\"", promtool, file});
  EXPECT_EQ(check.Wait(), 0);
  EXPECT_EQ(check.output() + check.errors(), "");
}

TEST_F(MetricsTest, PrometheusScrapesThem) {
  const std::string program = FindProgram("prometheus");
  if (program.empty()) GTEST_SKIP() << "no prometheus";
  Start();
  // As the example in deploy, but for the address and the interval.
  const std::string config = absl::StrReplaceAll(
      ReadFile(absl::StrCat(kMonitoring, "prometheus.yml")),
      {{"127.0.0.1:9470", metrics_},
       {"_interval: 15s", "_interval: 1s"},
       {"alerts.yml", absl::StrCat(kMonitoring, "alerts.yml")}});
  ASSERT_THAT(config, AllOf(HasSubstr(metrics_), HasSubstr("interval: 1s")));
  ChildProcess prometheus(
      program, {"--config.file", dir_.Write("prometheus.yml", config),
                "--storage.tsdb.path", dir_.Path("data"),
                "--web.listen-address", "127.0.0.1:0"});
  const std::string mark = "msg=\"Listening on\" address=";
  ASSERT_TRUE(prometheus.WaitForError(mark)) << prometheus.errors();
  ASSERT_TRUE(prometheus.WaitForError("ready to receive web requests"))
      << prometheus.errors();
  const std::string& log = prometheus.errors();
  const size_t begin = log.find(mark) + mark.size();
  const std::string api =
      log.substr(begin, log.find_first_of(" \n", begin) - begin);
  const auto ask = [&](const std::string& query) {
    std::string answer;
    for (int i = 0; i < 600; ++i) {
      answer = HttpGet(api, "/api/v1/query?query=" + query).body;
      if (answer.find("\"result\":[{") != std::string::npos) break;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return answer;
  };
  EXPECT_THAT(ask("up%7Bjob=%22akin%22%7D==1"), HasSubstr(metrics_));
  EXPECT_THAT(ask("akin_build_info"), HasSubstr("cpu_target"));
  EXPECT_THAT(
      ask("akin_table_rows%7Btable=%22words%22,model=%22royal%22%7D==7"),
      HasSubstr("\"version\":\"1\""));
  EXPECT_THAT(HttpGet(api, "/api/v1/rules").body, HasSubstr("AkinDown"));
}

TEST(Monitoring, PromtoolAcceptsAlertsAndExample) {
  const std::string promtool = FindProgram("promtool");
  if (promtool.empty()) GTEST_SKIP() << "no promtool";
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{
           {"check", "rules", absl::StrCat(kMonitoring, "alerts.yml")},
           {"test", "rules", absl::StrCat(kMonitoring, "alerts_test.yml")},
           {"check", "config", absl::StrCat(kMonitoring, "prometheus.yml")}}) {
    ChildProcess check(promtool, arguments);
    EXPECT_EQ(check.Wait(), 0) << check.output() << check.errors();
  }
}

TEST(Monitoring, TheDashboardAsksWhatPrometheusUnderstands) {
  const std::string promtool = FindProgram("promtool");
  if (promtool.empty()) GTEST_SKIP() << "no promtool";
  const auto dashboard = nlohmann::json::parse(
      ReadFile(absl::StrCat(kMonitoring, "grafana-dashboard.json")));
  // As rules, whose expressions promtool reads.
  nlohmann::json rules = nlohmann::json::array();
  for (const auto& panel : dashboard.at("panels")) {
    for (const auto& target : panel.value("targets", nlohmann::json::array())) {
      rules.push_back(
          {{"record", absl::StrCat("r", rules.size())},
           {"expr", absl::StrReplaceAll(target.at("expr").get<std::string>(),
                                        {{"$__rate_interval", "1m"},
                                         {"$instance", ".*"},
                                         {"$model", ".*"}})}});
    }
  }
  ASSERT_GT(rules.size(), 30u);
  const nlohmann::json file = {
      {"groups", {{{"name", "dashboard"}, {"rules", rules}}}}};
  const TempDir dir;
  ChildProcess check(promtool,
                     {"check", "rules", dir.Write("r.yml", file.dump())});
  EXPECT_EQ(check.Wait(), 0) << check.output() << check.errors();
}

}  // namespace
}  // namespace akin
