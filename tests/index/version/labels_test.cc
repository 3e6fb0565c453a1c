#include "index/version/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace akin {
namespace {

using absl::StatusCode;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class LabelsTest : public testing::Test {
 protected:
  LabelsTest() { std::filesystem::create_directories(dir_.Path("repo/m")); }

  void Write(const std::string& text) const {
    std::ofstream(path_, std::ios::binary) << text;
  }
  absl::StatusOr<Labels> Read() const { return ReadLabels(repository_, "m"); }
  absl::Status Set(const std::string& name, const LabelTarget& target) const {
    return ChangeLabels(repository_, "m",
                        [&](Labels* labels) {
                          (*labels)[name] = target;
                          return absl::OkStatus();
                        })
        .status();
  }

  TempDir dir_;
  const std::string repository_ = dir_.Path("repo");
  const std::string path_ = repository_ + "/m/LABELS.json";
};

TEST_F(LabelsTest, NobodyHasSetAny) {
  const auto labels = Read();
  ASSERT_THAT(labels, IsOk());
  EXPECT_THAT(*labels, IsEmpty());
}

TEST_F(LabelsTest, WhatIsWrittenIsReadAgain) {
  // A share that no short decimal number is.
  const LabelTarget canary{5, 1.0 / 3, 0.01, 9};
  ASSERT_THAT(Set("stable", {4}), IsOk());
  ASSERT_THAT(Set("canary", canary), IsOk());
  ASSERT_THAT(Set("v9.old-one", {INT64_MAX}), IsOk());
  const auto labels = Read();
  ASSERT_THAT(labels, IsOk());
  EXPECT_THAT(*labels, ElementsAre(Pair("canary", canary),
                                   Pair("stable", LabelTarget{4}),
                                   Pair("v9.old-one", LabelTarget{INT64_MAX})));
  // Nothing is left beside it.
  for (const auto& entry :
       std::filesystem::directory_iterator(repository_ + "/m")) {
    EXPECT_THAT(entry.path().filename().string(),
                testing::AnyOf("LABELS.json", ".lock"));
  }
}

TEST_F(LabelsTest, IsWrittenAsTheHeaderShows) {
  Write(R"({"labels": {"stable": {"version": 4, "previous": 3},
               "canary": {"version": 5, "share": 0.05, "shadow_share": 1}}})");
  const auto labels = Read();
  ASSERT_THAT(labels, IsOk());
  EXPECT_THAT(*labels, ElementsAre(Pair("canary", LabelTarget{5, 0.05, 1}),
                                   Pair("stable", LabelTarget{4, 0, 0, 3})));
}

TEST_F(LabelsTest, AnythingElseIsRefusedAndSaysWhere) {
  const struct {
    std::string text;
    std::string sentence;
  } kCases[] = {
      {"", "the file: expected {\"labels\": {...}}"},
      {"not json", "the file: expected"},
      {"{\"labels\": {}", "the file: expected"},
      {"{\"labels\": {}} x", "the file: expected"},
      {"[]", "the file: expected"},
      {"null", "the file: expected"},
      {"{}", "the file: expected"},
      {R"({"label": {}})", "the file: expected"},
      {R"({"labels": {}, "more": 1})", "the file: expected"},
      {R"({"labels": []})", "the file: expected"},
      {R"({"labels": null})", "the file: expected"},
      {"{\"labels\": {\"\xff\": {\"version\": 1}}}", "the file: expected"},
      {R"({"labels": {"stable": 4}})", "stable: expected an object"},
      {R"({"labels": {"stable": {}}})", "version is 0, expected at least 1"},
      {R"({"labels": {"stable": {"version": 0}}})", "version is 0"},
      {R"({"labels": {"stable": {"version": -4}}})",
       "stable: version: expected a whole number"},
      {R"({"labels": {"stable": {"version": 4.5}}})", "stable: version: "},
      {R"({"labels": {"stable": {"version": "4"}}})", "stable: version: "},
      {R"({"labels": {"stable": {"version": true}}})", "stable: version: "},
      {R"({"labels": {"stable": {"version": 1e3}}})", "stable: version: "},
      {R"({"labels": {"stable": {"version": 9223372036854775808}}})",
       "expected at least 1"},
      {R"({"labels": {"stable": {"version": 18446744073709551617}}})",
       "stable: version: "},
      {R"({"labels": {"stable": {"version": 1, "weight": 2}}})",
       "stable: weight: expected version, previous, share or shadow_share"},
      {R"({"labels": {"stable": {"version": 1, "share": 0.5}}})",
       "label stable has a share, expected of canary only"},
      {R"({"labels": {"other": {"version": 1, "shadow_share": 0.5}}})",
       "label other has a share"},
      {R"({"labels": {"canary": {"version": 1, "share": 1.01}}})",
       "share is 1.01"},
      {R"({"labels": {"canary": {"version": 1, "share": -0.1}}})",
       "share is -0.1"},
      {R"({"labels": {"canary": {"version": 1, "shadow_share": 2}}})",
       "shadow_share 2"},
      {R"({"labels": {"canary": {"version": 1, "share": 1e999}}})", ""},
      {R"({"labels": {"canary": {"version": 1, "share": "0.5"}}})",
       "canary: share: expected a number"},
      {R"({"labels": {"canary": {"version": 1, "share": null}}})",
       "canary: share: expected a number"},
      {R"({"labels": {"": {"version": 1}}})", "label name is \"\""},
      {R"({"labels": {"a/b": {"version": 1}}})", "label name is \"a/b\""},
      {R"({"labels": {".x": {"version": 1}}})", "label name is \".x\""},
      {R"({"labels": {"a\nb": 1}})", "label name is \"a\\nb\""},
  };
  for (const auto& [text, sentence] : kCases) {
    Write(text);
    EXPECT_THAT(Read(), IsStatus(StatusCode::kInvalidArgument,
                                 AllOf(HasSubstr(path_), HasSubstr(sentence))))
        << text;
  }
}

