#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/cli/arguments.h"
#include "client/cli/commands.h"
#include "client/cli/doctor/certificate.h"
#include "client/cli/doctor/finding.h"
#include "client/cli/doctor/machine_checks.h"
#include "client/cli/doctor/machine_facts.h"
#include "client/cli/doctor/recall_checks.h"
#include "client/cli/doctor/repository_checks.h"
#include "client/cli/doctor/repository_facts.h"
#include "client/cli/doctor/server_checks.h"
#include "client/cli/doctor/server_facts.h"
#include "client/cli/doctor/server_settings.h"
#include "client/cli/doctor/version_checks.h"
#include "client/cli/failure.h"
#include "client/cli/print_json.h"
#include "client/cli/text_width.h"

namespace akin::client {
namespace {

struct DoctorFlags {
  std::optional<std::string> repository;
  std::vector<std::string> certificates;
  std::optional<std::string> config;
};

absl::StatusOr<ServerFacts> Ask(const Session& session) {
  const auto client = session.Connect();
  if (!client.ok()) return client.status();
  return AskServer(**client, AKIN_VERSION);
}

void CheckFile(absl::string_view check, const std::string& path,
               Findings* findings) {
  CheckCertificates(check, path, ReadCertificateDates(path), absl::Now(),
                    findings);
}

// The certificates that the server is given.
void CheckSettings(const std::string& path, Findings* findings) {
  constexpr char kCheck[] = "settings";
  const auto named = ReadNamedCertificates(path);
  if (!named.ok()) {
    return Fail(kCheck, std::string(named.status().message()),
                "akin-server --config FILE --print-config says what it makes "
                "of them",
                findings);
  }
  if (named->empty()) {
    Ok(kCheck, absl::StrCat(path, " names no certificates"), findings);
  }
  for (const NamedFile& file : *named) {
    CheckFile(file.setting, file.path, findings);
  }
}

// Those that this client connects with.
void CheckOwnFiles(const Credentials& credentials, Findings* findings) {
  if (!credentials.certificate_file.empty()) {
    CheckFile("--tls-cert", credentials.certificate_file, findings);
  }
  if (credentials.ca_file.empty()) return;
  // A system's list of all authorities has some that are over, and nobody knows
  // here which of them is the server's.
  constexpr size_t kFew = 10;
  const auto authorities = ReadCertificateDates(credentials.ca_file);
  if (authorities.ok() && authorities->size() > kFew) return;
  CheckCertificates("--tls-ca", credentials.ca_file, authorities, absl::Now(),
                    findings);
}

Findings Examine(const DoctorFlags& flags, const Session& session) {
  Findings findings;
  const auto server = Ask(session);
  if (IsOnThisMachine(session.server())) {
    CheckMachine(ReadMachineFacts(), server.ok() ? &server->info : nullptr,
                 &findings);
  } else {
    Ok("machine",
       absl::StrCat("not looked at: the server is at ", session.server(),
                    "; run akin doctor there, too"),
       &findings);
  }
  if (server.ok()) {
    CheckServer(*server, &findings);
    CheckModels(*server, &findings);
    CheckLiveRecall(*server, &findings);
  } else {
    Fail("server",
         FailureText(server.status(), session.server(), session.timeout()),
         "--server says which one is asked", &findings);
  }
  if (flags.repository.has_value()) {
    CheckRepository(ReadRepositoryFacts(*flags.repository), &findings);
  }
  if (flags.config.has_value()) CheckSettings(*flags.config, &findings);
  for (const std::string& path : flags.certificates) {
    CheckFile("certificate", path, &findings);
  }
  CheckOwnFiles(session.credentials(), &findings);
  return findings;
}

int64_t Count(const Findings& findings, Verdict verdict) {
  return std::count_if(
      findings.begin(), findings.end(),
      [verdict](const Finding& finding) { return finding.verdict == verdict; });
}

void PrintAsJson(const Findings& findings, const Session& session) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    nlohmann::ordered_json entry;
    entry["verdict"] = std::string(NameOf(finding.verdict));
    entry["check"] = finding.check;
    entry["text"] = finding.text;
    if (!finding.hint.empty()) entry["hint"] = finding.hint;
    list.push_back(std::move(entry));
  }
  nlohmann::ordered_json all;
  all["findings"] = std::move(list);
  for (const Verdict verdict : {Verdict::kOk, Verdict::kWarn, Verdict::kFail}) {
    all[std::string(NameOf(verdict))] = Count(findings, verdict);
  }
  PrintJson(session.terminal(), all);
}

void PrintLines(const Findings& findings, const Session& session) {
  size_t widest = 0;
  for (const Finding& finding : findings) {
    widest = std::max(widest, finding.check.size());
  }
  for (const Finding& finding : findings) {
    std::string line(NameOf(finding.verdict));
    line.resize(6, ' ');
    line += finding.check;
    line.resize(6 + widest + 2, ' ');
    absl::StrAppend(&line, finding.text, finding.hint.empty() ? "" : "; ",
                    finding.hint);
    session.terminal().out << Printable(line) << '\n';
  }
}

absl::Status RunDoctor(const DoctorFlags& flags, const Session& session) {
  const Findings findings = Examine(flags, session);
  if (session.json()) {
    PrintAsJson(findings, session);
  } else {
    PrintLines(findings, session);
  }
  return ReportedError(Count(findings, Verdict::kFail) > 0 ? kExitRefused
                                                           : kExitAnswered);
}

}  // namespace

void AddDoctorCommand(CLI::App& program, SessionFlags* flags, Action* action) {
  CLI::App* doctor = program.add_subcommand(
      "doctor", "check this machine and the server, and say what to do");
  auto asked = std::make_shared<DoctorFlags>();
  AddText(*doctor,
          {"--repository", "DIR", "check the folder of sealed versions, too"},
          &asked->repository);
  AddTexts(*doctor,
           {"--certificate", "FILE",
            "check how long the certificates of a PEM file are valid"},
           &asked->certificates);
  AddText(*doctor,
          {"--config", "FILE",
           "check the certificates that these settings of a server name"},
          &asked->config);
  AddSessionFlags(*doctor, flags);
  doctor->footer(
      "A line a check: ok, warn or fail, and what to do.\n"
      "Exit code: 0 = nothing fails, 1 = something does, 2 = bad usage.\n"
      "\nExamples:\n"
      "  akin doctor\n"
      "  akin doctor --repository /var/lib/akin --certificate server.pem\n"
      "  akin doctor --config /etc/akin/akin.textproto\n"
      "  akin doctor --json | jq '.findings[] | select(.verdict != \"ok\")'");
  doctor->callback([=] {
    *action = [asked](const Session& session) {
      return RunDoctor(*asked, session);
    };
  });
}

}  // namespace akin::client
