#include "index/base/sealed_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "index/base/crc32c.h"
#include "index/base/status_macros.h"
#include "index/base/system_error.h"

namespace akin {
namespace {

static_assert(std::endian::native == std::endian::little,
              "sealed files hold numbers as this machine does");

constexpr absl::string_view kMagic = "AKINSEAL";
constexpr absl::string_view kEndMagic = "SEALEND\n";
constexpr uint64_t kAlign = 64;
constexpr uint64_t kHeaderBytes = 64;
constexpr uint64_t kFooterBytes = 32;
constexpr uint64_t kBlockBytes = uint64_t{1} << 20;
constexpr size_t kNameBytes = 32;
constexpr uint64_t kEntryBytes = kNameBytes + 2 * sizeof(uint64_t);

uint64_t Padded(uint64_t bytes) {
  return (bytes + kAlign - 1) / kAlign * kAlign;
}

uint64_t BlocksOf(uint64_t bytes) {
  return (Padded(bytes) + kBlockBytes - 1) / kBlockBytes;
}

template <class T>
void AppendNumber(T number, std::string* out) {
  out->append(reinterpret_cast<const char*>(&number), sizeof(T));
}

template <class T>
T NumberAt(absl::string_view bytes, size_t at) {
  T number;
  std::memcpy(&number, bytes.data() + at, sizeof(T));
  return number;
}

std::string Header() {
  std::string header(kMagic);
  AppendNumber(kSealedFormat, &header);
  header.resize(kHeaderBytes, '\0');
  return header;
}

}  // namespace

// Does `work` for every block, on `pool`; the error of the first that has one.
template <class Work>
absl::Status ForBlocks(const SealedSection& section, WorkerPool* pool,
                       const Work& work) {
  std::vector<absl::Status> done(section.sums.size());
  std::atomic<bool> failed = false;
  pool->ParallelFor(done.size(), [&](size_t block) {
    if (failed) return;
    done[block] = work(block);
    if (!done[block].ok()) failed = true;
  });
  for (absl::Status& status : done) AKIN_RETURN_IF_ERROR(std::move(status));
  return absl::OkStatus();
}

SealedFileWriter::SealedFileWriter(std::string path, int descriptor,
                                   std::function<bool()> go_on)
    : path_(std::move(path)),
      descriptor_(descriptor),
      go_on_(std::move(go_on)) {}

absl::StatusOr<std::unique_ptr<SealedFileWriter>> SealedFileWriter::Create(
    const std::string& path, std::function<bool()> go_on) {
  const int descriptor =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0) return SystemError(path, "cannot be created");
  auto writer = std::unique_ptr<SealedFileWriter>(
      new SealedFileWriter(path, descriptor, std::move(go_on)));
  AKIN_RETURN_IF_ERROR(writer->Write(Header()));
  return writer;
}

SealedFileWriter::~SealedFileWriter() { close(descriptor_); }

absl::Status SealedFileWriter::CheckGoesOn() const {
  if (!go_on_ || go_on_()) return absl::OkStatus();
  return absl::CancelledError(absl::StrCat(path_, ": writing was cancelled"));
}

absl::Status SealedFileWriter::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(path_, "cannot be written");
    bytes.remove_prefix(static_cast<size_t>(written));
    at_ += static_cast<uint64_t>(written);
  }
  return absl::OkStatus();
}

absl::Status SealedFileWriter::Add(absl::string_view name,
                                   absl::string_view bytes) {
  SealedSection section;
  section.name = std::string(name);
  section.begin = at_;
  section.bytes = bytes.size();
  const std::string padding(Padded(bytes.size()) - bytes.size(), '\0');
  while (!bytes.empty()) {
    AKIN_RETURN_IF_ERROR(CheckGoesOn());
    const absl::string_view block = bytes.substr(0, kBlockBytes);
    bytes.remove_prefix(block.size());
    const uint32_t sum = Crc32c(block);
    // The last block's sum is of its padding, too.
    section.sums.push_back(bytes.empty() ? Crc32c(padding, sum) : sum);
    AKIN_RETURN_IF_ERROR(Write(block));
  }
  AKIN_RETURN_IF_ERROR(Write(padding));
  sections_.push_back(std::move(section));
  return absl::OkStatus();
}

absl::Status SealedFileWriter::Finish() {
  std::string directory;
  for (const SealedSection& section : sections_) {
    std::string name = section.name;
    name.resize(kNameBytes, '\0');
    directory += name;
    AppendNumber(section.begin, &directory);
    AppendNumber(section.bytes, &directory);
    for (const uint32_t sum : section.sums) AppendNumber(sum, &directory);
  }
  std::string footer;
  AppendNumber(at_, &footer);
  AppendNumber(uint64_t{directory.size()}, &footer);
  AppendNumber(Crc32c(directory), &footer);
  AppendNumber(Crc32c(footer), &footer);
  footer.append(kEndMagic.data(), kEndMagic.size());
  AKIN_RETURN_IF_ERROR(Write(directory));
  AKIN_RETURN_IF_ERROR(Write(footer));
  AKIN_RETURN_IF_ERROR(CheckGoesOn());
  // Once, and not again when it fails: the kernel forgets what it could not
  // write.
  if (fsync(descriptor_) != 0) return SystemError(path_, "cannot be synced");
  return absl::OkStatus();
}

