// Files of earlier formats are read and answer as they did.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "index/search/searcher.h"
#include "index/version/repository.h"
#include "index/version/sealed_version.h"
#include "tests/support/status_matchers.h"

namespace akin {
namespace {

using ::testing::Contains;

constexpr char kRepository[] = AKIN_SOURCE_DIR "/tests/golden/sealed-format-1";
constexpr int kPoints = 40;

// The points lie on a ring, in order: those around p20 are its neighbours.
void ExpectRing(const IndexedTable& table) {
  SCOPED_TRACE(table.table().name());
  ASSERT_EQ(table.table().rows(), size_t{kPoints});
  std::vector<float> query(table.table().dimension());
  const auto row = table.table().ids().Find("p20");
  ASSERT_TRUE(row.has_value());
  table.table().CopySearchVector(*row, absl::MakeSpan(query));
  for (const Searcher* searcher : {&table.index(), &table.exact()}) {
    SearchTask task;
    task.query = query;
    task.k = 7;
    task.effort = 20;
    searcher->Search(&task);
    std::vector<std::string> ids;
    for (const Neighbor& near : task.neighbors) {
      ids.emplace_back(table.table().ids().Id(near.row));
    }
    ASSERT_EQ(ids.size(), 7u);
    for (const char* near : {"p18", "p19", "p20", "p21", "p22"}) {
      EXPECT_THAT(ids, Contains(near));
    }
  }
}

TEST(Golden, SealedFormat1IsRead) {
  WorkerPool pool(1);
  const auto models = ListRepository(kRepository);
  ASSERT_THAT(models, IsOk());
  ASSERT_EQ(models->size(), 2u);
  for (const ModelFolder& model : *models) {
    ASSERT_THAT(model.versions, testing::ElementsAre(1));
    const auto version = OpenVersion(VersionFolder(kRepository, model.model, 1),
                                     model.model, 1, &pool);
    ASSERT_THAT(version, IsOk());
    for (const auto& table : (*version)->tables()) ExpectRing(*table);
  }
  const auto manifest = ReadManifest(VersionFolder(kRepository, "ring", 1));
  ASSERT_THAT(manifest, IsOk());
  EXPECT_EQ(manifest->training_run, "golden");
  EXPECT_EQ(manifest->metadata.at("made"), "by-hand");
  EXPECT_EQ(manifest->tables.at(0).sources.at(0).name, "ring.txt");
}

}  // namespace
}  // namespace akin
