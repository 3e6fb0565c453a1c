#include "index/version/version.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "index/base/error_facts.h"
#include "index/base/spelling.h"

namespace akin {

void IndexedTable::DropVectors() {
  exact_.emplace(&table_, codes_.get(), Scored::kDecoded);
  table_.DropVectors(
      [codes = codes_.get()](uint32_t row, absl::Span<float> out) {
        codes->Decode(row, out.data());
      });
}

size_t Version::memory_bytes() const {
  size_t bytes = 0;
  for (const auto& table : tables_) bytes += table->memory_bytes();
  return bytes;
}

absl::StatusOr<const IndexedTable*> Version::FindTable(
    absl::string_view name) const {
  const auto find = [this](absl::string_view wanted) {
    return std::find_if(tables_.begin(), tables_.end(), [&](const auto& table) {
      return table->table().name() == wanted;
    });
  };
  if (const auto it = find(name); it != tables_.end()) return it->get();
  std::vector<std::string> names;
  names.reserve(tables_.size());
  for (const auto& table : tables_) names.push_back(table->table().name());
  return UnknownNameError("table", name,
                          absl::StrCat("model ", model_, " version ", number_,
                                       ", which has ", SomeOf(names)),
                          NearSpellings(name, [&](absl::string_view candidate) {
                            return find(candidate) != tables_.end();
                          }));
}

}  // namespace akin
