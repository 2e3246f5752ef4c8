// No operation changes a virtual table or the shadow tables that have its data,
// and no table gets a name that would make it one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using testing::HasSubstr;

// One operation of each kind on a column of a table.
std::vector<std::string> Operations(const std::string& table,
                                    const std::string& column) {
  return {"add_column: {table: " + table +
              ", column: {name: n, type: text, nullable: true}}",
          "rename_column: {table: " + table + ", from: " + column + ", to: n}",
          "alter_column: {table: " + table + ", column: " + column +
              ", type: text, up: " + column + ", down: " + column + "}",
          "drop_column: {table: " + table + ", column: " + column + "}",
          "drop_table: {name: " + table + "}",
          "rename_table: {from: " + table + ", to: n}",
          "create_index: {name: i, table: " + table + ", columns: [" + column +
              "]}",
          "create_constraint: {name: n, table: " + table +
              ", type: unique, columns: [" + column + "], up: {" + column +
              ": " + column + "}, down: {" + column + ": " + column + "}}"};
}

class ShadowTableTest : public DialectTest {
 protected:
  std::string Refusal(const std::string& operation) {
    Database database = db().Open();
    Migrator migrator(database, MigratorOptions{});
    return RefusalOf([&] {
      migrator.Start(
          manifest::Parse("operations: [" + operation + "]", "01_a.yaml"));
    });
  }
};

TEST_P(ShadowTableTest, NoOperationChangesOne) {
  db().Exec(
      "CREATE VIRTUAL TABLE f USING fts5(body);"
      "CREATE VIRTUAL TABLE r USING rtree(id, low, high)");
  const std::string dump = db().Dump();
  for (const auto& [table, column, kind] :
       std::vector<std::array<std::string, 3>>{{"f", "body", "virtual"},
                                               {"f_content", "c0", "shadow"},
                                               {"f_data", "block", "shadow"},
                                               {"r", "low", "virtual"},
                                               {"r_node", "data", "shadow"}}) {
    for (const std::string& operation : Operations(table, column)) {
      EXPECT_THAT(Refusal(operation), HasSubstr("'" + table + "': it is a " +
                                                kind + " table, not a table"))
          << operation;
    }
  }
  EXPECT_EQ(db().Dump(), dump);
}

TEST_P(ShadowTableTest, NoTableBecomesOne) {
  db().Exec(
      "CREATE TABLE doc(id integer PRIMARY KEY, body text);"
      "CREATE TABLE t(id integer PRIMARY KEY);"
      "CREATE VIRTUAL TABLE f USING fts5(body, content='doc', "
      "content_rowid='id')");
  EXPECT_THAT(Refusal("create_table: {name: F_Content, columns: [{name: id, "
                      "type: integer, pk: true}]}"),
              HasSubstr("'F_Content' for a shadow table"));
  EXPECT_THAT(Refusal("rename_table: {from: t, to: f_content}"),
              HasSubstr("'f_content' for a shadow table"));
  EXPECT_EQ(Refusal("rename_table: {from: t, to: f_other}"), "");
}

SEGUE_INSTANTIATE_ON(ShadowTableTest, SqliteTestbed());

}  // namespace
}  // namespace segue::test
