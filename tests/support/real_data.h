// Where the real data is, which is not part of the project.

#ifndef AKIN_TESTS_SUPPORT_REAL_DATA_H_
#define AKIN_TESTS_SUPPORT_REAL_DATA_H_

#include <cstdlib>
#include <filesystem>
#include <string>

namespace akin {

// The path of `name` under AKIN_DATA (default ../shared/data), or "" when it is
// not there: then a test says GTEST_SKIP() << "skipped: no data".
inline std::string RealData(const std::string& name) {
  const char* folder = std::getenv("AKIN_DATA");
  const std::string path =
      std::string(folder != nullptr ? folder
                                    : AKIN_SOURCE_DIR "/../shared/data") +
      "/" + name;
  return std::filesystem::exists(path) ? path : "";
}

}  // namespace akin

#endif  // AKIN_TESTS_SUPPORT_REAL_DATA_H_
