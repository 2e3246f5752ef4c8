// The parts of a plan below its steps: statements, walks over rows, and the
// questions to the database about them. The engine runs these; users of the
// library see Step and Plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/heir.h"
#include "segue/plan.h"

namespace segue {

struct Statement {
  std::string sql;
  // When it is set, the statement must change exactly this many rows. Any other
  // number means that somebody else has changed the database meanwhile.
  std::optional<std::int64_t> expect_rows;
  // A SELECT of one boolean. When it is false, the statement is skipped,
  // because it would fail or, outside a transaction, change an object that is
  // not segue's. Empty: always run.
  std::string only_if = {};
};

// One statement over a range of keys, in its four variants. The parameters are
// the values of the lower bound (exclusive), if there is one, then those of the
// upper bound (inclusive), if there is one, and then those that the member with
// this type describes.
struct RangeSql {
  std::string all;      // no bounds
  std::string after;    // key > lo
  std::string upto;     // key <= hi
  std::string between;  // lo < key <= hi
};

// The kinds of work on the rows of a motion, range by range.
enum class Activity {
  kFill,     // writes the new side of rows that lack it
  kVerify,   // finds rows that disagree
  kRepair,   // derives such rows again, in their direction
  kSettle,   // derives the old side from the new; see SyncForm
  kRetreat,  // takes the motion's copies out of an existing column
};
// Returns "backfill", "verify", ..., which are also the names in the ledger.
std::string_view ToString(Activity activity);
Activity ActivityFromString(std::string_view text);

// One statement over a table, which is run range by range of a key.
struct WalkSql {
  std::string table;                     // for messages
  std::vector<std::string> key_columns;  // for messages; the shape of a key
  // A SELECT returns the key columns of the rows that it finds, at most 100,
  // and may return the reason after them.
  RangeSql statement;
  // A SELECT of key columns, in ascending order: bounds that cut the table into
  // about as many ranges as the parameter says, without reading the whole
  // table. Empty: the table is one range.
  std::string cuts;
  // Returns the upper bound of the first rows of a range, as one row of key
  // values, or no row when the range has fewer rows than that, so that they are
  // all of it. The last parameter is the number of rows. May also return the
  // upper bounds of the following chunks, where the database gets them for
  // free.
  RangeSql next_bound;
  // A SELECT of the last key of the table, where a walk ends: what comes behind
  // it is written by the triggers, and may come faster than a walk goes that
  // makes way. Empty: it ends where no rows are left.
  std::string last = {};
  bool writes = false;
  // A SELECT of the estimated number of rows of the table, and of the bytes of
  // one row.
  std::string estimated_rows;
  // Runs instead of the statement over a range in which the statement broke a
  // constraint. Empty: the error ends the walk.
  RangeSql when_refused = {};
  // The statement for one share of the rows of each page; the last parameter is
  // the share, from 0. A range that is filled share by share puts new row
  // versions where those of the share before were. Empty: not worth it for this
  // table.
  RangeSql share = {};
  int shares = 1;
};

// Tries an expression or a constraint on the rows as they are, before anything
// is changed. The statement returns rows that fail, or raises an error where
// the expression does.
struct TrialSql {
  WalkSql walk;
  std::string reason;  // what is wrong with the rows that it finds
};

// All statements that move and check the rows of one motion.
struct MotionSql {
  std::string name;   // the motion's id
  std::string table;  // for messages
  // The ids of the motions that share this fill. A shared fill has no other
  // walks, and each of these motions has a fill of its own, too.
  std::vector<std::string> parts = {};
  std::optional<WalkSql> fill = {};
  std::optional<WalkSql> repair = {};
  std::optional<WalkSql> settle = {};
  std::optional<WalkSql> retreat = {};
  // Old and new agree when none of these walks finds a row.
  std::vector<WalkSql> verify = {};
  // These walks find rows that are marked (OnTransformError::kMark), with the
  // error.
  std::vector<WalkSql> marked = {};
  // The same two once the contract is sealed, when the columns have exchanged
  // their names, of a plan whose contract can be undone (Plan::undo_window).
  // Both are empty for a motion that its seal leaves as it is, so that `verify`
  // still holds.
  std::vector<WalkSql> verify_sealed = {};
  std::vector<WalkSql> marked_sealed = {};
  // These walks find rows of which the application wrote both sides.
  std::vector<WalkSql> both_given = {};
  std::optional<TrialSql> trial = {};  // of `up`
  std::string count_left = {};         // SELECT count(*) of unfilled rows
  // Makes the room of dead row versions usable again; it is run outside a
  // transaction, from time to time during the fill. Empty: not needed here.
  std::string reclaim = {};
  std::string after_fill = {};  // run after the fill, such as ANALYZE

