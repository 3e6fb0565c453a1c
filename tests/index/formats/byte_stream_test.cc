#include "index/formats/byte_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "tests/index/formats/file_fixture.h"

namespace akin {
namespace {

using testing::HasSubstr;

constexpr int kFilters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD,
                            ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_BZIP2};

// Reads everything in steps of `step` bytes.
absl::StatusOr<std::string> Slurp(const std::string& path, size_t step = 1000) {
  absl::StatusOr<std::unique_ptr<ByteStream>> stream = ByteStream::Open(path);
  if (!stream.ok()) return stream.status();
  std::string out;
  for (;;) {
    EXPECT_EQ((*stream)->offset(), out.size());
    absl::StatusOr<absl::string_view> next = (*stream)->Peek(step);
    if (!next.ok()) return next.status();
    if (next->empty()) return out;
    out.append(next->data(), next->size());
    (*stream)->Skip(next->size());
  }
}

// Long enough to need several fills, and not the same everywhere.
std::string SomeText(size_t lines) {
  std::string out;
  uint64_t state = 1;
  for (size_t i = 0; i < lines; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    out += "w" + std::to_string(i) + " " + std::to_string(state) + "\n";
  }
  return out;
}

class ByteStreamTest : public FileFixture {};

TEST_F(ByteStreamTest, ReadsPlainFiles) {
  const std::string text = SomeText(50000);
  const std::string path = Write("a", text);
  EXPECT_EQ(*Slurp(path), text);
  EXPECT_EQ(*Slurp(path, 700001), text);
  auto stream = *ByteStream::Open(path);
  EXPECT_EQ(stream->remaining(), text.size());
  ASSERT_TRUE(stream->Peek(10).ok());
  stream->Skip(10);
  EXPECT_EQ(stream->remaining(), text.size() - 10);
  EXPECT_EQ(stream->stored_bytes_read(), 10u);
}

TEST_F(ByteStreamTest, ReadsCompressedFilesWhateverTheirName) {
  const std::string text = SomeText(50000);
  for (const int filter : kFilters) {
    const std::string bytes = Compress(text, filter);
    const std::string path = Write("a.txt", bytes);
    absl::StatusOr<std::string> got = Slurp(path);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, text);
    auto stream = *ByteStream::Open(path);
    EXPECT_EQ(stream->remaining(), std::nullopt);
    absl::string_view line;
    while (*stream->ReadLine(&line)) {
    }
    EXPECT_EQ(stream->stored_bytes_read(), bytes.size());
  }
}

TEST_F(ByteStreamTest, SkipsAheadPlainOrCompressed) {
  const std::string text = SomeText(50000);
  for (const std::string& bytes : {text, Compress(text, ARCHIVE_FILTER_GZIP)}) {
    auto stream = *ByteStream::Open(Write("a", bytes));
    uint64_t offset = 0;
    for (const uint64_t step : {0u, 1u, 600u, 300'000u, 700'001u, 5u}) {
      EXPECT_EQ(*stream->SkipAhead(step), step);
      offset += step;
      EXPECT_EQ(stream->offset(), offset);
      EXPECT_EQ(*stream->Peek(10), text.substr(offset, 10));
    }
    EXPECT_EQ(*stream->SkipAhead(~uint64_t{0}), text.size() - offset);
    EXPECT_EQ(*stream->Peek(1), "");
    EXPECT_EQ(stream->offset(), text.size());
    EXPECT_EQ(*stream->SkipAhead(1), 0u);
  }
}

TEST_F(ByteStreamTest, MembersInARowAreOneStream) {
  for (const int filter : kFilters) {
    const std::string path =
        Write("a", Compress("first\n", filter) + Compress("second\n", filter));
    absl::StatusOr<std::string> got = Slurp(path);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, "first\nsecond\n");
  }
}

TEST_F(ByteStreamTest, CompressedNothingIsEmpty) {
  for (const int filter : kFilters) {
    absl::StatusOr<std::string> got = Slurp(Write("a", Compress("", filter)));
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, "");
  }
}

TEST_F(ByteStreamTest, TruncatedCompressedDataIsNeverShort) {
  const std::string text = SomeText(20);
  for (const int filter : kFilters) {
    const std::string bytes = Compress(text, filter);
    for (size_t size = 10; size < bytes.size(); ++size) {
      absl::StatusOr<std::string> got =
          Slurp(Write("a", bytes.substr(0, size)));
      ASSERT_EQ(got.status().code(), absl::StatusCode::kDataLoss)
          << filter << " cut to " << size << " of " << bytes.size();
      EXPECT_THAT(std::string(got.status().message()), HasSubstr(Path("a")));
    }
  }
}

