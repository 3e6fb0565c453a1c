#include "index/formats/fasttext_bin.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "index/base/limits.h"
#include "index/base/status_macros.h"

namespace akin {
namespace {

static_assert(std::endian::native == std::endian::little,
              "numbers are copied as they are stored");

constexpr int32_t kVersion = 12;
constexpr size_t kMaxWordBytes = 4096;
constexpr size_t kEntryTail = 8 + 1;  // its count and type, behind its NUL
constexpr uint64_t kMaxEntries = 0x7FFF'FFFFu;
constexpr uint32_t kMaxNgram = 100;
constexpr absl::string_view kEndOfSentence = "</s>";

absl::Status Refuse(const std::string& path, absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": fastText .bin model: ", why));
}

absl::Status Damaged(const std::string& path, absl::string_view why) {
  return absl::DataLossError(
      absl::StrCat(path, ": damaged or truncated fastText .bin model: ", why));
}

template <typename T>
absl::StatusOr<T> Take(ByteStream* stream) {
  AKIN_ASSIGN_OR_RETURN(const absl::string_view bytes, stream->Peek(sizeof(T)));
  if (bytes.size() < sizeof(T)) {
    return Damaged(stream->path(), "the file ends within its header");
  }
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  stream->Skip(sizeof(T));
  return value;
}

// A number that has to be in [least, most].
template <typename T>
absl::StatusOr<uint64_t> TakeIn(ByteStream* stream, absl::string_view what,
                                int64_t least, int64_t most) {
  AKIN_ASSIGN_OR_RETURN(const T value, Take<T>(stream));
  if (value >= least && value <= most) return static_cast<uint64_t>(value);
  return Refuse(stream->path(),
                absl::StrCat("its ", what, " is ", value, ", expected ", least,
                             " to ", most));
}

// The next word of the dictionary, valid until the stream is read again; it and
// what belongs to it are consumed.
absl::StatusOr<absl::string_view> TakeWord(ByteStream* stream, int8_t* type) {
  AKIN_ASSIGN_OR_RETURN(const absl::string_view head,
                        stream->Peek(kMaxWordBytes + 1 + kEntryTail));
  const size_t end = head.substr(0, kMaxWordBytes + 1).find('\0');
  if (end == head.npos || head.size() < end + 1 + kEntryTail) {
    return Damaged(stream->path(), absl::StrCat("byte ", stream->offset(),
                                                ": no word of its dictionary"));
  }
  *type = static_cast<int8_t>(head[end + kEntryTail]);
  stream->Skip(end + 1 + kEntryTail);
  return head.substr(0, end);
}

absl::Status TakeArguments(ByteStream* stream, FasttextFacts* facts) {
  AKIN_RETURN_IF_ERROR(Take<int32_t>(stream).status());  // the magic
  AKIN_RETURN_IF_ERROR(
      TakeIn<int32_t>(stream, "version", kVersion, kVersion).status());
  AKIN_ASSIGN_OR_RETURN(const uint64_t dimension,
                        TakeIn<int32_t>(stream, "dimension", 1, kMaxDimension));
  facts->dimension = static_cast<uint32_t>(dimension);
  // ws, epoch, minCount, neg, wordNgrams, loss, model
  for (int i = 0; i < 7; ++i) {
    AKIN_RETURN_IF_ERROR(Take<int32_t>(stream).status());
  }
  AKIN_ASSIGN_OR_RETURN(
      const uint64_t buckets,
      TakeIn<int32_t>(stream, "bucket count", 0, kMaxEntries));
  AKIN_ASSIGN_OR_RETURN(const uint64_t least,
                        TakeIn<int32_t>(stream, "minn", 0, kMaxNgram));
  AKIN_ASSIGN_OR_RETURN(const uint64_t most,
                        TakeIn<int32_t>(stream, "maxn", 0, kMaxNgram));
  facts->buckets = static_cast<uint32_t>(buckets);
  facts->least = static_cast<uint32_t>(least);
  facts->most = static_cast<uint32_t>(most);
  if (most > 0 && buckets == 0) {
    return Refuse(stream->path(), "has n-grams, but no buckets for them");
  }
  AKIN_RETURN_IF_ERROR(Take<int32_t>(stream).status());  // lrUpdateRate
  return Take<double>(stream).status();                  // t
}

