// The attributes of rows that are in no file: their types, as they show.

#ifndef AKIN_SERVER_IMPORT_ROW_COLUMNS_H_
#define AKIN_SERVER_IMPORT_ROW_COLUMNS_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "akin/v1/attributes.pb.h"
#include "akin/v1/catalog_service.pb.h"
#include "index/base/attribute_value.h"
#include "index/formats/attribute_file.h"

namespace akin::server {

// Not thread-safe.
class RowColumns {
 public:
  explicit RowColumns(const std::vector<AttributeDeclaration>& declared);

  // The value, or list, of an attribute that has one. An attribute that was not
  // declared has the type of its first value from then on; one of ints becomes
  // one of floats with its first float. INVALID_ARGUMENT: a name that is not
  // legal or one too many, another type, several values of what is no list, a
  // text that is over-long or not UTF-8, a float that is not finite.
  absl::StatusOr<AttributeField> Read(const v1::Attribute& attribute);

  // Notes the types of all attributes of the rows. INVALID_ARGUMENT, naming the
  // row: as Read says, or an attribute that a row has twice; nothing is noted.
  absl::Status Add(const v1::ImportRows& rows);

  // Whether Add has met a value.
  bool any() const { return any_; }
  // Of all columns, by name.
  std::vector<AttributeDeclaration> types() const;

 private:
  struct Column {
    AttributeType type;
    bool declared;
  };

  absl::Status AddRow(const v1::ImportRowAttributes& row);

  std::map<std::string, Column> columns_;
  bool any_ = false;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORT_ROW_COLUMNS_H_
