// The words that an evaluation may ask about.
#ifndef AKIN_CLIENT_CLI_VOCABULARY_H_
#define AKIN_CLIENT_CLI_VOCABULARY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/progress_line.h"
#include "client/cli/target.h"
#include "client/cpp/client.h"

namespace akin::client {

// The first ids of a table, in the order of the trained file: of vectors that
// were trained from text the most frequent words. Words are looked up as gensim
// does: without regard to case unless `case_sensitive`, and of ids that differ
// in case only the first counts.
class Vocabulary {
 public:
  Vocabulary(std::vector<std::string> ids, bool case_sensitive);
  Vocabulary(Vocabulary&&) = default;
  Vocabulary& operator=(Vocabulary&&) = default;

  size_t size() const { return ids_.size(); }
  const std::vector<std::string>& ids() const { return ids_; }

  // The place of the id that `word` stands for.
  std::optional<size_t> Find(absl::string_view word) const;
  bool Contains(const std::string& id) const { return known_.contains(id); }
  // What two words have in common that are the same one.
  std::string KeyOf(absl::string_view word) const;

 private:
  bool case_sensitive_;
  std::vector<std::string> ids_;
  std::unordered_set<std::string_view> known_;     // into ids_
  std::unordered_map<std::string, size_t> first_;  // by key
};

struct ReadWords {
  int64_t version = 0;  // that they are of
  bool whole = false;   // the table has no more
  Vocabulary vocabulary;
};

// Reads the first `most` ids, at least 1, page by page.
absl::StatusOr<ReadWords> ReadVocabulary(const Client& client,
                                         const Target& target, int64_t most,
                                         bool case_sensitive,
                                         ProgressLine* progress);

}  // namespace akin::client

#endif  // AKIN_CLIENT_CLI_VOCABULARY_H_
