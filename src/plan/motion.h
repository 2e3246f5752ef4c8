// A motion: two columns of one table that say the same thing in two shapes,
// kept in step by dual-write triggers and filled by a backfill.
#pragma once

#include <optional>
#include <string>
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

// Whether rows that an expression raises on are marked (see OnTransformError).
enum class Marking {
  kNever,
  kWhileLive,
  kNoMore,  // from the contract on; an undo goes back to kWhileLive
};

struct Motion {
  std::string name;  // unique in the database, short: "01_bigint_1"
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
  // The trigger form installed just before the contract: where both sides are
  // given and differ, the new one is also written to the old column (2).
  bool settling = false;

  // The new column was there before the motion, so that a row which is not
  // filled yet may have a value that an application gave: both were given (3),
  // and the value stays. A rollback takes only the motion's own copies back.
  bool new_was_there = false;
  // The trigger form of a rollback with `new_was_there`: nothing is copied to
  // the new column any more, and a copy that grows stale is taken away.
  bool retreating = false;

  Marking marking = Marking::kNever;

  // The trigger form once every row is filled: only a write that names a column
  // concerned calls it.
  bool narrow = false;

  // Columns of the key to walk by, in key order; empty: by physical position.
  std::vector<schema::Column> key;
  bool without_rowid = false;  // SQLite

  // The physical columns that an expression reads or the motion writes, each
  // once; not the provenance.
  std::vector<std::string> Columns() const;
};

}  // namespace segue::plan
