#include "server/auth/roles.h"

#include <array>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace akin::server {
namespace {

constexpr std::optional<Role> kOpen;

// server/README.md has the same table for people.
constexpr Method kMethods[] = {
    {"/akin.v1.SearchService/Search", Role::kSearch},
    {"/akin.v1.SearchService/BatchSearch", Role::kSearch},
    {"/akin.v1.SearchService/StreamSearch", Role::kSearch},
    {"/akin.v1.SearchService/GetVectors", Role::kSearch},
    {"/akin.v1.SearchService/Score", Role::kSearch},
    {"/akin.v1.SearchService/Explain", Role::kSearch},
    {"/akin.v1.SearchService/ListIds", Role::kSearch},
    {"/akin.v1.CatalogService/ListModels", Role::kSearch},
    {"/akin.v1.CatalogService/GetModel", Role::kSearch},
    {"/akin.v1.CatalogService/GetServerInfo", Role::kSearch},
    {"/akin.v1.CatalogService/GetRecall", Role::kSearch},
    {"/akin.v1.CatalogService/ImportVersion", Role::kEdit},
    {"/akin.v1.CatalogService/PlanLoad", Role::kAdmin},
    {"/akin.v1.CatalogService/LoadVersion", Role::kAdmin},
    {"/akin.v1.CatalogService/UnloadVersion", Role::kAdmin},
    {"/akin.v1.CatalogService/SetLabel", Role::kAdmin},
    // It changes nothing, but takes seconds of all processors.
    {"/akin.v1.CatalogService/CompareVersions", Role::kAdmin},
    // Over HTTP. It tells of all models: of no use to a token for some.
    {"/metrics", Role::kSearch},
    // Load balancers and kubelets have no token.
    {"/grpc.health.v1.Health/Check", kOpen},
    {"/grpc.health.v1.Health/Watch", kOpen},
    // It says what is in proto/ anyway: any token will do.
    {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
     Role::kSearch},
    {"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
     Role::kSearch},
    // It names other clients' addresses.
    {"/grpc.channelz.v1.Channelz/GetTopChannels", Role::kAdmin},
    {"/grpc.channelz.v1.Channelz/GetServers", Role::kAdmin},
    {"/grpc.channelz.v1.Channelz/GetServer", Role::kAdmin},
    {"/grpc.channelz.v1.Channelz/GetServerSockets", Role::kAdmin},
    {"/grpc.channelz.v1.Channelz/GetChannel", Role::kAdmin},
    {"/grpc.channelz.v1.Channelz/GetSubchannel", Role::kAdmin},
    {"/grpc.channelz.v1.Channelz/GetSocket", Role::kAdmin},
};

// An rpc that is not in the table is refused to all: nobody has the role.
constexpr Method kUnknown = {"/unknown", Role::kAdmin};

std::array<const Method*, kRpcs> FindAll() {
  std::array<const Method*, kRpcs> methods;
  for (size_t i = 0; i < kRpcs; ++i) {
    absl::string_view name = NameOf(static_cast<Rpc>(i));
    name = name.substr(0, name.find('/'));
    methods[i] = &kUnknown;
    for (const Method& method : kMethods) {
      if (absl::StartsWith(method.path, "/akin.") && method.name() == name) {
        methods[i] = &method;
      }
    }
  }
  return methods;
}

}  // namespace

absl::string_view NameOf(Role role) {
  switch (role) {
    case Role::kSearch:
      return "search";
    case Role::kEdit:
      return "edit";
    case Role::kAdmin:
      return "admin";
  }
  return "";
}

std::optional<Role> ParseRole(absl::string_view name) {
  for (const Role role : {Role::kSearch, Role::kEdit, Role::kAdmin}) {
    if (name == NameOf(role)) return role;
  }
  return std::nullopt;
}

absl::Span<const Method> Methods() { return kMethods; }

const Method* FindMethod(absl::string_view path) {
  for (const Method& method : kMethods) {
    if (method.path == path) return &method;
  }
  return nullptr;
}

const Method& MethodOf(Rpc rpc) {
  static const std::array<const Method*, kRpcs> methods = FindAll();
  return *methods[static_cast<size_t>(rpc)];
}

}  // namespace akin::server
