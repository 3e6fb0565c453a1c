// Asks the version labelled canary what stable has just answered, unseen by the
// caller, and records how much the answers have in common.
//
// Thread-safe. Nobody waits for it: there is one thread, which gives way, and
// what it cannot keep up with is counted and dropped.

#ifndef AKIN_SERVER_SHADOW_H_
#define AKIN_SERVER_SHADOW_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "akin/v1/search_service.pb.h"
#include "index/base/mutex.h"
#include "index/version/catalog.h"
#include "server/task_thread.h"

namespace akin::server {

struct ShadowResult {
  int64_t stable = 0;  // the versions that were asked
  int64_t canary = 0;
  uint64_t queries = 0;    // asked again and compared
  double overlap_sum = 0;  // share of the ids that both answers have
  uint64_t failed = 0;     // only the canary could not answer
  uint64_t skipped = 0;    // not asked again, for want of time
};

class Shadow {
 public:
  // Whether this call is one of the share.
  static bool IsDue(const ShadowChoice& choice);

  // `response` is what stable answered to `request`. Copies both, unless they
  // are so large that many waiting would take much memory: then it is skipped.
  void Offer(std::shared_ptr<const Version> canary,
             const v1::SearchRequest& request,
             const v1::SearchResponse& response);

  // Of the pair of versions that was asked last.
  ShadowResult Of(const std::string& model) const;

 private:
  // Null when other versions are asked by now.
  ShadowResult* Find(const std::string& model, int64_t stable, int64_t canary)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Ask(const Version& canary, const v1::SearchRequest& request,
           const v1::SearchResponse& response);

  mutable Mutex mutex_;
  std::map<std::string, ShadowResult> results_ ABSL_GUARDED_BY(mutex_);
  TaskThread thread_{"queries", 64, /*gives_way=*/true};  // last
};

}  // namespace akin::server

#endif  // AKIN_SERVER_SHADOW_H_
