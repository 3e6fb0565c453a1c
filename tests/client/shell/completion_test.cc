#include "client/cli/shell/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/commands.h"

namespace akin::client {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class CompletionTest : public ::testing::Test {
 protected:
  CompletionTest() {
    CLI::App program("", "akin");
    SessionFlags flags;
    Action action;
    AddSessionFlags(program, &flags);
    AddSearchCommand(program, &flags, &action);
    AddAnalysisCommands(program, &flags, &action);
    AddGetCommand(program, &flags, &action);
    AddCatalogCommands(program, &flags, &action);
    source_.commands = ShapesOf(program);
    source_.commands.push_back({"use", {}, {"MODEL/TABLE"}, false});
    source_.models = [] { return Names{{"glove", "movies"}, false}; };
    source_.tables = [] {
      return Names{{"glove/words", "movies/items", "movies/users"}, false};
    };
    source_.ids = [this](const std::string& target, const std::string& prefix) {
      asked_.push_back(absl::StrCat(target, " ", prefix));
      Names ids;
      for (const char* id : {"king", "kingdom", "queen", "Toy Story",
                             "Toy Soldiers", "it's", "größe", "größer"}) {
        if (absl::StartsWith(id, prefix)) ids.names.push_back(id);
      }
      ids.more = more_;
      return ids;
    };
  }

  // A '|' is the cursor, at the end if there is none.
  Completion At(std::string line) {
    size_t cursor = line.find('|');
    if (cursor == line.npos) {
      cursor = line.size();
    } else {
      line.erase(cursor, 1);
    }
    asked_.clear();
    return Complete(line, cursor, source_);
  }

  std::vector<std::string> Candidates(const std::string& line) {
    return At(line).candidates;
  }

  // The line after Tab.
  std::string Tab(const std::string& line) {
    const Completion completion = At(line);
    return line.substr(0, completion.begin) +
           Replacement(completion, line.substr(completion.begin));
  }

