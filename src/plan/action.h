// The closed set of primitive actions. Operations produce them, and the render
// files of each dialect turn them into a segue::PlannedAction. A dialect
// without an overload for an action does not compile.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan/heir.h"
#include "plan/motion.h"
#include "plan/table_action.h"
#include "plan/view.h"
#include "schema/schema.h"

namespace segue::plan {

// Adds a column. The rows that are there get the column's own default; where
// `then_default` is given, later rows get that one, if the database can tell
// the two apart.
struct AddColumn {
  schema::TableName table;
  schema::Column column;
  std::optional<std::string> then_default = {};
};

// Drops `column`. `of_ours` says that this migration added the column, so that
// the drop loses nothing of the user's. `heir` takes the place of the column.
struct DropColumn {
  schema::TableName table;
  schema::Column column;
  bool of_ours = false;
  std::optional<Heir> heir = {};
};

// Renames a column. `heir` takes the place of one that is put aside to be
// dropped.
struct RenameColumn {
  schema::TableName table;
  std::string from;
  std::string to;
  std::optional<Heir> heir = {};
};

// Changes what differs between `before` and `after`: nullable, default, comment
// (never the name), and a type that the database changes without touching a row
// (db::TypeQuestion). An undo changes it back, except for the type, because
// newer values may not fit the old type.
struct AlterColumn {
  schema::TableName table;
  schema::Column before;
  schema::Column after;
  // The check by which PrepareUndo has proven that no row has NULL; an undo
  // sets NOT NULL again only where it is there, and drops it. Empty: always.
  std::string proven_by = {};
};

// The values that the columns of a future constraint will have. They serve to
// find the rows that break the constraint before anything is changed.
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

// Adds a constraint, without checking the existing rows if the database can do
// that.
struct AddConstraint {
  schema::TableName table;
  schema::Constraint constraint;
  std::optional<ConstraintTrial> trial = {};
};

// Checks the rows against a constraint that was added without looking at them.
struct ValidateConstraint {
  schema::TableName table;
  std::string name;
  // The constraint as it was before the migration, and comes back as with an
  // undo; nullopt for a constraint of this migration.
  std::optional<schema::Constraint> before = {};
  std::optional<ConstraintTrial> trial = {};
};

// How a constraint or an index comes back with an undo, by which time rows may
// have come that it refuses. It then stays away.
struct ComesBack {
  // The columns of the table, and the names that they have while the contract
  // is sealed, as the table has `table`; empty: its own.
  std::vector<Binding> columns = {};
  std::string table = {};
  std::string parent = {};  // of a foreign key, in the same way
  std::vector<Binding> parent_columns = {};
  // The columns of the parent have their names again before the foreign key
  // comes back.
  bool parent_first = false;
  // The index that PrepareUndo has built by then. Empty: none is needed, and
  // the constraint comes back NOT VALID.
  std::string index = {};
};

struct DropConstraint {
  schema::TableName table;
  schema::Constraint constraint;
  std::optional<ComesBack> back = {};  // not given: as it was, with a scan
};

// Gives what a column that is gone has had, and no other action carries, to the
// column that has taken its place: comments, statistics, storage. `statements`
// have db::kSchemaMark in the place of the table's schema. What
// it gives goes with the column, so that nothing is left to undo.
struct CarryOver {
  schema::TableName table;
  std::string column;
  std::vector<std::string> statements;
  std::vector<std::string> what;  // for people: "statistics 'st'"
  // True for the statements that let the old column go beforehand.
  bool release = false;
  // True for statements that only an undo runs, where what they name is there.
  bool back = false;
};

// Lets the views and rules that read a column read the one that takes its
// place. It comes before the column is dropped. `heir` is that column as it is
// called by then.
struct RebindViews {
  schema::TableName table;
  std::string column;
  std::string heir;
  std::vector<std::string> what;  // for people: "view public.adults"
};

// Makes what takes the place of the materialized views that read the column, or
// fills it, before anything is locked for long.
struct CopyViews : RebindViews {
  bool fill = false;
};

struct RenameConstraint {
  schema::TableName table;
  schema::Constraint constraint;  // as it is now
  std::string to;
  // An undo drops the foreign key, because the index that it needs goes with
  // the same undo; PrepareUndo adds it again.
  bool undo_drops = false;
};

// Locks the tables in this order, before the actions of the same transaction
// do. All waits of the transaction share one lock budget.
struct LockTables {
  std::vector<schema::TableName> tables;
  bool on_undo = false;  // only an undo does so, with which it comes first then
};

// Takes the sequence that numbers a column, owned or of its identity, from the
// column. AttachSequence gives it to the column of the same table that takes
// the place, later in the same transaction.
struct DetachSequence {
  schema::TableName table;
  schema::Column column;
};

struct AttachSequence {
  schema::TableName table;
  schema::Column column;
};

// Lets the sequence of a column go on at the lowest value of the column's type,
// from where it comes up to the values that are taken; or, with `above`, behind
// the highest value of that type, once a wider column has taken the place. An
// undo goes on where the other left off.
struct RestartSequence {
  schema::TableName table;
  schema::Column column;
  bool above = false;
  std::string narrow;  // the type that is full: "integer"
};

// Sets what a logical subscriber is told of a row that has changed.
struct SetReplicaIdentity {
  schema::TableName table;
  std::string before;  // "DEFAULT", "FULL", "NOTHING", "INDEX"
  std::string before_index;
  std::string after;
  std::string after_index;
};

// Builds an index, without blocking writers if the database can do that. The
// structured fields of the index count; its `definition` is ignored.
struct CreateIndex {
  schema::TableName table;
  schema::Index index;
  std::optional<ConstraintTrial> trial = {};  // of a unique one
};

// Drops an index. `alone` says that the user asked for the drop and that
// nothing else happens with it. Then it waits without blocking others if the
// database can do that, and it cannot be undone: building the index again takes
// a while, and rows that came meanwhile need not be unique.
struct DropIndex {
  schema::TableName table;
  schema::Index index;
  bool alone = false;
  std::optional<ComesBack> back = {};  // not given: it is built again
};

struct RenameIndex {
  schema::TableName table;
  schema::Index index;  // as it is now
  std::string to;
};

// Does nothing going forward. An undo builds the index, unless it is there, or
// adds the check or the foreign key and looks at all rows, without blocking
// anybody for long. It does neither where rows are in the way. The columns have
// the names of the time at which the undo comes to it.
struct PrepareUndo {
  schema::TableName table;
  std::optional<schema::Index> index = {};
  std::optional<schema::Constraint> check = {};
  // False for what an undo ends with: before it begins, the columns have other
  // names, and nothing can be asked.
  bool asks = true;
  std::optional<schema::Constraint> foreign_key = {};
};

// Installs the dual-write triggers of a motion in this form and replaces the
// existing ones. An undo installs the form before it again.
struct CreateSync {
  MotionId motion;
  SyncForm form = SyncForm::kLive;
};

// Removes the triggers of a motion. `form` is the form that they have; an undo
// installs that form again.
struct DropSync {
  MotionId motion;
  SyncForm form = SyncForm::kLive;
};

// Fills the rows of these motions in one walk. The motions are of one table and
// do not meet.
struct Backfill {
  std::vector<MotionId> motions;
};

// A trigger of the user's that a fill does not fire. The statements replace it
// with one that is held back, and give it its own text again; they have
// db::kSchemaMark in the place of the table's schema.
struct HeldTrigger {
  std::string name;
  std::string definition;  // as it was planned with, without the table
  std::string hold;
  std::string release;
};

// Guards the rows of a table against the user's triggers for the time of a
// fill. Either the triggers are held back, or they fire and a trigger of
// segue's gives every column but `columns` its former value back. An undo ends
// the guard.
struct GuardFill {
  schema::TableName table;
  MotionId name;                          // of the first motion that is filled
  std::vector<std::string> columns = {};  // that are filled
  std::vector<std::string> provenances = {};  // 0 in a row that is filled
  std::vector<HeldTrigger> held = {};         // empty: the triggers fire
  bool retreats = false;  // an undo takes what was filled out of rows again
};

// Ends the guard. An undo begins it again where it writes rows.
struct UnguardFill : GuardFill {};

// Proves that both sides of a motion agree in every row. With `only_marked` it
// proves only that no row is marked.
struct Verify {
  MotionId motion;
  bool only_marked = false;
};

// Copies the new column to the old one in rows where the application gave both
// (ColumnMotion::keeps_old_column).
struct Settle {
  MotionId motion;
};

// Does nothing going forward. An undo removes the copies that a motion with
// `new_was_there` has made in the new column, because the next run would take
// them for values of an application. The action precedes Backfill, so that it
// is undone after it.
struct Retreat {
  MotionId motion;
};

// Creates the views of a version. `again` says that the version is there, so
// that each view takes the place of one that has its name; this is not undone.
struct PublishVersion {
  std::string version_schema;
  std::vector<VersionView> views;
  bool again = false;
};

// Lets nobody use a published version any more. An undo gives back what was
// taken.
struct SealVersion {
  std::string version_schema;
};

// Removes a published version, which is `sealed` or not. This cannot be undone.
struct RetireVersion {
  std::string version_schema;
  bool sealed = false;
};

// Gives the view of a published version another shape, because its table gets
// one in place. What others have given to the view and to the columns that stay
// is kept. Each column has the name that it is shown by, and the one that it is
// stored as at this point of the plan. A view that is not there before is made.
struct ReshapeView {
  std::string version_schema;
  schema::TableName table;  // which it shows, under its name
  std::vector<schema::Column> before;
  std::vector<schema::Column> after;
};

// Shows a table under a second name in the base schema, by an updatable view.
// The view lives until the table itself takes the name.
struct PublishAlias {
  VersionView view;
};

// Removes such a view.
struct RetireAlias {
  VersionView view;
};

// Lets views of a published version show the tables that take the place of what
// they have shown, which is the same table. Before and after it a view has the
// same columns. It comes first in what takes effect together, because clients
// lock a view before its table.
struct RepointViews {
  struct View {
    VersionView before;  // a Part, or a Projection of some rows
    VersionView after;   // a Projection
  };
  std::string version_schema;
  std::vector<View> views;  // never empty
};

// Gives a hidden table the owner of `like`, and nobody else any rights; or, at
// the contract, the privileges of `like`. This cannot be undone.
struct GiveRights {
  schema::TableName table;
  schema::TableName like;
  bool hidden = false;
};

// Runs statements of the user's.
struct RawSql {
  std::string sql;
  std::string undo;  // empty: cannot be undone
};

using Action = std::variant<
    CreateTable, CopyTable, MarkCopied, SwapTables, ProveForeignKeys, DropTable,
    RenameTable, AddColumn, DropColumn, RenameColumn, AlterColumn,
    AddConstraint, ValidateConstraint, DropConstraint, CarryOver, RebindViews,
    CopyViews, RenameConstraint, LockTables, DetachSequence, AttachSequence,
    RestartSequence, SetReplicaIdentity, CreateIndex, DropIndex, RenameIndex,
    PrepareUndo, CreateSync, DropSync, Backfill, GuardFill, UnguardFill, Verify,
    Settle, Retreat, PublishVersion, SealVersion, RetireVersion, ReshapeView,
    PublishAlias, RetireAlias, RepointViews, DivideTable, AttachTables,
    UniteKeys, UniteNumbers, GiveRights, RawSql>;

}  // namespace segue::plan
