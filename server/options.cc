#include "server/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "index/base/processors.h"
#include "index/base/status_macros.h"
#include "index/tool/table_argument.h"
#include "server/auth/exposure.h"
#include "server/config.h"
#include "server/revision.h"

namespace akin::server {
namespace {

constexpr const char* kFooter = R"(Examples:
  akin-server --repository repo
  akin-server --load glove/words=glove.6B.100d.txt
  akin-server --load movies/users=u.npy,ids=u.txt,metric=dot \
              --load movies/items=items.vec,metric=dot --listen 127.0.0.1:0

Tables of one model share a vector space and are loaded together. Files are
recognised by their content: word2vec text and binary, GloVe, fastText .vec
and .bin, JSONL, CSV, TSV, npy, npz, safetensors, fvecs, bvecs, fbin (HDF5 if it
was built in); most may be compressed with gzip, zstd, xz or bzip2.
ids      an id a line, for formats that hold none
tensor   which one of a safetensors, npz or HDF5 file; default: the only 2-D one
format   fvecs, bvecs, fbin, u8bin or i8bin, where the content does not tell
metric   cosine (default), dot, l2
index    exact: compare with every vector; graph: walk a graph, approximate;
         auto (default): whichever was measured to take less time
profile  of a graph. fast: the fastest layout, beside the vectors as trained;
         compact: a byte per number and the links, the vectors are dropped;
         auto (default): fast
attributes       a file of typed values by id, to filter and group by: JSON
                 lines, or CSV with a header
attribute_types  NAME:TYPE,... where the values do not say: keyword,
                 keyword_list, int, float, bool, timestamp

Prints "akin-server: listening on ADDRESS" on stdout when everything is loaded.
SIGTERM drains: calls in flight finish, then it exits with 0.)";

// gRPC would take a missing or wrong port for another one.
absl::Status CheckHostPort(absl::string_view setting,
                           const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = -1;
  if (colon != std::string::npos && colon > 0 &&
      absl::SimpleAtoi(address.substr(colon + 1), &port) && port >= 0 &&
      port <= 65'535) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(setting, " is \"", address,
                   "\", expected HOST:PORT with a port of 0 to 65535"));
}

absl::Status CheckListen(const Config& config) {
  if (!absl::StartsWith(config.listen(), "unix:")) {
    AKIN_RETURN_IF_ERROR(CheckHostPort("listen", config.listen()));
  }
  if (config.metrics_listen().empty()) return absl::OkStatus();
  return CheckHostPort("metrics_listen", config.metrics_listen());
}

// What came on the command line, before anything is made of it.
struct Flags {
  std::string config_file;
  bool print_config = false;
  std::map<std::string, std::vector<std::string>> values;  // by setting
};

std::string VersionText() {
  return absl::StrCat("akin-server " AKIN_VERSION " (", Revision(), ")");
}

void Define(CLI::App* app, Flags* flags) {
  app->footer(kFooter);
  app->set_version_flag("--version", VersionText());
  app->add_option("--config", flags->config_file,
                  "A file of settings, one a line, named as the flags: "
                  "drain_seconds: 5")
      ->type_name("FILE");
  app->add_flag("--print-config", flags->print_config,
                "Print all settings as they are in force, and exit");
  for (const SettingInfo& setting : Settings()) {
    if (setting.is_switch) {
      app->add_flag(setting.flag, flags->values[setting.name], setting.help)
          ->multi_option_policy(CLI::MultiOptionPolicy::Throw);
      continue;
    }
    CLI::Option* option = app->add_option(
        setting.flag, flags->values[setting.name], setting.help);
    option->type_name("")->delimiter('\0')->expected(1);
    if (setting.repeated) {
      option->take_all();
    } else {
      option->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    }
  }
}

absl::StatusOr<Config> ConfigFrom(const Flags& flags) {
  Config config;
  if (!flags.config_file.empty()) {
    AKIN_ASSIGN_OR_RETURN(config, ReadConfig(flags.config_file));
  }
  for (const auto& [name, values] : flags.values) {
    if (values.empty()) continue;
    Clear(name, &config);
    for (const std::string& value : values) {
      AKIN_RETURN_IF_ERROR(Set(name, value, &config));
    }
  }
  if (!config.has_threads()) {
    config.set_threads(static_cast<uint32_t>(Processors()));
  }
  AKIN_RETURN_IF_ERROR(Validate(config));
  AKIN_RETURN_IF_ERROR(CheckListen(config));
  AKIN_RETURN_IF_ERROR(CheckSecuritySettings(config));
  return config;
}

// The loads of `config`, grouped by model.
absl::StatusOr<std::vector<ModelSpec>> ModelsOf(const Config& config) {
  std::vector<ModelSpec> models;
  for (const std::string& text : config.load()) {
    AKIN_ASSIGN_OR_RETURN(LoadArgument load, ParseLoad(text));
    AKIN_ASSIGN_OR_RETURN(load.table.read.on_bad_row,
                          ParseOnBadRow(config.on_bad_row()));
    AKIN_ASSIGN_OR_RETURN(load.table.read.table.utf8,
                          ParseUtf8Policy(config.unicode_errors()));
    auto model = std::find_if(
        models.begin(), models.end(),
        [&](const ModelSpec& spec) { return spec.model == load.model; });
    if (model == models.end()) {
      model = models.insert(model, {load.model, {}});
    }
    for (const TableSpec& other : model->tables) {
      if (other.name == load.table.name) {
        return absl::InvalidArgumentError(absl::StrCat(
            "--load names ", load.model, "/", other.name, " twice"));
      }
    }
    model->tables.push_back(std::move(load.table));
  }
  return models;
}

ExitNow BadUsage(absl::string_view why) {
  return ExitNow{
      2, absl::StrCat("akin-server: ", why, "\nSee akin-server --help.\n")};
}

}  // namespace

std::variant<ServerOptions, ExitNow> ParseOptions(int argc, char** argv) {
  Flags flags;
  CLI::App app("Serves trained vectors over gRPC.", "akin-server");
  Define(&app, &flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return ExitNow{0, app.help()};
  } catch (const CLI::CallForVersion&) {
    return ExitNow{0, absl::StrCat(VersionText(), "\n")};
  } catch (const CLI::ParseError& error) {
    return BadUsage(error.what());
  }
  auto config = ConfigFrom(flags);
  if (!config.ok()) return BadUsage(config.status().message());
  auto models = ModelsOf(*config);
  if (!models.ok()) return BadUsage(models.status().message());
  if (flags.print_config) return ExitNow{0, PrintConfig(*config)};
  if (models->empty() == config->repository().empty()) {
    return BadUsage(
        models->empty()
            ? "nothing to serve; name a file with --load, or a --repository"
            : "--load and --repository, expected one of them");
  }
  return ServerOptions{*std::move(config), *std::move(models)};
}

}  // namespace akin::server
