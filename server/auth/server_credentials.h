// What gRPC asks of a connection and of a call before anything of it is read.

#ifndef AKIN_SERVER_AUTH_SERVER_CREDENTIALS_H_
#define AKIN_SERVER_AUTH_SERVER_CREDENTIALS_H_

#include <memory>

namespace grpc {
class ServerCredentials;
}

namespace akin::server {

class Security;

// TLS if `security` has certificates, with a certificate of the client if it
// has authorities for that. If it has tokens, every call of every service is
// authorized before its first message is read, over TLS or not. Null: nothing
// is asked for. `security` must outlive the server.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(
    Security* security);

}  // namespace akin::server

#endif  // AKIN_SERVER_AUTH_SERVER_CREDENTIALS_H_
