#include "plan/version_shape.h"

#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::plan {
namespace {

TEST(VersionShapeTest, IsReadAsItWasWritten) {
  VersionView view;
  view.source = Projection{{"public", "users"}};
  view.name = "people";
  view.columns.resize(2);
  view.columns[0].name = "full_name";
  view.columns[0].type = "text";
  view.columns[0].stored_as = "name";
  view.columns[0].default_sql = "''";
  view.columns[0].comment = "what to call them";
  view.columns[1].name = "twice";
  view.columns[1].type = "integer";
  view.columns[1].generated_sql = "2 * n";
  view.view_defaults = {"full_name"};
  view.required = {"twice"};
  view.key = {"id"};
  view.key_may_be_null = true;
  view.hidden = {"old"};
  view.marks = {{"01_a_1", "_segue_d"}};
  const VersionShape shape =
      ShapeFromText(ShapeText({{view}, {"dropped", "gone"}}));
  EXPECT_EQ(shape.hidden_tables, (std::vector<std::string>{"dropped", "gone"}));
  const VersionView& read = shape.views.at(0);
  EXPECT_EQ(read.base(), view.base());
  EXPECT_EQ(read.name, view.name);
  EXPECT_EQ(read.columns, view.columns);
  EXPECT_EQ(read.view_defaults, view.view_defaults);
  EXPECT_EQ(read.required, view.required);
  EXPECT_EQ(read.key, view.key);
  EXPECT_TRUE(read.key_may_be_null);
  EXPECT_EQ(read.hidden, view.hidden);
  EXPECT_EQ(read.marks.at(0).motion, "01_a_1");
  EXPECT_EQ(read.marks.at(0).column, "_segue_d");
}

TEST(VersionShapeTest, AnotherTextIsCorrupt) {
  for (const char* text : {"", "[]", "{\"views\": 1}"}) {
    try {
      ShapeFromText(text);
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
    }
  }
}

}  // namespace
}  // namespace segue::plan
