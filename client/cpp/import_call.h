// One call of ImportVersion, message by message.
#ifndef AKIN_CLIENT_CPP_IMPORT_CALL_H_
#define AKIN_CLIENT_CPP_IMPORT_CALL_H_

#include "absl/status/status.h"
#include "akin/v1/catalog_service.pb.h"

namespace akin::client {

// One thread may write while another reads. Each call blocks; false: the call
// has ended, and Finish says how.
class ImportCall {
 public:
  virtual ~ImportCall() = default;  // cancels what was not finished

  virtual bool Write(const v1::ImportVersionRequest& request) = 0;
  virtual bool Read(v1::ImportVersionResponse* response) = 0;
  // From any thread: what blocks returns.
  virtual void Cancel() = 0;
  // Once, when nobody writes or reads any more.
  virtual absl::Status Finish() = 0;
};

}  // namespace akin::client

#endif  // AKIN_CLIENT_CPP_IMPORT_CALL_H_
