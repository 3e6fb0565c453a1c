#include "index/table/sorted_texts.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"
#include "index/base/utf8.h"

namespace akin {
namespace {

// The first number from `begin` to `end` of which `is_before` does not hold.
template <class IsBefore>
uint32_t Partition(uint32_t begin, uint32_t end, const IsBefore& is_before) {
  while (begin < end) {
    const uint32_t middle = begin + (end - begin) / 2;
    if (is_before(middle)) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

}  // namespace

SortedTexts::SortedTexts(const std::vector<absl::string_view>& texts) {
  size_t bytes = 0;
  for (const absl::string_view text : texts) bytes += text.size();
  bytes_.reserve(bytes);
  ends_.reserve(texts.size());
  for (const absl::string_view text : texts) {
    absl::StrAppend(&bytes_, text);
    ends_.push_back(bytes_.size());
  }
}

std::optional<uint32_t> SortedTexts::Find(absl::string_view text) const {
  const auto end = static_cast<uint32_t>(size());
  const uint32_t at = Partition(
      0, end, [&](uint32_t number) { return (*this)[number] < text; });
  if (at == end || (*this)[at] != text) return std::nullopt;
  return at;
}

std::pair<uint32_t, uint32_t> SortedTexts::WithPrefix(
    absl::string_view prefix) const {
  const auto size = static_cast<uint32_t>(this->size());
  const uint32_t begin = Partition(
      0, size, [&](uint32_t number) { return (*this)[number] < prefix; });
  const uint32_t end = Partition(begin, size, [&](uint32_t number) {
    return absl::StartsWith((*this)[number], prefix);
  });
  return {begin, end};
}

absl::Status SortedTexts::Seal(absl::string_view name,
                               SealedFileWriter* file) const {
  AKIN_RETURN_IF_ERROR(file->Add(name, bytes_));
  return file->AddNumbers(absl::StrCat(name, ".ends"), ends_);
}

absl::StatusOr<SortedTexts> SortedTexts::Unseal(const SealedFile& file,
                                                absl::string_view name,
                                                size_t most, WorkerPool* pool) {
  SortedTexts texts;
  const std::string ends_name = absl::StrCat(name, ".ends");
  AKIN_ASSIGN_OR_RETURN(texts.ends_,
                        file.ReadVector<uint64_t>(ends_name, most, pool));
  AKIN_ASSIGN_OR_RETURN(
      const size_t bytes,
      file.CountOf(name, 1, texts.ends_.size() * kMaxKeywordBytes));
  texts.bytes_.resize(bytes);
  AKIN_RETURN_IF_ERROR(file.Read(name, bytes, texts.bytes_.data(), pool));
  uint64_t begin = 0;
  for (const uint64_t end : texts.ends_) {
    if (end < begin || end - begin > kMaxKeywordBytes || end > bytes) {
      return file.Wrong(ends_name, absl::StrCat("has a text of bytes ", begin,
                                                " to ", end, " of ", bytes));
    }
    begin = end;
  }
  if (begin != bytes) return file.Wrong(name, "has bytes of no text");
  for (uint32_t number = 0; number < texts.size(); ++number) {
    if (!IsValidUtf8(texts[number])) return file.Wrong(name, "is not UTF-8");
    if (number > 0 && texts[number] <= texts[number - 1]) {
      return file.Wrong(name,
                        absl::StrCat("does not rise at text ", number + 1));
    }
  }
  return texts;
}

}  // namespace akin
