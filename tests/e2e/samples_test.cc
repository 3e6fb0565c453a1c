// The README shows what the sample vectors answer; this holds it to that.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/fixture.h"

namespace akin {
namespace {

using ::testing::HasSubstr;

constexpr char kSamples[] = AKIN_SOURCE_DIR "/deploy/samples";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Samples, AnswerAsTheReadmeSays) {
  TestServer server(
      {"--load", absl::StrCat("wiki/words=", kSamples, "/words.txt.gz"),
       "--load",
       absl::StrCat("anime/users=", kSamples, "/users.npy,ids=", kSamples,
                    "/users.txt,metric=dot"),
       "--load",
       absl::StrCat("anime/items=", kSamples, "/items.npy,ids=", kSamples,
                    "/items.txt,metric=dot")});
  const std::string address = server.WaitUntilServing();
  ASSERT_FALSE(address.empty()) << server.process().errors();
  const std::string readme = ReadFile(AKIN_SOURCE_DIR "/README.md");
  const std::string quickstart = ReadFile(AKIN_SOURCE_DIR "/deploy/quickstart");

  const std::vector<std::string> questions = {
      "search wiki/words --id beethoven -k 5",
      "search wiki/words --plus king --plus woman --minus man -k 3",
      "search anime/items --id users:u996 -k 5"};
  for (const std::string& question : questions) {
    EXPECT_THAT(readme, HasSubstr("$ akin " + question));
    EXPECT_THAT(quickstart, HasSubstr(question));
    std::vector<std::string> arguments = absl::StrSplit(question, ' ');
    arguments.insert(arguments.begin(), {"--server", address});
    const CliResult result = RunAkin(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    // All but the last line, which counts the work done.
    std::vector<std::string> lines = absl::StrSplit(result.output, '\n');
    ASSERT_GT(lines.size(), 4u);
    for (size_t i = 0; i + 2 < lines.size(); ++i) {
      EXPECT_THAT(readme, HasSubstr(lines[i]));
    }
  }
}

}  // namespace
}  // namespace akin
