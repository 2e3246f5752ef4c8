// A migration: an id, a title and an ordered list of operations. Built here in
// C++ or read from a file (manifest).
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

// What alter_column may change; unset members stay as they are.
struct ColumnChange {
  std::optional<std::string> type;
  std::optional<bool> nullable;
  std::optional<std::string> default_sql;
  bool drop_default = false;
  std::optional<std::string> new_name;
  std::vector<ConstraintSpec> constraints = {};  // to be added
  std::string up;                                // old -> new; empty: a cast
  std::string down;                              // new -> old; empty: a cast
};

// An index as the builders take it; everything else through a file.
struct IndexSpec {
  std::string name;
  std::string table;
  std::vector<std::string> columns;
  bool unique = false;
  std::string predicate = {};  // SQL; empty: every row
  std::string replaces = {};   // an index to drop at the contract
};

// A value. The builders return *this, so that they chain.
struct Migration {
  Migration() = default;
  Migration(std::string id_text, std::string title_text);

  // `up` (may be empty): an expression over the old columns that fills it.
  Migration& AddColumn(const std::string& table, const ColumnSpec& column,
                       const std::string& up = "");
  Migration& RenameColumn(const std::string& table, const std::string& from,
                          const std::string& to);
  // `to`, which is there already, takes the place of `from`: kept in step and
  // filled, then `from` goes. A value that `to` has already stays.
  Migration& ReplaceColumn(const std::string& table, const std::string& from,
                           const std::string& to);
  Migration& AlterColumn(const std::string& table, const std::string& column,
                         const ColumnChange& change);
  // `down` (may be empty): what old readers get for rows the new version adds.
  Migration& DropColumn(const std::string& table, const std::string& column,
                        const std::string& down = "");
  Migration& CreateIndex(const IndexSpec& index);
  // Dropped at the contract.
  Migration& DropIndex(const std::string& name);
  // `primary_key`: its columns, in the order of the key; empty: none.
  Migration& CreateTable(const std::string& table,
                         const std::vector<ColumnSpec>& columns,
                         const std::vector<std::string>& primary_key = {});
  Migration& DropTable(const std::string& table);
  Migration& RenameTable(const std::string& from, const std::string& to);
  // `up` and `down`, by column: what becomes of values that break it.
  Migration& CreateConstraint(
      const std::string& table, const ConstraintSpec& constraint,
      const std::map<std::string, std::string>& up = {},
      const std::map<std::string, std::string>& down = {});
  // `down`, by column: what the old version, for which it still holds, sees.
  Migration& DropConstraint(
      const std::string& table, const std::string& name,
      const std::map<std::string, std::string>& up = {},
      const std::map<std::string, std::string>& down = {});
  Migration& RenameConstraint(const std::string& table, const std::string& from,
                              const std::string& to);
  // "DEFAULT", "FULL", "NOTHING", or "INDEX" with the index's name.
  Migration& SetReplicaIdentity(const std::string& table,
                                const std::string& type,
                                const std::string& index = "");
  Migration& Sql(const std::string& up, const std::string& down = "");

  std::string id;     // the file's stem, or "MIG-001"
  std::string title;  // for people
  // The published version's name; empty: the id.
  std::string version;
  std::optional<Access> access;
  std::optional<OnTransformError> on_transform_error;
  std::optional<std::chrono::milliseconds> chunk_time;
  int workers = 0;   // 0: not given
  PaceOptions pace;  // what is not given is 0 or empty
  std::vector<std::shared_ptr<const ops::Operation>> operations;
  std::string source;    // the file's text, for the ledger
  std::string checksum;  // of `source`; empty when built in code
  // What Fold put in front of it; each keeps a ledger row of its own.
  std::vector<Migration> folded;
};

// Several migrations as one: the operations of all in this order, and all else
// of the last, whose version is the one that gets published. Throws
// Error{kRefused} when they ask for different access or on_transform_error.
Migration Fold(std::vector<Migration> files);

}  // namespace segue