// Passes over the dictionary, whose words come before its labels.
absl::Status TakeDictionary(ByteStream* stream, FasttextFacts* facts) {
  AKIN_ASSIGN_OR_RETURN(facts->entries,
                        TakeIn<int32_t>(stream, "entry count", 1, kMaxEntries));
  AKIN_ASSIGN_OR_RETURN(facts->words,
                        TakeIn<int32_t>(stream, "word count", 1,
                                        static_cast<int64_t>(facts->entries)));
  const auto labels = static_cast<int64_t>(facts->entries - facts->words);
  AKIN_RETURN_IF_ERROR(
      TakeIn<int32_t>(stream, "label count", labels, labels).status());
  AKIN_RETURN_IF_ERROR(Take<int64_t>(stream).status());  // ntokens
  AKIN_ASSIGN_OR_RETURN(const int64_t pruned, Take<int64_t>(stream));
  // fastText writes -1, and prunes only what it also quantises.
  if (pruned != -1) return Refuse(stream->path(), "its dictionary is pruned");
  facts->first_word = stream->offset();
  for (uint64_t i = 0; i < facts->entries; ++i) {
    int8_t type = 0;
    AKIN_RETURN_IF_ERROR(TakeWord(stream, &type).status());
    if (type == (i < facts->words ? 0 : 1)) continue;
    return Damaged(stream->path(),
                   absl::StrCat("entry ", i, " of its dictionary is of type ",
                                static_cast<int>(type)));
  }
  return absl::OkStatus();
}

// Its numbers follow.
absl::Status TakeMatrixHead(ByteStream* stream, absl::string_view what,
                            uint64_t most_rows, uint64_t columns,
                            uint64_t* rows) {
  AKIN_ASSIGN_OR_RETURN(
      const uint64_t quantised,
      TakeIn<int8_t>(stream, absl::StrCat(what, "'s quantisation"), 0, 1));
  if (quantised != 0) {
    return Refuse(stream->path(),
                  "is quantised (.ftz), which akin does not read: use the "
                  ".bin it was made from, or the .vec beside that");
  }
  AKIN_ASSIGN_OR_RETURN(
      *rows, TakeIn<int64_t>(stream, absl::StrCat(what, "'s row count"), 1,
                             static_cast<int64_t>(most_rows)));
  return TakeIn<int64_t>(stream, absl::StrCat(what, "'s column count"),
                         static_cast<int64_t>(columns),
                         static_cast<int64_t>(columns))
      .status();
}

absl::Status PassNumbers(ByteStream* stream, uint64_t rows, uint64_t columns) {
  const uint64_t bytes = rows * columns * sizeof(float);  // below 2^50
  AKIN_ASSIGN_OR_RETURN(const uint64_t passed, stream->SkipAhead(bytes));
  if (passed == bytes) return absl::OkStatus();
  return Damaged(stream->path(), absl::StrCat("a matrix takes ", bytes,
                                              " bytes, the file has ", passed));
}

absl::StatusOr<FasttextFacts> ReadFacts(ByteStream* stream) {
  FasttextFacts facts;
  AKIN_RETURN_IF_ERROR(TakeArguments(stream, &facts));
  AKIN_RETURN_IF_ERROR(TakeDictionary(stream, &facts));
  uint64_t rows = 0;
  AKIN_RETURN_IF_ERROR(TakeMatrixHead(stream, "input matrix",
                                      facts.words + facts.buckets,
                                      facts.dimension, &rows));
  if (rows != facts.words + facts.buckets) {
    return Refuse(stream->path(),
                  absl::StrCat("its input matrix has ", rows,
                               " rows, expected one for each of ", facts.words,
                               " words and ", facts.buckets, " buckets"));
  }
  facts.matrix = stream->offset();
  AKIN_RETURN_IF_ERROR(PassNumbers(stream, rows, facts.dimension));
  AKIN_RETURN_IF_ERROR(TakeMatrixHead(stream, "output matrix", kMaxEntries,
                                      facts.dimension, &rows));
  AKIN_RETURN_IF_ERROR(PassNumbers(stream, rows, facts.dimension));
  AKIN_ASSIGN_OR_RETURN(const absl::string_view rest, stream->Peek(1));
  if (rest.empty()) return facts;
  return Refuse(stream->path(), absl::StrCat("byte ", stream->offset(),
                                             ": trailing data behind it"));
}

