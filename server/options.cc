#include "server/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "index/base/names.h"
#include "index/base/status_macros.h"

namespace akin::server {
namespace {

constexpr absl::string_view kLoadForm =
    "model/table=FILE[,ids=FILE][,metric=M][,index=I][,profile=P]";

constexpr const char* kFooter = R"(Examples:
  akin-server --load glove/words=glove.6B.100d.txt
  akin-server --load movies/users=u.npy,ids=u.txt,metric=dot \
              --load movies/items=items.vec,metric=dot --listen 127.0.0.1:0

Tables of one model share a vector space and are loaded together. Files are
recognised by their content: word2vec text and binary, GloVe, fastText .vec,
npy; plain or compressed with gzip, zstd, xz or bzip2.
metric   cosine (default), dot, l2
index    exact: compare with every vector; graph: walk a graph, approximate;
         auto (default): whichever was measured to take less time
profile  of a graph. fast: the fastest layout, beside the vectors as trained;
         compact: a byte per number and the links, the vectors are dropped;
         auto (default): fast

Prints "akin-server: listening on ADDRESS" on stdout when everything is loaded.
SIGTERM drains: calls in flight finish, then it exits with 0.)";

// gRPC would take a missing or wrong port for another one.
absl::Status CheckListen(const std::string& address) {
  if (absl::StartsWith(address, "unix:")) return absl::OkStatus();
  const size_t colon = address.rfind(':');
  int port = -1;
  if (colon != std::string::npos && colon > 0 &&
      absl::SimpleAtoi(address.substr(colon + 1), &port) && port >= 0 &&
      port <= 65'535) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--listen is \"", address,
                   "\", expected HOST:PORT with a port of 0 to 65535"));
}

absl::StatusOr<IndexChoice> ParseIndex(absl::string_view name) {
  if (name == "auto") return IndexChoice::kAuto;
  if (name == "exact") return IndexChoice::kExact;
  if (name == "graph") return IndexChoice::kGraph;
  return absl::InvalidArgumentError(
      absl::StrCat("index is \"", name, "\", expected auto, exact or graph"));
}

absl::StatusOr<Profile> ParseProfile(absl::string_view name) {
  if (name == "auto") return Profile::kAuto;
  if (name == "fast") return Profile::kFast;
  if (name == "compact") return Profile::kCompact;
  return absl::InvalidArgumentError(absl::StrCat(
      "profile is \"", name, "\", expected auto, fast or compact"));
}

// "key=" at the front of `part`, or "" if it begins otherwise.
absl::string_view LeadingKey(absl::string_view part) {
  const auto end = std::find_if(part.begin(), part.end(), [](char c) {
    return !absl::ascii_isalpha(static_cast<unsigned char>(c)) && c != '_';
  });
  if (end == part.begin() || end == part.end() || *end != '=') return "";
  return part.substr(0, end - part.begin());
}

absl::Status ApplyLoadOption(absl::string_view key, const std::string& value,
                             TableSpec* table) {
  if (key == "ids") {
    table->source.ids_path = value;
    return absl::OkStatus();
  }
  if (key == "metric") {
    AKIN_ASSIGN_OR_RETURN(table->read.table.metric, ParseMetric(value));
    return absl::OkStatus();
  }
  if (key == "index") {
    AKIN_ASSIGN_OR_RETURN(table->index, ParseIndex(value));
    return absl::OkStatus();
  }
  if (key == "profile") {
    AKIN_ASSIGN_OR_RETURN(table->profile, ParseProfile(value));
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "option is \"", key, "\", expected ids, metric, index or profile"));
}

struct Flags {
  std::vector<std::string> loads;
  std::string on_bad_row = "fail";
  std::string unicode_errors = "strict";
};

void Define(CLI::App* app, ServerOptions* options, Flags* flags) {
  app->footer(kFooter);
  app->set_version_flag("--version", "akin-server " AKIN_VERSION);
  app->add_option("--load", flags->loads,
                  "A trained file to serve: " + std::string(kLoadForm))
      ->required()
      ->take_all()
      ->delimiter('\0');
  app->add_option("--listen", options->listen,
                  "Where to listen, HOST:PORT; port 0 picks a free one")
      ->capture_default_str();
  app->add_option("--on-bad-row", flags->on_bad_row,
                  "fail: a bad row fails the load; skip: it is left out")
      ->check(CLI::IsMember({"fail", "skip"}))
      ->capture_default_str();
  app->add_option("--unicode-errors", flags->unicode_errors,
                  "What to do with ids that are not UTF-8, as in gensim: "
                  "strict (a bad row), replace, ignore")
      ->check(CLI::IsMember({"strict", "replace", "ignore"}))
      ->capture_default_str();
  app->add_option("--threads", options->threads,
                  "Threads for loading and for batches")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app->add_option("--drain-seconds", options->drain_seconds,
                  "How long calls in flight may take after SIGTERM")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
}

