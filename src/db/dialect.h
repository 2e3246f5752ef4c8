// The seam to a kind of database.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.h"
#include "db/url.h"
#include "plan/action.h"
#include "schema/schema.h"
#include "segue/explain.h"
#include "segue/plan.h"

namespace segue::db {

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
  std::string ledger_identity;  // type of an ever-growing integer key
  std::string for_share;        // suffix that locks read rows against change
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

struct ConnectOptions {
  Url url;
  std::string role;     // SET ROLE; empty: none
  std::string schema;   // unqualified names of the user's SQL resolve here
  std::string purpose;  // part of application_name: "runner", "status", ...
};

// What the server says about an expression before anything is planned.
struct Question {
  enum class Kind {
    kAddColumnDefault,  // would ADD COLUMN with this default rewrite the table?
    kAlterType,         // would `expression`, a column, become `type` in place?
    kExpression,        // an `up` or `down` over the table's columns
    kIndex,             // would CREATE INDEX be taken?
    kNewTable,  // would it take `definition`, and what would it make of it?
    kFreeName,  // is `table` free for a table, whatever may have the name?
    kNamedBy,   // which functions have the table's name in their text?
    kCheck,     // the expression of a check over the table's columns
  };
  Kind kind = Kind::kExpression;
  schema::TableName table;
  std::string expression;
  std::vector<plan::Binding> bindings;  // kExpression: names in scope
  std::string type;                     // the column's, or what is expected
  // kIndex: the index, whose name stands in `expression`, over the columns
  // under the names that they have in the database.
  std::vector<schema::Column> columns = {};
  std::optional<schema::Index> index = {};
  // kNewTable. Not compared: one migration creates a table once.
  std::shared_ptr<const schema::Table> definition = {};
  friend bool operator==(const Question& a, const Question& b) {
    return a.kind == b.kind && a.table == b.table &&
           a.expression == b.expression && a.type == b.type &&
           (a.kind != Kind::kCheck || a.bindings == b.bindings);
  }
};

struct ExpressionFacts {
  std::string error;  // the server's message when it does not take it
  bool is_volatile = false;
  bool is_immutable = false;
  bool rewrites_table = false;  // kAddColumnDefault, kAlterType
  bool scans_table = false;     // kAlterType: every row is looked at
  bool builds_index = false;    // kAlterType: an index is built again
  // kIndex: the whole CREATE INDEX as the database prints those there are;
  // empty where it keeps them as they were written. kCheck: the whole as
  // Inspect would print it over the names as they are given.
  std::string definition = {};
  // kNewTable: the table as Inspect would read it.
  std::shared_ptr<const schema::Table> made = {};
  std::vector<std::string> names = {};  // kNamedBy
  std::string bound = {};  // kCheck: over the columns' physical names
};

// What a session can ask to know how the database is doing.
struct SignalSql {
  std::string signal;  // "replication_lag", "lock_waits", ...
  // SELECT of a text, what is meant (a standby's name; or empty), and a number.
  std::string sql;
  std::string needs;  // the privilege it takes, for messages; empty: none
};

// Who holds a lock that we wait for.
struct Blocker {
  std::string session;
  std::string user;
  std::string query;
  std::string application;
  double age_seconds = 0;  // of its transaction
};

// Held by the one runner; released by its destructor or when the session ends.
class RunnerLock {
 public:
  virtual ~RunnerLock() = default;
};

// Everything that Render needs to know besides the action itself.
struct RenderContext {
  const schema::Schema& schema;  // as the database is before the migration
  std::chrono::milliseconds lock_budget{500};
};

// Stateless and thread-safe.
class Dialect {
 public:
  virtual ~Dialect() = default;

  virtual const Capabilities& capabilities() const = 0;

  // Throws kConnectionLost (cannot connect), with the reason and no password.
  virtual std::unique_ptr<Connection> Connect(
      const ConnectOptions& options) const = 0;

  // The schema with its tables in a fixed number of queries, segue's own left
  // out. Throws kNotFound when there is no such schema.
  virtual schema::Schema Inspect(Connection& connection,
                                 const std::string& schema_name) const = 0;

  virtual ExpressionFacts Examine(Connection& connection,
                                  const Question& question) const = 0;

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

  // How the session would run `query`, one statement, which is not run. What
  // the server says against it is in the answer; throws only what says nothing
  // about the query (a lost connection).
  virtual QueryPlan Explain(Connection& connection,
                            const std::string& query) const = 0;

  // What to read before and after of `table` and of these of its indexes,
  // whether they are there yet or not.
  virtual Gauge GaugeFor(const schema::Table& table,
                         const std::vector<std::string>& indexes) const = 0;

  // What can be asked for the throttle; none where nothing can be.
  virtual std::vector<SignalSql> Signals() const = 0;

  // What the motions that can serve `motion` would cost, the chosen one first.
  virtual std::vector<MotionEstimate> Estimate(
      Connection& connection, const plan::Motion& motion,
      const schema::Table& table) const = 0;

  // Statements that create, once, what segue keeps in the database besides
  // the ledger's own tables (schema, busy table); safe to repeat.
  virtual std::vector<std::string> LedgerSetup() const = 0;

  // Takes the lock of the runner of `schema_name`, or nullptr when another
  // session holds it. `kill_session`: a dead holder to end first (or empty).
  virtual std::unique_ptr<RunnerLock> TryLockRunner(
      Connection& connection, const std::string& schema_name,
      const std::string& kill_session) const = 0;

  // Sessions that hold locks on `table` that would block DDL, oldest first.
  // Without a table's name: that lock any table against everybody.
  virtual std::vector<Blocker> Blockers(
      Connection& connection, const schema::TableName& table) const = 0;

  // What each session of an application runs to see `version_schema`: a
  // script, safe to repeat. Throws kNotFound where it is not published.
  virtual std::string VersionSessionSql(
      Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const = 0;

  // The URL with which an application sees `version_schema` ("" : the base).
  virtual std::string VersionUrl(const Url& url, const std::string& schema_name,
                                 const std::string& version_schema) const = 0;
};

}  // namespace segue::db
