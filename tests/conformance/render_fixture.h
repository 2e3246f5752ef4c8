// What the tests of rendered actions share.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/actions.h"
#include "tests/support/testbed.h"

namespace segue::test {

// A session that is set up as a runner's is, and a way to see that an action
// and its undo are each other's inverse.
class RenderedActions : public DialectTest {
 protected:
  // Opens the session once `setup` has run.
  void Prepare(const std::string& setup) {
    db().Exec(setup);
    connection_ = db().Connect();
    for (const std::string& sql : dialect().LedgerSetup()) {
      connection_->Execute(sql);
    }
  }

  schema::Schema Schema() {
    return dialect().Inspect(*connection_, can().default_schema);
  }

  // Forward, probe, undo, probe; twice over, because a start that was rolled
  // back may be started again.
  PlannedAction ThereAndBack(const plan::Action& action) {
    const std::string before = db().Dump();
    PlannedAction planned = RenderNow(db(), *connection_, action);
    EXPECT_FALSE(planned.description.empty());
    EXPECT_TRUE(planned.reversible);
    for (int round = 0; round < 2; ++round) {
      EXPECT_FALSE(Probe(*connection_, planned)) << planned.probe;
      Forward(*connection_, planned);
      EXPECT_TRUE(Probe(*connection_, planned)) << planned.probe;
      EXPECT_NE(db().Dump(), before) << planned.description;
      Undo(*connection_, planned);
      EXPECT_FALSE(Probe(*connection_, planned)) << planned.probe;
      EXPECT_EQ(db().Dump(), before) << planned.description;
    }
    return planned;
  }

  // Forward only; what it leaves is for the test to look at.
  void Do(const plan::Action& action) {
    Forward(*connection_, RenderNow(db(), *connection_, action));
  }

  std::unique_ptr<db::Connection> connection_;
};

// A small table in use.
class RenderTest : public RenderedActions {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    Prepare(
        "CREATE TABLE t(id integer PRIMARY KEY, name text NOT NULL, "
        "kind text DEFAULT 'a', CONSTRAINT named CHECK (name <> ''));"
        "CREATE INDEX by_kind ON t(kind);"
        "INSERT INTO t(id, name) VALUES (1, 'x'), (2, 'y')");
  }

  schema::Table Table() { return schema::RequireTable(Schema(), "t"); }
  schema::Column Column(const std::string& name) {
    return schema::RequireColumn(Table(), name);
  }
  // The index of this name; fails the test where there is none.
  schema::Index Index(const std::string& name) {
    for (const schema::Index& index : Table().indexes) {
      if (index.name == name) return index;
    }
    ADD_FAILURE() << "no index " << name;
    return {};
  }
  // There and back without a change of the rows.
  PlannedAction ThereAndBack(const plan::Action& action) {
    PlannedAction planned = RenderedActions::ThereAndBack(action);
    EXPECT_EQ(db().app().One("SELECT count(*) FROM t"), "2");
    return planned;
  }
};

inline schema::Index IndexOn(const std::vector<std::string>& columns) {
  schema::Index index;
  index.name = "made Index";
  for (const std::string& name : columns) {
    schema::IndexColumn column;
    column.name = name;
    index.columns.push_back(column);
  }
  return index;
}

}  // namespace segue::test
