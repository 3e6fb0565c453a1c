#include <array>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/metrics/collect.h"

namespace akin::server {
namespace {

using prometheus::MetricFamily;

constexpr VersionState kStates[] = {
    VersionState::kSealed, VersionState::kLoading, VersionState::kAvailable,
    VersionState::kFailed, VersionState::kUnloading};

std::string NameOf(VersionState state) {
  switch (state) {
    case VersionState::kSealed:
      return "sealed";
    case VersionState::kLoading:
      return "loading";
    case VersionState::kAvailable:
      return "available";
    case VersionState::kFailed:
      return "failed";
    case VersionState::kUnloading:
      return "unloading";
  }
  return "";
}

struct TableFamilies {
  MetricFamily rows =
      GaugeFamily("akin_table_rows", "Vectors of a table that is in memory");
  MetricFamily memory = GaugeFamily(
      "akin_table_memory_bytes",
      "What a table takes, by part: the vectors as trained, their codes, the "
      "index, ids, attributes");
  MetricFamily recall = GaugeFamily(
      "akin_table_calibrated_recall_ratio",
      "Share of the true 10 nearest neighbours that the graph was measured to "
      "find at the default target_recall, when it was built");

  void Add(const MetricLabels& version, const IndexedTable& table);
};

void TableFamilies::Add(const MetricLabels& version,
                        const IndexedTable& table) {
  MetricLabels labels = version;
  labels.push_back({"table", table.table().name()});
  AddValue(static_cast<double>(table.table().rows()), labels, &rows);
  if (table.report().recall_at_10.has_value()) {
    AddValue(*table.report().recall_at_10, labels, &recall);
  }
  const size_t ids = table.table().ids().memory_bytes();
  const std::pair<const char*, size_t> parts[] = {
      {"vectors", table.table().memory_bytes() - ids},
      {"codes", table.codes() ? table.codes()->memory_bytes() : 0},
      {"index", table.index().memory_bytes()},
      {"ids", ids},
      {"attributes",
       table.attributes() ? table.attributes()->memory_bytes() : 0}};
  for (const auto& [part, bytes] : parts) {
    MetricLabels of_part = labels;
    of_part.push_back({"part", part});
    AddValue(static_cast<double>(bytes), std::move(of_part), &memory);
  }
}

struct VersionFamilies {
  MetricFamily count =
      GaugeFamily("akin_model_versions", "Versions of a model, by their state");
  MetricFamily state =
      GaugeFamily("akin_version_state", "1 for the state that a version is in");
  MetricFamily progress =
      GaugeFamily("akin_version_load_progress_ratio",
                  "How much of a version that is being loaded has been read");
  MetricFamily label =
      GaugeFamily("akin_label_version", "The version that a label names");
  MetricFamily share = GaugeFamily(
      "akin_label_share_ratio",
      "The share of the calls with a routing key that a label answers");
  TableFamilies tables;

  void Add(const ModelFacts& model);
  void Add(const std::string& model, const VersionFacts& version);
};

void VersionFamilies::Add(const std::string& model,
                          const VersionFacts& version) {
  const MetricLabels labels = {{"model", model},
                               {"version", absl::StrCat(version.number)}};
  MetricLabels with_state = labels;
  with_state.push_back({"state", NameOf(version.state)});
  AddValue(1, std::move(with_state), &state);
  if (version.state == VersionState::kLoading && version.bytes_total > 0) {
    AddValue(static_cast<double>(version.bytes_done) /
                 static_cast<double>(version.bytes_total),
             labels, &progress);
  }
  if (version.version == nullptr) return;
  for (const auto& table : version.version->tables()) {
    tables.Add(labels, *table);
  }
}

void VersionFamilies::Add(const ModelFacts& model) {
  std::map<VersionState, int> counts;
  for (const VersionFacts& version : model.versions) {
    ++counts[version.state];
    Add(model.name, version);
  }
  for (const VersionState state_of : kStates) {
    AddValue(counts[state_of],
             {{"model", model.name}, {"state", NameOf(state_of)}}, &count);
  }
  for (const auto& [name, target] : model.labels) {
    const MetricLabels labels = {{"model", model.name}, {"label", name}};
    AddValue(static_cast<double>(target.version), labels, &label);
    if (name == kCanaryLabel) AddValue(target.share, labels, &share);
  }
}

}  // namespace

void CollectVersions(const std::vector<ModelFacts>& models,
                     Families* families) {
  VersionFamilies all;
  for (const ModelFacts& model : models) all.Add(model);
  for (MetricFamily* family :
       {&all.count, &all.state, &all.progress, &all.label, &all.share,
        &all.tables.rows, &all.tables.memory, &all.tables.recall}) {
    families->push_back(std::move(*family));
  }
}

void CollectShadows(const std::vector<ShadowedModel>& shadows,
                    Families* families) {
  MetricFamily queries = CounterFamily(
      "akin_shadow_queries_total",
      "Queries that the canary was asked as well, unseen by the caller, by how "
      "that ended");
  MetricFamily overlap = GaugeFamily(
      "akin_shadow_overlap_ratio",
      "Share of the ids that stable's answers and the canary's have in common");
  for (const auto& [model, result] : shadows) {
    if (result.canary == 0) continue;
    const MetricLabels labels = {{"model", model},
                                 {"stable", absl::StrCat(result.stable)},
                                 {"canary", absl::StrCat(result.canary)}};
    const std::pair<const char*, uint64_t> ends[] = {
        {"compared", result.queries},
        {"failed", result.failed},
        {"skipped", result.skipped}};
    for (const auto& [end, count] : ends) {
      MetricLabels ended = labels;
      ended.push_back({"result", end});
      AddValue(static_cast<double>(count), std::move(ended), &queries);
    }
    if (result.queries == 0) continue;
    AddValue(result.overlap_sum / static_cast<double>(result.queries), labels,
             &overlap);
  }
  families->push_back(std::move(queries));
  families->push_back(std::move(overlap));
}

}  // namespace akin::server
