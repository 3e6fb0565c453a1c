#include "index/formats/safetensors_json.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "index/base/status_macros.h"
#include "index/formats/number_field.h"

namespace akin {
namespace {

using nlohmann::json;

// The header's bytes, taken from the stream as they are read.
class HeaderBytes {
 public:
  HeaderBytes(ByteStream* stream, uint64_t bytes)
      : stream_(stream), left_(bytes) {
    Fill();
  }

  bool at_end() const { return chunk_.empty(); }
  char current() const { return chunk_.front(); }
  void Advance() {
    chunk_.remove_prefix(1);
    if (chunk_.empty()) Fill();
  }

  // What ended the bytes too early, if anything did.
  absl::Status status() const {
    if (!status_.ok() || left_ == 0) return status_;
    return absl::DataLossError(absl::StrCat(
        stream_->path(), ": truncated: the file ends within its header"));
  }

 private:
  void Fill() {
    constexpr uint64_t kChunk = 64 << 10;
    if (taken_ > 0) stream_->Skip(taken_);
    taken_ = 0;
    if (left_ == 0) return;
    const absl::StatusOr<absl::string_view> more =
        stream_->Peek(static_cast<size_t>(std::min(left_, kChunk)));
    status_ = more.status();
    if (!more.ok()) return;
    chunk_ = *more;
    taken_ = chunk_.size();
    left_ -= taken_;
  }

  ByteStream* const stream_;
  uint64_t left_;
  absl::string_view chunk_;
  size_t taken_ = 0;  // of the stream, not yet skipped
  absl::Status status_;
};

// What nlohmann's parser walks over. All copies stand at the same place.
class HeaderIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  explicit HeaderIterator(HeaderBytes* bytes) : bytes_(bytes) {}

  char operator*() const { return bytes_->current(); }
  HeaderIterator& operator++() {
    bytes_->Advance();
    return *this;
  }
  // Compared only with the end.
  bool operator!=(const HeaderIterator&) const { return !bytes_->at_end(); }
  bool operator==(const HeaderIterator&) const { return bytes_->at_end(); }

 private:
  HeaderBytes* bytes_;
};

// {"name": {"dtype": "F32", "shape": [3, 2], "data_offsets": [0, 24]}, ...,
//  "__metadata__": {"text": "text"}}
class HeaderReader final : public nlohmann::json_sax<json> {
 public:
  std::vector<StoredTensor> tensors;
  std::string why;  // it was refused

  bool null() override { return Unexpected("null"); }
  bool boolean(bool) override { return Unexpected("true or false"); }
  bool number_integer(number_integer_t value) override {
    return Unexpected(absl::StrCat("the number ", value));
  }
  bool number_float(number_float_t, const string_t& text) override {
    return Unexpected(absl::StrCat("the number ", text.substr(0, 40)));
  }
  bool binary(binary_t&) override { return Unexpected("binary data"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ == Place::kShape) {
      if (tensor_.shape.size() == kMaxTensorDimensions) {
        return Fail(
            absl::StrCat("more than ", kMaxTensorDimensions, " dimensions"));
      }
      tensor_.shape.push_back(value);
      return true;
    }
    if (place_ != Place::kOffsets || offsets_ == 2) {
      return Unexpected(absl::StrCat("the number ", value));
    }
    (offsets_++ == 0 ? tensor_.begin : tensor_.end) = value;
    return true;
  }

  bool string(string_t& text) override {
    if (place_ == Place::kMetadata) return true;
    if (place_ != Place::kTensor || key_ != "dtype") {
      return Unexpected(ShownField(text));
    }
    tensor_.dtype = text;
    has_dtype_ = true;
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::kOutside) {
      place_ = Place::kTensors;
      return true;
    }
    if (place_ != Place::kTensors) return Unexpected("an object");
    if (tensor_.name == "__metadata__") {
      place_ = Place::kMetadata;
      return true;
    }
    place_ = Place::kTensor;
    key_.clear();
    has_dtype_ = has_shape_ = has_offsets_ = false;
    return true;
  }

  bool key(string_t& text) override {
    if (place_ == Place::kMetadata) return true;
    if (place_ == Place::kTensors) {
      tensor_ = StoredTensor();
      tensor_.name = text;
      return true;
    }
    key_ = text;
    const bool again = (text == "dtype" && has_dtype_) ||
                       (text == "shape" && has_shape_) ||
                       (text == "data_offsets" && has_offsets_);
    if (again) return Fail(absl::StrCat(text, " twice"));
    if (text == "dtype" || text == "shape" || text == "data_offsets") {
      return true;
    }
    return Fail(absl::StrCat("the key ", ShownField(text),
                             ", expected dtype, shape and data_offsets"));
  }

  bool end_object() override {
    if (place_ == Place::kTensors) {
      place_ = Place::kOutside;
      return true;
    }
    if (place_ == Place::kMetadata) {
      if (std::exchange(has_metadata_, true)) {
        return Fail("__metadata__ twice");
      }
    } else {
      if (!has_dtype_ || !has_shape_ || !has_offsets_) {
        return Fail("no dtype, no shape or no data_offsets");
      }
      if (tensors.size() == kMaxSafetensorsTensors) {
        return Fail(
            absl::StrCat("more than ", kMaxSafetensorsTensors, " tensors"));
      }
      tensors.push_back(std::move(tensor_));
    }
    place_ = Place::kTensors;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ == Place::kTensor && key_ == "shape") {
      place_ = Place::kShape;
    } else if (place_ == Place::kTensor && key_ == "data_offsets") {
      place_ = Place::kOffsets;
      offsets_ = 0;
    } else {
      return Unexpected("a list");
    }
    return true;
  }

  bool end_array() override {
    if (place_ == Place::kOffsets && offsets_ != 2) {
      return Fail("data_offsets that are not two numbers");
    }
    (place_ == Place::kShape ? has_shape_ : has_offsets_) = true;
    place_ = Place::kTensor;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception&) override {
    if (why.empty()) why = absl::StrCat("no JSON at byte ", position);
    return false;
  }

 private:
  enum class Place : uint8_t {
    kOutside,
    kTensors,
    kTensor,
    kShape,
    kOffsets,
    kMetadata
  };

  bool Fail(absl::string_view what) {
    why = absl::StrCat(what);
    if (place_ != Place::kOutside && place_ != Place::kTensors &&
        place_ != Place::kMetadata) {
      why = absl::StrCat("in tensor ", ShownField(tensor_.name), ": ", why);
    }
    return false;
  }
  bool Unexpected(absl::string_view what) {
    return Fail(absl::StrCat(what, " where there should be none"));
  }

  Place place_ = Place::kOutside;
  std::string key_;
  StoredTensor tensor_;
  bool has_metadata_ = false;
  bool has_dtype_ = false;
  bool has_shape_ = false;
  bool has_offsets_ = false;
  int offsets_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<StoredTensor>> ReadTensorList(ByteStream* stream,
                                                         uint64_t bytes,
                                                         std::string* why) {
  HeaderBytes text(stream, bytes);
  HeaderReader reader;
  const bool read =
      json::sax_parse(HeaderIterator(&text), HeaderIterator(&text), &reader);
  // A file that ends within the header is no JSON either.
  if (text.at_end()) AKIN_RETURN_IF_ERROR(text.status());
  if (!read) {
    *why = reader.why;
  } else if (!text.at_end()) {
    // nlohmann's parser takes a NUL for the end.
    *why = "other bytes behind its JSON";
  }
  return std::move(reader.tensors);
}

}  // namespace akin
