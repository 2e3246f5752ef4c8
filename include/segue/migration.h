// A migration: an id, a title and an ordered list of operations. The builders
// below make one in C++; manifest::Parse reads one from a file.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "segue/pace.h"
#include "segue/plan.h"

namespace segue {

namespace ops {
class Operation;
}

// A column as the builders take it. `type` is portable (TEXT, INTEGER,
// BOOLEAN, TIMESTAMP, JSON) or the database's own.
struct ColumnSpec {
  std::string name;
  std::string type = "TEXT";
  bool nullable = true;
  std::optional<std::string> default_sql = {};  // SQL: "''", "0"
};

enum class ConstraintType {
  kUnique,
  kCheck,
  kPrimaryKey,
  kForeignKey,
};

// A constraint as the builders take it; the members of other types stay empty.
struct ConstraintSpec {
  std::string name;
  ConstraintType type = ConstraintType::kCheck;
  std::vector<std::string> columns = {};  // in AlterColumn: left empty
  std::string check = {};                 // SQL: "age >= 18"
  std::string references_table = {};
  std::vector<std::string> references_columns = {};  // empty: its primary key
  std::string on_delete = {};                        // "CASCADE"
  std::string on_update = {};
};

// The changes that alter_column makes. A member that is not set leaves that
// property of the column as it is.
struct ColumnChange {
  std::optional<std::string> type;
  std::optional<bool> nullable;
  std::optional<std::string> default_sql;
  bool drop_default = false;
  std::optional<std::string> new_name;
  std::vector<ConstraintSpec> constraints = {};  // to be added
  std::string up;    // SQL for the new value of an old one; empty: a cast
  std::string down;  // SQL for the old value of a new one; empty: a cast
  // With `nullable: true` and without `down`, the old version may read NULL
  // while both versions are live.
  bool null_visible = false;
};

// An index as the builders take it. Operator classes, methods and storage
// parameters can be given in a file only.
struct IndexSpec {
  std::string name;
  std::string table;
  std::vector<std::string> columns;
  bool unique = false;
  std::string predicate = {};  // SQL; empty: every row
  std::string replaces = {};   // an index to drop at the contract
};

// How rebuild_table writes a table anew; what stays empty is as it was. The
// storage of columns can be given in a file only.
struct RebuildSpec {
  std::string storage_parameters = {};  // "fillfactor = 70"
  std::string tablespace = {};
  std::vector<std::string> column_order = {};  // every column once
  std::vector<std::string> cluster_by =
      {};  // columns that an index begins with
};

// How partition_table divides a table. Values are texts as the column's type
// reads them; MINVALUE and MAXVALUE are the ends of a range.
struct PartitionSpec {
  enum class Method { kRange, kList, kHash };
  struct Part {
    std::string name;
    std::vector<std::string> from = {};    // range: one for each column
    std::vector<std::string> to = {};      // range: the first beyond it
    std::vector<std::string> values = {};  // list
  };
  Method method = Method::kRange;
  std::vector<std::string> key;
  std::vector<Part> parts;
  // The partition for the rows that no other takes; empty: none, by hash.
  std::string default_part = {};
  // By range, in place of parts: "1 month", or "1000000" of whole numbers. The
  // partitions hold the values that there are, and `ahead` more follow.
  std::string interval = {};
  int ahead = 3;
};

// A table that becomes a part of another, and the value of the new column in
// its rows, as SQL: "'eu'", "1".
struct PartOfTable {
  std::string table;
  std::string value;
};

// A column by the names of its table and its own.
struct ColumnOfTable {
  std::string table;
  std::string column;
};

// A table that gets the rows for which `where` is true and that no table before
// it gets. Empty, for the last one: all other rows.
struct RowsOfTable {
  std::string table;
  std::string where;
};

// A migration is a value; copies share the operations, which never change. Each
// builder appends one operation and returns *this, so that calls chain. The
// builders check nothing against a database: Migrator::MakePlan and Start
// refuse what cannot be planned. docs/operations/ describes each operation.
struct Migration {
  Migration() = default;
  Migration(std::string id_text, std::string title_text);

