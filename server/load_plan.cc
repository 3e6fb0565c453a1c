#include "server/load_plan.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace akin::server {
namespace {

// What a load takes beside what stays: buffers, and the table of ids as it
// grows.
constexpr double kPeakOverSize = 1.05;
constexpr uint64_t kLoadBuffers = 16 << 20;
// A manifest may say anything; more than this no machine has.
constexpr uint64_t kMostBytes = uint64_t{1} << 60;

double MebiBytes(uint64_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

}  // namespace

LoadPlan PlanOf(const Manifest& manifest) {
  LoadPlan plan;
  plan.version = manifest.version;
  for (const TableManifest& table : manifest.tables) {
    plan.version_bytes =
        std::min(kMostBytes,
                 plan.version_bytes + std::min(kMostBytes, table.memory_bytes));
  }
  plan.peak_bytes =
      static_cast<uint64_t>(static_cast<double>(plan.version_bytes) *
                            kPeakOverSize) +
      kLoadBuffers;
  return plan;
}

absl::Status DoesNotFit(const std::string& model, const LoadPlan& plan) {
  return absl::ResourceExhaustedError(absl::StrFormat(
      "version %d of model %s needs %.0f MiB while it is loaded, %.0f MiB are "
      "available; unload another version, or load it by force",
      plan.version, model, MebiBytes(plan.peak_bytes),
      MebiBytes(plan.available_bytes)));
}

}  // namespace akin::server
