#include "index/formats/foreign_formats.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace akin {
namespace {

constexpr absl::string_view kSaveArray =
    "save the array, numpy.save('vectors.npy', a.astype('float32')), and its "
    "ids one per line";

struct Foreign {
  absl::string_view magic;
  size_t offset;
  absl::string_view what;
  absl::string_view advice;
};

template <size_t N>
constexpr absl::string_view Bytes(const char (&text)[N]) {
  return absl::string_view(text, N - 1);
}

constexpr absl::string_view kArchive = "extract the file with the vectors";
constexpr absl::string_view kUtf8 = "convert it to UTF-8";

constexpr Foreign kForeign[] = {
    {Bytes("PAR1\x15"), 0, "a Parquet file", kSaveArray},
    {Bytes("ARROW1\0\0"), 0, "an Arrow file", kSaveArray},
    {Bytes("ustar"), 257, "a tar archive", kArchive},
    {Bytes("7z\xBC\xAF\x27\x1C"), 0, "a 7z archive", kArchive},
    {Bytes("\xFF\xFE"), 0, "UTF-16 text", kUtf8},
    {Bytes("\xFE\xFF"), 0, "UTF-16 text", kUtf8},
};

bool IsPickle(absl::string_view head) {
  return head.size() >= 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5;
}

absl::Status Refuse(const std::string& path, absl::string_view what,
                    absl::string_view advice) {
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": is ", what, ", which akin does not read: ", advice));
}

}  // namespace

absl::Status RefuseForeign(const std::string& path, absl::string_view head) {
  for (const Foreign& foreign : kForeign) {
    if (head.size() > foreign.offset &&
        absl::StartsWith(head.substr(foreign.offset), foreign.magic)) {
      return Refuse(path, foreign.what, foreign.advice);
    }
  }
  if (IsPickle(head)) {
    return Refuse(path, "a Python pickle (gensim .model or .kv, PyTorch)",
                  "in gensim, model.wv.save_word2vec_format('vectors.bin', "
                  "binary=True); otherwise numpy.save('vectors.npy', "
                  "a.astype('float32')) and the ids one per line");
  }
  return absl::OkStatus();
}

absl::Status RefuseZip(const std::string& path) {
  return Refuse(path, "a zip archive without npy arrays (PyTorch, Keras)",
                kSaveArray);
}

}  // namespace akin
