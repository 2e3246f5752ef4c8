// The schema of a database, without its rows, in a separate database in memory.
// SQLite itself says there what a change would break, and nobody waits for it.
#pragma once

#include <string>
#include <vector>

#include "dialects/sqlite/connection.h"
#include "schema/schema.h"

namespace segue::sqlite {

// An object that SQLite cannot use, such as {"view 'v'", "", "no such table:
// main.gone"}.
struct Fault {
  std::string object;
  std::string table;  // the table itself, or that of a trigger; else empty
  std::string reason;
  friend bool operator==(const Fault&, const Fault&) = default;
};

class MemoryCopy {
 public:
  explicit MemoryCopy(const schema::Schema& schema);

  // Returns every table, view and trigger that SQLite cannot use as the copy is
  // now: a session like segue's own could not write or read there.
  std::vector<Fault> Faults();
  // Returns the message with which ALTER TABLE fails on any table; empty when
  // it works.
  std::string AlterError();
  // Returns the message of SQLite; empty when it accepts the statement.
  std::string ErrorOf(const std::string& sql);
  // As ErrorOf, but leaves nothing of the statement behind.
  std::string TrialError(const std::string& sql);
  // Returns the columns of a table or a view, and of every view.
  std::vector<std::string> ColumnsOf(const std::string& name);
  std::vector<std::vector<std::string>> ViewColumns();
  // Returns the columns of every view as they would be after the statement.
  std::vector<std::vector<std::string>> ViewColumnsAfter(
      const std::string& sql);
  const std::vector<std::string>& views() const { return views_; }

 private:
  struct Made {
    std::string name;
    std::string table;  // of an index or a trigger
    std::string sql;
  };

  void CreateTable(const Made& table);
  void CreateVirtual(const Made& table);
  void CreateIndex(const Made& index);
  // Gives an object the text of another one of its kind that SQLite does not
  // create here, because it has a function or a collation that only the session
  // of an application knows.
  void Rewrite(const Made& made);
  void CompileTable(const std::string& table, std::vector<Fault>* faults);
  void CompileView(const std::string& view, std::vector<Fault>* faults);
  void CompileTrigger(const Made& trigger, std::vector<Fault>* faults);
  // Returns the statements that fire every trigger of the table.
  std::vector<std::string> Writes(const std::string& table);

  SqliteConnection connection_;
  std::vector<std::string> tables_;
  std::vector<std::string> views_;
  std::vector<Made> triggers_;
};

}  // namespace segue::sqlite
