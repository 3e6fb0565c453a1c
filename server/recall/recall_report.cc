#include "server/recall/recall_report.h"

namespace akin::server {

FilterShare FilterShareOf(size_t matching, size_t rows) {
  if (matching >= rows) return FilterShare::kNoFilter;
  const double share =
      static_cast<double>(matching) / static_cast<double>(rows);
  if (share <= 0.01) return FilterShare::kTo1Percent;
  if (share <= 0.1) return FilterShare::kTo10Percent;
  if (share <= 0.5) return FilterShare::kTo50Percent;
  return FilterShare::kBelow100Percent;
}

absl::string_view NameOf(FilterShare share) {
  switch (share) {
    case FilterShare::kNoFilter:
      return "none";
    case FilterShare::kTo1Percent:
      return "<=1%";
    case FilterShare::kTo10Percent:
      return "<=10%";
    case FilterShare::kTo50Percent:
      return "<=50%";
    case FilterShare::kBelow100Percent:
      return "<100%";
  }
  return "";
}

}  // namespace akin::server