  // Adds a column. `up` is an SQL expression over the old columns that gives
  // its values; without one the column has its default or NULL.
  Migration& AddColumn(const std::string& table, const ColumnSpec& column,
                       const std::string& up = "");
  // Gives a column a new name; both names work until the contract.
  Migration& RenameColumn(const std::string& table, const std::string& from,
                          const std::string& to);
  // Lets the existing column `to` take the place of `from`: `to` is filled and
  // kept in step, and the contract drops `from`. A value that `to` has already
  // stays.
  Migration& ReplaceColumn(const std::string& table, const std::string& from,
                           const std::string& to);
  // Changes the type, the name, the constraints or other properties of a
  // column.
  Migration& AlterColumn(const std::string& table, const std::string& column,
                         const ColumnChange& change);
  // Changes the type of a column of the primary key, and of every column that
  // refers to it. `up` and `down` are SQL expressions over the column's name;
  // without them the values are converted.
  Migration& ChangePrimaryKey(const std::string& table,
                              const std::string& column,
                              const std::string& type,
                              const std::string& up = "",
                              const std::string& down = "");
  // Drops a column at the contract. `down` is an SQL expression that gives its
  // value in rows that the new version adds; it may be empty if the column
  // takes NULL or has a default.
  Migration& DropColumn(const std::string& table, const std::string& column,
                        const std::string& down = "");
  // Builds an index, without blocking writers where the database can do that.
  Migration& CreateIndex(const IndexSpec& index);
  // Drops an index at the contract.
  Migration& DropIndex(const std::string& name);
  // Creates an empty table. `primary_key` has the columns of its key in their
  // order; without any, the table has no key.
  Migration& CreateTable(const std::string& table,
                         const std::vector<ColumnSpec>& columns,
                         const std::vector<std::string>& primary_key = {});
  // Drops a table at the contract.
  Migration& DropTable(const std::string& table);
  // Gives a table a new name; both names work until the contract.
  Migration& RenameTable(const std::string& from, const std::string& to);
  // Moves columns to a table of their own, which has a row for each row of
  // `table`, by its primary key, and refers to it.
  Migration& SplitTable(const std::string& table, const std::string& to,
                        const std::vector<std::string>& columns);
  // Divides the rows of a table among several tables with all of its columns.
  Migration& SplitRows(const std::string& table,
                       const std::vector<RowsOfTable>& to);
  // Makes tables of one shape parts of a new table, which has `column` besides.
  Migration& MergeTables(const std::vector<PartOfTable>& from,
                         const std::string& to, const std::string& column);
  // Moves a column to the table whose column `refers` refers to `key` of its
  // own by a foreign key. `down` is as that of DropColumn.
  Migration& MoveColumn(const ColumnOfTable& from, const ColumnOfTable& to,
                        const std::string& refers, const std::string& key,
                        const std::string& down = "");
  // Adds a constraint. `up` and `down` have an SQL expression for each column
  // whose values have to change to satisfy it; without them no value moves.
  Migration& CreateConstraint(
      const std::string& table, const ConstraintSpec& constraint,
      const std::map<std::string, std::string>& up = {},
      const std::map<std::string, std::string>& down = {});
  // Drops a constraint at the contract. `down` has an SQL expression for each
  // column: the value that the old version sees, for which the constraint still
  // holds.
  Migration& DropConstraint(
      const std::string& table, const std::string& name,
      const std::map<std::string, std::string>& up = {},
      const std::map<std::string, std::string>& down = {});
  // Gives a constraint a new name at the contract.
  Migration& RenameConstraint(const std::string& table, const std::string& from,
                              const std::string& to);
  // Sets the replica identity (PostgreSQL). `type` is "DEFAULT", "FULL",
  // "NOTHING", or "INDEX" with the index's name.
  Migration& SetReplicaIdentity(const std::string& table,
                                const std::string& type,
                                const std::string& index = "");
  // Writes a table anew while it is in use: a copy is filled and kept in step,
  // and takes its place with the contract. Without anything in `how` that gives
  // room back.
  Migration& RebuildTable(const std::string& table,
                          const RebuildSpec& how = {});
  // Divides a table into partitions while it is in use (PostgreSQL): a copy
  // with partitions is filled and kept in step, and takes its place with the
  // contract.
  Migration& PartitionTable(const std::string& table, const PartitionSpec& how);
  // The way back: a plain table takes the place of a partitioned one while it
  // is in use (PostgreSQL). The partitions go with the contract.
  Migration& UnpartitionTable(const std::string& table);
  // Runs statements in the expand step, in one transaction; a rollback runs
  // `down`. Without `down` the statements cannot be undone.
  Migration& Sql(const std::string& up, const std::string& down = "");

  std::string id;     // the file's stem, or "MIG-001"
  std::string title;  // for people
  // The name of the published version; empty: the id.
  std::string version;
  // Requests of the file. MigratorOptions has what the file leaves out.
  std::optional<Access> access;
  // True when `access` is not what the file says but what the command line or
  // the configuration asks for.
  bool access_from_outside = false;
  // True when the subscribers of published tables have what segue adds.
  bool subscribers_prepared = false;
  std::optional<OnTransformError> on_transform_error;
  std::optional<UserTriggers> user_triggers;
  std::optional<std::chrono::seconds> undo_window;
  std::optional<std::vector<std::string>> keep_versions;
  std::optional<std::chrono::milliseconds> chunk_time;
  int workers = 0;   // 0: not given
  PaceOptions pace;  // what is not given is 0 or empty
  std::vector<std::shared_ptr<const ops::Operation>> operations;
  std::string source;    // the file's text, for the ledger
  std::string checksum;  // of `source`; empty when built in code
  // The migrations that Fold has put before this one. Each keeps a row of its
  // own in the ledger.
  std::vector<Migration> folded;
};

// Makes one migration of several: it has the operations of all of them in this
// order, and the id, title and version of the last one. Its chunk time, workers
// and rates are the most careful ones. Throws Error{kRefused} when the files
// ask for different access, on_transform_error, user_triggers or windows of
// the backfill, and
// Error{kUsage} when `files` is empty.
Migration Fold(std::vector<Migration> files);

}  // namespace segue
