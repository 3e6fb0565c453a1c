#include "tests/bench/versions/swap_requests.h"

#include <cstddef>

#include "tests/bench/versions/swap_answers.h"

namespace akin::bench {

std::vector<v1::SearchRequest> SwapRequests(const SwapSizes& sizes) {
  std::vector<v1::SearchRequest> requests(sizes.users);
  for (size_t user = 0; user < requests.size(); ++user) {
    requests[user].set_model(kSwapModel);
    requests[user].set_table(kSwapItems);
    requests[user].mutable_options()->set_k(10);
    v1::ItemRef* id = requests[user].mutable_query()->mutable_id();
    id->set_table(kSwapUsers);
    id->set_id(SwapUserId(user));
  }
  return requests;
}

}  // namespace akin::bench