Utf8Policy ParseUtf8Policy(const std::string& name) {
  if (name == "replace") return Utf8Policy::kReplace;
  if (name == "ignore") return Utf8Policy::kIgnore;
  return Utf8Policy::kStrict;
}

// Holds what CLI11 cannot check against what is expected, and groups the loads.
absl::Status Finish(const Flags& flags, ServerOptions* options) {
  AKIN_RETURN_IF_ERROR(CheckListen(options->listen));
  if (!std::isfinite(options->drain_seconds)) {
    return absl::InvalidArgumentError("--drain-seconds is not a number");
  }
  for (const std::string& text : flags.loads) {
    AKIN_ASSIGN_OR_RETURN(LoadArgument load, ParseLoad(text));
    load.table.read.on_bad_row =
        flags.on_bad_row == "skip" ? OnBadRow::kSkip : OnBadRow::kFail;
    load.table.read.table.utf8 = ParseUtf8Policy(flags.unicode_errors);
    auto model = std::find_if(
        options->models.begin(), options->models.end(),
        [&](const ModelSpec& spec) { return spec.model == load.model; });
    if (model == options->models.end()) {
      model = options->models.insert(model, {load.model, {}});
    }
    for (const TableSpec& other : model->tables) {
      if (other.name == load.table.name) {
        return absl::InvalidArgumentError(absl::StrCat(
            "--load names ", load.model, "/", other.name, " twice"));
      }
    }
    model->tables.push_back(std::move(load.table));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LoadArgument> ParseLoad(absl::string_view text) {
  const auto fail = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--load \"", text, "\": ", why, " (expected ", kLoadForm, ")"));
  };
  const size_t equals = text.find('=');
  const size_t slash = text.find('/');
  if (equals == absl::string_view::npos || slash > equals) {
    return fail("no model/table= in front");
  }
  LoadArgument load;
  load.model = std::string(text.substr(0, slash));
  load.table.name = std::string(text.substr(slash + 1, equals - slash - 1));
  for (const absl::Status& status :
       {CheckName("model", load.model), CheckName("table", load.table.name)}) {
    if (!status.ok()) return fail(status.message());
  }
  std::vector<std::pair<std::string, std::string>> options;
  std::string* value = &load.table.source.path;
  bool first = true;
  for (const absl::string_view part :
       absl::StrSplit(text.substr(equals + 1), ',')) {
    const absl::string_view key = first ? "" : LeadingKey(part);
    if (!key.empty()) {
      options.emplace_back(key, part.substr(key.size() + 1));
      value = nullptr;
    } else {
      if (value == nullptr) value = &options.back().second;
      absl::StrAppend(value, first ? "" : ",", part);
    }
    first = false;
  }
  if (load.table.source.path.empty()) return fail("no file behind the =");
  absl::flat_hash_set<std::string> seen;
  for (const auto& [key, option] : options) {
    if (option.empty()) return fail(absl::StrCat("nothing behind ", key, "="));
    if (!seen.insert(key).second) return fail(absl::StrCat(key, "= twice"));
    const absl::Status status = ApplyLoadOption(key, option, &load.table);
    if (!status.ok()) return fail(status.message());
  }
  return load;
}

std::variant<ServerOptions, ExitNow> ParseOptions(int argc, char** argv) {
  ServerOptions options;
  options.threads = std::max(1u, std::thread::hardware_concurrency());
  Flags flags;
  CLI::App app("Serves trained vectors over gRPC.", "akin-server");
  Define(&app, &options, &flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return ExitNow{0, app.help()};
  } catch (const CLI::CallForVersion&) {
    return ExitNow{0, "akin-server " AKIN_VERSION "\n"};
  } catch (const CLI::ParseError& error) {
    return ExitNow{2, absl::StrCat("akin-server: ", error.what(),
                                   "\nSee akin-server --help.\n")};
  }
  if (absl::Status status = Finish(flags, &options); !status.ok()) {
    return ExitNow{2, absl::StrCat("akin-server: ", status.message(),
                                   "\nSee akin-server --help.\n")};
  }
  return options;
}

}  // namespace akin::server
