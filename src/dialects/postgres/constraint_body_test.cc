#include "dialects/postgres/constraint_body.h"

#include <gtest/gtest.h>

namespace segue::postgres {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

std::string Body(const Constraint& constraint) {
  return ConstraintBody({"public", "orders"}, constraint);
}

Constraint Of(ConstraintKind kind) {
  Constraint constraint;
  constraint.kind = kind;
  constraint.columns = {"a", "b"};
  return constraint;
}

TEST(ConstraintBody, ForeignKey) {
  Constraint key = Of(ConstraintKind::kForeignKey);
  key.reference.table = "users";
  EXPECT_EQ(Body(key), R"(FOREIGN KEY ("a", "b") REFERENCES "public"."users")");
  key.reference.columns = {"x", "y"};
  key.reference.match = "FULL";
  key.reference.on_delete = "SET NULL";
  key.reference.on_delete_set_columns = {"b"};
  key.reference.on_update = "CASCADE";
  key.initially_deferred = true;
  EXPECT_EQ(Body(key),
            R"(FOREIGN KEY ("a", "b") REFERENCES "public"."users" ("x", "y") )"
            R"(MATCH FULL ON DELETE SET NULL ("b") ON UPDATE CASCADE )"
            "DEFERRABLE INITIALLY DEFERRED");
}

TEST(ConstraintBody, Unique) {
  Constraint unique = Of(ConstraintKind::kUnique);
  EXPECT_EQ(Body(unique), R"(UNIQUE ("a", "b"))");
  unique.nulls_not_distinct = true;
  unique.include = {"c"};
  unique.storage_parameters = "fillfactor = 70";
  unique.tablespace = "fast";
  unique.deferrable = true;
  EXPECT_EQ(Body(unique),
            R"(UNIQUE NULLS NOT DISTINCT ("a", "b") INCLUDE ("c") )"
            R"(WITH (fillfactor = 70) USING INDEX TABLESPACE "fast" )"
            "DEFERRABLE");
  unique.using_index = "i";
  EXPECT_EQ(Body(unique), R"(UNIQUE USING INDEX "i" DEFERRABLE)");
  unique.kind = ConstraintKind::kPrimaryKey;
  EXPECT_EQ(Body(unique), R"(PRIMARY KEY USING INDEX "i" DEFERRABLE)");
}

TEST(ConstraintBody, Check) {
  Constraint check = Of(ConstraintKind::kCheck);
  check.check = "a > b";
  check.no_inherit = true;
  EXPECT_EQ(Body(check), "CHECK (a > b) NO INHERIT");
  check.check = "a > b -- why";
  check.no_inherit = false;
  EXPECT_EQ(Body(check), "CHECK (a > b -- why\n)");
}

TEST(ConstraintBody, Exclusion) {
  Constraint exclude = Of(ConstraintKind::kExclude);
  exclude.exclude_method = "gist";
  exclude.exclude = {{"room", "="}, {"during", "&&"}};
  exclude.predicate = "NOT cancelled";
  EXPECT_EQ(Body(exclude),
            R"(EXCLUDE USING "gist" (room WITH =, during WITH &&) )"
            "WHERE (NOT cancelled)");
}

TEST(ConstraintBody, WhatTheServerPrintedStays) {
  Constraint check = Of(ConstraintKind::kCheck);
  check.definition = "CHECK ((a > 0)) NOT VALID";
  EXPECT_EQ(Body(check), "CHECK ((a > 0))");
  Constraint unique = Of(ConstraintKind::kUnique);
  unique.definition = "UNIQUE (a) DEFERRABLE INITIALLY DEFERRED";
  unique.using_index = "i";
  EXPECT_EQ(Body(unique),
            R"(UNIQUE USING INDEX "i" DEFERRABLE INITIALLY DEFERRED)");
}

}  // namespace
}  // namespace segue::postgres
