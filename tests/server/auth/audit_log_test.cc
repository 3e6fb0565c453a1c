#include "server/auth/audit_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace akin::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(AuditLog, SaysWhoDidWhat) {
  AuditLine line;
  line.method = "SetLabel";
  line.token = "ops";
  line.peer = "ipv4:127.0.0.1:4711";
  line.model = "glove";
  line.code = absl::StatusCode::kOk;
  EXPECT_EQ(Format(line),
            "audit rpc=SetLabel who=token:ops peer=ipv4:127.0.0.1:4711 "
            "model=glove status=OK");
  line.subject = "CN=ops,O=Example Ltd";
  EXPECT_THAT(Format(line), HasSubstr("who=token:ops "
                                      "certificate=\"CN=ops,O=Example Ltd\""));
  line.token = "";
  EXPECT_THAT(Format(line), HasSubstr("who=\"CN=ops,O=Example Ltd\""));
  line.subject = "";
  EXPECT_THAT(Format(line), HasSubstr("who=anonymous "));
}

TEST(AuditLog, NoTextFromOutsideEndsTheLineOrAField) {
  AuditLine line;
  line.method = "/x status=OK";
  line.model = "a\nfake=\"1\\";
  line.subject = std::string(10'000, 'x');
  const std::string text = Format(line);
  EXPECT_THAT(text,
              AllOf(Not(HasSubstr("\n")), HasSubstr("rpc=\"/x status=OK\""),
                    HasSubstr("model=\"a\\nfake=\\\"1\\\\\"")));
  EXPECT_LT(text.size(), 1000u);
}

TEST(AuditLog, RefusalsDoNotFillTheDisk) {
  std::vector<std::string> lines;
  AuditLog log([&](const std::string& line) { lines.push_back(line); });
  AuditLine line;
  line.method = "Search";
  line.code = absl::StatusCode::kUnauthenticated;
  const absl::Time now = absl::UnixEpoch() + absl::Hours(1);
  for (int i = 0; i < 1000; ++i) log.Refused(line, now);
  EXPECT_EQ(lines.size(), 10u);
  log.Refused(line, now + absl::Seconds(1));
  ASSERT_EQ(lines.size(), 11u);
  EXPECT_THAT(lines[10], AllOf(HasSubstr("status=UNAUTHENTICATED"),
                               HasSubstr("left_out_before=990")));
  // What has happened is written whatever was refused.
  log.Write(line);
  EXPECT_EQ(lines.size(), 12u);
}

}  // namespace
}  // namespace akin::server
