// A database in memory for unit tests, and motions on it without the engine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dialects/sqlite/dialect.h"
#include "segue/error.h"

namespace segue::sqlite {

class TestSession {
 public:
  explicit TestSession(const std::string& script = "",
                       const std::string& url = "sqlite::memory:")
      : dialect_(MakeSqliteDialect()),
        connection_(dialect_->Connect({db::ParseUrl(url), "", "", "test"})) {
    for (const std::string& sql : dialect_->LedgerSetup()) Run(sql);
    Run(script);
  }

  db::Connection& connection() { return *connection_; }
  const db::Dialect& dialect() const { return *dialect_; }

  void Run(const std::string& script) { connection_->ExecuteScript(script); }

  // Returns each row as "a|b", with a blank between rows.
  std::string Ask(const std::string& sql,
                  const std::vector<db::Value>& parameters = {}) {
    std::string text;
    for (const db::Row& row : connection_->Execute(sql, parameters).rows) {
      if (!text.empty()) text += ' ';
      for (std::size_t i = 0; i < row.size(); ++i) {
        text += (i == 0 ? "" : "|") + db::ToText(row[i]);
      }
    }
    return text;
  }

  // Returns the message with which the script fails; empty when it succeeds.
  std::string ErrorOf(const std::string& script) {
    try {
      Run(script);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }

  schema::Schema Schema() { return dialect_->Inspect(*connection_, "main"); }
  schema::Table Table(const std::string& name = "t") {
    return schema::RequireTable(Schema(), name);
  }
  schema::Column Column(const std::string& name) {
    return schema::RequireColumn(Table(), name);
  }

  PlannedAction Render(const plan::Action& action,
                       const plan::Motions& motions = db::kNoMotions) {
    const schema::Schema schema = Schema();
    return dialect_->Render(action,
                            {schema, std::chrono::milliseconds(500), motions});
  }
  MotionSql Rows(const plan::ColumnMotion& motion) {
    const schema::Schema schema = Schema();
    return dialect_->RenderMotions(
        {motion.name},
        {schema, std::chrono::milliseconds(500), MotionsWith(motion)});
  }
  static plan::Motions MotionsWith(const plan::ColumnMotion& motion) {
    plan::Motions motions;
    motions.Add(motion);
    return motions;
  }
  void Execute(const std::vector<Statement>& statements,
               db::Purpose purpose = db::Purpose::kSchema) {
    db::Transaction transaction(*connection_,
                                {purpose, std::chrono::milliseconds(500)});
    for (const Statement& statement : statements) {
      const db::Result result = connection_->Execute(statement.sql);
      if (statement.expect_rows && result.affected != *statement.expect_rows) {
        throw Error(ErrorKind::kInternal, "unexpected: " + statement.sql);
      }
    }
    transaction.Commit();
  }
  PlannedAction Do(const plan::Action& action,
                   const plan::Motions& motions = db::kNoMotions) {
    PlannedAction planned = Render(action, motions);
    Execute(planned.forward);
    return planned;
  }
  void Sync(const plan::ColumnMotion& motion) {
    Do(plan::CreateSync{motion.name}, MotionsWith(motion));
  }
  PlannedAction DropSync(const plan::ColumnMotion& motion) {
    return Do(plan::DropSync{motion.name}, MotionsWith(motion));
  }
  void Fill(const plan::ColumnMotion& motion) {
    Execute({{Rows(motion).fill->statement.all, {}}}, db::Purpose::kBackfill);
  }
  // Returns the keys of the rows whose sides disagree.
  std::string Wrong(const plan::ColumnMotion& motion) {
    return Ask(Rows(motion).verify.at(0).statement.all);
  }
  // Returns SQLite's catalogue of the user's schema, byte for byte.
  std::string Catalogue() {
    return Ask(
        "SELECT type, name, sql FROM sqlite_schema "
        "WHERE name NOT GLOB 'segue_*' ORDER BY type, name");
  }
  std::string Integrity() {
    return Ask("PRAGMA integrity_check") + Ask("PRAGMA foreign_key_check");
  }

  // Returns a motion from column o to column n of table t and installs its
  // triggers.
  plan::ColumnMotion Install(const std::string& up = "o",
                             const std::string& down = "n", int number = 1,
                             const std::string& old_name = "o",
                             const std::string& new_name = "n") {
    plan::ColumnMotion motion =
        MakeMotion(up, down, number, old_name, new_name);
    Do(plan::AddColumn{motion.table, *motion.new_column});
    schema::Column provenance;
    provenance.name = motion.provenance;
    provenance.type = "smallint";
    provenance.nullable = false;
    provenance.default_sql = "0";
    Do(plan::AddColumn{motion.table, provenance});
    Sync(motion);
    return motion;
  }

  plan::ColumnMotion MakeMotion(const std::string& up, const std::string& down,
                                int number, const std::string& old_name,
                                const std::string& new_name) {
    const schema::Table table = Table();
    plan::ColumnMotion motion;
    motion.name = "m" + std::to_string(number);
    motion.table = table.name;
    motion.provenance = "_segue_d" + std::to_string(number);
    schema::Column added;
    added.name = new_name;
    if (!old_name.empty()) {
      motion.old_column = schema::RequireColumn(table, old_name);
      added.type = motion.old_column->type;
    }
    motion.new_column = added;
    motion.up.sql = up;
    motion.down.sql = down;
    for (const schema::Column& column : table.columns) {
      motion.up.bindings.push_back({column.name, column.name, column.type});
    }
    motion.down.bindings = motion.up.bindings;
    motion.down.bindings.push_back({new_name, new_name, added.type});
    motion.key = table.WalkKeyColumns();
    return motion;
  }

 private:
  std::shared_ptr<const db::Dialect> dialect_;
  std::unique_ptr<db::Connection> connection_;
};

}  // namespace segue::sqlite
