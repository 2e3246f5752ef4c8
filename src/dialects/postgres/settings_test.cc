// The settings of a session, and those with which a transaction begins.
#include "dialects/postgres/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::postgres {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(SettingsTest, OnlyWhatSomebodyIsToldWaitsForAStandby) {
  EXPECT_THAT(SessionSettings(150000),
              HasSubstr("SET synchronous_commit = local; "));
  db::TransactionOptions options{db::Purpose::kLedger};
  EXPECT_THAT(BeginSql(options), Not(HasSubstr("synchronous_commit")));
  options.confirmed = true;
  EXPECT_THAT(BeginSql(options),
              HasSubstr("SET LOCAL synchronous_commit = DEFAULT"));
  options = {db::Purpose::kBackfill};
  EXPECT_THAT(BeginSql(options), HasSubstr("synchronous_commit = off"));
  options.flush = true;
  EXPECT_THAT(BeginSql(options), HasSubstr("synchronous_commit = local"));
}

}  // namespace
}  // namespace segue::postgres
