#include "tests/bench/ask_questions.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "akin/v1/search_service.pb.h"
#include "client/cpp/call_status.h"
#include "index/base/status_macros.h"
#include "tests/bench/stopwatch.h"

namespace akin::bench {
namespace {

constexpr size_t kQueriesOfCall = 1000;
// As many as gensim looks at: the server leaves the three words out, but not
// their spellings in capitals.
constexpr uint32_t kHits = 5;

absl::StatusOr<bool> Knows(const AskedTable& asked, const std::string& word) {
  v1::GetVectorsRequest request;
  request.set_model(asked.model);
  request.set_table(asked.table);
  request.add_ids(word);
  const auto response = asked.client->GetVectors(request);
  if (absl::IsNotFound(response.status())) return false;
  if (!response.ok()) return response.status();
  return true;
}

void AddTerm(const std::string& word,
             google::protobuf::RepeatedPtrField<v1::Term>* terms) {
  terms->Add()->mutable_id()->set_id(word);
}

v1::BatchSearchRequest MakeRequest(const AskedTable& asked,
                                   absl::Span<const Question> questions,
                                   bool exact) {
  v1::BatchSearchRequest request;
  request.set_model(asked.model);
  request.set_table(asked.table);
  request.mutable_options()->set_k(kHits);
  request.mutable_options()->set_exact(exact);
  for (const Question& question : questions) {
    v1::Combination* sum = request.add_queries()->mutable_combination();
    sum->set_method(v1::COMBINATION_METHOD_3COSADD);
    AddTerm(question.b, sum->mutable_plus());
    AddTerm(question.c, sum->mutable_plus());
    AddTerm(question.a, sum->mutable_minus());
  }
  return request;
}

// Empty when all hits are among the question's words.
std::string AnswerOf(const Question& question, const v1::BatchResult& result) {
  for (const v1::Hit& hit : result.hits()) {
    std::string word = absl::AsciiStrToLower(hit.id());
    if (word != question.a && word != question.b && word != question.c) {
      return word;
    }
  }
  return "";
}

}  // namespace

absl::Status DropUnknownWords(const AskedTable& asked, QuestionSet* set) {
  std::map<std::string, bool> known;
  std::vector<Question> kept;
  for (Question& question : set->questions) {
    bool all = true;
    for (const std::string* word :
         {&question.a, &question.b, &question.c, &question.expected}) {
      auto it = known.find(*word);
      if (it == known.end()) {
        AKIN_ASSIGN_OR_RETURN(const bool knows, Knows(asked, *word));
        it = known.emplace(*word, knows).first;
      }
      all = all && it->second;
    }
    if (all) kept.push_back(std::move(question));
  }
  set->questions = std::move(kept);
  return absl::OkStatus();
}

absl::StatusOr<Answers> AskQuestions(const AskedTable& asked,
                                     absl::Span<const Question> questions,
                                     bool exact) {
  Answers answers;
  for (size_t begin = 0; begin < questions.size(); begin += kQueriesOfCall) {
    const auto chunk = questions.subspan(begin, kQueriesOfCall);
    const v1::BatchSearchRequest request = MakeRequest(asked, chunk, exact);
    const Stopwatch watch;
    AKIN_ASSIGN_OR_RETURN(const v1::BatchSearchResponse response,
                          asked.client->BatchSearch(request));
    answers.seconds += watch.seconds();
    if (static_cast<size_t>(response.results_size()) != chunk.size()) {
      return absl::InternalError(absl::StrCat("the server answered ",
                                              response.results_size(), " of ",
                                              chunk.size(), " questions"));
    }
    for (size_t i = 0; i < chunk.size(); ++i) {
      const v1::BatchResult& result = response.results(static_cast<int>(i));
      if (result.has_error()) return client::StatusOf(result.error());
      answers.words.push_back(AnswerOf(chunk[i], result));
      answers.correct.push_back(answers.words.back() == chunk[i].expected);
      answers.distances += static_cast<double>(result.stats().distances()) /
                           static_cast<double>(questions.size());
    }
  }
  return answers;
}

}  // namespace akin::bench
