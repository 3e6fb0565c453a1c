#include "server/config.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "index/base/spelling.h"
#include "index/base/status_macros.h"

namespace akin::server {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

const google::protobuf::Descriptor& Fields() { return *Config::descriptor(); }

const Setting& SettingOf(const FieldDescriptor& field) {
  return field.options().GetExtension(setting);
}

bool IsText(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

bool IsSwitch(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL;
}

// As a person writes it: 16777216 and 0.5, not 1.6777216e+07.
std::string NumberText(double number) {
  if (number == std::floor(number) && std::abs(number) < 1e16) {
    return absl::StrCat(static_cast<int64_t>(number));
  }
  return absl::StrCat(number);
}

std::string Expected(const FieldDescriptor& field) {
  const Setting& about = SettingOf(field);
  if (IsText(field)) return absl::StrJoin(about.choices(), ", ");
  if (IsSwitch(field)) return "true or false";
  const bool whole = field.cpp_type() != FieldDescriptor::CPPTYPE_DOUBLE;
  return absl::StrCat("a ", whole ? "whole " : "", "number of ",
                      NumberText(about.least()), " to ",
                      NumberText(about.most()));
}

absl::Status OutOfRange(const FieldDescriptor& field, absl::string_view came) {
  return absl::InvalidArgumentError(
      absl::StrCat(field.name(), " is ", came, ", expected ", Expected(field)));
}

std::string ValueText(const Config& config, const FieldDescriptor& field,
                      int index = -1) {
  std::string text;
  TextFormat::PrintFieldValueToString(config, &field, index, &text);
  return text;
}

double NumberOf(const Config& config, const FieldDescriptor& field) {
  const auto& reflection = *Config::GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.GetUInt32(config, &field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return static_cast<double>(reflection.GetUInt64(config, &field));
    default:
      return reflection.GetDouble(config, &field);
  }
}

absl::Status CheckField(const Config& config, const FieldDescriptor& field) {
  const Setting& about = SettingOf(field);
  if (field.is_repeated() || IsSwitch(field)) return absl::OkStatus();
  // What has no default, and was not set, is found out by the server.
  if (!field.has_default_value() &&
      !Config::GetReflection()->HasField(config, &field)) {
    return absl::OkStatus();
  }
  if (IsText(field)) {
    const std::string value =
        Config::GetReflection()->GetString(config, &field);
    if (about.choices().empty() ||
        absl::c_linear_search(about.choices(), value)) {
      return absl::OkStatus();
    }
    return OutOfRange(field, absl::StrCat("\"", value, "\""));
  }
  const double value = NumberOf(config, field);
  // NaN is in no range.
  if (value >= about.least() && value <= about.most()) return absl::OkStatus();
  return OutOfRange(field, NumberText(value));
}

// Keeps the first error of a text, with its line.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int /*column*/, const std::string& message) override {
    if (!message_.has_value()) {
      line_ = line + 1;  // protobuf counts from 0
      message_ = message;
    }
  }
  void AddWarning(int line, int column, const std::string& message) override {
    AddError(line, column, message);
  }

  absl::Status StatusFor(const std::string& file_name) const {
    const std::string message = message_.value_or("no settings");
    return absl::InvalidArgumentError(
        absl::StrCat(file_name, ":", line_, ": ", Plain(message)));
  }

 private:
  // Protobuf's sentence names its own types.
  static std::string Plain(const std::string& message) {
    const std::string mark = "has no field named \"";
    const size_t begin = message.find(mark);
    if (begin == std::string::npos) return message;
    const size_t name_begin = begin + mark.size();
    const std::string name =
        message.substr(name_begin, message.find('"', name_begin) - name_begin);
    return absl::StrCat(
        "no setting is named \"", name, "\"",
        DidYouMean(NearSpellings(name, [](absl::string_view candidate) {
          return Fields().FindFieldByName(std::string(candidate)) != nullptr;
        })));
  }

  int line_ = 1;
  std::optional<std::string> message_;
};

const FieldDescriptor* FindField(absl::string_view name) {
  return Fields().FindFieldByName(std::string(name));
}

SettingInfo Describe(const FieldDescriptor& field) {
  std::string help = SettingOf(field).help();
  const Setting& about = SettingOf(field);
  if (about.has_most()) {
    absl::StrAppend(&help, " (", NumberText(about.least()), " to ",
                    NumberText(about.most()), ")");
  }
  if (field.has_default_value()) {
    absl::StrAppend(
        &help, " [",
        absl::StrReplaceAll(ValueText(Config(), field), {{"\"", ""}}), "]");
  }
  return {field.name(), "--" + absl::StrReplaceAll(field.name(), {{"_", "-"}}),
          help, field.is_repeated(), IsSwitch(field)};
}

}  // namespace

std::vector<SettingInfo> Settings() {
  std::vector<SettingInfo> settings;
  for (int i = 0; i < Fields().field_count(); ++i) {
    settings.push_back(Describe(*Fields().field(i)));
  }
  return settings;
}

absl::StatusOr<Config> ParseConfig(const std::string& text,
                                   const std::string& file_name) {
  FirstError error;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  Config config;
  if (!parser.ParseFromString(text, &config)) {
    return error.StatusFor(file_name);
  }
  if (absl::Status status = Validate(config); !status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(file_name, ": ", status.message()));
  }
  return config;
}

absl::StatusOr<Config> ReadConfig(const std::string& path) {
  std::error_code unused;
  if (std::filesystem::is_directory(path, unused)) {
    return absl::NotFoundError(
        absl::StrCat("the settings are to be read from ", path,
                     ", which is a folder, expected a file"));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file),
                   std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) {
    return absl::NotFoundError(
        absl::StrCat("cannot read the settings in ", path));
  }
  return ParseConfig(text, path);
}

absl::Status Set(absl::string_view name, const std::string& value,
                 Config* config) {
  const FieldDescriptor& field = *FindField(name);
  const auto& reflection = *Config::GetReflection();
  if (IsText(field)) {
    if (field.is_repeated()) {
      reflection.AddString(config, &field, value);
    } else {
      reflection.SetString(config, &field, value);
    }
    return absl::OkStatus();
  }
  FirstError unused;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&unused);
  if (!parser.ParseFieldValueFromString(value, &field, config)) {
    return OutOfRange(field, absl::StrCat("\"", value, "\""));
  }
  return absl::OkStatus();
}

void Clear(absl::string_view name, Config* config) {
  Config::GetReflection()->ClearField(config, FindField(name));
}

absl::Status Validate(const Config& config) {
  for (int i = 0; i < Fields().field_count(); ++i) {
    AKIN_RETURN_IF_ERROR(CheckField(config, *Fields().field(i)));
  }
  return absl::OkStatus();
}

std::string PrintConfig(const Config& config) {
  std::string text;
  const auto& reflection = *Config::GetReflection();
  for (int i = 0; i < Fields().field_count(); ++i) {
    const FieldDescriptor& field = *Fields().field(i);
    absl::StrAppend(&text, "# ", SettingOf(field).help(), "\n");
    if (!field.is_repeated()) {
      // What has no default, and was not set, has no value that may be read.
      const bool has_value =
          field.has_default_value() || reflection.HasField(config, &field);
      absl::StrAppend(&text, has_value ? "" : "# ", field.name(), ": ",
                      ValueText(config, field), "\n");
      continue;
    }
    for (int at = 0; at < reflection.FieldSize(config, &field); ++at) {
      absl::StrAppend(&text, field.name(), ": ", ValueText(config, field, at),
                      "\n");
    }
  }
  return text;
}

}  // namespace akin::server
