#include "client/cli/vocabulary.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/upper_case.h"
#include "client/cli/wording.h"

namespace akin::client {
namespace {

constexpr int64_t kPage = 10'000;

}  // namespace

Vocabulary::Vocabulary(std::vector<std::string> ids, bool case_sensitive)
    : case_sensitive_(case_sensitive), ids_(std::move(ids)) {
  known_.reserve(ids_.size());
  first_.reserve(ids_.size());
  for (size_t i = 0; i < ids_.size(); ++i) {
    known_.insert(ids_[i]);
    first_.emplace(KeyOf(ids_[i]), i);
  }
}

std::optional<size_t> Vocabulary::Find(absl::string_view word) const {
  const auto found = first_.find(KeyOf(word));
  if (found == first_.end()) return std::nullopt;
  return found->second;
}

std::string Vocabulary::KeyOf(absl::string_view word) const {
  return case_sensitive_ ? std::string(word) : UpperCase(word);
}

absl::StatusOr<ReadWords> ReadVocabulary(const Client& client,
                                         const Target& target, int64_t most,
                                         bool case_sensitive,
                                         ProgressLine* progress) {
  v1::ListIdsRequest request;
  SetTarget(target, &request);
  std::vector<std::string> ids;
  for (;;) {
    const int64_t left = most - static_cast<int64_t>(ids.size());
    request.set_page_size(static_cast<uint32_t>(std::min(left, kPage)));
    const auto response = client.ListIds(request);
    if (!response.ok()) return response.status();
    ids.insert(ids.end(), response->ids().begin(), response->ids().end());
    const bool whole = response->next_page_token().empty();
    if (whole || static_cast<int64_t>(ids.size()) >= most) {
      return ReadWords{response->version(), whole,
                       Vocabulary(std::move(ids), case_sensitive)};
    }
    progress->Show(absl::StrCat("reading ids: ", WithSeparators(ids.size())));
    request.set_page_token(response->next_page_token());
    request.set_version(response->version());
  }
}

}  // namespace akin::client
