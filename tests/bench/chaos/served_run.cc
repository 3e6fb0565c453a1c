#include "tests/bench/chaos/served_run.h"

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/bench/versions/swap_answers.h"
#include "tests/bench/versions/swap_requests.h"

namespace akin::bench {

absl::StatusOr<std::unique_ptr<ServerChild>> ServeRuns(
    const std::string& runs) {
  return ServerChild::Start({"--repository", runs});
}

absl::Status CheckAnswers(const std::string& address, const SwapSizes& sizes) {
  const auto requests = SwapRequests(sizes);
  size_t wrong = 0;
  Load load;
  load.kind = CallKind::kSearch;
  load.searches = &requests;
  load.outstanding = 8;
  load.seconds = 60;
  load.most_calls = requests.size();
  load.on_answer = [&](const Answered& answered) {
    std::vector<absl::string_view> ids;
    for (const v1::Hit& hit : answered.response.hits()) {
      ids.push_back(hit.id());
    }
    wrong += FaultOf(answered.response.version(), answered.asked, sizes.items,
                     ids) != AnswerFault::kNone;
  };
  const LoadResult result = Generator(address, 1).Run(load);
  if (result.ok == requests.size() && wrong == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(
      "of ", requests.size(), " calls ", result.ok, " were answered and ",
      wrong, " of these wrongly: ", result.first_failure));
}

absl::StatusOr<LoadResult> AskWhile(
    const std::string& address, const std::vector<v1::SearchRequest>& requests,
    const std::function<absl::Status()>& work) {
  Generator generator(address, 1);
  std::atomic<bool> stop = false;
  Load load;
  load.kind = CallKind::kSearch;
  load.searches = &requests;
  load.outstanding = 8;
  load.seconds = 3600;
  load.stop = &stop;
  absl::Status worked;
  std::thread worker([&] {
    worked = work();
    stop = true;
  });
  LoadResult result = generator.Run(load);
  worker.join();
  if (!worked.ok()) return worked;
  return result;
}

}  // namespace akin::bench
