// Rows of two numbers as messages of an import.

#ifndef AKIN_TESTS_SERVER_IMPORT_ROWS_FIXTURE_H_
#define AKIN_TESTS_SERVER_IMPORT_ROWS_FIXTURE_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "akin/v1/catalog_service.pb.h"

namespace akin::server {

struct TestRow {
  std::string id;
  float x = 1;
  float y = 1;
};

// Of table users, as floats.
inline v1::ImportRows Rows(uint64_t offset, const std::vector<TestRow>& rows) {
  v1::ImportRows message;
  message.set_table("users");
  message.set_offset(offset);
  for (const TestRow& row : rows) {
    message.add_ids(row.id);
    message.mutable_floats()->add_values(row.x);
    message.mutable_floats()->add_values(row.y);
  }
  return message;
}

// The same, with `bytes` as numbers.
inline v1::ImportRows BlockRows(uint64_t offset,
                                const std::vector<std::string>& ids,
                                v1::DType dtype, const std::string& bytes,
                                uint32_t dimension = 2) {
  v1::ImportRows message;
  message.set_table("users");
  message.set_offset(offset);
  for (const std::string& id : ids) message.add_ids(id);
  message.mutable_block()->set_dtype(dtype);
  message.mutable_block()->set_dimension(dimension);
  message.mutable_block()->set_data(bytes);
  return message;
}

inline std::string FloatBytes(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// Without values.
inline v1::Attribute* AddAttribute(const std::string& name,
                                   v1::ImportRowAttributes* row) {
  v1::Attribute* attribute = row->add_attributes();
  attribute->set_name(name);
  return attribute;
}
inline void AddText(const std::string& name, const std::string& text,
                    v1::ImportRowAttributes* row) {
  AddAttribute(name, row)->add_values()->set_string_value(text);
}
inline void AddInt(const std::string& name, int64_t value,
                   v1::ImportRowAttributes* row) {
  AddAttribute(name, row)->add_values()->set_int_value(value);
}

inline v1::ImportTable RowTable(uint64_t rows = 0) {
  v1::ImportTable table;
  table.set_name("users");
  table.mutable_rows()->set_dimension(2);
  table.mutable_rows()->set_rows(rows);
  return table;
}

}  // namespace akin::server

#endif  // AKIN_TESTS_SERVER_IMPORT_ROWS_FIXTURE_H_
