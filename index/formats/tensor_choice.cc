#include "index/formats/tensor_choice.h"

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "index/base/utf8.h"

namespace akin {
namespace {

constexpr size_t kMostListed = 10;
constexpr size_t kMostShown = 100;

std::string Shown(absl::string_view name) {
  return absl::Utf8SafeCEscape(
      RepairUtf8(name.substr(0, kMostShown), Utf8Policy::kReplace));
}

// "a (3 x 2, F32), b (5 x 2, F16)" and how many more.
std::string List(absl::Span<const NamedTensor> tensors, bool matrices_only) {
  std::string list;
  size_t count = 0;
  for (const NamedTensor& tensor : tensors) {
    if (matrices_only && !tensor.is_matrix) continue;
    if (++count > kMostListed) continue;
    absl::StrAppend(&list, count > 1 ? ", " : "", Shown(tensor.name), " (",
                    tensor.layout, ")");
  }
  if (count > kMostListed) {
    absl::StrAppend(&list, " and ", count - kMostListed, " more");
  }
  return list.empty() ? "none" : list;
}

}  // namespace

absl::StatusOr<size_t> ChooseTensor(const std::string& path,
                                    const std::string& wanted,
                                    absl::Span<const NamedTensor> tensors) {
  size_t matrices = 0;
  size_t matrix = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (!wanted.empty() && tensors[i].name == wanted) return i;
    if (!tensors[i].is_matrix) continue;
    ++matrices;
    matrix = i;
  }
  if (!wanted.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": has no tensor \"", Shown(wanted),
                     "\"; 2-D ones: ", List(tensors, true)));
  }
  if (matrices == 1) return matrix;
  if (matrices == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": has no 2-D tensor of numbers that akin reads; it has: ",
        List(tensors, false)));
  }
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": has ", matrices,
                   " 2-D tensors; say which holds the vectors with "
                   "tensor=NAME: ",
                   List(tensors, true)));
}

}  // namespace akin
