// The first message of an import: what it may say, and whether another says the
// same.

#ifndef AKIN_SERVER_IMPORT_BEGIN_H_
#define AKIN_SERVER_IMPORT_BEGIN_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "akin/v1/catalog_service.pb.h"

namespace akin::server {

inline constexpr int kMostImportTables = 16;
inline constexpr uint64_t kMostImportFileBytes = uint64_t{1} << 40;  // of one
inline constexpr size_t kMostFileNameBytes = 255;
inline constexpr size_t kMostTrainingRunBytes = 1 << 10;
inline constexpr int kMostMetadata = 100;
inline constexpr size_t kMostMetadataBytes = 4 << 10;  // of a key, of a value
inline constexpr size_t kMostTensorBytes = 1 << 10;
inline constexpr size_t kMostAttributeTypesBytes = 64 << 10;
// What manifests and errors call rows that are in no file.
inline constexpr absl::string_view kRowsName = "rows";

// INVALID_ARGUMENT names what is not as it may be. After it the names of the
// model, the import and the tables are safe as parts of a path, and no others.
absl::Status CheckImportBegin(const v1::ImportBegin& begin);

// "import x of model m", for messages. `begin` is checked.
std::string NameOfImport(const v1::ImportBegin& begin);
// "vectors", "ids", "attributes", or what is none of them.
std::string NameOfImportFile(v1::ImportFile file);

// FAILED_PRECONDITION unless both speak of the same files: tables, names, sizes
// and stamps; of rows the dimension, how many, and the types of attributes.
// What is made of them may differ.
absl::Status CheckSameFiles(const v1::ImportBegin& before,
                            const v1::ImportBegin& now);

// Whether they ask for the same version altogether.
bool AskTheSame(const v1::ImportBegin& before, const v1::ImportBegin& now);

// ABORTED, for the call that had the import before.
absl::Status GoesOnElsewhere(const v1::ImportBegin& begin);

// The same bytes for the same content, unlike what protobuf does by itself.
std::string SerializeSame(const v1::ImportBegin& begin);

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORT_BEGIN_H_
