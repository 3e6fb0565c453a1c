#include "index/formats/npy_header.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "index/base/status_macros.h"
#include "index/base/utf8.h"

namespace akin {
namespace {

// numpy itself reads no more than 10,000 characters.
constexpr size_t kMaxHeaderBytes = size_t{64} << 10;
constexpr absl::string_view kReadTypes =
    "akin reads float16, float32, float64 and int8 ('<f2' '<f4' '<f8' '|i1')";

// {'descr': '<f4', 'fortran_order': False, 'shape': (65, 65), }
class DictParser {
 public:
  explicit DictParser(absl::string_view text) : rest_(text) {}

  // Absent when the text is not such a dict with exactly these keys. A
  // structured type is not parsed: it ends the reading.
  std::optional<NpyArray> Parse() {
    NpyArray dict;
    bool has_descr = false;
    bool has_order = false;
    bool has_shape = false;
    if (!Take('{')) return std::nullopt;
    while (!Take('}')) {
      absl::string_view key;
      absl::string_view text;
      if (!TakeString(&key) || !Take(':')) return std::nullopt;
      if (key == "descr" && !std::exchange(has_descr, true)) {
        if (At('[') || At('(')) {
          return dict;
        }
        if (!TakeString(&text) || text.empty()) return std::nullopt;
        dict.descr = std::string(text);
      } else if (key == "fortran_order" && !std::exchange(has_order, true)) {
        if (!TakeBool(&dict.fortran_order)) return std::nullopt;
      } else if (key == "shape" && !std::exchange(has_shape, true)) {
        if (!TakeTuple(&dict.shape)) return std::nullopt;
      } else {
        return std::nullopt;
      }
      if (!Take(',') && !At('}')) return std::nullopt;
    }
    SkipSpace();
    if (!rest_.empty() || !has_descr || !has_order || !has_shape) {
      return std::nullopt;
    }
    return dict;
  }

 private:
  void SkipSpace() { rest_ = absl::StripLeadingAsciiWhitespace(rest_); }

  bool At(char c) {
    SkipSpace();
    return !rest_.empty() && rest_.front() == c;
  }

  bool Take(char c) {
    if (!At(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool TakeWord(absl::string_view word) {
    SkipSpace();
    if (!absl::StartsWith(rest_, word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool TakeString(absl::string_view* out) {
    const char quote = At('"') ? '"' : '\'';
    if (!Take(quote)) return false;
    const size_t end = rest_.find(quote);
    if (end == rest_.npos) return false;
    *out = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool TakeBool(bool* out) {
    *out = TakeWord("True");
    return *out || TakeWord("False");
  }

  bool TakeTuple(std::vector<std::string>* out) {
    if (!Take('(')) return false;
    while (!Take(')')) {
      SkipSpace();
      size_t digits = 0;
      while (digits < rest_.size() && absl::ascii_isdigit(rest_[digits])) {
        ++digits;
      }
      if (digits == 0) return false;
      out->emplace_back(rest_.substr(0, digits));
      rest_.remove_prefix(digits);
      TakeWord("L");  // Python 2 wrote long integers so
      if (!Take(',') && !At(')')) return false;
    }
    return true;
  }

  absl::string_view rest_;
};

// "<i8" -> "int64"; empty when unknown.
std::string NumpyName(absl::string_view descr) {
  if (descr.size() < 2) return "";
  uint64_t bytes = 0;
  for (const char c : descr.substr(2, 4)) {
    if (!absl::ascii_isdigit(c)) break;
    bytes = bytes * 10 + static_cast<uint64_t>(c - '0');
  }
  switch (descr[1]) {
    case 'i':
      return absl::StrCat("int", bytes * 8);
    case 'u':
      return absl::StrCat("uint", bytes * 8);
    case 'f':
      return absl::StrCat("float", bytes * 8);
    case 'c':
      return absl::StrCat("complex", bytes * 8);
    case 'b':
      return "bool";
    case 'U':
    case 'S':
      return "text";
    case 'M':
    case 'm':
      return "times";
    case 'V':
      return "raw bytes";
    default:
      return "";
  }
}

std::optional<NumberType> TypeOf(absl::string_view descr) {
  if (descr == "<f4") return NumberType::kFloat32;
  if (descr == "<f2") return NumberType::kFloat16;
  if (descr == "<f8") return NumberType::kFloat64;
  if (descr == "|i1") return NumberType::kInt8;
  return std::nullopt;
}

absl::StatusOr<NumberType> FindType(const std::string& path,
                                    const NpyArray& dict) {
  if (dict.descr.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": holds records (a structured dtype); ", kReadTypes,
                     ": save one 2-D field of it"));
  }
  if (const std::optional<NumberType> type = TypeOf(dict.descr)) return *type;
  const std::string shown = absl::Utf8SafeCEscape(
      RepairUtf8(dict.descr.substr(0, 40), Utf8Policy::kReplace));
  if (absl::StartsWith(dict.descr, "|O")) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": holds pickled Python objects (dtype '", shown,
                     "'), which akin never runs: save a 2-D float array, "
                     "numpy.save(path, numpy.stack(a).astype('float32'))"));
  }
  std::string name = NumpyName(dict.descr);
  if (name.empty()) name = "an unknown dtype";
  if (absl::StartsWith(dict.descr, ">")) absl::StrAppend(&name, ", big-endian");
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": holds ", name, " ('", shown, "'), expected numbers; ",
      kReadTypes, ": numpy.save(path, a.astype('float32'))"));
}

absl::StatusOr<TableShape> FindShape(const std::string& path,
                                     const NpyArray& dict) {
  if (dict.shape.size() != 2) {
    std::string shape = absl::StrJoin(dict.shape, ", ").substr(0, 100);
    if (dict.shape.size() == 1) absl::StrAppend(&shape, ",");
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": is an array of shape (", shape, ") with ", dict.shape.size(),
        dict.shape.size() == 1 ? " dimension" : " dimensions",
        ", expected 2: rows x numbers"));
  }
  if (dict.fortran_order) {
    return absl::InvalidArgumentError(absl::StrCat(
        path,
        ": is stored column by column (Fortran order), expected rows: "
        "numpy.save(path, numpy.ascontiguousarray(a))"));
  }
  return CheckShape(path, dict.shape[0], dict.shape[1]);
}

