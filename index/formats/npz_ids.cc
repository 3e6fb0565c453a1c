#include "index/formats/npz_ids.h"

#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "index/base/status_macros.h"
#include "index/formats/npy_header.h"
#include "index/formats/number_field.h"

namespace akin {
namespace {

// Of one id. The longest that a table takes has 512 bytes.
constexpr uint64_t kMostBytes = uint64_t{64} << 10;

enum class Kind : uint8_t { kUtf32, kBytes, kSigned, kUnsigned };

struct IdType {
  Kind kind;
  size_t bytes;  // of one id
};

// UTF-8 of a code point; what is none becomes something that is no UTF-8.
void AppendUtf8(uint32_t point, std::string* out) {
  const auto tail = [out, point](int shift) {
    out->push_back(static_cast<char>(0x80u | (point >> shift & 0x3Fu)));
  };
  if (point < 0x80) {
    out->push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out->push_back(static_cast<char>(0xC0u | point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out->push_back(static_cast<char>(0xE0u | point >> 12));
    tail(6);
    tail(0);
  } else if (point < 0x110000) {
    out->push_back(static_cast<char>(0xF0u | point >> 18));
    tail(12);
    tail(6);
    tail(0);
  } else {
    out->push_back('\xFF');
  }
}

class NpzIds final : public RowIds {
 public:
  NpzIds(std::unique_ptr<ByteStream> stream, IdType type)
      : stream_(std::move(stream)), type_(type) {}

  absl::StatusOr<absl::string_view> Read(uint64_t row) override {
    AKIN_ASSIGN_OR_RETURN(const absl::string_view bytes,
                          stream_->Peek(type_.bytes));
    if (bytes.size() < type_.bytes) {
      return absl::DataLossError(absl::StrCat(
          stream_->path(), ": truncated: it ends within id ", row));
    }
    Decode(bytes);
    stream_->Skip(type_.bytes);
    return id_;
  }

  absl::Status CheckEnd(uint64_t rows) override {
    AKIN_ASSIGN_OR_RETURN(const absl::string_view rest, stream_->Peek(1));
    if (rest.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        stream_->path(), ": trailing data behind its ", rows, " ids"));
  }

 private:
  void Decode(absl::string_view bytes) {
    id_.clear();
    if (type_.kind == Kind::kUtf32) {
      for (size_t i = 0; i < bytes.size(); i += 4) {
        uint32_t point = 0;
        std::memcpy(&point, bytes.data() + i, sizeof(point));
        AppendUtf8(point, &id_);
      }
    } else if (type_.kind == Kind::kBytes) {
      id_.assign(bytes.data(), bytes.size());
    } else {
      AppendNumber(bytes);
      return;
    }
    // Shorter texts are filled up with NUL.
    id_.resize(id_.find_last_not_of('\0') + 1);
  }

  void AppendNumber(absl::string_view bytes) {
    const bool negative = type_.kind == Kind::kSigned &&
                          static_cast<signed char>(bytes.back()) < 0;
    uint64_t value = negative ? ~uint64_t{0} : 0;
    std::memcpy(&value, bytes.data(), bytes.size());
    if (type_.kind == Kind::kSigned) {
      absl::StrAppend(&id_, static_cast<int64_t>(value));
    } else {
      absl::StrAppend(&id_, value);
    }
  }

  const std::unique_ptr<ByteStream> stream_;
  const IdType type_;
  std::string id_;
};

absl::StatusOr<IdType> TypeOf(const std::string& path,
                              const std::string& descr) {
  uint64_t count = 0;
  const bool counted =
      descr.size() > 2 && absl::SimpleAtoi(descr.substr(2), &count);
  const std::string kind = descr.substr(0, 2);
  if (counted && count >= 1 && count <= kMostBytes / 4) {
    if (kind == "<U") return IdType{Kind::kUtf32, size_t{count} * 4};
    if (kind == "|S") return IdType{Kind::kBytes, size_t{count}};
    const bool number = count == 2 || count == 4 || count == 8;
    if (kind == "<i" && number) return IdType{Kind::kSigned, size_t{count}};
    if (kind == "<u" && number) return IdType{Kind::kUnsigned, size_t{count}};
    if (descr == "|i1") return IdType{Kind::kSigned, 1};
    if (descr == "|u1") return IdType{Kind::kUnsigned, 1};
  }
  const absl::string_view pickled =
      kind == "|O" ? ", pickled Python objects, which akin never runs" : "";
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": holds ", descr.empty() ? "records" : ShownField(descr), pickled,
      ", expected ids: text of at most ", kMostBytes / 4,
      " characters (ids.astype(str)) or whole numbers; or say ids=FILE"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<RowIds>> OpenNpzIds(
    std::unique_ptr<ByteStream> stream, const std::string& vectors_path,
    uint64_t rows) {
  const std::string& path = stream->path();
  AKIN_ASSIGN_OR_RETURN(const NpyArray array, ReadNpyArray(stream.get()));
  AKIN_ASSIGN_OR_RETURN(const IdType type, TypeOf(path, array.descr));
  if (array.shape.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": has ", array.shape.size(),
        " dimensions, expected 1: an id for each row; or say ids=FILE"));
  }
  uint64_t count = 0;
  if (!absl::SimpleAtoi(array.shape[0], &count) || count != rows) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": has ", ShownField(array.shape[0]),
                     " ids, expected one for each of the ", rows, " rows of ",
                     vectors_path));
  }
  return std::make_unique<NpzIds>(std::move(stream), type);
}

}  // namespace akin
