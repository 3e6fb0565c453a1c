// Which commit this akin was built from.

#ifndef AKIN_SERVER_REVISION_H_
#define AKIN_SERVER_REVISION_H_

#include "absl/strings/string_view.h"

namespace akin::server {

// The first 12 digits of the commit, with "-dirty" behind them if files of it
// were changed; "unknown" where the sources were in no git, as those of a
// tarball. Defined in a file that is written as it is built
// (write_revision.cmake).
absl::string_view Revision();

}  // namespace akin::server

#endif  // AKIN_SERVER_REVISION_H_