SealedFile::~SealedFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

SealedFile::SealedFile(SealedFile&& other) noexcept
    : path_(other.path_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      options_(std::move(other.options_)),
      file_bytes_(other.file_bytes_),
      sum_(other.sum_),
      sections_(std::move(other.sections_)) {}

absl::Status SealedFile::Damaged(uint64_t offset,
                                 absl::string_view what) const {
  return absl::DataLossError(
      absl::StrCat(path_, ": damaged at offset ", offset, ": ", what));
}

absl::Status SealedFile::Wrong(absl::string_view name,
                               absl::string_view what) const {
  return absl::DataLossError(
      absl::StrCat(path_, ": section \"", name, "\" ", what));
}

absl::StatusOr<SealedFile> SealedFile::Open(const std::string& path,
                                            SealedFileOptions options) {
  // A link might lead anywhere, and a pipe keep us waiting.
  const int descriptor =
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return SystemError(path, "cannot be opened");
  SealedFile file(path, descriptor, std::move(options));
  struct stat facts = {};
  if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return absl::DataLossError(absl::StrCat(path, ": is no regular file"));
  }
  file.file_bytes_ = static_cast<uint64_t>(facts.st_size);
  AKIN_RETURN_IF_ERROR(file.ReadDirectory());
  return file;
}

