// What an import needs of gRPC.

#ifndef AKIN_SERVER_IMPORT_PORT_H_
#define AKIN_SERVER_IMPORT_PORT_H_

#include "absl/status/status.h"
#include "akin/v1/catalog_service.pb.h"

namespace akin::server {

// Each of these begins something and returns; at most one read and one write
// are under way. Nothing is begun after Finish, which comes when no write is
// under way, though a read may be: it ends then, with whatever it has. The port
// must live until Finish was called and what was begun has ended.
class ImportPort {
 public:
  virtual ~ImportPort() = default;
  // Ends with ImportStream::OnRead.
  virtual void Read(v1::ImportVersionRequest* into) = 0;
  // Ends with OnWritten.
  virtual void Write(const v1::ImportVersionResponse& response) = 0;
  virtual void Finish(const absl::Status& status) = 0;
};

}  // namespace akin::server

#endif  // AKIN_SERVER_IMPORT_PORT_H_
