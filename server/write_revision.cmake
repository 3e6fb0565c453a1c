# Writes OUT, a source that defines Revision() (revision.h), if that would change
# it: so only a new commit compiles it again.
#
#   cmake -DSOURCE=DIR -DOUT=FILE [-DREVISION=TEXT] -P write_revision.cmake
#
# REVISION wins over git, for sources that were taken out of it.
if("${REVISION}" STREQUAL "")
  # Not of a repository that these sources only happen to lie in.
  get_filename_component(above "${SOURCE}" DIRECTORY)
  set(ENV{GIT_CEILING_DIRECTORIES} "${above}")
  # As in a hook of another repository.
  unset(ENV{GIT_DIR})
  unset(ENV{GIT_WORK_TREE})
  unset(ENV{GIT_INDEX_FILE})
  set(ENV{GIT_OPTIONAL_LOCKS} 0)
  execute_process(
    COMMAND git describe --always --dirty --abbrev=12 --exclude=*
    WORKING_DIRECTORY "${SOURCE}"
    OUTPUT_VARIABLE REVISION OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE failed ERROR_QUIET)
  if(failed OR "${REVISION}" STREQUAL "")
    set(REVISION unknown)
  endif()
endif()
if(NOT "${REVISION}" MATCHES "^[0-9A-Za-z._+-]+$")
  message(FATAL_ERROR "AKIN_REVISION is \"${REVISION}\", expected letters, "
                      "digits and . _ + - only")
endif()
file(CONFIGURE OUTPUT "${OUT}" @ONLY CONTENT [[
#include "server/revision.h"

namespace akin::server {

absl::string_view Revision() { return "@REVISION@"; }

}  // namespace akin::server
]])
