// A motion keeps the same rows in two shapes: dual-write triggers keep the
// shapes in step, and a backfill fills the new one. Actions name a motion by
// its id.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "schema/schema.h"

namespace segue::plan {

// A name that an expression uses and the physical column it stands for.
struct Binding {
  std::string name;
  std::string column;
  std::string type;  // of the physical column, as the database prints it
  std::string collation = {};  // of the column, if it has one of its own
  friend bool operator==(const Binding&, const Binding&) = default;
};

// An expression of the user's with its names bound to columns. It is always
// evaluated with those names in scope and never rewritten. An empty `sql` means
// that the user gave none.
struct Expression {
  std::string sql;
  std::vector<Binding> bindings;
  // The following are the server's answer to a db::ExpressionQuestion.
  bool is_volatile =
      false;  // it is evaluated once for each row and never again
  bool is_immutable = false;  // its result does not depend on session settings
  // A SELECT of two texts, for each role that may write the table and lacks a
  // right that the expression needs: what it lacks, and what helps. Empty: the
  // expression needs no rights.
  std::string lacking = {};
  // What it reads that shows different rows to different writers, for people.
  std::vector<std::string> policies = {};
  // The columns whose value the expression gives back wherever it is not NULL.
  std::vector<std::string> keeps = {};

  bool empty() const { return sql.empty(); }
  // Returns the physical column when the expression is only the name of a
  // column.
  std::optional<std::string> PlainColumn() const;
};

// The values of the provenance column (`_segue_d`), which says in each row
// which side was written last.
inline constexpr int kNotFilled = 0;
inline constexpr int kOldWrote = 1;
inline constexpr int kNewWrote = 2;
inline constexpr int kBothGiven = 3;
// These two mark a row. Either the old side was written and `up` raised an
// error, so that the new side is NULL; or the new side was written and `down`
// raised an error, so that the old side is NULL.
inline constexpr int kUpFailed = 4;
inline constexpr int kDownFailed = 5;

// The id of a motion is short and unique in the database: "01_bigint_1".
using MotionId = std::string;

// The forms of the triggers of a motion, from the expand step to the drop.
enum class SyncForm {
  // The trigger compares old and new values to see which side was written, and
  // writes the other side. A motion that marks rows does so in this form.
  kLive,
  // This form does the same as kLive, but only writes that name a column of the
  // motion call the trigger.
  kNarrow,
  // This form does the same as kLive for a motion that marks rows, but the
  // trigger refuses the write instead of marking the row.
  kStrict,
  // The form just before the seal: when a write gives both sides and they
  // differ, the trigger writes the new value to the old column too.
  kSettling,
  // The form from the seal on: the old side follows the new one, whatever is
  // written.
  kSealed,
  // The form of a rollback when the new column existed before the migration:
  // the trigger copies nothing to it any more, and removes a copy that becomes
  // stale.
  kRetreating,
};

// The row of another table whose value a column has, and by which it is found:
// `own` refers to `key` by a foreign key.
struct Lookup {
  schema::TableName table;
  schema::Column value;
  schema::Column key;  // of `table`; unique
  schema::Column own;  // of the table of the motion
};

// A motion of two columns of one table.
struct ColumnMotion {
  MotionId name;
  schema::TableName table;

  // The old side. It is nullopt when the new column is derived from several
  // columns (add_column with `up`) and nothing is written back.
  std::optional<schema::Column> old_column;
  // The new side under its physical name. It is nullopt when the old column is
  // dropped without a successor (drop_column with `down`). Then there is
  // nothing to fill, and the trigger only supplies the old column on INSERT
  // when it is NULL.
  std::optional<schema::Column> new_column;
  std::string provenance;  // "_segue_d"; empty when new_column is nullopt

  // The value of the new side, over the columns as the old version sees them;
  // and the value of the old side, over the columns as the new version sees
  // them.
  Expression up;
  Expression down;

  // The trigger supplies the default of the old column while both versions are
  // live, and the column itself has none (NOT NULL columns whose default gives
  // another value each time). The text of the default is that of
  // old_column->LeftOut().
  bool old_default_moved = false;
  // The new column takes no NULL once the contract is done. Until then
  // new_column itself is nullable.
  bool new_not_null = false;
  // The default of the new side. The trigger uses it when a write gives neither
  // side.
  std::optional<std::string> new_default;
  // The new column itself has this default, which is constant, while both
  // versions are live. A value that differs from it was given, which includes
  // NULL. False: only a value that is not NULL counts as given.
  bool new_has_default = false;

  // The version schemas of this migration whose writers count as "new", which
  // breaks the tie of an INSERT that gives neither side. Empty in place.
  std::vector<std::string> new_versions;

  // The contract keeps the old column and gives it the new name (a rename), so
  // rows where the application gave both sides must be settled first.
  bool keeps_old_column = false;
  // The name of the old side from the seal to the drop, when the new side has
  // the name that the new version knows; empty: the motion is never sealed.
  std::string put_aside;
  // That name of the new side, where it is hidden until then; empty: it has it.
  std::string sealed_as;
  // The seal lasts and can be undone (Plan::undo_window). A row on which `down`
  // raises an error is marked from the seal on, and may stay so after an undo.
  bool undoable = false;

