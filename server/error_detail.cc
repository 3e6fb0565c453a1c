#include "server/error_detail.h"

#include <string>
#include <variant>

#include "absl/strings/cord.h"
#include "index/base/error_facts.h"
#include "server/overload.h"

namespace akin::server {
namespace {

struct ToDetail {
  v1::ErrorDetail* out;

  void operator()(const UnknownName& facts) const {
    v1::UnknownName* wire = out->mutable_unknown_name();
    wire->set_name(facts.name);
    wire->mutable_near()->Assign(facts.near.begin(), facts.near.end());
  }
  void operator()(const LimitExceeded& facts) const {
    v1::LimitExceeded* wire = out->mutable_limit_exceeded();
    wire->set_limit(facts.limit);
    wire->set_maximum(facts.maximum);
    wire->set_actual(facts.actual);
  }
  void operator()(const DimensionMismatch& facts) const {
    v1::DimensionMismatch* wire = out->mutable_dimension_mismatch();
    wire->set_expected(facts.expected);
    wire->set_actual(facts.actual);
  }
};

constexpr absl::string_view kDetail = "akin/error-detail";

}  // namespace

absl::Status WithDetail(absl::Status status, const v1::ErrorDetail& detail) {
  status.SetPayload(kDetail, absl::Cord(detail.SerializeAsString()));
  return status;
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status rpc;
  rpc.set_code(static_cast<int>(status.code()));
  rpc.set_message(std::string(status.message()));
  if (const auto facts = FactsOf(status)) {
    v1::ErrorDetail detail;
    std::visit(ToDetail{&detail}, *facts);
    rpc.add_details()->PackFrom(detail);
  } else if (const auto retry_after = RetryAfter(status)) {
    v1::ErrorDetail detail;
    detail.mutable_overloaded()->set_retry_after_milliseconds(
        static_cast<uint32_t>(retry_after->count()));
    rpc.add_details()->PackFrom(detail);
  } else if (const auto given = status.GetPayload(kDetail)) {
    v1::ErrorDetail detail;
    detail.ParseFromString(std::string(*given));
    rpc.add_details()->PackFrom(detail);
  }
  return rpc;
}

}  // namespace akin::server
