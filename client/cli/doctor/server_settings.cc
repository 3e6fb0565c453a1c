#include "client/cli/doctor/server_settings.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/cli/input_file.h"

namespace akin::client {
namespace {

namespace pb = google::protobuf;

constexpr const char* kCertificates[] = {"tls_certificate", "tls_client_ca"};

// The server's settings are a message that a client does not know; this one has
// those that are looked for, by the same names.
pb::FileDescriptorProto Description() {
  pb::FileDescriptorProto file;
  file.set_name("settings_that_name_certificates.proto");
  pb::DescriptorProto* message = file.add_message_type();
  message->set_name("Settings");
  int number = 0;
  for (const char* name : kCertificates) {
    pb::FieldDescriptorProto* field = message->add_field();
    field->set_name(name);
    field->set_number(++number);
    field->set_label(pb::FieldDescriptorProto::LABEL_OPTIONAL);
    field->set_type(pb::FieldDescriptorProto::TYPE_STRING);
  }
  return file;
}

// Keeps the first error; that a field is not known is a warning.
class FirstError : public pb::io::ErrorCollector {
 public:
  void AddError(int line, int /*column*/, const std::string& text) override {
    // protobuf counts from 0
    if (!text_.has_value()) text_ = absl::StrCat(line + 1, ": ", text);
  }
  void AddWarning(int /*line*/, int /*column*/,
                  const std::string& /*text*/) override {}

  std::string text() const { return text_.value_or("no settings"); }

 private:
  std::optional<std::string> text_;
};

}  // namespace

absl::StatusOr<std::vector<NamedFile>> ReadNamedCertificates(
    const std::string& path) {
  const auto text = ReadInputFile(path);
  if (!text.ok()) return text.status();
  pb::DescriptorPool pool;
  const pb::FileDescriptor* file = pool.BuildFile(Description());
  if (file == nullptr) return absl::InternalError("no description of settings");
  pb::DynamicMessageFactory factory(&pool);
  const std::unique_ptr<pb::Message> settings(
      factory.GetPrototype(file->message_type(0))->New());
  FirstError error;
  pb::TextFormat::Parser parser;
  parser.AllowUnknownField(true);
  parser.RecordErrorsTo(&error);
  if (!parser.ParseFromString(*text, settings.get())) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ":", error.text(),
                     " (expected what akin-server --config takes)"));
  }
  std::vector<NamedFile> named;
  for (const char* name : kCertificates) {
    const pb::FieldDescriptor* field =
        settings->GetDescriptor()->FindFieldByName(name);
    std::string value = settings->GetReflection()->GetString(*settings, field);
    if (!value.empty()) named.push_back({name, std::move(value)});
  }
  return named;
}

}  // namespace akin::client
