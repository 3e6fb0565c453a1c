// What a folder holds, for people who named another one than was expected: a
// repository, a model and a version are each a folder in the one before.

#ifndef AKIN_INDEX_VERSION_FOLDER_KIND_H_
#define AKIN_INDEX_VERSION_FOLDER_KIND_H_

#include <cstdint>
#include <string>

namespace akin {

enum class FolderKind : uint8_t { kVersion, kModel, kRepository, kOther };

struct FolderFacts {
  FolderKind kind = FolderKind::kOther;
  // Of kModel and kRepository: the path of a version in it, the latest of its
  // model.
  std::string version;
};

// By the names in it, and in the folders in it; what cannot be read is kOther.
FolderFacts LookIntoFolder(const std::string& folder);

// Sentences without a full stop, which say what `folder` is and what was
// expected in its place.
std::string NoVersionSentence(const std::string& folder);
std::string NoRepositorySentence(const std::string& folder, FolderKind kind);

}  // namespace akin

#endif  // AKIN_INDEX_VERSION_FOLDER_KIND_H_
