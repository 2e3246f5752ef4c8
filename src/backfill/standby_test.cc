#include "backfill/standby.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::engine {
namespace {

using ::testing::HasSubstr;

const db::ServerFacts kPrimary = {false, "shop", "71", "2.36"};

std::string Why(const db::ServerFacts& facts) {
  const auto objection = Objection("postgres://there/shop", facts, kPrimary);
  if (!objection) return "";
  EXPECT_EQ(objection->kind(), ErrorKind::kRefused);
  EXPECT_FALSE(objection->hint().empty());
  return objection->what();
}

TEST(StandbyObjectionTest, NoneToAStandbyOfTheDatabase) {
  EXPECT_EQ(Why({true, "shop", "71", "2.36"}), "");
  // The role may not see the identifier, or the identifier is unknown.
  EXPECT_EQ(Why({true, "shop", "", ""}), "");
}

TEST(StandbyObjectionTest, SaysWhatItIs) {
  EXPECT_EQ(Why({false, "shop", "71", "2.36"}),
            "cannot verify on postgres://there/shop: that server is no "
            "standby, it takes writes itself");
  EXPECT_THAT(Why({true, "shop", "72", "2.36"}),
              HasSubstr("standby of another server (system 72, this "
                        "database's is 71)"));
  EXPECT_THAT(Why({true, "stock", "71", "2.36"}),
              HasSubstr("that is database \"stock\", and the migration's is "
                        "\"shop\""));
}

// A search in an index that was built in another order of text finds nothing.
TEST(StandbyObjectionTest, ToAnotherOrderOfText) {
  EXPECT_THAT(Why({true, "shop", "71", "2.31"}),
              HasSubstr("by version 2.31 of the system's collations"));
}

}  // namespace
}  // namespace segue::engine
