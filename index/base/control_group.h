// The control groups (version 2) that hold this process.

#ifndef AKIN_INDEX_BASE_CONTROL_GROUP_H_
#define AKIN_INDEX_BASE_CONTROL_GROUP_H_

#include <string>
#include <vector>

namespace akin {

// Their folders, from the innermost to the outermost. What is granted to a
// group is shared by those within it, so each may be the one that limits.
std::vector<std::string> ControlGroupFolders();

}  // namespace akin

#endif  // AKIN_INDEX_BASE_CONTROL_GROUP_H_
