#include "server/error_detail.h"

#include <gtest/gtest.h>

#include "index/base/error_facts.h"
#include "index/base/status_macros.h"

namespace akin::server {
namespace {

v1::ErrorDetail DetailOf(const absl::Status& status) {
  const google::rpc::Status rpc = ToRpcStatus(status);
  EXPECT_EQ(rpc.details_size(), 1);
  v1::ErrorDetail detail;
  EXPECT_TRUE(rpc.details_size() == 1 && rpc.details(0).UnpackTo(&detail));
  return detail;
}

TEST(WithDetail, TravelsWithTheStatus) {
  v1::ErrorDetail given;
  given.mutable_comparison_refused()->mutable_comparison()->set_after(7);
  absl::Status status =
      WithDetail(absl::FailedPreconditionError("broken"), given);
  EXPECT_EQ(status.message(), "broken");
  EXPECT_EQ(DetailOf(status).comparison_refused().comparison().after(), 7);
  // Through a layer that says more.
  status = Annotate(status, "label stable");
  const google::rpc::Status rpc = ToRpcStatus(status);
  EXPECT_EQ(rpc.code(), 9);
  EXPECT_EQ(rpc.message(), "label stable: broken");
  EXPECT_EQ(DetailOf(status).comparison_refused().comparison().after(), 7);
}

TEST(WithDetail, FactsOfTheLibraryAreADetailToo) {
  const absl::Status status =
      UnknownNameError("label", "canray", "model m", {"canary"});
  EXPECT_EQ(DetailOf(status).unknown_name().near(0), "canary");
}

TEST(WithDetail, OkHasNone) {
  EXPECT_EQ(ToRpcStatus(WithDetail(absl::OkStatus(), {})).details_size(), 0);
}

}  // namespace
}  // namespace akin::server
