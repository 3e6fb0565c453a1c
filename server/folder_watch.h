// Whether the folders of loaded versions are still what was loaded. A version
// is in memory, so it goes on serving when somebody removes its folder, or
// makes it again with other content; who looks at the server should be told.
//
// Not thread-safe: it belongs to the thread that loads.

#ifndef AKIN_SERVER_FOLDER_WATCH_H_
#define AKIN_SERVER_FOLDER_WATCH_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace akin::server {

// Of the files in `folder`: others, or the same with another content, have
// another stamp.
std::string StampOf(const std::string& folder);

class FolderWatch {
 public:
  explicit FolderWatch(std::string repository)
      : repository_(std::move(repository)) {}

  // Before the version is read: what its manifest says now.
  void Begin(const std::string& model, int64_t version);
  // Forgets the model's versions but those that are loaded.
  void Keep(const std::string& model, const std::set<int64_t>& loaded);

  // What is wrong with the folder of a loaded version, as a sentence; empty for
  // nothing, and where the folder cannot be looked at.
  std::string Check(const std::string& model, int64_t version);

 private:
  using Key = std::pair<std::string, int64_t>;
  struct Loaded {
    uint64_t content = 0;   // a hash of the files that were loaded
    std::string stamp;      // of the manifest's file, as last looked at
    bool is_other = false;  // it is not what was loaded
  };

  const std::string repository_;
  std::map<Key, Loaded> loaded_;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_FOLDER_WATCH_H_
