#include "client/cli/shell/shell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <deque>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "client/cli/commands.h"
#include "client/cli/shell/plain_line_reader.h"
#include "tests/client/fake_server.h"

namespace akin::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ScriptedReader final : public LineReader {
 public:
  explicit ScriptedReader(std::vector<std::string> lines)
      : lines_(lines.begin(), lines.end()) {}

  ReadLine Read(const std::string& prompt) override {
    prompts.push_back(prompt);
    if (lines_.empty()) return {};
    ReadLine line{ReadLine::kLine, lines_.front()};
    lines_.pop_front();
    if (line.text == "^C") line.kind = ReadLine::kInterrupted;
    return line;
  }
  void Remember(const std::string& line) override {
    remembered.push_back(line);
  }

  std::vector<std::string> prompts;
  std::vector<std::string> remembered;

 private:
  std::deque<std::string> lines_;
};

std::vector<CommandShape> Commands() {
  CLI::App program("", "akin");
  SessionFlags flags;
  Action action;
  AddSearchCommand(program, &flags, &action);
  AddGetCommand(program, &flags, &action);
  AddCatalogCommands(program, &flags, &action);
  AddShellCommand(program, &flags, &action);
  return ShapesOf(program);
}

class ShellTest : public ::testing::Test {
 protected:
  ShellTest() {
    v1::Model& model = *server_.models_response.add_models();
    model.set_name("glove");
    model.add_versions()->add_tables()->set_name("words");
    *server_.model_response.mutable_model() = model;
    flags_.server = server_.address();
    session_ = std::make_unique<Session>(*Session::Open(flags_, terminal_));
    shell_ = std::make_unique<Shell>(*session_, flags_, Commands(), true);
  }

  ExitCode Run(std::vector<std::string> lines) {
    ScriptedReader reader(std::move(lines));
    out_.str("");
    err_.str("");
    const ExitCode code = shell_->Run(reader);
    prompts_ = reader.prompts;
    remembered_ = reader.remembered;
    return code;
  }

  FakeServer server_;
  SessionFlags flags_;
  std::ostringstream out_;
  std::ostringstream err_;
  Terminal terminal_{.out = out_, .err = err_};
  std::unique_ptr<Session> session_;
  std::unique_ptr<Shell> shell_;
  std::vector<std::string> prompts_;
  std::vector<std::string> remembered_;
};

TEST_F(ShellTest, RunsCommandsOnOneConnection) {
  EXPECT_EQ(Run({"models", "akin models --json", "  # nothing", "", "models"}),
            kExitAnswered);
  EXPECT_THAT(out_.str(), HasSubstr("{\"models\":"));
  EXPECT_EQ(err_.str(), "");
  EXPECT_THAT(server_.models_peers, SizeIs(1));
  EXPECT_THAT(remembered_,
              ElementsAre("models", "akin models --json", "models"));
  EXPECT_THAT(prompts_, SizeIs(6));
}

