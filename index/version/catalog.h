// The versions that are served, by model, number and label.
//
// Thread-safe. A reader pins a version by holding the pointer; what it sees
// never changes under it.
//
// Readers have no lock in common: what is served stands in an immutable state,
// of which each of some shards holds a pointer under a lock of its own, and a
// thread always asks the same shard. Publishing goes round all shards.

#ifndef AKIN_INDEX_VERSION_CATALOG_H_
#define AKIN_INDEX_VERSION_CATALOG_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/base/mutex.h"
#include "index/version/labels.h"
#include "index/version/version.h"

namespace akin {

// Who asks. The same key is answered by the same version as long as the labels
// and their shares stay, on every server.
struct RoutingKey {
  absl::string_view key;
};

// By number, by label, or neither: the one labelled kStableLabel, or for a
// share of the routing keys the one labelled kCanaryLabel.
using VersionChoice =
    std::variant<std::monostate, int64_t, absl::string_view, RoutingKey>;

// Who is to be asked the same, unseen by the caller, where `share` says so.
struct ShadowChoice {
  std::shared_ptr<const Version> version;  // null: nobody
  double share = 0;
};

struct PublishedModel {
  std::string name;
  std::vector<std::shared_ptr<const Version>> versions;  // newest first
  Labels labels;  // each of a version above
};

class Catalog {
 public:
  // Makes `version` visible with all its tables, and moves `labels` to it, at
  // once. ALREADY_EXISTS: the model has a version of that number.
  absl::Status Publish(std::shared_ptr<const Version> version,
                       const std::vector<std::string>& labels = {
                           std::string(kStableLabel)});

  // All labels of the model from now on, at once. NOT_FOUND: no such model, or
  // a label of a version that it does not have; nothing is changed.
  absl::Status Relabel(absl::string_view model, Labels labels);

  // Nobody can pin it from now on; who has, keeps it. Returned so that the
  // caller chooses when to let it go. NOT_FOUND: no such model or version.
  // FAILED_PRECONDITION: it has a label.
  absl::StatusOr<std::shared_ptr<const Version>> Retire(absl::string_view model,
                                                        int64_t number);

  // NOT_FOUND: no such model, version or label. `shadow`, unless null, is set
  // where the caller left the choice to us and kStableLabel answers.
  absl::StatusOr<std::shared_ptr<const Version>> Pin(
      absl::string_view model, const VersionChoice& choice,
      ShadowChoice* shadow = nullptr) const;

  // NOT_FOUND: no such model.
  absl::StatusOr<PublishedModel> Find(absl::string_view model) const;

  // By name.
  std::vector<PublishedModel> List() const;

 private:
  struct Entry {
    std::vector<std::shared_ptr<const Version>> versions;  // newest first
    Labels labels;

    // Null if it is not there.
    std::shared_ptr<const Version> Find(int64_t number) const;
    const LabelTarget* Labelled(absl::string_view label) const;
  };
  using State = absl::flat_hash_map<std::string, Entry>;

  struct alignas(64) Shard {
    Mutex mutex;
    std::shared_ptr<const State> state ABSL_GUARDED_BY(mutex) =
        std::make_shared<State>();
  };

  std::shared_ptr<const State> Now() const;
  void Replace(std::shared_ptr<const State> state);
  static absl::StatusOr<const Entry*> FindEntry(const State& state,
                                                absl::string_view model);
  static absl::StatusOr<std::shared_ptr<const Version>> Choose(
      const State& state, absl::string_view model, const VersionChoice& choice,
      ShadowChoice* shadow);

  Mutex publishing_;
  mutable std::array<Shard, 16> shards_;
};

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_CATALOG_H_
