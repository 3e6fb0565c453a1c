#include "tests/bench/engine/cache_folder.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace akin::bench {

CacheFolder::CacheFolder(std::string folder) : folder_(std::move(folder)) {
  if (!folder_.empty()) std::filesystem::create_directories(folder_);
}

std::string CacheFolder::PathOf(absl::string_view name) const {
  return enabled() ? absl::StrCat(folder_, "/", name) : "";
}

std::optional<std::vector<uint32_t>> CacheFolder::ReadNumbers(
    absl::string_view name, size_t count) const {
  if (!enabled()) return std::nullopt;
  const std::string path = PathOf(name);
  std::error_code missing;
  const uintmax_t bytes = std::filesystem::file_size(path, missing);
  if (missing || bytes != count * sizeof(uint32_t)) return std::nullopt;
  std::vector<uint32_t> numbers(count);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(numbers.data()),
            static_cast<std::streamsize>(bytes));
  if (!file) return std::nullopt;
  return numbers;
}

void CacheFolder::WriteNumbers(absl::string_view name,
                               const std::vector<uint32_t>& numbers) const {
  if (!enabled()) return;
  std::ofstream file(PathOf(name), std::ios::binary);
  file.write(reinterpret_cast<const char*>(numbers.data()),
             static_cast<std::streamsize>(numbers.size() * sizeof(uint32_t)));
}

std::optional<double> CacheFolder::ReadFigure(absl::string_view name) const {
  if (!enabled()) return std::nullopt;
  std::ifstream file(PathOf(name));
  double figure = 0;
  if (!(file >> figure)) return std::nullopt;
  return figure;
}

void CacheFolder::WriteFigure(absl::string_view name, double figure) const {
  if (!enabled()) return;
  std::ofstream(PathOf(name)) << figure << "\n";
}

}  // namespace akin::bench