absl::Status SealedFile::ReadAt(uint64_t offset, size_t bytes,
                                char* out) const {
  while (bytes > 0) {
    const ssize_t got =
        pread(descriptor_, out, bytes, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return SystemError(path_, "cannot be read");
    if (got == 0) return Damaged(offset, "the file ends here");
    out += got;
    offset += static_cast<uint64_t>(got);
    bytes -= static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

absl::Status SealedFile::ReadDirectory() {
  if (file_bytes_ < kHeaderBytes + kFooterBytes) {
    return Damaged(file_bytes_, "too short for a sealed file");
  }
  std::array<char, kHeaderBytes> header_bytes;
  AKIN_RETURN_IF_ERROR(ReadAt(0, kHeaderBytes, header_bytes.data()));
  const absl::string_view header(header_bytes.data(), kHeaderBytes);
  if (header.substr(0, kMagic.size()) != kMagic) {
    return Damaged(0, "a sealed file of akin begins otherwise");
  }
  const auto format = NumberAt<uint32_t>(header, kMagic.size());
  if (format != kSealedFormat) {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, ": has format ", format, " (at offset ",
                     kMagic.size(), "), this program reads ", kSealedFormat));
  }
  if (header != Header()) {
    return Damaged(kMagic.size() + sizeof(format), "the header is not zero");
  }

  std::array<char, kFooterBytes> footer_bytes;
  const uint64_t footer_at = file_bytes_ - kFooterBytes;
  AKIN_RETURN_IF_ERROR(ReadAt(footer_at, kFooterBytes, footer_bytes.data()));
  const absl::string_view footer(footer_bytes.data(), kFooterBytes);
  if (footer.substr(24) != kEndMagic) {
    return Damaged(footer_at, "no sealed file ends here; it may be cut off");
  }
  if (Crc32c(footer.substr(0, 20)) != NumberAt<uint32_t>(footer, 20)) {
    return Damaged(footer_at, "the footer's sum is another");
  }
  const auto begin = NumberAt<uint64_t>(footer, 0);
  const auto bytes = NumberAt<uint64_t>(footer, 8);
  if (begin < kHeaderBytes || begin > footer_at || bytes != footer_at - begin) {
    return Damaged(footer_at, "the file is longer or shorter than written");
  }
  std::string directory(bytes, '\0');
  AKIN_RETURN_IF_ERROR(ReadAt(begin, bytes, directory.data()));
  sum_ = NumberAt<uint32_t>(footer, 16);
  if (Crc32c(directory) != sum_) {
    return Damaged(begin, "the directory's sum is another");
  }
  return ParseDirectory(directory, begin);
}

absl::Status SealedFile::ParseDirectory(absl::string_view directory,
                                        uint64_t begin) {
  uint64_t expected = kHeaderBytes;
  for (size_t at = 0; at < directory.size();) {
    const absl::string_view rest = directory.substr(at);
    if (rest.size() < kEntryBytes) {
      return Damaged(begin + at, "an entry of the directory is cut off");
    }
    SealedSection section;
    section.name = std::string(rest.substr(0, kNameBytes));
    section.name.resize(std::strlen(section.name.c_str()));
    section.begin = NumberAt<uint64_t>(rest, kNameBytes);
    section.bytes = NumberAt<uint64_t>(rest, kNameBytes + sizeof(uint64_t));
    if (section.begin != expected || section.bytes > begin - expected) {
      return Damaged(begin + at, "a section lies outside of the file");
    }
    const uint64_t blocks = BlocksOf(section.bytes);
    if (blocks > (rest.size() - kEntryBytes) / sizeof(uint32_t)) {
      return Damaged(begin + at, "sums of the directory are missing");
    }
    for (uint64_t block = 0; block < blocks; ++block) {
      section.sums.push_back(
          NumberAt<uint32_t>(rest, kEntryBytes + block * sizeof(uint32_t)));
    }
    if (Has(section.name)) return Wrong(section.name, "is there twice");
    expected += Padded(section.bytes);
    at += kEntryBytes + blocks * sizeof(uint32_t);
    sections_.push_back(std::move(section));
  }
  if (expected != begin) {
    return Damaged(expected, "bytes that belong to no section");
  }
  return absl::OkStatus();
}

const SealedSection* SealedFile::Find(absl::string_view name) const {
  const auto found =
      std::find_if(sections_.begin(), sections_.end(),
                   [&](const auto& section) { return section.name == name; });
  return found == sections_.end() ? nullptr : &*found;
}

absl::StatusOr<size_t> SealedFile::CountOf(absl::string_view name, size_t size,
                                           size_t most) const {
  const SealedSection* section = Find(name);
  if (section == nullptr) return Wrong(name, "is missing");
  if (section->bytes % size != 0 || section->bytes / size > most) {
    return Wrong(name, absl::StrCat("has ", section->bytes,
                                    " bytes, expected a multiple of ", size,
                                    ", at most ", most, " times"));
  }
  return section->bytes / size;
}

absl::Status SealedFile::ReadBlock(const SealedSection& section, size_t block,
                                   char* out) const {
  const uint64_t begin = block * kBlockBytes;
  const uint64_t bytes = std::min(kBlockBytes, section.bytes - begin);
  AKIN_RETURN_IF_ERROR(ReadAt(section.begin + begin, bytes, out));
  return CheckBlock(section, block, out);
}

absl::Status SealedFile::CheckBlock(const SealedSection& section, size_t block,
                                    const char* data) const {
  const uint64_t begin = block * kBlockBytes;
  const uint64_t bytes = std::min(kBlockBytes, section.bytes - begin);
  uint32_t sum = Crc32c({data, bytes});
  if (block + 1 == section.sums.size()) {
    std::array<char, kAlign> padding;
    const uint64_t padded = Padded(section.bytes) - section.bytes;
    AKIN_RETURN_IF_ERROR(
        ReadAt(section.begin + section.bytes, padded, padding.data()));
    sum = Crc32c({padding.data(), padded}, sum);
  }
  if (sum != section.sums[block]) {
    return Damaged(
        section.begin + begin,
        absl::StrFormat("block %d of section \"%s\", %d bytes, has "
                        "the sum %08x, expected %08x",
                        block, section.name, bytes, sum, section.sums[block]));
  }
  if (!options_.on_block || options_.on_block(bytes)) return absl::OkStatus();
  return absl::CancelledError(absl::StrCat(path_, ": reading was cancelled"));
}

absl::StatusOr<const SealedSection*> SealedFile::FindOf(absl::string_view name,
                                                        size_t bytes) const {
  const SealedSection* section = Find(name);
  if (section == nullptr) return Wrong(name, "is missing");
  if (section->bytes == bytes) return section;
  return Wrong(
      name, absl::StrCat("has ", section->bytes, " bytes, expected ", bytes));
}

absl::Status SealedFile::Read(absl::string_view name, size_t bytes, void* out,
                              WorkerPool* pool) const {
  AKIN_ASSIGN_OR_RETURN(const SealedSection* section, FindOf(name, bytes));
  return ForBlocks(*section, pool, [&](size_t block) {
    return ReadBlock(*section, block,
                     static_cast<char*>(out) + block * kBlockBytes);
  });
}

absl::StatusOr<PageBuffer> SealedFile::Load(absl::string_view name,
                                            size_t bytes,
                                            WorkerPool* pool) const {
  AKIN_ASSIGN_OR_RETURN(const SealedSection* section, FindOf(name, bytes));
  if (!options_.map) {
    PageBuffer buffer;
    AKIN_RETURN_IF_ERROR(buffer.Reserve(bytes));
    AKIN_RETURN_IF_ERROR(Read(name, bytes, buffer.data(), pool));
    return buffer;
  }
  auto buffer = PageBuffer::Map(descriptor_, section->begin, bytes);
  AKIN_RETURN_IF_ERROR(Annotate(buffer.status(), path_));
  AKIN_RETURN_IF_ERROR(ForBlocks(*section, pool, [&](size_t block) {
    return CheckBlock(*section, block, buffer->data() + block * kBlockBytes);
  }));
  return buffer;
}

absl::Status SealedFile::Verify(WorkerPool* pool) const {
  for (const SealedSection& section : sections_) {
    AKIN_RETURN_IF_ERROR(ForBlocks(section, pool, [&](size_t block) {
      std::string bytes(kBlockBytes, '\0');
      return ReadBlock(section, block, bytes.data());
    }));
  }
  return absl::OkStatus();
}

}  // namespace akin
