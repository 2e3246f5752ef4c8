// The closed set of primitive actions. Operations produce them, each dialect's
// render turns them into a segue::PlannedAction; a missing overload there does
// not compile.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan/motion.h"
#include "plan/view.h"
#include "schema/schema.h"

namespace segue::plan {

// With its columns, constraints and comment.
struct CreateTable {
  schema::Table table;
};

// Irreversible.
struct DropTable {
  schema::Table table;
};

struct RenameTable {
  schema::TableName from;
  std::string to;
};

struct AddColumn {
  schema::TableName table;
  schema::Column column;
};

// `column` is what is being dropped. `of_ours`: a column that this migration
// added, so that nothing of the user's is lost.
struct DropColumn {
  schema::TableName table;
  schema::Column column;
  bool of_ours = false;
};

struct RenameColumn {
  schema::TableName table;
  std::string from;
  std::string to;
};

// Makes the differences between `before` and `after` so: nullable, default,
// comment (never the name), and a type that the database changes without
// touching a row (Question kAlterType). Undo: the other way round, except for
// the type: back, it may not fit any more.
struct AlterColumn {
  schema::TableName table;
  schema::Column before;
  schema::Column after;
};

// What the columns of a constraint that is to come will hold, so that the rows
// which break it are named before anything is changed.
struct ConstraintTrial {
  schema::Constraint constraint;  // names columns as `values` do
  struct Value {
    std::string column;
    std::string type;
    Expression value;
  };
  std::vector<Value> values;        // of every column that the constraint reads
  std::vector<schema::Column> key;  // as ColumnMotion has it
};

// Where the database can, added without looking at the rows there are.
struct AddConstraint {
  schema::TableName table;
  schema::Constraint constraint;
  std::optional<ConstraintTrial> trial = {};
};

struct ValidateConstraint {
  schema::TableName table;
  std::string name;
};

struct DropConstraint {
  schema::TableName table;
  schema::Constraint constraint;
};

struct RenameConstraint {
  schema::TableName table;
  schema::Constraint constraint;  // as it is now
  std::string to;
};

// What a logical subscriber is told of a row that changed.
struct SetReplicaIdentity {
  schema::TableName table;
  std::string before;  // "DEFAULT", "FULL", "NOTHING", "INDEX"
  std::string before_index;
  std::string after;
  std::string after_index;
};

// Built without blocking writers where the database can. `definition` of the
// index is ignored; the structured fields count.
struct CreateIndex {
  schema::TableName table;
  schema::Index index;
  std::optional<ConstraintTrial> trial = {};  // of a unique one
};

// `alone`: the user asked for it, and nothing else goes with it. Then it waits
// without blocking others where the database can, and is irreversible: to build
// it again takes a while, and what came in since need not be unique.
struct DropIndex {
  schema::TableName table;
  schema::Index index;
  bool alone = false;
};

struct RenameIndex {
  schema::TableName table;
  schema::Index index;  // as it is now
  std::string to;
};

// Installs the dual-write triggers of a motion in this form; replaces those
// there are. Undone, they go back to the form before it.
struct CreateSync {
  MotionId motion;
  SyncForm form = SyncForm::kLive;
};

// `form`: the one that the triggers have, which an undo installs again.
struct DropSync {
  MotionId motion;
  SyncForm form = SyncForm::kLive;
};

// Fills the rows of these motions, which are of one table and do not meet, in
// one walk.
struct Backfill {
  std::vector<MotionId> motions;
};

// `only_marked`: no more than that no row is marked.
struct Verify {
  MotionId motion;
  bool only_marked = false;
};

// Makes the old column say what the new one says where the application gave
// both (ColumnMotion::keeps_old_column).
struct Settle {
  MotionId motion;
};

// Does nothing going forward. Undone, it takes the copies of a motion with
// `new_was_there` out of the new column again, where its values would
// otherwise be taken for an application's own the next time. Stands before
// Backfill, so that it is undone after it.
struct Retreat {
  MotionId motion;
};

struct PublishVersion {
  std::string version_schema;
  std::vector<VersionView> views;
};

// Removes a published version; irreversible.
struct RetireVersion {
  std::string version_schema;
};

// The table under another name as well, in the base schema: an updatable view
// that lives until the table itself takes the name.
struct PublishAlias {
  VersionView view;  // its default_sql do not count
};

struct RetireAlias {
  VersionView view;
};

struct RawSql {
  std::string sql;
  std::string undo;  // empty: cannot be undone
};

using Action =
    std::variant<CreateTable, DropTable, RenameTable, AddColumn, DropColumn,
                 RenameColumn, AlterColumn, AddConstraint, ValidateConstraint,
                 DropConstraint, RenameConstraint, SetReplicaIdentity,
                 CreateIndex, DropIndex, RenameIndex, CreateSync, DropSync,
                 Backfill, Verify, Settle, Retreat, PublishVersion,
                 RetireVersion, PublishAlias, RetireAlias, RawSql>;

}  // namespace segue::plan