uint32_t Byte(absl::string_view text, size_t i) {
  return static_cast<unsigned char>(text[i]);
}

// Consumes everything up to the dict's text, and returns its length.
absl::StatusOr<size_t> ReadPrefix(ByteStream* stream) {
  const size_t magic = kNpyMagic.size();
  AKIN_ASSIGN_OR_RETURN(const absl::string_view head,
                        stream->Peek(magic + 2 + 4));
  if (head.size() < magic + 2 + 4) {
    return absl::DataLossError(
        absl::StrCat(stream->path(), ": the file ends within its npy header"));
  }
  const uint32_t version = Byte(head, magic);
  if (version < 1 || version > 3) {
    return absl::InvalidArgumentError(
        absl::StrCat(stream->path(), ": is npy version ", version, ".",
                     Byte(head, magic + 1), ", akin reads 1.0, 2.0 and 3.0"));
  }
  size_t length = Byte(head, magic + 2) | Byte(head, magic + 3) << 8;
  if (version > 1) {
    length |= static_cast<size_t>(Byte(head, magic + 4)) << 16 |
              static_cast<size_t>(Byte(head, magic + 5)) << 24;
  }
  if (length > kMaxHeaderBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(stream->path(), ": its npy header has ", length,
                     " bytes, expected at most ", kMaxHeaderBytes));
  }
  stream->Skip(magic + 2 + (version > 1 ? 4 : 2));
  return length;
}

}  // namespace

absl::StatusOr<NpyArray> ReadNpyArray(ByteStream* stream) {
  const std::string& path = stream->path();
  AKIN_ASSIGN_OR_RETURN(const size_t length, ReadPrefix(stream));
  AKIN_ASSIGN_OR_RETURN(const absl::string_view text, stream->Peek(length));
  if (text.size() < length) {
    return absl::DataLossError(
        absl::StrCat(path, ": the file ends within its npy header"));
  }
  std::optional<NpyArray> array = DictParser(text).Parse();
  if (!array.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": its npy header is not a dict of descr, fortran_order, shape"));
  }
  stream->Skip(length);
  return *std::move(array);
}

bool IsMatrix(const NpyArray& array) {
  return array.shape.size() == 2 && TypeOf(array.descr).has_value();
}

absl::StatusOr<NpyHeader> MatrixOf(const std::string& path,
                                   const NpyArray& array) {
  NpyHeader header;
  AKIN_ASSIGN_OR_RETURN(header.type, FindType(path, array));
  AKIN_ASSIGN_OR_RETURN(header.shape, FindShape(path, array));
  return header;
}

absl::StatusOr<NpyHeader> ReadNpyHeader(ByteStream* stream) {
  const std::string& path = stream->path();
  AKIN_ASSIGN_OR_RETURN(const NpyArray array, ReadNpyArray(stream));
  AKIN_ASSIGN_OR_RETURN(const NpyHeader header, MatrixOf(path, array));
  const std::optional<uint64_t> left = stream->remaining();
  if (!left.has_value()) return header;
  const uint64_t available = *left;
  const uint64_t needed =
      header.shape.rows * header.shape.dimension * BytesOf(header.type);
  AKIN_RETURN_IF_ERROR(
      CheckRoom(path, header.shape, {0, BytesOf(header.type)}, available));
  if (needed == available) return header;
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": trailing data: its header announces ", header.shape.rows, " x ",
      header.shape.dimension, " numbers, which take ", needed, " bytes, but ",
      available, " bytes follow it"));
}

}  // namespace akin
