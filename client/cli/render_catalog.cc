#include "client/cli/render_catalog.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/recall_plot.h"
#include "client/cli/render_versions.h"
#include "client/cli/text_table.h"
#include "client/cli/text_width.h"
#include "client/cli/wording.h"

namespace akin::client {

std::string SkippedText(const v1::LoadReport& report) {
  uint64_t rows = 0;
  std::vector<std::string> faults;
  for (const v1::SkippedRows& skipped : report.skipped()) {
    rows += skipped.rows();
    faults.push_back(
        absl::StrCat(WithSeparators(skipped.rows()), " ", skipped.fault()));
  }
  if (faults.empty()) return "0";
  return absl::StrCat(WithSeparators(rows), " (", absl::StrJoin(faults, ", "),
                      ")");
}

namespace {

std::string RecallText(const v1::Table& table) {
  // A graph that was dropped has a recall too.
  if (table.index() == v1::INDEX_KIND_EXACT) return "exact";
  if (table.load_report().has_recall_at_10()) {
    return absl::StrFormat("%.3f", table.load_report().recall_at_10());
  }
  return "not measured";
}

std::string SourceText(const v1::Table& table) {
  const v1::LoadReport& report = table.load_report();
  std::string text = absl::StrCat(table.name(), " from ", report.source());
  if (!report.format().empty()) {
    absl::StrAppend(&text, " (", report.format(), ")");
  }
  absl::StrAppendFormat(&text, ": read in %.1f s, indexed in %.1f s",
                        report.read_seconds(), report.index_seconds());
  return Printable(text);
}

std::string StorageText(const v1::Table& table) {
  std::string text = absl::StrCat(table.name(), ": ", WordFor(table.index()));
  if (table.profile() != v1::PROFILE_UNSPECIFIED) {
    absl::StrAppend(&text, ", profile ", WordFor(table.profile()));
  }
  if (!table.layout().empty()) absl::StrAppend(&text, ", ", table.layout());
  absl::StrAppendFormat(&text, "; %.0f bytes a vector",
                        table.bytes_per_vector());
  return Printable(text);
}

void PrintVersion(const Terminal& terminal, const std::string& model,
                  const v1::ModelVersion& version) {
  terminal.out
      << Printable(absl::StrCat(
             model, " version ", version.version(), ", ",
             WordFor(version.state()),
             version.labels().empty() ? "" : ", labelled ",
             absl::StrJoin(version.labels(), ", "),
             version.has_progress()
                 ? absl::StrCat(
                       ", ", MebiBytes(version.progress().bytes_done()), " of ",
                       MebiBytes(version.progress().bytes_total()))
                 : "",
             version.failure().empty() ? "" : ": ", version.failure()))
      << '\n';
  if (!version.note().empty())
    terminal.out << Printable(version.note()) << '\n';
  if (version.tables().empty()) return;
  TextTable table({{"table"},
                   {"dimension", Align::kRight},
                   {"metric"},
                   {"index"},
                   {"rows", Align::kRight},
                   {"memory", Align::kRight},
                   {"recall@10", Align::kRight},
                   {"skipped rows"}});
  for (const v1::Table& row : version.tables()) {
    table.AddRow({row.name(), absl::StrCat(row.dimension()),
                  WordFor(row.metric()), WordFor(row.index()),
                  WithSeparators(row.rows()), MebiBytes(row.memory_bytes()),
                  RecallText(row), SkippedText(row.load_report())});
  }
  table.Print(terminal);
  for (const v1::Table& row : version.tables()) {
    if (row.load_report().source().empty()) continue;
    terminal.out << Dim(terminal, SourceText(row)) << '\n';
  }
  for (const v1::Table& row : version.tables()) {
    if (row.bytes_per_vector() == 0) continue;
    terminal.out << '\n' << StorageText(row) << '\n';
    PrintRecallPlot(terminal, row);
  }
}

// The two largest units that matter: "3 h 12 min".
std::string DurationText(int64_t seconds) {
  const int64_t minutes = seconds / 60;
  const int64_t hours = minutes / 60;
  if (minutes == 0) return absl::StrCat(seconds, " s");
  if (hours == 0) return absl::StrCat(minutes, " min ", seconds % 60, " s");
  if (hours < 24) return absl::StrCat(hours, " h ", minutes % 60, " min");
  return absl::StrCat(Plural(hours / 24, "day"), " ", hours % 24, " h");
}

}  // namespace

void PrintModels(const Terminal& terminal,
                 const v1::ListModelsResponse& response) {
  TextTable table({{"model"},
                   {"version", Align::kRight},
                   {"labels"},
                   {"state"},
                   {"tables"}});
  bool empty = true;
  for (const v1::Model& model : response.models()) {
    for (const v1::ModelVersion& version : model.versions()) {
      std::vector<std::string> tables;
      for (const v1::Table& row : version.tables()) {
        tables.push_back(absl::StrCat(row.name(), " (",
                                      WithSeparators(row.rows()), " x ",
                                      row.dimension(), ")"));
      }
      table.AddRow({model.name(), absl::StrCat(version.version()),
                    absl::StrJoin(version.labels(), ", "),
                    WordFor(version.state()), absl::StrJoin(tables, ", ")});
      empty = false;
    }
  }
  if (empty) {
    terminal.out << "no models\n";
    return;
  }
  table.Print(terminal);
}

namespace {

std::string Seconds(double seconds) {
  return seconds < 60 ? absl::StrCat(seconds, " s")
                      : DurationText(static_cast<int64_t>(seconds));
}

}  // namespace

void PrintModel(const Terminal& terminal, const v1::Model& model) {
  if (model.versions().empty()) {
    terminal.out << Printable(model.name()) << ": no versions\n";
  }
  for (const v1::Label& label : model.labels()) {
    terminal.out << Printable(LabelText(label)) << '\n';
  }
  for (int i = 0; i < model.versions_size(); ++i) {
    if (i > 0 || !model.labels().empty()) terminal.out << '\n';
    PrintVersion(terminal, model.name(), model.versions(i));
  }
}

void PrintServerInfo(const Terminal& terminal,
                     const v1::GetServerInfoResponse& info,
                     const std::string& server) {
  const v1::ServerLimits& limits = info.limits();
  const auto line = [&](const char* name, const std::string& value) {
    terminal.out << Dim(terminal, absl::StrFormat("%-20s", name))
                 << Printable(value) << '\n';
  };
  line("server", server);
  line("akin", info.version());
  line("state", absl::StrCat(WordFor(info.state()), ", up for ",
                             DurationText(info.uptime_seconds())));
  line("CPU target", info.cpu_target());
  line("threads", absl::StrCat(info.threads()));
  line("message",
       absl::StrCat("at most ", MebiBytes(limits.max_message_bytes())));
  line("k", absl::StrCat("at most ", WithSeparators(limits.max_k())));
  line("queries a batch",
       absl::StrCat("at most ", WithSeparators(limits.max_batch_queries())));
  line("dimension",
       absl::StrCat("at most ", WithSeparators(limits.max_dimension())));
  line("id", absl::StrCat("at most ", Plural(limits.max_id_bytes(), "byte")));
  line("excluded ids",
       absl::StrCat("at most ", WithSeparators(limits.max_exclude_ids())));
  line(
      "combination terms",
      absl::StrCat("at most ", WithSeparators(limits.max_combination_terms())));
  line("a call stops after", Seconds(limits.max_deadline_seconds()));
  line("wait for a thread",
       absl::StrCat("at most ", limits.max_queue_milliseconds(),
                    " ms expected, else refused"));
  line("queries a stream",
       absl::StrCat("at most ", WithSeparators(limits.max_queries_per_stream()),
                    " unanswered"));
  line("connections",
       absl::StrCat(
           "at most ", WithSeparators(limits.max_connections()), ", of ",
           WithSeparators(limits.max_streams_per_connection()), " calls each"));
  line("keepalive pings",
       absl::StrCat("at least ", Seconds(limits.min_ping_interval_seconds()),
                    " apart"));
  line("connection closed",
       absl::StrCat("after ", Seconds(limits.max_connection_idle_seconds()),
                    " without a call, ",
                    Seconds(limits.max_connection_age_seconds()), " at most"));
  line("memory for calls",
       absl::StrCat("at most ", MebiBytes(limits.memory_quota_bytes())));
}

}  // namespace akin::client
