#include "manifest/skeleton.h"

#include <gtest/gtest.h>

#include "manifest/manifest.h"
#include "ops/registry.h"
#include "segue/error.h"

namespace segue::manifest {
namespace {

TEST(SkeletonTest, OfEveryOperationIsAMigration) {
  for (const ops::RegistryEntry& entry : ops::Registry()) {
    const Migration migration = Parse(Skeleton(entry.name), "01_x.yaml");
    ASSERT_EQ(migration.operations.size(), 1U) << entry.name;
    EXPECT_EQ(migration.operations[0]->name(), entry.name);
  }
}

TEST(SkeletonTest, WithoutAnOperationItSaysThatItNeedsOne) {
  try {
    Parse(Skeleton(""), "01_x.yaml");
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "01_x.yaml:9: operations: must not be empty");
  }
}

}  // namespace
}  // namespace segue::manifest
