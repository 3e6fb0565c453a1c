#include "server/log/call_trace.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace akin::server {
namespace {

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

bool IsZero(absl::string_view text) {
  return text.find_first_not_of('0') == absl::string_view::npos;
}

// The finaliser of SplitMix64: a bijection, so distinct numbers stay distinct.
uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

uint64_t Seed() {
  std::random_device device;
  return (static_cast<uint64_t>(device()) << 32) | device();
}

}  // namespace

CallTrace TraceFrom(absl::string_view id, absl::string_view traceparent) {
  return {IsRequestId(id) ? std::string(id) : NewRequestId(),
          IsTraceparent(traceparent) ? std::string(traceparent) : ""};
}

bool IsRequestId(absl::string_view text) {
  constexpr size_t kMost = 128;
  return !text.empty() && text.size() <= kMost &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isgraph(static_cast<unsigned char>(c));
         });
}

bool IsTraceparent(absl::string_view text) {
  constexpr size_t kSize = 55;
  // Bounds what a later version of the format may say.
  constexpr size_t kMost = 128;
  if (text.size() < kSize || text.size() > kMost) return false;
  const absl::string_view version = text.substr(0, 2);
  const absl::string_view trace = text.substr(3, 32);
  const absl::string_view parent = text.substr(36, 16);
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  if (!IsHex(version) || version == "ff" || !IsHex(trace) || IsZero(trace) ||
      !IsHex(parent) || IsZero(parent) || !IsHex(text.substr(53, 2))) {
    return false;
  }
  return text.size() == kSize || (version != "00" && text[kSize] == '-');
}

std::string NewRequestId() {
  constexpr uint64_t kStep = 0x9e3779b97f4a7c15u;
  static std::atomic<uint64_t> state{Seed()};
  const uint64_t id =
      Mix(state.fetch_add(kStep, std::memory_order_relaxed) + kStep);
  return absl::StrCat(absl::Hex(id, absl::kZeroPad16));
}

}  // namespace akin::server
