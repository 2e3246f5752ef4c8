// How a kind of database spells things: the half of the seam that takes no
// connection. Operations and rendering see this much of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "db/upsert.h"
#include "db/url.h"
#include "plan/action.h"
#include "schema/schema.h"
#include "segue/plan.h"

namespace segue::db {

// Types of the columns of segue's own tables.
struct LedgerTypes {
  // Text that is told apart by its bytes, of 200 at least, and may have a
  // default; a primary key takes four of these beside an integer.
  std::string key;
  std::string text;      // text of any length; never a default
  std::string integer;   // 64 bits
  std::string identity;  // a primary key that the database counts up itself
};

// How databases differ, as data.
struct Capabilities {
  std::string name;            // "PostgreSQL", for messages
  std::string default_schema;  // "public"; "main"
  bool has_schemas = false;    // tables are qualified by a schema
  bool transactional_ddl = false;
  bool versioned_access = false;
  bool concurrent_index = false;  // CREATE INDEX without blocking writers
  // Indexes have methods, operator classes, INCLUDE columns, an order of NULLs
  // and storage parameters.
  bool rich_indexes = false;
  bool not_valid_constraints = false;
  bool add_check_constraint = false;      // ALTER TABLE ADD CHECK exists
  bool set_not_null_needs_check = false;  // a validated CHECK spares the scan
  // A dropped column takes the constraints over it along; otherwise they stand
  // in the way.
  bool constraints_go_with_column = false;
  // ADD CONSTRAINT ... UNIQUE USING INDEX exists; otherwise a unique index is
  // all there is.
  bool adopts_index = false;
  bool add_primary_key = false;
  bool exclusion_constraints = false;
  bool replica_identity = false;
  bool column_comments = false;
  bool drop_column_rewrites = false;  // DROP COLUMN rewrites every row
  // A NOT NULL old column without default must be relaxed while both versions
  // live, because triggers run after the check.
  bool relaxes_not_null = false;
  // A NOT NULL old column's default moves into the trigger.
  bool moves_default = false;
  // A column takes any value and converts only what converts without loss, so
  // a change of type needs no cast, which here would lose silently.
  bool converts_on_store = false;
  // A trigger can go on after an error of `up` or `down` and mark the row.
  bool marks_transform_errors = false;
  // A trigger can be one of the statements that name certain columns, and is
  // no cost to the others then.
  bool narrows_triggers = false;
  bool many_sessions = false;  // several sessions may work at once
  // Text before the name of each of segue's own tables: "segue." or "segue_".
  std::string ledger_prefix;
  LedgerTypes ledger_types;
  std::string for_share;  // suffix that locks read rows against change
  // Suffix that locks read rows, and leaves out those that others have locked.
  std::string for_update_skip_locked;
  // Whole seconds since the epoch by the database's clock: an expression.
  std::string now_sql;
  std::size_t max_identifier = 63;
  std::chrono::milliseconds lock_budget{500};
  std::chrono::milliseconds chunk_time{200};
  // Fraction of a chunk's time to leave the database to others after it.
  double chunk_rest = 0.0;
  // Statements ahead of MotionSql::reclaim, at the full pace and below it.
  std::string reclaim_at_once;
  std::string reclaim_gently;
  // Reasons why in-place access may disturb old clients; printed in the plan.
  std::vector<std::string> in_place_notes;
  std::vector<std::string> versioned_notes;
  // What a table takes and a view of it does not.
  std::vector<std::string> view_notes;
};

// What a session can ask to know how the database is doing.
struct SignalSql {
  std::string signal;  // "replication_lag", "lock_waits", ...
  // SELECT of a text, what is meant (a standby's name; or empty), and a number.
  std::string sql;
  std::string needs;  // the privilege it takes, for messages; empty: none
};

inline const plan::Motions kNoMotions;

// Everything that Render needs to know besides the action itself.
struct RenderContext {
  const schema::Schema& schema;  // as the database is before the migration
  std::chrono::milliseconds lock_budget{500};
  const plan::Motions& motions = kNoMotions;  // that actions name
};

// Pure, stateless and thread-safe.
class Language {
 public:
  virtual ~Language() = default;

  virtual const Capabilities& capabilities() const = 0;

  // The database's spelling of a type of the API or of a file (R1.11).
  virtual std::string NativeType(const std::string& type) const = 0;

  virtual PlannedAction Render(const plan::Action& action,
                               const RenderContext& context) const = 0;

  // Neighbours of one step, in their order; what the planner calls. By default
  // one by one. A database that does not change its schema in transactions
  // answers those that must take effect together with one planned action, whose
  // statements do all of it, or leaves them apart: then the planner refuses.
  virtual std::vector<PlannedAction> RenderStep(
      const std::vector<plan::Action>& actions,
      const RenderContext& context) const;

  // What moves and checks the rows of a motion; of several, which are of one
  // table and do not meet, the fill that they share.
  virtual MotionSql RenderMotions(const std::vector<plan::MotionId>& motions,
                                  const RenderContext& context) const = 0;

  // What to read before and after of `table` and of these of its indexes,
  // whether they are there yet or not.
  virtual Gauge GaugeFor(const schema::Table& table,
                         const std::vector<std::string>& indexes) const = 0;

  // What can be asked for the throttle; none where nothing can be.
  virtual std::vector<SignalSql> Signals() const = 0;

  // The statement that makes one of segue's own tables have this row.
  virtual Sql UpsertSql(const Upsert& upsert) const = 0;

  // Statements that create, once, what segue keeps in the database besides
  // the ledger's own tables (schema, busy table); safe to repeat.
  virtual std::vector<std::string> LedgerSetup() const = 0;

  // The URL with which an application sees `version_schema` ("" : the base).
  virtual std::string VersionUrl(const Url& url, const std::string& schema_name,
                                 const std::string& version_schema) const = 0;
};

// Makes one of segue's own tables have this row.
void Put(Connection& connection, const Language& language,
         const Upsert& upsert);

}  // namespace segue::db
