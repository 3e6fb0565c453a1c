#include "client/cli/search_option_args.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/cli/arguments.h"
#include "client/cli/failure.h"
#include "client/cli/input_file.h"
#include "client/cli/query_args.h"
#include "client/cli/text_width.h"
#include "client/cli/where.h"

namespace akin::client {
namespace {

constexpr int64_t kDefaultK = 10;

absl::Status AddExcluded(absl::string_view id, absl::string_view source,
                         v1::SearchOptions& options) {
  if (id.empty() || !IsUtf8(id)) {
    return UsageError(absl::StrCat(source, ": expected an id in UTF-8, got \"",
                                   Printable(id), "\""));
  }
  options.add_exclude_ids(std::string(id));
  return absl::OkStatus();
}

absl::Status AddExcludeFile(const std::string& path,
                            v1::SearchOptions& options) {
  const absl::StatusOr<std::string> text = ReadInputFile(path);
  if (!text.ok()) {
    return UsageError(
        absl::StrCat("--exclude-file: ", text.status().message()));
  }
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    absl::ConsumeSuffix(&line, "\r");
    if (line.empty()) continue;
    absl::Status status = AddExcluded(line, path, options);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Reads ATTRIBUTE=[TABLE:]ID.
absl::Status AddExcludeFrom(const SearchOptionFlags& flags,
                            absl::string_view searched, bool fold_case,
                            v1::SearchOptions& options) {
  if (!flags.exclude_from) return absl::OkStatus();
  const std::string& text = *flags.exclude_from;
  const size_t equals = text.find('=');
  if (equals == text.npos || equals == 0 || !IsUtf8(text)) {
    return UsageError(
        absl::StrCat("--exclude-from: expected ATTRIBUTE=[TABLE:]ID, got \"",
                     Printable(text), "\""));
  }
  absl::StatusOr<v1::ItemRef> item =
      ParseItemRef(absl::string_view(text).substr(equals + 1), searched);
  if (!item.ok()) {
    return UsageError(
        absl::StrCat("--exclude-from: ", item.status().message()));
  }
  if (fold_case) item->set_fold_case(true);
  *options.mutable_exclude_from()->mutable_item() = *std::move(item);
  options.mutable_exclude_from()->set_attribute(text.substr(0, equals));
  return absl::OkStatus();
}

absl::Status AddDiversity(const SearchOptionFlags& flags,
                          v1::SearchOptions& options) {
  if (!flags.diversity) {
    if (!flags.diversity_pool) return absl::OkStatus();
    return UsageError("--diversity-pool is of --diversity, which is missing");
  }
  if (!(*flags.diversity >= 0 && *flags.diversity <= 1)) {
    return UsageError(
        absl::StrCat("--diversity: expected 0 to 1, got ", *flags.diversity));
  }
  // The more of it the less the score counts.
  options.mutable_diversity()->set_lambda(
      static_cast<float>(1 - *flags.diversity));
  options.mutable_diversity()->set_pool(
      static_cast<uint32_t>(flags.diversity_pool.value_or(0)));
  return absl::OkStatus();
}

absl::Status AddGrouping(const SearchOptionFlags& flags,
                         v1::SearchOptions& options) {
  if (!flags.group_by) {
    if (!flags.group_size) return absl::OkStatus();
    return UsageError("--group-size is of --group-by, which is missing");
  }
  if (flags.group_by->empty() || !IsUtf8(*flags.group_by)) {
    return UsageError(
        absl::StrCat("--group-by: expected the name of an attribute, got \"",
                     Printable(*flags.group_by), "\""));
  }
  options.mutable_group_by()->set_attribute(*flags.group_by);
  options.mutable_group_by()->set_most(
      static_cast<uint32_t>(flags.group_size.value_or(1)));
  return absl::OkStatus();
}

}  // namespace

void AddSearchOptionFlags(CLI::App& app, SearchOptionFlags* flags) {
  AddWholeNumber(app, {"-k", "N", "how many neighbours (default 10)"}, 1,
                 std::numeric_limits<uint32_t>::max(), &flags->k);
  app.add_flag("--exact", flags->exact,
               "compare with every vector, not by the index");
  AddNumber(app,
            {"--target-recall", "SHARE",
             "of the true neighbours that is wanted (default 0.95)"},
            &flags->target_recall);
  AddNumber(app, {"--min-score", "SCORE", "leave out what scores lower"},
            &flags->min_score);
  AddTexts(app, {"--exclude", "ID", "leave out this id, as typed; repeatable"},
           &flags->exclude);
  AddTexts(app,
           {"--exclude-file", "FILE",
            "leave out the ids of this file, one a line; repeatable"},
           &flags->exclude_files);
  AddText(app,
          {"--exclude-from", "ATTRIBUTE=[TABLE:]ID",
           "leave out the ids that this attribute of that id lists,\n"
           "such as seen=users:u42"},
          &flags->exclude_from);
  AddText(app, {"--where", "FILTER", kWhereHelp}, &flags->where);
  AddText(app,
          {"--group-by", "ATTRIBUTE",
           "only the best of the ids with the same value of it"},
          &flags->group_by);
  AddWholeNumber(app, {"--group-size", "N", "of them (default 1)"}, 1,
                 std::numeric_limits<uint32_t>::max(), &flags->group_size);
  AddNumber(app,
            {"--diversity", "X",
             "0 (the nearest) to 1 (as unlike each other as can be)"},
            &flags->diversity);
  AddWholeNumber(app,
                 {"--diversity-pool", "N",
                  "candidates it chooses from (default 4 k, at least 100)"},
                 1, std::numeric_limits<uint32_t>::max(),
                 &flags->diversity_pool);
  app.add_flag("--return-vectors", flags->return_vectors,
               "print the neighbours' vectors too");
  app.add_flag("--attributes", flags->return_attributes,
               "print the neighbours' attributes too");
}

absl::StatusOr<v1::SearchOptions> ReadSearchOptions(
    const SearchOptionFlags& flags, absl::string_view searched,
    bool fold_case) {
  v1::SearchOptions options;
  options.set_k(static_cast<uint32_t>(flags.k.value_or(kDefaultK)));
  options.set_exact(flags.exact);
  options.set_return_vectors(flags.return_vectors);
  options.set_return_attributes(flags.return_attributes);
  if (flags.target_recall) {
    if (!(*flags.target_recall > 0 && *flags.target_recall <= 1)) {
      return UsageError(absl::StrCat(
          "--target-recall: expected more than 0 and at most 1, got ",
          *flags.target_recall));
    }
    options.set_target_recall(static_cast<float>(*flags.target_recall));
  }
  if (flags.min_score) {
    if (std::fabs(*flags.min_score) > std::numeric_limits<float>::max()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--min-score is ", *flags.min_score, ", more than a float holds"));
    }
    options.set_min_score(static_cast<float>(*flags.min_score));
  }
  for (const std::string& id : flags.exclude) {
    absl::Status status = AddExcluded(id, "--exclude", options);
    if (!status.ok()) return status;
  }
  for (const std::string& path : flags.exclude_files) {
    absl::Status status = AddExcludeFile(path, options);
    if (!status.ok()) return status;
  }
  if (flags.where) {
    absl::StatusOr<v1::Predicate> filter = ParseWhere(*flags.where);
    if (!filter.ok()) return filter.status();
    *options.mutable_filter() = *std::move(filter);
  }
  absl::Status status = AddExcludeFrom(flags, searched, fold_case, options);
  if (status.ok()) status = AddDiversity(flags, options);
  if (status.ok()) status = AddGrouping(flags, options);
  if (!status.ok()) return status;
  return options;
}

}  // namespace akin::client
