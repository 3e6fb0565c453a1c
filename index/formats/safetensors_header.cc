#include "index/formats/safetensors_header.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <tuple>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/number_field.h"
#include "index/formats/safetensors_json.h"

namespace akin {
namespace {

constexpr size_t kLengthBytes = 8;

absl::Status Refuse(const std::string& path, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": its safetensors header has ", why));
}

// The bytes that shape and dtype say; absent when no 64 bits hold them, or the
// numbers do not fill whole bytes.
std::optional<uint64_t> BytesOfShape(const StoredTensor& tensor,
                                     uint64_t bits) {
  constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
  uint64_t product = bits;
  for (const uint64_t extent : tensor.shape) {
    if (extent != 0 && product > kMost / extent) return std::nullopt;
    product *= extent;
  }
  if (product % 8 != 0) return std::nullopt;
  return product / 8;
}

absl::Status CheckTensor(const std::string& path, const StoredTensor& tensor) {
  const std::string name = ShownField(tensor.name);
  if (tensor.begin > tensor.end) {
    return Refuse(path, absl::StrCat("the bytes ", tensor.begin, " to ",
                                     tensor.end, " for tensor ", name));
  }
  const std::optional<uint64_t> bits = BitsOf(tensor.dtype);
  if (!bits.has_value()) return absl::OkStatus();  // refused where it is chosen
  const std::optional<uint64_t> bytes = BytesOfShape(tensor, *bits);
  if (bytes.has_value() && *bytes == tensor.end - tensor.begin) {
    return absl::OkStatus();
  }
  return Refuse(
      path, absl::StrCat(tensor.end - tensor.begin, " bytes for tensor ", name,
                         ", whose shape and dtype (", ShownField(tensor.dtype),
                         ") take ",
                         bytes.has_value() ? absl::StrCat(*bytes)
                                           : std::string("another number")));
}

absl::Status CheckNames(const std::string& path,
                        const std::vector<StoredTensor>& tensors) {
  std::vector<absl::string_view> names;
  names.reserve(tensors.size());
  for (const StoredTensor& tensor : tensors) names.push_back(tensor.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return absl::OkStatus();
  return Refuse(path, absl::StrCat("two tensors called ", ShownField(*twice)));
}

// Sorts the tensors by their bytes, which have to be all bytes, each once.
absl::Status CheckOrder(const std::string& path, SafetensorsHeader* header) {
  std::sort(header->tensors.begin(), header->tensors.end(),
            [](const StoredTensor& a, const StoredTensor& b) {
              return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
            });
  uint64_t end = 0;
  for (const StoredTensor& tensor : header->tensors) {
    if (tensor.begin != end) {
      return Refuse(
          path,
          absl::StrCat(
              tensor.begin < end ? "bytes of two tensors " : "a gap before ",
              tensor.begin < end ? "at " : "tensor ", ShownField(tensor.name),
              ": it begins at ", tensor.begin, ", expected ", end));
    }
    end = tensor.end;
  }
  header->data_bytes = end;
  return absl::OkStatus();
}

absl::Status CheckSize(const ByteStream& stream,
                       const SafetensorsHeader& header) {
  const std::optional<uint64_t> left = stream.remaining();
  if (!left.has_value() || *left == header.data_bytes) return absl::OkStatus();
  if (*left < header.data_bytes) {
    return absl::DataLossError(absl::StrCat(
        stream.path(), ": truncated: its header announces ", header.data_bytes,
        " bytes of tensors, but only ", *left, " bytes follow it"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      stream.path(), ": trailing data: its header announces ",
      header.data_bytes, " bytes of tensors, but ", *left, " bytes follow it"));
}

uint64_t LoadLength(absl::string_view head) {
  uint64_t length = 0;
  for (size_t i = kLengthBytes; i-- > 0;) {
    length = length << 8 | static_cast<unsigned char>(head[i]);
  }
  return length;
}

}  // namespace

bool IsSafetensors(absl::string_view head) {
  if (head.size() < kLengthBytes + 2 || head[kLengthBytes] != '{') return false;
  // A longer header is none of this format, but nothing else begins like this.
  const bool plausible = LoadLength(head) <= 0xFFFF'FFFFu;
  return plausible && absl::StrContains("\"} \t\r\n", head[kLengthBytes + 1]);
}

std::optional<uint64_t> BitsOf(absl::string_view dtype) {
  constexpr struct {
    absl::string_view dtype;
    uint64_t bits;
  } kKnown[] = {{"F32", 32},    {"F16", 16},    {"BF16", 16},   {"F64", 64},
                {"I8", 8},      {"U8", 8},      {"BOOL", 8},    {"I16", 16},
                {"U16", 16},    {"I32", 32},    {"U32", 32},    {"I64", 64},
                {"U64", 64},    {"C64", 64},    {"F8_E4M3", 8}, {"F8_E5M2", 8},
                {"F8_E8M0", 8}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"F4", 4}};
  for (const auto& known : kKnown) {
    if (known.dtype == dtype) return known.bits;
  }
  return std::nullopt;
}

absl::StatusOr<SafetensorsHeader> ReadSafetensorsHeader(ByteStream* stream) {
  const std::string& path = stream->path();
  AKIN_ASSIGN_OR_RETURN(const absl::string_view head,
                        stream->Peek(kLengthBytes));
  if (head.size() < kLengthBytes) {
    return absl::DataLossError(
        absl::StrCat(path, ": truncated: the file ends within its header"));
  }
  const uint64_t length = LoadLength(head);
  if (length > kMaxSafetensorsHeaderBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": its safetensors header has ", length,
                     " bytes, expected at most ", kMaxSafetensorsHeaderBytes));
  }
  stream->Skip(kLengthBytes);
  SafetensorsHeader header;
  std::string why;
  AKIN_ASSIGN_OR_RETURN(header.tensors, ReadTensorList(stream, length, &why));
  if (!why.empty()) return Refuse(path, why);
  for (const StoredTensor& tensor : header.tensors) {
    AKIN_RETURN_IF_ERROR(CheckTensor(path, tensor));
  }
  AKIN_RETURN_IF_ERROR(CheckNames(path, header.tensors));
  AKIN_RETURN_IF_ERROR(CheckOrder(path, &header));
  AKIN_RETURN_IF_ERROR(CheckSize(*stream, header));
  return header;
}

}  // namespace akin
