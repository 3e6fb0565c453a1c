// What the recall monitor knows, as Prometheus reads it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/metrics/collect.h"

namespace akin::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CollectRecall, SaysWhatIsKnown) {
  RecallReport report;
  report.target = 0.5;
  report.measured = 7;
  report.dropped_full = 2;
  TableRecall& table = report.tables.emplace_back();
  table.model = "m";
  table.version = 3;
  table.table = "t";
  table.effort_factor = 2.5;
  table.below_target = true;
  table.estimates = {{.filter_share = FilterShare::kTo1Percent,
                      .own_target = true,
                      .samples = 7,
                      .recall = 0.75,
                      .interval = {.low = 0.5, .high = 0.875}}};
  Families families;
  CollectRecall(report, &families);
  const std::string text = MetricsText(families);
  const std::string of_table = "{model=\"m\",version=\"3\",table=\"t\"";
  const std::string of_kind =
      absl::StrCat(of_table, ",filter=\"<=1%\",target=\"own\"} ");
  EXPECT_THAT(text, HasSubstr(absl::StrCat("ratio", of_kind, "0.75\n")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("low_ratio", of_kind, "0.5\n")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("high_ratio", of_kind, "0.875\n")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("samples", of_kind, "7\n")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("factor", of_table, "} 2.5\n")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("target", of_table, "} 1\n")));
  EXPECT_THAT(text, HasSubstr("akin_recall_target_ratio 0.5\n"));
  EXPECT_THAT(text, HasSubstr("samples_total{result=\"measured\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("samples_total{result=\"dropped\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("samples_total{result=\"empty\"} 0\n"));
}

TEST(CollectRecall, OfNothingHasNoEstimate) {
  Families families;
  CollectRecall({}, &families);
  EXPECT_THAT(MetricsText(families), Not(HasSubstr("akin_recall_ratio{")));
}

}  // namespace
}  // namespace akin::server
