// What a family of metrics says, as tests look at it.
#ifndef TESTS_SERVER_METRICS_METRIC_VALUES_H_
#define TESTS_SERVER_METRICS_METRIC_VALUES_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/metrics/families.h"

namespace akin::server {

inline const prometheus::MetricFamily& Find(const Families& families,
                                            const std::string& name) {
  const auto found =
      std::find_if(families.begin(), families.end(),
                   [&](const auto& family) { return family.name == name; });
  static const prometheus::MetricFamily none;
  EXPECT_NE(found, families.end()) << name;
  return found == families.end() ? none : *found;
}

// "method=Search,code=OK" -> the value of a counter or gauge.
inline std::map<std::string, double> Values(const Families& families,
                                            const std::string& name) {
  const prometheus::MetricFamily& family = Find(families, name);
  std::map<std::string, double> values;
  for (const prometheus::ClientMetric& metric : family.metric) {
    std::string labels;
    for (const auto& label : metric.label) {
      absl::StrAppend(&labels, labels.empty() ? "" : ",", label.name, "=",
                      label.value);
    }
    EXPECT_FALSE(values.contains(labels)) << name << labels;
    values[labels] = family.type == prometheus::MetricType::Counter
                         ? metric.counter.value
                         : metric.gauge.value;
  }
  return values;
}

}  // namespace akin::server

#endif  // TESTS_SERVER_METRICS_METRIC_VALUES_H_
