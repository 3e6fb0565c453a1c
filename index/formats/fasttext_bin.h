// fastText's .bin model (facebookresearch/fastText 0.9.2, src/fasttext.cc,
// dictionary.cc, densematrix.cc): the vectors of its words, each the mean of
// the word's own row of the input matrix and those of its character n-grams.
// Labels and the output matrix are left out.

#ifndef AKIN_INDEX_FORMATS_FASTTEXT_BIN_H_
#define AKIN_INDEX_FORMATS_FASTTEXT_BIN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "index/formats/byte_stream.h"
#include "index/formats/stored_file.h"
#include "index/formats/vector_source.h"

namespace akin {

inline constexpr absl::string_view kFasttextMagic("\xBA\x16\x4F\x2F", 4);

// What is kept of the header.
struct FasttextFacts {
  uint32_t dimension = 0;
  uint32_t buckets = 0;  // rows for n-grams, behind those of the words
  uint32_t least = 0;    // characters of an n-gram
  uint32_t most = 0;     // 0: no n-grams
  uint64_t words = 0;    // the entries before the labels
  uint64_t entries = 0;
  uint64_t first_word = 0;  // bytes from the file's beginning
  uint64_t matrix = 0;      // likewise, of the first number
};

class FasttextBin final : public VectorSource {
 public:
  // INVALID_ARGUMENT: another version, a quantised model (.ftz), numbers out of
  // range, bytes behind the model, or no regular file. DATA_LOSS: truncated or
  // damaged.
  static absl::StatusOr<std::unique_ptr<VectorSource>> Open(
      const std::string& path);

  absl::string_view format() const override { return "fastText bin"; }
  uint32_t dimension() const override { return facts_.dimension; }
  std::optional<uint64_t> announced_rows() const override {
    return facts_.words;
  }
  absl::StatusOr<Outcome> Next(absl::Span<float> values,
                               SourceRow* row) override;
  // Of the file's size, the share of words that were read.
  uint64_t bytes_read() const override;

 private:
  FasttextBin(const FasttextFacts& facts, std::unique_ptr<ByteStream> words,
              std::unique_ptr<StoredFile> file)
      : facts_(facts), words_(std::move(words)), file_(std::move(file)) {}

  // Adds row `row` of the matrix to `values`.
  absl::Status AddRow(uint64_t row, absl::Span<float> values);

  const FasttextFacts facts_;
  const std::unique_ptr<ByteStream> words_;  // the dictionary
  const std::unique_ptr<StoredFile> file_;   // the matrix
  std::vector<uint32_t> ngrams_;
  std::vector<float> matrix_row_;
  uint64_t rows_seen_ = 0;
};

// The buckets of a word's n-grams of `least` to `most` characters, with "<" and
// ">" around it, as fastText counts them.
void NgramBuckets(absl::string_view word, uint32_t least, uint32_t most,
                  uint32_t buckets, std::vector<uint32_t>* out);

}  // namespace akin

#endif  // AKIN_INDEX_FORMATS_FASTTEXT_BIN_H_