TEST_F(ByteStreamTest, TruncatedLongCompressedDataIsNeverShort) {
  const std::string text = SomeText(20000);
  for (const int filter : kFilters) {
    const std::string bytes = Compress(text, filter);
    for (size_t cut = 1; cut < bytes.size(); cut = cut * 3 + 1) {
      EXPECT_EQ(Slurp(Write("a", bytes.substr(0, bytes.size() - cut)))
                    .status()
                    .code(),
                absl::StatusCode::kDataLoss)
          << filter << " less " << cut;
    }
  }
}

TEST_F(ByteStreamTest, AnyFlippedBitOfGzipDataIsSeen) {
  const std::string text = SomeText(20);
  const std::string bytes = Compress(text, ARCHIVE_FILTER_GZIP);
  // The first ten bytes are the header: a time, an operating system.
  for (size_t i = 10; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      absl::StatusOr<std::string> got = Slurp(Write("a", flipped));
      EXPECT_TRUE(!got.ok() || *got == text) << "byte " << i << " bit " << bit;
    }
  }
}

TEST_F(ByteStreamTest, BytesBehindCompressedDataAreAnError) {
  for (const int filter : kFilters) {
    const std::string path = Write("a", Compress("text\n", filter) + "junk");
    EXPECT_EQ(Slurp(path).status().code(), absl::StatusCode::kDataLoss);
  }
}

TEST_F(ByteStreamTest, WhatBeginsLikeGzipButIsNot) {
  const absl::Status status =
      Slurp(Write("a", "\x1F\x8B\xFF and so on and on")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("begins like gzip"));
}

TEST_F(ByteStreamTest, Lines) {
  auto stream = *ByteStream::Open(Write("a", "one\n\nthree\r\nlast"));
  std::vector<std::string> lines;
  absl::string_view line;
  while (*stream->ReadLine(&line)) lines.emplace_back(line);
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "", "three\r", "last"}));
  EXPECT_EQ(stream->offset(), 16u);
  EXPECT_FALSE(*stream->ReadLine(&line));
}

TEST_F(ByteStreamTest, LinesOfSeveralBuffers) {
  const size_t longest = ByteStream::kMaxPeekBytes - 1;
  const std::string text = "a\n" + std::string(longest, 'x') + "\nb\n";
  auto stream = *ByteStream::Open(Write("a", text));
  absl::string_view line;
  ASSERT_TRUE(*stream->ReadLine(&line));
  ASSERT_TRUE(*stream->ReadLine(&line));
  EXPECT_EQ(line.size(), longest);
  ASSERT_TRUE(*stream->ReadLine(&line));
  EXPECT_EQ(line, "b");
}

TEST_F(ByteStreamTest, ALineWithoutEndIsAnErrorNotAllMemory) {
  const std::string text(ByteStream::kMaxPeekBytes + 1, 'x');
  auto stream = *ByteStream::Open(Write("a", "a\n" + text));
  absl::string_view line;
  ASSERT_TRUE(*stream->ReadLine(&line));
  const absl::Status status = stream->ReadLine(&line).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()),
            Path("a") + ": byte 2: a line longer than 4194304 bytes");
}

TEST_F(ByteStreamTest, FilesThatCannotBeOpened) {
  EXPECT_EQ(ByteStream::Open(Path("none")).status(),
            absl::NotFoundError(Path("none") + ": no such file"));
  Write("file", "");
  EXPECT_EQ(ByteStream::Open(Path("file/below")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(
      ByteStream::Open(Path(".")).status(),
      absl::InvalidArgumentError(Path(".") + ": is a folder, expected a file"));
  EXPECT_EQ(ByteStream::Open("").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ByteStreamTest, FilesThatMayNotBeRead) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const std::string path = Write("a", "text");
  chmod(path.c_str(), 0);
  EXPECT_EQ(ByteStream::Open(path).status().code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(ByteStreamTest, ReadsPipes) {
  const std::string text = SomeText(20000);
  for (const std::string& bytes : {text, Compress(text, ARCHIVE_FILTER_GZIP)}) {
    const std::string path = Path("pipe");
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    std::thread writer([&] { std::ofstream(path, std::ios::binary) << bytes; });
    absl::StatusOr<std::string> got = Slurp(path);
    writer.join();
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, text);
    std::filesystem::remove(path);
  }
}

}  // namespace
}  // namespace akin
