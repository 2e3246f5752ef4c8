// What the tests of a plan's trial share.
#pragma once

#include <gmock/gmock.h>

#include <string>

#include "base/text.h"
#include "manifest/manifest.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {

class PlanTrialTest : public DialectTest {
 protected:
  static constexpr const char* kRename =
      "operations: [{rename_column: {table: t, from: n, to: m}}]";

  Plan PlanOf(const std::string& file, Access access) {
    Database database = db().Open();
    MigratorOptions options;
    options.access = access;
    return Migrator(database, options)
        .MakePlan(manifest::Parse(file, "01_tried.yaml"));
  }

  // Expects that the plan is refused in both ways of access, with this text.
  void ExpectRefused(const std::string& file, const std::string& text) {
    for (const Access access : {Access::kInPlace, Access::kVersioned}) {
      const Error error = ThrownBy([&] { PlanOf(file, access); });
      EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
      EXPECT_THAT(error.what(), testing::HasSubstr(text));
    }
  }

  // Expects that the plan was tried to its end in both ways of access.
  void ExpectTried(const std::string& file) {
    for (const Access access : {Access::kInPlace, Access::kVersioned}) {
      EXPECT_THAT(base::Join(PlanOf(file, access).notes, "\n"),
                  testing::Not(testing::HasSubstr("not tried")));
    }
  }
};

}  // namespace segue::test
