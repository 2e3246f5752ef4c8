// What a plan is made of below its steps: statements, walks over rows, and what
// is asked of the database around them. The engine runs these; users of the
// library see Step and Plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/plan.h"

namespace segue {

struct Statement {
  std::string sql;
  // When set, the statement must change exactly this many rows; anything else
  // means that somebody changed the database under us.
  std::optional<std::int64_t> expect_rows;
  // SELECT of one boolean: the statement is left out when it says no, because
  // it would fail or, outside a transaction, hit what is not ours.
  std::string only_if = {};
};

// One statement over a range of keys, in its four shapes. Parameters: the
// lower bound's values (exclusive) where there is one, then the upper bound's
// (inclusive) where there is one; then whatever the statement documents.
struct RangeSql {
  std::string all;      // no bounds
  std::string after;    // key > lo
  std::string upto;     // key <= hi
  std::string between;  // lo < key <= hi
};

// What is done to the rows of a motion, range by range.
enum class Activity {
  kFill,     // writes the new side of rows that have none yet
  kVerify,   // finds rows that disagree
  kRepair,   // derives those again, in their declared direction
  kSettle,   // makes the old side say what the new one does; see SyncForm
  kRetreat,  // takes the motion's own copies out of a column that was there
};
// "backfill", "verify", ...: also their names in the ledger.
std::string_view ToString(Activity activity);
Activity ActivityFromString(std::string_view text);

// One statement over a table, gone through range by range of a key.
struct WalkSql {
  std::string table;                     // whose rows, for messages
  std::vector<std::string> key_columns;  // for messages; shape of a key
  // A SELECT gives the key columns of what it finds, at most 100 rows, and may
  // say after them why.
  RangeSql statement;
  // SELECT key columns, ascending: bounds that cut the table into about as many
  // ranges as the parameter says, found without reading all of it. Empty: the
  // table is one range.
  std::string cuts;
  // Upper bound of the first rows of a range: one row of key values, or none
  // when it has fewer rows than that, so that they are the whole of it. Last
  // parameter: how many. May return further rows: the upper bounds of the
  // following chunks, where the database gets them for free.
  RangeSql next_bound;
  bool writes = false;
  // SELECT estimate of the rows of the table, and of the bytes of one.
  std::string estimated_rows;
  // Run instead over a range in which the statement broke a constraint; empty:
  // that ends the walk.
  RangeSql when_refused = {};
  // The statement for one share of the rows of each page; last parameter:
  // which, from 0. A range that is filled share by share puts new row versions
  // where those of the share before were. Empty: not worth it here.
  RangeSql share = {};
  int shares = 1;
};

// Tries an expression or a constraint on the rows as they are, before anything
// is changed: finds rows that it fails on; raises where it raises.
struct TrialSql {
  WalkSql walk;
  std::string reason;  // what is wrong with a row that it finds
};

// Everything that moves and checks the rows of one motion.
struct MotionSql {
  std::string name;   // the motion's id
  std::string table;  // for messages
  // Of a fill that several motions of a table share: theirs. It has no other
  // walks; each of them has its own, too.
  std::vector<std::string> parts = {};
  std::optional<WalkSql> fill = {};
  std::optional<WalkSql> repair = {};
  std::optional<WalkSql> settle = {};
  std::optional<WalkSql> retreat = {};
  // Old and new agree when none of these finds a row.
  std::vector<WalkSql> verify = {};
  // Rows that are marked (OnTransformError::kMark); with the error.
  std::vector<WalkSql> marked = {};
  // Rows of which the application wrote both sides.
  std::vector<WalkSql> both_given = {};
  std::optional<TrialSql> trial = {};  // of `up`
  std::string count_left = {};         // SELECT count(*) of rows not filled yet
  // Makes the room of dead row versions usable again, outside a transaction;
  // run now and then while the fill goes on. Empty: not needed here.
  std::string reclaim = {};
  std::string after_fill = {};  // run when the fill is done, as ANALYZE

  // The walk of an activity that writes; nullptr where there is none.
  const WalkSql* Writing(Activity activity) const;
};

enum class ActionKind {
  kSchema,          // statements; see `forward`
  kBackfill,        // walks its motion's fill
  kVerify,          // walks its motion's verify
  kVerifyUnmarked,  // walks its motion's marked
  kSettle,          // walks its motion's settle
  kRetreat,  // undone: `undo` in one transaction, then its motion's retreat
};
std::string_view ToString(ActionKind kind);

// One primitive, rendered for its database. Ledger and faults count these.
struct PlannedAction {
  ActionKind kind = ActionKind::kSchema;
  std::string description;
  std::vector<Statement> forward;
  std::vector<Statement> undo;
  // SELECT of one boolean: has `forward` happened? Decides after a crash for
  // actions that cannot commit together with their ledger row.
  std::string probe;
  // For a non-transactional action: clears away what a failed attempt left.
  std::vector<Statement> cleanup;
  // SELECT of one text, asked before anything is changed: each row is a reason
  // why `forward` would fail on the rows there are ("(email)=(a@b.c) is in 3
  // rows"). Empty: nothing to ask.
  std::string objections;
  // Asked by another session while `forward` runs for long: SELECT percent
  // (0-100), what it is at, whom it waits for (NULL: nobody). Parameter: the
  // session that runs it. Empty: nothing to watch.
  std::string progress;
  // SELECT of one number that grows while the thing to be dropped is in use.
  // Kept when both versions are live and compared before the contract.
  std::string usage;
  LockNeed lock;
  // Whether it can run within a transaction.
  bool transactional = true;
  bool reversible = true;
  // Actions of a step that have the same unit, which are neighbours, commit
  // together with their rows of the ledger: all of them happen or none.
  int unit = 0;
  std::string motion = {};  // in Plan::motions; empty: it walks no rows
  // Of a constraint that is to come. Not stored: it is asked before the start.
  std::optional<TrialSql> trial = {};
};

// What the history compares before and after: how often indexes served a query,
// and how long it takes to read one row.
struct Gauge {
  struct Index {
    std::string name;
    // SELECT of one number, NULL where there is no such index. Empty: this
    // database does not count.
    std::string scans = {};
  };
  std::string table;
  std::vector<Index> indexes;
  std::string probe;  // SELECT of one row, by its key where there is one
};

}  // namespace segue
