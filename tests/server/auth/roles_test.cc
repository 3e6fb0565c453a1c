#include "server/auth/roles.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "akin/v1/catalog_service.pb.h"
#include "akin/v1/search_service.pb.h"

namespace akin::server {
namespace {

// The paths of all methods in proto/.
std::set<std::string> PathsOfProto() {
  std::set<std::string> paths;
  for (const auto* file : {v1::SearchRequest::descriptor()->file(),
                           v1::GetModelRequest::descriptor()->file()}) {
    for (int i = 0; i < file->service_count(); ++i) {
      const auto* service = file->service(i);
      for (int j = 0; j < service->method_count(); ++j) {
        paths.insert(absl::StrCat("/", service->full_name(), "/",
                                  service->method(j)->name()));
      }
    }
  }
  return paths;
}

TEST(Roles, EveryRpcOfProtoHasOneAndNoOther) {
  std::set<std::string> in_table;
  for (const Method& method : Methods()) {
    if (absl::StartsWith(method.path, "/akin.")) {
      EXPECT_TRUE(method.role.has_value()) << method.path;
      EXPECT_TRUE(in_table.emplace(method.path).second) << method.path;
    }
  }
  EXPECT_EQ(in_table, PathsOfProto());
  EXPECT_GE(in_table.size(), 16u);
}

TEST(Roles, AreFoundByTheWholePathOnly) {
  ASSERT_NE(FindMethod("/akin.v1.SearchService/Search"), nullptr);
  EXPECT_EQ(FindMethod("/akin.v1.SearchService/Search")->name(), "Search");
  for (const char* path :
       {"", "/", "Search", "/akin.v1.SearchService/", "/akin.v1.SearchService",
        "/akin.v1.SearchService/search", "/akin.v1.SearchService/Search/",
        "//akin.v1.SearchService/Search", "/akin.v2.SearchService/Search",
        "/akin.v1.CatalogService/Search"}) {
    EXPECT_EQ(FindMethod(path), nullptr) << path;
  }
}

TEST(Roles, OfEachKindOfMethod) {
  const auto role = [](absl::string_view path) {
    return FindMethod(path)->role;
  };
  EXPECT_EQ(role("/akin.v1.SearchService/StreamSearch"), Role::kSearch);
  EXPECT_EQ(role("/akin.v1.CatalogService/ListModels"), Role::kSearch);
  EXPECT_EQ(role("/akin.v1.CatalogService/ImportVersion"), Role::kEdit);
  EXPECT_EQ(role("/akin.v1.CatalogService/SetLabel"), Role::kAdmin);
  EXPECT_EQ(role("/grpc.channelz.v1.Channelz/GetServers"), Role::kAdmin);
  EXPECT_FALSE(role("/grpc.health.v1.Health/Check").has_value());
}

TEST(Roles, EveryRpcOfTheServerIsInTheTable) {
  for (size_t i = 0; i < kRpcs; ++i) {
    const Method& method = MethodOf(static_cast<Rpc>(i));
    EXPECT_EQ(FindMethod(method.path), &method) << i;
    EXPECT_TRUE(absl::StartsWith(NameOf(static_cast<Rpc>(i)), method.name()));
  }
}

TEST(Roles, EachMayDoWhatThoseBeforeItMay) {
  EXPECT_LT(Role::kSearch, Role::kEdit);
  EXPECT_LT(Role::kEdit, Role::kAdmin);
  for (const Role role : {Role::kSearch, Role::kEdit, Role::kAdmin}) {
    EXPECT_EQ(ParseRole(NameOf(role)), role);
  }
  for (const char* wrong : {"", "Search", "root", "admin ", "search,edit"}) {
    EXPECT_FALSE(ParseRole(wrong).has_value()) << wrong;
  }
}

TEST(Roles, WhatChangesSomethingIsAudited) {
  EXPECT_TRUE(MethodOf(Rpc::kLoadVersion).audited());
  EXPECT_TRUE(MethodOf(Rpc::kImportVersion).audited());
  EXPECT_FALSE(MethodOf(Rpc::kSearch).audited());
  EXPECT_FALSE(FindMethod("/grpc.health.v1.Health/Check")->audited());
}

}  // namespace
}  // namespace akin::server