  CompletionSource source_;
  bool more_ = false;
  std::vector<std::string> asked_;
};

TEST_F(CompletionTest, CommandsAndTheirFlags) {
  EXPECT_THAT(Candidates("s"), UnorderedElementsAre("search", "score"));
  EXPECT_EQ(Tab("sea"), "search ");
  EXPECT_THAT(Candidates(""), Contains("use"));
  EXPECT_THAT(Candidates(""), Not(Contains("")));
  EXPECT_THAT(Candidates("--serv"), ElementsAre("--server"));
  EXPECT_EQ(Tab("--server host:1 --json mode"), "--server host:1 --json model");
  EXPECT_THAT(Candidates("search --pl"), ElementsAre("--plus"));
  EXPECT_THAT(Candidates("models --pl"), IsEmpty());
  EXPECT_THAT(Candidates("nonsense --pl"), IsEmpty());
}

TEST_F(CompletionTest, ModelsAndTables) {
  EXPECT_THAT(Candidates("model "), ElementsAre("glove", "movies"));
  EXPECT_THAT(Candidates("model glove "), IsEmpty());
  EXPECT_EQ(Tab("search g"), "search glove/words ");
  EXPECT_EQ(Tab("use m"), "use movies/");
  EXPECT_THAT(Candidates("use movies/"),
              ElementsAre("movies/items", "movies/users"));
  // Behind a flag that takes nothing.
  EXPECT_EQ(Tab("search --exact g"), "search --exact glove/words ");
  EXPECT_TRUE(asked_.empty());
}

TEST_F(CompletionTest, IdsOfTheTableThatTheLineNames) {
  EXPECT_EQ(Tab("get glove/words que"), "get glove/words queen ");
  EXPECT_THAT(asked_, ElementsAre("glove/words que"));
  EXPECT_EQ(Tab("get glove/words king que"), "get glove/words king queen ");
  EXPECT_EQ(Tab("ids glove/words --prefix que"),
            "ids glove/words --prefix queen ");
  for (const char* flag : {"--id", "--plus", "--minus", "--history", "--fuse",
                           "--fallback", "--exclude"}) {
    EXPECT_EQ(Tab(absl::StrCat("search glove/words ", flag, " que")),
              absl::StrCat("search glove/words ", flag, " queen "));
  }
  // The table may stand behind the cursor.
  EXPECT_THAT(Candidates("search --id que| glove/words"), ElementsAre("queen"));
  EXPECT_THAT(asked_, ElementsAre("glove/words que"));
}

TEST_F(CompletionTest, NoTableNoIds) {
  EXPECT_THAT(Candidates("search --id que"), IsEmpty());
  EXPECT_THAT(Candidates("get glove que"), IsEmpty());
  EXPECT_THAT(Candidates("models --id que"), IsEmpty());
  EXPECT_THAT(Candidates("search glove/words -k "), IsEmpty());
  EXPECT_TRUE(asked_.empty());
}

TEST_F(CompletionTest, IdsOfTheTableInUse) {
  source_.target = "glove/words";
  EXPECT_EQ(Tab("search --id que"), "search --id queen ");
  EXPECT_EQ(Tab("get que"), "get queen ");
  EXPECT_EQ(Tab("get king que"), "get king queen ");
  EXPECT_THAT(asked_, ElementsAre("glove/words que"));
  EXPECT_EQ(Tab("get mov"), "get movies/");
  EXPECT_EQ(Tab("get movies/items que"), "get movies/items queen ");
  EXPECT_THAT(asked_, ElementsAre("movies/items que"));
}

TEST_F(CompletionTest, WeightsAndTablesBeforeAnIdStay) {
  EXPECT_EQ(Tab("search movies/items --plus 0.5*users:que"),
            "search movies/items --plus 0.5*users:queen ");
  EXPECT_THAT(asked_, ElementsAre("movies/users que"));
  EXPECT_EQ(Tab("search glove/words --id=que"),
            "search glove/words --id=queen ");
  // --id takes no weight, get no table.
  At("search glove/words --id 0.5*que");
  EXPECT_THAT(asked_, ElementsAre("glove/words 0.5*que"));
  At("get glove/words users:que");
  EXPECT_THAT(asked_, ElementsAre("glove/words users:que"));
}

TEST_F(CompletionTest, WhatNeedsQuotesGetsThem) {
  EXPECT_EQ(Tab("get glove/words Toy\\ St"), "get glove/words 'Toy Story' ");
  EXPECT_EQ(Tab("get glove/words \"Toy St"), "get glove/words \"Toy Story\" ");
  EXPECT_EQ(Tab("get glove/words it"), "get glove/words \"it's\" ");
  // As far as all agree, and still open.
  EXPECT_EQ(Tab("get glove/words T"), "get glove/words 'Toy S");
  EXPECT_EQ(Tab("get glove/words 'Toy S"), "get glove/words 'Toy S");
  EXPECT_EQ(Tab("get glove/words gr"), "get glove/words größe");
  EXPECT_EQ(Tab("get glove/words größe"), "get glove/words größe");
}

TEST_F(CompletionTest, HalfACharacterIsNotInserted) {
  source_.ids = [](const std::string&, const std::string&) {
    return Names{{"aä", "aö"}, false};  // alike in their first two bytes
  };
  EXPECT_EQ(Tab("get glove/words a"), "get glove/words a");
}

TEST_F(CompletionTest, WhatIsNotAllOfThemDecidesNothing) {
  more_ = true;
  EXPECT_EQ(Tab("get glove/words que"), "get glove/words que");
  EXPECT_TRUE(At("get glove/words que").more);
  EXPECT_EQ(Tab("get glove/words nothing"), "get glove/words nothing");
}

class WithTargetTest : public CompletionTest {
 protected:
  std::vector<std::string> With(std::vector<std::string> words) {
    return WithTarget(source_.commands, std::move(words), "glove/words");
  }
};

TEST_F(WithTargetTest, StandsBehindTheCommandThatNamesNone) {
  EXPECT_THAT(With({"search", "--id", "king"}),
              ElementsAre("search", "glove/words", "--id", "king"));
  EXPECT_THAT(With({"--json", "get", "king"}),
              ElementsAre("--json", "get", "glove/words", "king"));
  EXPECT_THAT(With({"ids"}), ElementsAre("ids", "glove/words"));
}

TEST_F(WithTargetTest, IsNotNeededByALineThatNamesOne) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"search", "a/b", "--id", "king"},
                                             {"search", "--id", "king", "a/b"},
                                             {"models"},
                                             {"model", "glove"},
                                             {"nonsense"}}) {
    EXPECT_EQ(With(words), words);
  }
}

TEST_F(WithTargetTest, TheValueOfAFlagIsNoTable) {
  EXPECT_THAT(With({"search", "--id", "a/b"}),
              ElementsAre("search", "glove/words", "--id", "a/b"));
  EXPECT_THAT(With({"get", "--", "a/b"}),
              ElementsAre("get", "glove/words", "--", "a/b"));
  EXPECT_THAT(With({"get", "http://a/b"}),
              ElementsAre("get", "glove/words", "http://a/b"));
}

}  // namespace
}  // namespace akin::client