  // The new column existed before the motion. A row that is not filled yet may
  // therefore have a value that an application gave: then both sides were given
  // (3), and the value stays. A rollback removes only the motion's own copies.
  bool new_was_there = false;

  // The new column takes the place of the old one, so that the same roles need
  // it. False for a column that stays beside it, or that was there before.
  bool shares_privileges = false;

  // There is one column, new_column, which both versions know, and only its
  // NULLs concern the motion. The triggers turn a NULL into `up`, and the fill
  // writes the rows that have NULL. The provenance is 1 in a row whose value is
  // the motion's own, until somebody writes the column; a rollback gives these
  // rows their NULL again. An empty `up` says that nothing is written: the
  // motion has neither triggers nor a provenance, and only finds the rows.
  bool only_null = false;

  // The old side is a column of another table, of which each row of this one
  // has a copy. Writes of the one are carried to the other, in both directions;
  // the provenance is 2 in a row whose value came with a write of this table,
  // which has no such row, or has carried it there. `up` only names the column
  // by which the row is found.
  std::optional<Lookup> lookup = {};

  // Rows on which an expression raises an error are marked while both versions
  // are live (see OnTransformError).
  bool marks = false;
  // The triggers take the form kNarrow once every row is filled.
  bool narrows = false;

  // A value that is given to the new side decides, whatever the old side has:
  // the old side is a key, which the database numbers before the trigger runs.
  bool new_decides = false;

  // The columns of the key to walk by, in key order; empty: the walk goes by
  // physical position.
  std::vector<schema::Column> key;
  // The same once the contract is sealed, where columns of the key are replaced
  // with the seal; empty: as `key`.
  std::vector<schema::Column> sealed_key = {};

  // Returns the physical columns that an expression reads or the motion writes,
  // each once, without the provenance column.
  std::vector<std::string> Columns() const;
};

// A motion of a table and a copy of it with another shape, which is hidden
// until the contract. It has one direction: applications write only `source`,
// and its triggers carry each write over to the copy.
struct TableMotion {
  // A column of the copy, and the expression over the columns of the source
  // that gives its value.
  struct Column {
    schema::Column column;
    Expression value;
  };

  MotionId name;
  schema::Table source;
  schema::TableName target;
  std::vector<Column> columns;
  // The key of the source. The walk goes by it, and the copy has the same
  // columns under the same names, by which its rows are found. It is never
  // empty.
  std::vector<schema::Column> key;
  // The columns by which the fill walks, so that the copy has its rows in their
  // order; they end with those of the key. Empty: it walks by the key.
  std::vector<schema::Column> walk = {};
  // The condition, over the columns of the source, of the rows that the copy
  // has. Its value depends on nothing else. Empty: the copy has them all.
  Expression where = {};
  // The copy has the rows that no other copy of the source has: the contract
  // needs that there are none.
  bool must_be_empty = false;
  // The name that the source has from the seal to the drop, while it is kept in
  // step with the copy, which has the source's name then. Empty: the source is
  // dropped as soon as the copy takes its place.
  std::string put_aside = {};
  // What kind of table the source is from the seal on. Empty: the same.
  std::string sealed_kind = {};
  // The columns of the key that are unique in the target, where these are
  // fewer: it refuses a row that differs from another in the rest alone. Empty:
  // all.
  std::vector<schema::Column> unique = {};
};

using Motion = std::variant<ColumnMotion, TableMotion>;

const MotionId& IdOf(const Motion& motion);
// Returns the table whose rows are walked.
const schema::TableName& TableOf(const Motion& motion);

// The motions of a plan, in the order in which they were planned. References
// and pointers are into this object and become invalid with the next Add.
class Motions {
 public:
  // Adds a motion. An id must be added only once.
  void Add(Motion motion);
  // These throw Error{kInternal} when there is no such motion, or when Column
  // is asked for a motion that is not of columns.
  const Motion& At(const MotionId& id) const;
  const ColumnMotion& Column(const MotionId& id) const;
  ColumnMotion& Column(const MotionId& id);
  // Returns the motion if it is of a table and its copy, and nullptr if it is
  // of columns.
  const TableMotion* Copy(const MotionId& id) const;

  const std::vector<Motion>& all() const { return all_; }
  std::vector<const ColumnMotion*> Columns() const;

 private:
  std::vector<Motion> all_;
};

// Returns the form that the triggers have when both versions are live and the
// contract begins; and the form that `form` replaces, which an undo installs
// again (nullopt: there were no triggers).
SyncForm ReadyForm(const ColumnMotion& motion);
std::optional<SyncForm> FormBefore(const ColumnMotion& motion, SyncForm form);

// Throws Error{kInternal} for a form that the triggers of a copy do not have:
// they are live, or sealed where the source is put aside and not dropped.
void RequireForm(const TableMotion& motion, SyncForm form);
// Returns the motion as it is once its contract is sealed: the copy has the
// name of the source, and what is written to it is carried to the table that
// was the source.
TableMotion Sealed(TableMotion motion);

// Returns the motion as it is once its contract is sealed: the old side has the
// name `put_aside`, and the new side has the name that the new version knows.
ColumnMotion Sealed(ColumnMotion motion);

// True when one motion writes a column that the other reads or writes. Two
// motions that meet cannot share a fill, and their triggers stay wide.
bool Meet(const ColumnMotion& a, const ColumnMotion& b);

}  // namespace segue::plan