bool ContinuesCharacter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u;
}

}  // namespace

void NgramBuckets(absl::string_view word, uint32_t least, uint32_t most,
                  uint32_t buckets, std::vector<uint32_t>* out) {
  out->clear();
  const std::string text = absl::StrCat("<", word, ">");
  for (size_t i = 0; i < text.size(); ++i) {
    if (ContinuesCharacter(text[i])) continue;
    uint32_t hash = 2166136261u;  // FNV-1a, of signed bytes
    size_t end = i;
    for (uint32_t n = 1; end < text.size() && n <= most; ++n) {
      do {
        hash ^= static_cast<uint32_t>(static_cast<int8_t>(text[end++]));
        hash *= 16777619u;
      } while (end < text.size() && ContinuesCharacter(text[end]));
      // "<" and ">" alone are none.
      if (n >= least && !(n == 1 && (i == 0 || end == text.size()))) {
        out->push_back(hash % buckets);
      }
    }
  }
}

absl::StatusOr<std::unique_ptr<VectorSource>> FasttextBin::Open(
    const std::string& path) {
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<ByteStream> stream,
                        ByteStream::Open(path));
  if (!stream->remaining().has_value()) {
    return Refuse(path,
                  "is compressed or a pipe; akin reads it as it is: "
                  "decompress it");
  }
  AKIN_ASSIGN_OR_RETURN(const FasttextFacts facts, ReadFacts(stream.get()));
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<ByteStream> words,
                        ByteStream::Open(path));
  AKIN_RETURN_IF_ERROR(words->SkipAhead(facts.first_word).status());
  AKIN_ASSIGN_OR_RETURN(std::unique_ptr<StoredFile> file,
                        StoredFile::Open(path));
  return std::unique_ptr<VectorSource>(
      new FasttextBin(facts, std::move(words), std::move(file)));
}

uint64_t FasttextBin::bytes_read() const {
  return static_cast<uint64_t>(static_cast<double>(file_->size().value_or(0)) *
                               static_cast<double>(rows_seen_) /
                               static_cast<double>(facts_.words));
}

absl::Status FasttextBin::AddRow(uint64_t row, absl::Span<float> values) {
  const size_t bytes = sizeof(float) * facts_.dimension;
  matrix_row_.resize(facts_.dimension);
  AKIN_ASSIGN_OR_RETURN(
      const size_t got,
      file_->ReadAt(facts_.matrix + row * bytes,
                    reinterpret_cast<char*>(matrix_row_.data()), bytes));
  if (got < bytes) {
    return Damaged(words_->path(), "it was cut while it was read");
  }
  for (size_t i = 0; i < values.size(); ++i) values[i] += matrix_row_[i];
  return absl::OkStatus();
}

absl::StatusOr<VectorSource::Outcome> FasttextBin::Next(
    absl::Span<float> values, SourceRow* row) {
  if (rows_seen_ == facts_.words) return Outcome::kEnd;
  int8_t type = 0;
  AKIN_ASSIGN_OR_RETURN(row->id, TakeWord(words_.get(), &type));
  row->unit = "word";
  row->position = rows_seen_;
  ngrams_.clear();
  if (row->id != kEndOfSentence && facts_.most > 0) {
    NgramBuckets(row->id, facts_.least, facts_.most, facts_.buckets, &ngrams_);
  }
  std::fill(values.begin(), values.end(), 0.0f);
  AKIN_RETURN_IF_ERROR(AddRow(rows_seen_, values));
  for (const uint32_t ngram : ngrams_) {
    AKIN_RETURN_IF_ERROR(AddRow(facts_.words + ngram, values));
  }
  const auto scale =
      static_cast<float>(1.0 / static_cast<double>(ngrams_.size() + 1));
  for (float& value : values) value *= scale;
  ++rows_seen_;
  return Outcome::kRow;
}

}  // namespace akin
