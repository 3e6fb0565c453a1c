#include "tests/bench/analogies.h"

#include <cmath>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cpp/client.h"
#include "index/base/status_macros.h"
#include "tests/bench/ask_questions.h"
#include "tests/bench/child_report.h"
#include "tests/bench/machine.h"
#include "tests/bench/question_set.h"
#include "tests/bench/report.h"
#include "tests/bench/server_child.h"
#include "tests/support/real_data.h"

namespace akin::bench {
namespace {

constexpr double kTargetPoints = 0.1;

// Who answered, and which questions correctly.
struct Judged {
  std::string name;
  Answers answers;
};

std::string Key(const Question& question) {
  return absl::StrCat(question.a, " ", question.b, " ", question.c, " ",
                      question.expected);
}

absl::StatusOr<std::vector<Judged>> AskServer(const AnalogiesOptions& options,
                                              const std::string& vectors,
                                              QuestionSet* set) {
  AKIN_ASSIGN_OR_RETURN(
      const std::unique_ptr<ServerChild> server,
      ServerChild::Start({"--load", absl::StrCat("glove/words=", vectors,
                                                 ",index=", options.index)}));
  AKIN_ASSIGN_OR_RETURN(const std::unique_ptr<client::Client> client,
                        client::Client::Connect(server->address()));
  const AskedTable asked{client.get(), "glove", "words"};
  AKIN_RETURN_IF_ERROR(DropUnknownWords(asked, set));
  std::vector<Judged> judged;
  AKIN_ASSIGN_OR_RETURN(Answers exact,
                        AskQuestions(asked, set->questions, /*exact=*/true));
  judged.push_back({"akin exact", std::move(exact)});
  if (options.index == "graph") {
    AKIN_ASSIGN_OR_RETURN(Answers graph,
                          AskQuestions(asked, set->questions, /*exact=*/false));
    judged.push_back({"akin graph", std::move(graph)});
  }
  return judged;
}

// INTERNAL when gensim left out other questions than the server's vocabulary.
absl::StatusOr<Judged> AskGensim(const std::string& python,
                                 const std::string& version,
                                 const std::string& vectors,
                                 const std::string& questions,
                                 const QuestionSet& set) {
  AKIN_ASSIGN_OR_RETURN(
      const nlohmann::json report,
      RunScriptForJson(python, "gensim_analogies.py", {vectors, questions}));
  Judged judged{absl::StrCat("gensim ", version), {}};
  judged.answers.seconds = report.value("seconds", 0.0);
  std::vector<std::set<std::string>> correct;
  size_t asked = 0;
  for (const auto& section : report.at("sections")) {
    correct.emplace_back(section.at("correct").begin(),
                         section.at("correct").end());
    asked += section.at("questions").get<size_t>();
  }
  if (correct.size() != set.sections.size() || asked != set.questions.size()) {
    return absl::InternalError(absl::StrCat(
        "gensim judged ", asked, " questions in ", correct.size(),
        " sections, akin ", set.questions.size(), " in ", set.sections.size()));
  }
  for (const Question& question : set.questions) {
    judged.answers.correct.push_back(
        correct[question.section].contains(Key(question)));
  }
  return judged;
}

// Percent of the questions of a section answered correctly; of all for
// `section` = the number of sections.
double Accuracy(const QuestionSet& set, const Answers& answers,
                size_t section) {
  size_t questions = 0;
  size_t correct = 0;
  for (size_t i = 0; i < set.questions.size(); ++i) {
    if (section < set.sections.size() && set.questions[i].section != section) {
      continue;
    }
    ++questions;
    correct += answers.correct[i] ? 1 : 0;
  }
  return questions == 0 ? 0
                        : 100.0 * static_cast<double>(correct) /
                              static_cast<double>(questions);
}

size_t QuestionsOf(const QuestionSet& set, size_t section) {
  size_t count = 0;
  for (const Question& question : set.questions) {
    count += section == set.sections.size() || question.section == section;
  }
  return count;
}

template <typename T>
size_t CountDifferent(const std::vector<T>& a, const std::vector<T>& b) {
  size_t count = 0;
  for (size_t i = 0; i < a.size(); ++i) count += a[i] != b[i] ? 1 : 0;
  return count;
}

TextTable MakeTable(const QuestionSet& set, const std::vector<Judged>& judged,
                    nlohmann::ordered_json* sections) {
  std::vector<std::string> headers = {"section", "questions"};
  for (const Judged& one : judged) headers.push_back(one.name + ", %");
  TextTable table(std::move(headers));
  for (size_t section = 0; section <= set.sections.size(); ++section) {
    const std::string name =
        section < set.sections.size() ? set.sections[section] : "all";
    const size_t questions = QuestionsOf(set, section);
    std::vector<std::string> cells = {name, absl::StrCat(questions)};
    nlohmann::ordered_json figures = {{"section", name},
                                      {"questions", questions}};
    for (const Judged& one : judged) {
      const double accuracy = Accuracy(set, one.answers, section);
      cells.push_back(absl::StrFormat("%.2f", accuracy));
      figures[one.name] = accuracy;
    }
    table.AddRow(std::move(cells));
    sections->push_back(std::move(figures));
  }
  return table;
}

std::string CompareWithGensim(const QuestionSet& set, const Judged& ours,
                              const Judged& gensim) {
  const size_t all = set.sections.size();
  const double difference =
      Accuracy(set, ours.answers, all) - Accuracy(set, gensim.answers, all);
  return absl::StrFormat(
      "%s less gensim: %+.3f points, target within %g: %s; %d of %d questions "
      "judged differently.",
      ours.name, difference, kTargetPoints,
      std::abs(difference) <= kTargetPoints ? "met" : "missed",
      CountDifferent(ours.answers.correct, gensim.answers.correct),
      set.questions.size());
}

}  // namespace

absl::Status BenchAnalogies(const AnalogiesOptions& options) {
  const std::string vectors =
      RealData("glove-6b-50d-200k/glove.6B.50d.200k.txt.gz");
  const std::string questions = RealData("word-eval/questions-words.txt");
  if (vectors.empty() || questions.empty()) {
    std::puts("skipped: no data");
    return absl::OkStatus();
  }
  const Machine machine = ThisMachine();
  AKIN_ASSIGN_OR_RETURN(QuestionSet set, ReadQuestionSet(questions));
  const size_t all_questions = set.questions.size();
  std::fprintf(stderr, "analogies: akin, index %s\n", options.index.c_str());
  AKIN_ASSIGN_OR_RETURN(std::vector<Judged> judged,
                        AskServer(options, vectors, &set));
  std::vector<std::string> notes;
  if (options.index == "graph") {
    const Answers& exact = judged.front().answers;
    const Answers& graph = judged.back().answers;
    notes.push_back(absl::StrFormat(
        "The graph compares %.0f vectors a question, exact search %.0f; it "
        "answers %d of %d questions with another word.",
        graph.distances, exact.distances,
        CountDifferent(exact.words, graph.words), graph.words.size()));
  }
  const std::string gensim = FindGensim(options.python);
  if (gensim.empty()) {
    notes.push_back(
        absl::StrCat(options.python, " has no gensim: akin alone was asked."));
  } else {
    std::fprintf(stderr, "analogies: gensim %s\n", gensim.c_str());
    AKIN_ASSIGN_OR_RETURN(
        Judged judged_gensim,
        AskGensim(options.python, gensim, vectors, questions, set));
    for (const Judged& ours : judged) {
      notes.push_back(CompareWithGensim(set, ours, judged_gensim));
    }
    judged.push_back(std::move(judged_gensim));
  }
  notes.push_back(absl::StrCat(all_questions - set.questions.size(), " of ",
                               all_questions,
                               " questions have an unknown word and were "
                               "skipped."));
  nlohmann::ordered_json sections = nlohmann::ordered_json::array();
  TextTable table = MakeTable(set, judged, &sections);
  nlohmann::ordered_json figures = {{"index", options.index},
                                    {"sections", std::move(sections)}};
  std::string seconds;
  for (const Judged& one : judged) {
    absl::StrAppend(&seconds, seconds.empty() ? "" : ", ", one.name, " ",
                    absl::StrFormat("%.1f s", one.answers.seconds));
    figures["seconds"][one.name] = one.answers.seconds;
    if (one.answers.distances > 0) {
      figures["distances"][one.name] = one.answers.distances;
    }
  }
  notes.push_back(absl::StrCat("Answering took ", seconds,
                               ": one run, no measure of speed."));
  Print({"analogies", machine, std::move(table), std::move(notes),
         std::move(figures)});
  return absl::OkStatus();
}

}  // namespace akin::bench