TEST_F(ShellTest, ATableInUseNeedsNotBeNamed) {
  EXPECT_EQ(Run({"use glove/words", "search --id king"}), kExitAnswered)
      << err_.str();
  EXPECT_THAT(prompts_, ElementsAre("akin> ", "akin glove/words> ",
                                    "akin glove/words> "));
  EXPECT_EQ(server_.search_request.model(), "glove");
  EXPECT_EQ(server_.search_request.table(), "words");
  EXPECT_EQ(server_.search_request.query().id().id(), "king");

  EXPECT_EQ(Run({"get 'Toy Story'"}), kExitAnswered) << err_.str();
  EXPECT_EQ(server_.vectors_request.table(), "words");
  EXPECT_THAT(server_.vectors_request.ids(), ElementsAre("Toy Story"));

  EXPECT_EQ(Run({"get other/table a"}), kExitAnswered) << err_.str();
  EXPECT_EQ(server_.vectors_request.model(), "other");

  EXPECT_EQ(Run({"use", "search --id king"}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("MODEL/TABLE is required"));
}

TEST_F(ShellTest, OnlyATableThatIsThereIsUsed) {
  EXPECT_EQ(Run({"use glove/wrods"}), kExitRefused);
  EXPECT_EQ(err_.str(),
            "akin: model glove has the tables words, got \"wrods\"\n");
  EXPECT_EQ(Run({"use glove"}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("expected MODEL/TABLE"));
  EXPECT_EQ(Run({"use glove/words glove/users"}), kExitUsage);
  server_.FailWith(absl::StatusCode::kNotFound, "no model named golve");
  EXPECT_EQ(Run({"use golve/words"}), kExitRefused);
  EXPECT_EQ(err_.str(), "akin: no model named golve\n");
  EXPECT_THAT(prompts_, ElementsAre("akin> ", "akin> "));
}

TEST_F(ShellTest, GoesOnBehindALineThatFails) {
  EXPECT_EQ(Run({"serach --id king", "models"}), kExitAnswered);
  EXPECT_THAT(err_.str(), HasSubstr("got \"serach\"; did you mean: search\n"));
  EXPECT_EQ(Run({"models", "get 'Toy Story"}), kExitUsage);
  EXPECT_THAT(err_.str(), StartsWith("akin: expected a closing '"));
  EXPECT_EQ(Run({"models", "frobnicate"}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("help lists them"));
}

TEST_F(ShellTest, EndsWithTheLastLinesExitCode) {
  EXPECT_EQ(Run({}), kExitAnswered);
  EXPECT_EQ(Run({"models --server localhost"}), kExitUsage);
  EXPECT_EQ(Run({"models", "models --server 127.0.0.1:1"}), kExitNoServer);
  server_.FailWith(absl::StatusCode::kNotFound, "not there");
  EXPECT_EQ(Run({"models"}), kExitRefused);
  EXPECT_EQ(err_.str(), "akin: not there\n");
  EXPECT_EQ(Run({"models", "exit", "help"}), kExitRefused);
  EXPECT_THAT(prompts_, SizeIs(2));
}

TEST_F(ShellTest, ExitTakesNothing) {
  EXPECT_EQ(Run({"exit 3", "models"}), kExitAnswered);
  EXPECT_THAT(err_.str(), HasSubstr("\"3\" means nothing to exit"));
  EXPECT_THAT(prompts_, SizeIs(3));
}

TEST_F(ShellTest, AShellInAShellIsRefused) {
  EXPECT_EQ(Run({"shell"}), kExitUsage);
  EXPECT_THAT(err_.str(), HasSubstr("expected a command that is not shell"));
}

TEST_F(ShellTest, HelpSaysWhatThereIs) {
  EXPECT_EQ(Run({"help"}), kExitAnswered);
  EXPECT_THAT(out_.str(), HasSubstr("Commands:\n"));
  EXPECT_THAT(out_.str(), HasSubstr("use MODEL/TABLE"));
  EXPECT_EQ(Run({"help search"}), kExitAnswered);
  EXPECT_THAT(out_.str(), HasSubstr("--id"));
  EXPECT_EQ(Run({"help frobnicate"}), kExitUsage);
}

TEST_F(ShellTest, WhatWasGivenUpIsNotRun) {
  EXPECT_EQ(Run({"^C"}), kExitAnswered);
  EXPECT_THAT(remembered_, IsEmpty());
  EXPECT_THAT(prompts_, SizeIs(2));
}

TEST_F(ShellTest, AnInterruptEndsTheCallButNotTheShell) {
  server_.search_hangs = true;
  std::thread interrupter([this] {
    while (!server_.search_runs) absl::SleepFor(absl::Milliseconds(1));
    kill(getpid(), SIGINT);
  });
  EXPECT_EQ(Run({"search glove/words --id king"}), kExitRefused);
  interrupter.join();
  EXPECT_EQ(err_.str(), "akin: the call was cancelled\n");
  EXPECT_EQ(Run({"models"}), kExitAnswered) << err_.str();
}

TEST_F(ShellTest, CompletesFromTheServer) {
  v1::ListIdsResponse queen;
  queen.add_ids("queen");
  v1::ListIdsResponse more = queen;
  more.set_next_page_token("on");
  server_.list_responses = {queen, queen, more};
  EXPECT_THAT(shell_->Complete("search glove/w", 14).candidates,
              ElementsAre("glove/words"));
  EXPECT_THAT(shell_->Complete("model ", 6).candidates, ElementsAre("glove"));
  EXPECT_EQ(Run({"use glove/words"}), kExitAnswered);
  EXPECT_THAT(shell_->Complete("search --id que", 15).candidates,
              ElementsAre("queen"));
  ASSERT_EQ(server_.list_requests.size(), 1u);
  EXPECT_EQ(server_.list_requests[0].model(), "glove");
  EXPECT_EQ(server_.list_requests[0].table(), "words");
  EXPECT_EQ(server_.list_requests[0].prefix(), "que");
  EXPECT_EQ(server_.list_requests[0].page_size(), 50u);
  EXPECT_FALSE(shell_->Complete("search --id que", 15).more);
  EXPECT_TRUE(shell_->Complete("search --id que", 15).more);
  EXPECT_THAT(shell_->Complete("she", 3).candidates, IsEmpty());
}

TEST_F(ShellTest, CompletesNothingWhereTheServerFails) {
  server_.list_responses.emplace_back().add_ids("queen");
  server_.FailWith(absl::StatusCode::kInternal, "broken");
  EXPECT_THAT(shell_->Complete("get glove/words q", 17).candidates, IsEmpty());
  EXPECT_THAT(shell_->Complete("use ", 4).candidates, IsEmpty());
  EXPECT_EQ(err_.str(), "");
}

TEST(PlainLineReader, ReadsToTheEnd) {
  char text[] = "models\r\n\nget a";
  std::FILE* file = fmemopen(text, sizeof(text) - 1, "r");
  ASSERT_NE(file, nullptr);
  std::ostringstream prompts;
  PlainLineReader reader(file, &prompts);
  for (const char* expected : {"models", "", "get a"}) {
    const ReadLine line = reader.Read("> ");
    EXPECT_EQ(line.kind, ReadLine::kLine);
    EXPECT_EQ(line.text, expected);
  }
  EXPECT_EQ(reader.Read("> ").kind, ReadLine::kEnd);
  EXPECT_EQ(prompts.str(), "> > > > \n");
  std::fclose(file);
}

}  // namespace
}  // namespace akin::client
