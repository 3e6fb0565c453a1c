// One training run of a model, loaded: tables that share a vector space and are
// published, searched and retired together. Immutable, so thread-safe.

#ifndef AKIN_INDEX_VERSION_VERSION_H_
#define AKIN_INDEX_VERSION_VERSION_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "index/search/exact_searcher.h"
#include "index/search/searcher.h"
#include "index/table/attributes.h"
#include "index/table/codes.h"
#include "index/table/table.h"
#include "index/version/load_report.h"

namespace akin {

// A table with its index. Does not move: the searchers point into it.
class IndexedTable {
 public:
  explicit IndexedTable(Table table) : table_(std::move(table)) {
    exact_.emplace(&table_);
  }
  IndexedTable(const IndexedTable&) = delete;
  IndexedTable& operator=(const IndexedTable&) = delete;

  const Table& table() const { return table_; }
  const LoadReport& report() const { return report_; }

  // How queries are answered, and the truth they are held against.
  const Searcher& index() const { return index_ ? *index_ : *exact_; }
  const Searcher& exact() const { return *exact_; }

  // Values to filter and group by; null if there are none.
  const Attributes* attributes() const { return attributes_.get(); }

  size_t memory_bytes() const {
    return vector_bytes() + table_.ids().memory_bytes() +
           (attributes_ ? attributes_->memory_bytes() : 0);
  }

  // Vectors and index, without ids and attributes. The table has at least one
  // row.
  double bytes_per_vector() const {
    return static_cast<double>(vector_bytes()) /
           static_cast<double>(table_.rows());
  }

  // The rest only while the version is being loaded. exact() stays where it is.

  // Those of the table; exact search reads them in place of most vectors.
  void SetCodes(Codes codes) {
    codes_ = std::make_unique<const Codes>(std::move(codes));
    exact_.emplace(&table_, codes_.get());
  }
  // Null unless they were set.
  const Codes* codes() const { return codes_.get(); }
  // The index does not need them.
  void DropCodes() {
    exact_.emplace(&table_);
    codes_ = nullptr;
  }
  // From now on the codes are what is scored and given back.
  void DropVectors();

  void SetIndex(std::unique_ptr<const Searcher> index) {
    index_ = std::move(index);
  }
  // Of as many rows as the table has.
  void SetAttributes(Attributes attributes) {
    attributes_ = std::make_unique<const Attributes>(std::move(attributes));
  }
  LoadReport* mutable_report() { return &report_; }

 private:
  size_t vector_bytes() const {
    return table_.memory_bytes() - table_.ids().memory_bytes() +
           (codes_ ? codes_->memory_bytes() : 0) +
           (index_ ? index_->memory_bytes() : 0);
  }

  Table table_;
  std::unique_ptr<const Attributes> attributes_;
  std::unique_ptr<const Codes> codes_;
  std::optional<ExactSearcher> exact_;     // always there
  std::unique_ptr<const Searcher> index_;  // null: exact
  LoadReport report_;
};

class Version {
 public:
  Version(std::string model, int64_t number,
          std::vector<std::unique_ptr<const IndexedTable>> tables)
      : model_(std::move(model)), number_(number), tables_(std::move(tables)) {}

  const std::string& model() const { return model_; }
  int64_t number() const { return number_; }

  // In the order they were given.
  const std::vector<std::unique_ptr<const IndexedTable>>& tables() const {
    return tables_;
  }

  size_t memory_bytes() const;

  // NOT_FOUND with near names.
  absl::StatusOr<const IndexedTable*> FindTable(absl::string_view name) const;

 private:
  std::string model_;
  int64_t number_;
  std::vector<std::unique_ptr<const IndexedTable>> tables_;
};

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_VERSION_H_
