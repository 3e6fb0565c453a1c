// Members of a manifest's JSON objects, each held against what it has to be.

#ifndef AKIN_INDEX_VERSION_MANIFEST_FIELDS_H_
#define AKIN_INDEX_VERSION_MANIFEST_FIELDS_H_

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace akin::manifest {

using Json = nlohmann::ordered_json;

// Where in a manifest something is, and how to say that it is not.
class Place {
 public:
  Place(absl::string_view path, std::string where)
      : path_(path), where_(std::move(where)) {}

  absl::Status Wrong(absl::string_view name, absl::string_view expected) const {
    return absl::DataLossError(absl::StrCat(path_, ": ", where_, "\"", name,
                                            "\": expected ", expected));
  }
  Place At(absl::string_view name) const {
    return Place(path_, absl::StrCat(where_, name, ": "));
  }

 private:
  absl::string_view path_;
  std::string where_;
};

// Each is DATA_LOSS unless `json`, an object, has such a member.

inline absl::Status Get(const Json& json, const char* name, const Place& place,
                        std::string* out) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_string()) {
    return place.Wrong(name, "a string");
  }
  *out = found->get<std::string>();
  return absl::OkStatus();
}

template <class T>
absl::Status GetWhole(const Json& json, const char* name, const Place& place,
                      uint64_t most, T* out) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_unsigned() ||
      found->get<uint64_t>() > most) {
    return place.Wrong(name, absl::StrCat("a number of at most ", most));
  }
  *out = static_cast<T>(found->get<uint64_t>());
  return absl::OkStatus();
}

template <class T>
absl::Status GetNumber(const Json& json, const char* name, const Place& place,
                       T* out) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number() ||
      !std::isfinite(found->get<double>())) {
    return place.Wrong(name, "a number");
  }
  *out = static_cast<T>(found->get<double>());
  return absl::OkStatus();
}

// OK if there is none.
inline absl::Status GetOptional(const Json& json, const char* name,
                                const Place& place,
                                std::optional<double>* out) {
  if (!json.contains(name)) return absl::OkStatus();
  return GetNumber(json, name, place, &out->emplace());
}

inline absl::StatusOr<const Json*> GetList(const Json& json, const char* name,
                                           const Place& place) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_array()) {
    return place.Wrong(name, "a list");
  }
  return &*found;
}

inline absl::StatusOr<const Json*> GetObject(const Json& json, const char* name,
                                             const Place& place) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_object()) {
    return place.Wrong(name, "an object");
  }
  return &*found;
}

}  // namespace akin::manifest

#endif  // AKIN_INDEX_VERSION_MANIFEST_FIELDS_H_
