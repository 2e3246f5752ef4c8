#include "dialects/postgres/errors.h"

#include <gtest/gtest.h>

namespace segue::postgres {
namespace {

TEST(ErrorsTest, WholeCodesComeBeforeTheirClass) {
  EXPECT_EQ(KindOf("55P03"), ErrorKind::kLockTimeout);
  EXPECT_EQ(KindOf("55000"), ErrorKind::kRefused);
  EXPECT_EQ(KindOf("40P01"), ErrorKind::kRetryable);
  EXPECT_EQ(KindOf("57014"), ErrorKind::kCancelled);
  EXPECT_EQ(KindOf("57P01"), ErrorKind::kConnectionLost);
  EXPECT_EQ(KindOf("57P03"), ErrorKind::kRetryable);
}

TEST(ErrorsTest, WhatIsAbsentIsATableOrAPartOfOne) {
  const auto absent = [](const char* sqlstate) {
    return AbsentIn(Error(ErrorKind::kRefused, "").WithCode(sqlstate));
  };
  EXPECT_EQ(absent("42P01"), db::Absent::kTable);
  EXPECT_EQ(absent("3F000"), db::Absent::kTable);
  EXPECT_EQ(absent("42703"), db::Absent::kPart);
  EXPECT_EQ(absent("2BP01"), db::Absent::kNothing);
  EXPECT_EQ(absent("42501"), db::Absent::kNothing);
}

// A column whose default cannot be given back would be left without one.
TEST(ErrorsTest, WhatADefaultNeedsIsNoPartOfTheTable) {
  const auto absent = [](const char* sqlstate, const char* message) {
    return AbsentIn(
        Error(ErrorKind::kRefused, message)
            .WithCode(sqlstate)
            .WithSql("ALTER TABLE \"public\".\"u\" ALTER COLUMN \"n\" SET "
                     "DEFAULT nextval('s')"));
  };
  EXPECT_EQ(absent("42883", "function fd() does not exist"),
            db::Absent::kNothing);
  EXPECT_EQ(absent("42P01", "relation \"s\" does not exist"),
            db::Absent::kNothing);
  EXPECT_EQ(absent("42P01", "relation \"public.u\" does not exist"),
            db::Absent::kTable);
  EXPECT_EQ(absent("42703", "column \"n\" does not exist"), db::Absent::kPart);
}

TEST(ErrorsTest, ClassesTellWhoHasToAct) {
  EXPECT_EQ(KindOf("53100"), ErrorKind::kRetryable);
  EXPECT_EQ(KindOf("08006"), ErrorKind::kConnectionLost);
  EXPECT_EQ(KindOf("42501"), ErrorKind::kRefused);
  EXPECT_EQ(KindOf("42703"), ErrorKind::kRefused);
  EXPECT_EQ(KindOf("23505"), ErrorKind::kConstraint);
  EXPECT_EQ(KindOf("22P02"), ErrorKind::kConstraint);
  EXPECT_EQ(KindOf("P0001"), ErrorKind::kConstraint);
  EXPECT_EQ(KindOf("3F000"), ErrorKind::kRefused);
  EXPECT_EQ(KindOf("XX000"), ErrorKind::kInternal);
}

TEST(ConnectReasonTest, KeepsTheReasonOnly) {
  EXPECT_EQ(ConnectReason("connection to server at \"h\" (1.2.3.4), port 5432 "
                          "failed: Connection refused\n\tIs the server running "
                          "on that host and accepting TCP/IP connections?\n"),
            "Connection refused");
  EXPECT_EQ(ConnectReason("connection to server on socket \"/x\" failed: "
                          "FATAL:  database \"d\" does not exist\n"),
            "database \"d\" does not exist");
}

TEST(ConnectReasonTest, SaysTheSameReasonOnce) {
  EXPECT_EQ(ConnectReason(
                "connection to server at \"h\" (::1), port 1 failed: refused\n"
                "connection to server at \"h\" (127.0.0.1), port 1 failed: "
                "refused\n"),
            "refused");
  EXPECT_EQ(ConnectReason(""), "no reason given");
}

}  // namespace
}  // namespace segue::postgres
