// Motions: rows that say the same thing in two shapes, kept in step by
// dual-write triggers and filled by a backfill. Actions name them by their id.
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
  friend bool operator==(const Binding&, const Binding&) = default;
};

// An expression of the user's with its names bound to columns. It is always
// evaluated with those names in scope, never rewritten. Empty sql: none given.
struct Expression {
  std::string sql;
  std::vector<Binding> bindings;
  // Filled from what the server answered (db::ExpressionFacts).
  bool is_volatile = false;   // evaluated once per row, never re-derived
  bool is_immutable = false;  // no pinned session settings needed

  bool empty() const { return sql.empty(); }
  // The physical column when the expression is just the name of one.
  std::optional<std::string> PlainColumn() const;
};

// Provenance values of the `_segue_d` column (design.md, "Dual writes").
inline constexpr int kNotFilled = 0;
inline constexpr int kOldWrote = 1;
inline constexpr int kNewWrote = 2;
inline constexpr int kBothGiven = 3;
// Marked: the old side wrote and `up` raised, so that the new side is NULL; the
// new side wrote and `down` raised, so that the old side is NULL.
inline constexpr int kUpFailed = 4;
inline constexpr int kDownFailed = 5;

// Unique in the database and short: "01_bigint_1".
using MotionId = std::string;

// What the triggers of a motion do, from the expand step to the drop.
enum class SyncForm {
  kLive,    // what changed decides; a motion that marks marks its rows
  kNarrow,  // as kLive, called only by a write that names a column concerned
  kStrict,  // as kLive of a motion that marks; it refuses again and marks none
  // Just before the seal: where both sides are given and differ, the new one is
  // written to the old column too.
  kSettling,
  // From the seal on: the old side follows the new one, whatever is written.
  kSealed,
  // On the way back, where the new column was there before: nothing is copied
  // to it any more, and a copy that grows stale is taken away.
  kRetreating,
};

// Two columns of one table.
struct ColumnMotion {
  MotionId name;
  schema::TableName table;

  // The old side; nullopt when the new column is derived from several columns
  // (add_column with `up`) and nothing is written back.
  std::optional<schema::Column> old_column;
  // The new side under its physical name; nullopt when the old column is going
  // away without successor (drop_column with `down`): then there is nothing to
  // fill, the trigger only supplies the old column on INSERT when it is NULL.
  std::optional<schema::Column> new_column;
  std::string provenance;  // "_segue_d"; empty when new_column is nullopt

  Expression up;    // old -> new, over the columns as the old version sees them
  Expression down;  // new -> old, over the columns as the new version sees them

  // The old column's default was taken off for the duration and is supplied by
  // the trigger (NOT NULL columns); its text is old_column->default_sql.
  bool old_default_moved = false;
  // The new column takes no NULL once the contract is done (new_column itself
  // is nullable until then).
  bool new_not_null = false;
  // Used by the trigger when neither side was given; the new side's own.
  std::optional<std::string> new_default;

  // The version schemas of this migration whose writers are "new"; breaks the
  // tie of an INSERT that gives neither side. Empty in place.
  std::vector<std::string> new_versions;

  // The contract keeps the old column and gives it the new name (a rename), so
  // rows where the application gave both must be settled first.
  bool keeps_old_column = false;
  // The name of the old side from the seal to the drop, when the new side has
  // the name that the new version knows; empty: the motion is never sealed.
  std::string put_aside;

  // The new column was there before the motion, so that a row which is not
  // filled yet may have a value that an application gave: both were given (3),
  // and the value stays. A rollback takes only the motion's own copies back.
  bool new_was_there = false;

  // Rows that an expression raises on are marked while both versions live (see
  // OnTransformError).
  bool marks = false;
  // Once every row is filled the triggers take the form kNarrow.
  bool narrows = false;

  // Columns of the key to walk by, in key order; empty: by physical position.
  std::vector<schema::Column> key;

  // The physical columns that an expression reads or the motion writes, each
  // once; not the provenance.
  std::vector<std::string> Columns() const;
};

// A table and a copy of it, of another shape, that is hidden until the
// contract. One-way: only `source` is written by applications; its triggers
// carry each write over.
struct TableMotion {
  // A column of the copy and its value, over the columns of the source.
  struct Column {
    schema::Column column;
    Expression value;
  };

  MotionId name;
  schema::Table source;
  schema::TableName target;
  std::vector<Column> columns;
  // The source's key, by which it is walked and its rows are found in the copy,
  // under the same names; never empty.
  std::vector<schema::Column> key;
};

using Motion = std::variant<ColumnMotion, TableMotion>;

const MotionId& IdOf(const Motion& motion);
// Whose rows are walked.
const schema::TableName& TableOf(const Motion& motion);

// In the order in which they were planned.
class Motions {
 public:
  // Replaces nothing: an id is added once.
  void Add(Motion motion);
  // Throw Error{kInternal} for an id that is not there, or is no column's.
  const Motion& At(const MotionId& id) const;
  const ColumnMotion& Column(const MotionId& id) const;
  ColumnMotion& Column(const MotionId& id);
  // nullptr where the motion is a column's.
  const TableMotion* Copy(const MotionId& id) const;

  const std::vector<Motion>& all() const { return all_; }
  std::vector<const ColumnMotion*> Columns() const;

 private:
  std::vector<Motion> all_;
};

// The form that the triggers have when both versions are live and the contract
// begins; and the one that `form` replaces, which an undo brings back (nullopt:
// there were no triggers).
SyncForm ReadyForm(const ColumnMotion& motion);
std::optional<SyncForm> FormBefore(const ColumnMotion& motion, SyncForm form);

// Throws Error{kInternal} for a form other than kLive: nothing else is made of
// the triggers of a copy.
void RequireLive(const TableMotion& motion, SyncForm form);

// The motion as it is once its contract is sealed: the old side under
// `put_aside`, the new one under the name that the new version knows.
ColumnMotion Sealed(ColumnMotion motion);

// Whether one writes a column that the other reads or writes: then neither can
// go on without minding the other.
bool Meet(const ColumnMotion& a, const ColumnMotion& b);

}  // namespace segue::plan