TEST_F(LabelsTest, ANameOfAnyLengthIsNotSaid) {
  Write(absl::StrCat("{\"labels\": {\"", std::string(100'000, 'x'), "\": 1}}"));
  const absl::Status status = Read().status();
  EXPECT_THAT(status, IsStatus(StatusCode::kInvalidArgument,
                               HasSubstr("expected 1 to 128 letters")));
  EXPECT_LT(status.message().size(), 1000u);
}

TEST_F(LabelsTest, TooMuchIsRefused) {
  std::string many;
  for (size_t i = 0; i <= kMaxLabels; ++i) {
    absl::StrAppend(&many, i > 0 ? "," : "", "\"l", i, "\": {\"version\": 1}");
  }
  Write(absl::StrCat("{\"labels\": {", many, "}}"));
  EXPECT_THAT(Read(), IsStatus(StatusCode::kInvalidArgument,
                               HasSubstr("labels: expected at most 100")));
  Write(std::string((1 << 20) + 1, ' '));
  EXPECT_THAT(Read(), IsStatus(StatusCode::kDataLoss));
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_THAT(Read(), IsStatus(StatusCode::kDataLoss));
}

TEST_F(LabelsTest, TheHundredthIsTheLast) {
  for (size_t i = 0; i < kMaxLabels; ++i) {
    ASSERT_THAT(Set(absl::StrCat("l", i), {1}), IsOk());
  }
  EXPECT_THAT(Set("one-more", {1}),
              IsStatus(StatusCode::kInvalidArgument,
                       "model m would have 101 labels, expected at most 100"));
  EXPECT_THAT(*Read(), SizeIs(kMaxLabels));
  EXPECT_THAT(Set("l7", {2}), IsOk()) << "one that is there can be moved";
}

TEST_F(LabelsTest, ANameThatIsNoFoldersIsRefused) {
  EXPECT_THAT(ReadLabels(repository_, "../m"),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("model name")));
  EXPECT_THAT(
      ChangeLabels(repository_, "", [](Labels*) { return absl::OkStatus(); }),
      IsStatus(StatusCode::kInvalidArgument, HasSubstr("model name")));
}

TEST_F(LabelsTest, ARefusedChangeWritesNothing) {
  ASSERT_THAT(Set("stable", {4}), IsOk());
  const auto written = std::filesystem::last_write_time(path_);
  EXPECT_THAT(ChangeLabels(repository_, "m",
                           [](Labels* labels) {
                             labels->clear();
                             return absl::NotFoundError("no");
                           }),
              IsStatus(StatusCode::kNotFound, "no"));
  EXPECT_THAT(*Read(), ElementsAre(Pair("stable", LabelTarget{4})));
  EXPECT_EQ(std::filesystem::last_write_time(path_), written);
}

TEST_F(LabelsTest, ARepositoryThatCannotBeWrittenSaysSo) {
  const auto nothing = [](Labels*) { return absl::OkStatus(); };
  const auto refused = IsStatus(
      StatusCode::kFailedPrecondition,
      HasSubstr("labels of model m cannot be kept in the repository: "));
  // No folder; a file where the folder should be.
  EXPECT_THAT(ChangeLabels(dir_.Path("nowhere"), "m", nothing), refused);
  EXPECT_THAT(ChangeLabels(dir_.Write("file", "x"), "m", nothing), refused);
  EXPECT_THAT(ReadLabels(dir_.Path("file"), "m"),
              IsStatus(StatusCode::kFailedPrecondition));
  // A folder where the file should be.
  std::filesystem::create_directory(path_);
  EXPECT_THAT(ChangeLabels(repository_, "m", nothing), refused);
  EXPECT_TRUE(std::filesystem::is_directory(path_));
}

TEST_F(LabelsTest, DamagedOnesAreNotWrittenOver) {
  Write("{\"labels\": ");
  bool asked = false;
  EXPECT_THAT(ChangeLabels(repository_, "m",
                           [&](Labels*) {
                             asked = true;
                             return absl::OkStatus();
                           }),
              IsStatus(StatusCode::kFailedPrecondition, HasSubstr(path_)));
  EXPECT_FALSE(asked);
  EXPECT_EQ(std::filesystem::file_size(path_), 11u);
}

TEST_F(LabelsTest, NoChangeIsLostWhenManyChangeAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kEach = 20;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_THAT(Set(absl::StrCat("t", t, "-", i), {i + 1}), IsOk());
        EXPECT_THAT(ChangeLabels(repository_, "m",
                                 [](Labels* labels) {
                                   ++(*labels)["stable"].version;
                                   return absl::OkStatus();
                                 }),
                    IsOk());
        // Who reads meanwhile finds whole labels.
        EXPECT_THAT(Read(), IsOk());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto labels = Read();
  ASSERT_THAT(labels, IsOk());
  EXPECT_THAT(*labels, SizeIs(kThreads * kEach + 1));
  EXPECT_EQ(labels->at("stable").version, kThreads * kEach);
}

TEST(CheckNewLabelName, RefusesWhatReadsLikeAVersion) {
  for (const char* name :
       {"stable", "canary", "release-7", "7a", "1.5", "latest-but-one"}) {
    EXPECT_THAT(CheckNewLabelName(name), IsOk()) << name;
  }
  EXPECT_THAT(CheckNewLabelName("7"),
              IsStatus(StatusCode::kInvalidArgument,
                       "label name is \"7\", which reads like a version; "
                       "expected another, such as release-7"));
  for (const char* name :
       {"0", "007", "99999999999999999999", "latest", "LATEST"}) {
    EXPECT_THAT(CheckNewLabelName(name),
                IsStatus(StatusCode::kInvalidArgument,
                         HasSubstr("reads like a version")));
  }
  EXPECT_THAT(CheckNewLabelName("a b"), IsStatus(StatusCode::kInvalidArgument));
  EXPECT_THAT(CheckLabel("7", {1}), IsOk()) << "one that is there is read";
}

TEST(CheckLabel, NamesNumbersAndShares) {
  EXPECT_THAT(CheckLabel("stable", {1}), IsOk());
  EXPECT_THAT(CheckLabel("canary", {1, 0, 1}), IsOk());
  EXPECT_THAT(CheckLabel("canary", {1, 1, 0}), IsOk());
  EXPECT_THAT(CheckLabel("a b", {1}), IsStatus(StatusCode::kInvalidArgument));
  EXPECT_THAT(CheckLabel("stable", {-1}),
              IsStatus(StatusCode::kInvalidArgument, HasSubstr("-1")));
  for (const double share : {-0.001, 1.001, std::nan(""), HUGE_VAL}) {
    EXPECT_THAT(CheckLabel("canary", {1, share, 0}),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr("share is")));
    EXPECT_THAT(CheckLabel("canary", {1, 0, share}),
                IsStatus(StatusCode::kInvalidArgument, HasSubstr("0 to 1")));
  }
}

}  // namespace
}  // namespace akin