  // Returns the walk of an activity that writes; nullptr when there is none.
  const WalkSql* Writing(Activity activity) const;
};

enum class ActionKind {
  kSchema,          // statements; see `forward`
  kBackfill,        // walks its motion's fill
  kVerify,          // walks its motion's verify
  kVerifyUnmarked,  // walks its motion's marked
  kSettle,          // walks its motion's settle
  // Runs only when it is undone: `undo` in one transaction, then the motion's
  // retreat.
  kRetreat,
};
std::string_view ToString(ActionKind kind);

// One primitive action, rendered for its database. The states in the ledger
// refer to these.
struct PlannedAction {
  ActionKind kind = ActionKind::kSchema;
  std::string description;
  std::vector<Statement> forward;
  std::vector<Statement> undo;
  // A SELECT of one boolean that tells whether `forward` has happened. It
  // decides after a crash about actions that cannot commit together with their
  // row in the ledger.
  std::string probe;
  // A SELECT of one text for each object that `forward` has made and that is
  // not there any more, or turned off: "trigger 'x' of 't' is gone". It holds
  // until the contract. Empty: the action makes nothing that has to stay.
  std::string missing = {};
  // Clears away what a failed attempt at a non-transactional action has left
  // behind.
  std::vector<Statement> cleanup;
  // A SELECT of one text, which runs before anything is changed. Each row is a
  // reason why `forward` would fail on the existing rows ("(email)=(a@b.c) is
  // in 3 rows"). Empty: there is nothing to ask.
  std::string objections;
  // A SELECT of the same kind about `undo`, which runs before a rollback
  // begins.
  std::string undo_objections = {};
  // A SELECT of a text and a number for each object of others that hangs on
  // what `forward` has made: "view public.v depends on column 'x' of 't'". It
  // keeps `undo` from taking that away and, where the number is not 0, the
  // contract, too. Empty: nothing that could hang on it is looked for.
  std::string holders = {};
  // Another session runs this SELECT while `forward` takes long: percent
  // (0-100), the current part, and the session that it waits for (NULL: none).
  // The parameter is the session that runs `forward`. Empty: there is nothing
  // to watch.
  std::string progress;
  // A SELECT of one number that grows while the object that will be dropped is
  // in use. It is kept when both versions are live, and compared before the
  // contract.
  std::string usage;
  // A SELECT that lists what hangs on the column that `forward` takes away; see
  // engine/inventory.h. It is kept once the migration has expanded, because
  // what others have made since would be lost with the column.
  // `inventory_lock` keeps it as it is for the rest of a transaction. Both are
  // empty where nothing of the user's goes.
  std::string inventory = {};
  std::string inventory_lock = {};
  // Gets what others have made, where another column takes its place.
  std::optional<plan::Heir> heir = {};
  // A SELECT of two texts for each privilege that others have given or taken
  // and that what `forward` has made does not follow: what is so, and the
  // statement that makes it follow (NULL: people have to decide). It holds
  // until the contract. Empty: nothing has to follow.
  std::string grants = {};
  // The views of a version as data, where SQL of the user's runs before them:
  // the action is rendered from the database as it is then, and stored, before
  // it runs. Empty: it runs as it was planned.
  std::string shape = {};
  // A SELECT of two texts: what the session's role may not do although the
  // action does it, and what helps. It runs while the plan is made and is not
  // stored. Empty: it needs no more than to own the table.
  std::string rights = {};
  LockNeed lock;
  // True when the action can run within a transaction.
  bool transactional = true;
  bool reversible = true;
  // The actions of a step that have the same unit are neighbours and commit
  // together with their rows in the ledger: all of them happen or none.
  int unit = 0;
  std::string motion = {};  // id in Plan::motions; empty: walks no rows
  // The trial of a constraint that will be added. It is not stored, because it
  // runs before the start.
  std::optional<TrialSql> trial = {};
};

// A measurement that the history compares before and after: how often indexes
// served queries, and how long it takes to read one row.
struct Gauge {
  struct Index {
    std::string name;
    // A SELECT of one number, NULL when there is no such index. Empty: this
    // database does not count.
    std::string scans = {};
  };
  std::string table;
  std::vector<Index> indexes;
  std::string probe;  // SELECT of one row, by the key if any
};

}  // namespace segue
