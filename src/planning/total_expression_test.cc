#include "planning/total_expression.h"

#include <gtest/gtest.h>

namespace segue::ops {
namespace {

TEST(TotalExpression, NamesConstantsCastsAndSomeFunctionsAre) {
  for (const char* sql :
       {"name", "\"two words\"", "'it''s'", "-1.5", "NULL", "(name)",
        "CAST(age AS TEXT)", "coalesce(lower(name), 'x')",
        "trim(upper( name ))"}) {
    EXPECT_TRUE(IsTotal(sql)) << sql;
  }
}

TEST(TotalExpression, WhatIsNotKnownIsNot) {
  for (const char* sql : {"", "json_extract(doc, '$.a')", "abs(x)", "a + b",
                          "name name", "lower(name", "'open", "CAST(age AS)",
                          "lower()", "a || b", "(SELECT 1)"}) {
    EXPECT_FALSE(IsTotal(sql)) << sql;
  }
}

}  // namespace
}  // namespace segue::ops
