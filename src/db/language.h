// The seam to a kind of database without a connection: how it spells things and
// how it differs. Operations and rendering see only this half of the seam.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "db/hazard.h"
#include "db/publication.h"
#include "db/spelling.h"
#include "db/upsert.h"
#include "db/url.h"
#include "plan/action.h"
#include "plan/planned.h"
#include "schema/schema.h"
#include "segue/subscriber.h"

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

// The differences between databases as data. Code above dialects/ asks these
// and never the name of a database.
struct Capabilities {
  std::string name;            // "PostgreSQL", for messages
  std::string default_schema;  // "public"; "main"
  bool has_schemas = false;    // tables are qualified by a schema
  bool transactional_ddl = false;
  bool versioned_access = false;
  // Versioned access breaks what drivers commonly rely on, so that the file of
  // a migration itself has to ask for it; the reason, or empty.
  std::string versioned_breaks;
  bool concurrent_index = false;  // CREATE INDEX without blocking writers
  // Indexes have methods, operator classes, INCLUDE columns, an order of NULLs
  // and storage parameters.
  bool rich_indexes = false;
  bool not_valid_constraints = false;
  bool set_not_null_needs_check = false;  // a validated CHECK spares the scan
  // Dropping a column drops the constraints over it too; otherwise they prevent
  // the drop.
  bool constraints_go_with_column = false;
  // ADD CONSTRAINT ... UNIQUE USING INDEX exists; otherwise a unique index
  // takes the place of the constraint.
  bool adopts_index = false;
  bool add_primary_key = false;
  // A table can get another primary key, and its foreign keys other columns.
  bool moves_keys = false;
  bool exclusion_constraints = false;
  bool replica_identity = false;
  // Tables and their columns have storage parameters, a tablespace, a storage
  // and a compression of their own.
  bool table_storage = false;
  // A copy of a table can take its place while clients go on, and the table can
  // follow it until an undo.
  bool swaps_tables = false;
  bool partitions = false;  // a table can be divided into partitions
  bool column_comments = false;
  // Views and rules are bound to the column that takes the place of another.
  bool rebinds_views = false;
  // The views of a published version can follow a change of their table in
  // place.
  bool reshapes_versions = false;
  // The triggers that fill a column of a row run after the row's own checks and
  // its look into unique indexes.
  bool checks_before_triggers = false;
  // A NOT NULL old column without default must be relaxed while both versions
  // live, because triggers run after the check.
  bool relaxes_not_null = false;
  // The default of a NOT NULL old column moves into the trigger.
  bool moves_default = false;
  // A trigger can go on after an error of `up` or `down` and mark the row.
  bool marks_transform_errors = false;
  // A trigger can be limited to the statements that name certain columns, and
  // costs the other statements nothing then.
  bool narrows_triggers = false;
  // Triggers of the user's can be held back while rows are filled.
  bool holds_triggers = false;
  // Several sessions may move rows at once, each its own.
  bool parallel_writers = false;
  // The lock of TryLockRunner ends with its session, so that it says by itself
  // whether the runner that took it is still there.
  bool session_locks = false;
  // A session of its own can renew the lease at any time. Where it would have
  // to wait for the runner's transactions, these renew it themselves.
  bool heartbeat_session = false;
  // A session of its own can read how the server is doing while rows move.
  bool monitor_session = false;
  // Text before the name of each of segue's own tables: "segue." or "segue_".
  std::string ledger_prefix;
  LedgerTypes ledger_types;
  std::string for_share;  // suffix that locks read rows against change
  // Suffix that locks read rows, and leaves out those that others have locked.
  std::string for_update_skip_locked;
  // An expression for the whole seconds since the epoch by the database's
  // clock.
  std::string now_sql;
  std::size_t max_identifier = 63;
  // Names that no column can have, because every table has such a column of the
  // database's own.
  std::vector<std::string> system_columns;
  // Columns that a table can have in its life, see schema::Table::columns_had;
  // 0: there is no such limit.
  int max_columns = 0;
  std::chrono::milliseconds lock_budget{500};
  std::chrono::milliseconds chunk_time{200};
  // The fraction of a chunk's time that the backfill rests after the chunk.
  double chunk_rest = 0.0;
  // The statements to run before MotionSql::reclaim, at the full pace and below
  // it.
  std::string reclaim_at_once;
  std::string reclaim_gently;
  // Reasons why in-place access may disturb old clients; printed in the plan.
  std::vector<std::string> in_place_notes;
  std::vector<std::string> versioned_notes;
  // Statements that a table takes and a view of it does not.
  std::vector<std::string> view_notes;
};

// A query by which a session reads a signal of the throttle.
struct SignalSql {
  std::string signal;  // "replication_lag", "lock_waits", ...
  // A SELECT of a text, which names the subject (a standby, or empty), and of a
  // number in the unit of the signal. A third column, if there is one, tells
  // people more about the number; in contrast to the subject, it may differ
  // from one reading to the next.
  std::string sql;
  std::string needs;  // the privilege that it needs, for messages; empty: none
};

inline const plan::Motions kNoMotions;

// Everything that Render needs to know besides the action itself. The
// references must outlive the call.
struct RenderContext {
  const schema::Schema& schema;  // as the database is before the migration
  std::chrono::milliseconds lock_budget{500};
  const plan::Motions& motions = kNoMotions;  // the motions that actions name
};

// A language is pure, stateless and thread-safe.
class Language {
 public:
  virtual ~Language() = default;

  virtual const Capabilities& capabilities() const = 0;
  virtual const Spelling& spelling() const = 0;

  // Returns the schema in which a session with this URL looks up unqualified
  // names when it asks for no other schema. It is known before anything
  // connects.
  virtual std::string DefaultSchema(const Url& url) const;

  // Returns the database's spelling of a type that the API or a file names.
  virtual std::string NativeType(const std::string& type) const = 0;

  // Renders one action. Throws kRefused for an action that this database cannot
  // execute.
  virtual PlannedAction Render(const plan::Action& action,
                               const RenderContext& context) const = 0;

  // Renders neighbouring actions of one step, in their order. The planner calls
  // only this. By default the actions are rendered one by one. A database
  // without transactional DDL returns one planned action, whose statements do
  // all of it, for actions that must take effect together; if it leaves them
  // apart, the planner refuses the plan.
  virtual std::vector<PlannedAction> RenderStep(
      const std::vector<plan::Action>& actions,
      const RenderContext& context) const;

  // Returns the walks that move and check the rows of a motion. For several
  // motions, which must be of one table and not meet, returns the fill that
  // they share.
  virtual MotionSql RenderMotions(const std::vector<plan::MotionId>& motions,
                                  const RenderContext& context) const = 0;

  // Returns what the actions of a whole plan would do wrong on the schema, by
  // what only this kind of database does: refusals and warnings that name the
  // objects.
  virtual std::vector<Hazard> Hazards(const std::vector<plan::Action>& actions,
                                      const RenderContext& context) const;

  // Returns the queries that the history compares before and after a migration,
  // for `table` and these of its indexes. The indexes need not exist yet.
  virtual Gauge GaugeFor(const schema::Table& table,
                         const std::vector<std::string>& indexes) const = 0;

  // Returns the queries for the signals that this database has.
  virtual std::vector<SignalSql> Signals() const { return {}; }
  // Returns a SELECT of a text that changes when another server takes over the
  // database, with standbys of its own; NULL: it is not known. Empty: no other
  // server can.
  virtual std::string ServerSql() const { return {}; }

  // Returns the statement that writes this row of one of segue's own tables,
  // whether the row exists or not.
  virtual Sql UpsertSql(const Upsert& upsert) const = 0;

  // Returns a SELECT of two texts: what the session's role may not do although
  // every migration of the schema does it, and what helps. Without the name of
  // a schema it is about the ledger only. Empty: nothing is needed.
  virtual std::string RightsSql(const std::string& schema_name) const;
  // Returns the same for those who only read the ledger that is there.
  virtual std::string LedgerRightsSql() const;

  // Returns a SELECT of what is exposed when these tables of the schema change,
  // or when the schema gets a version of its tables: to roles that could decide
  // what runs with the rights of the session's role, to subscribers, to writers
  // for whom triggers do not run, and to readers for whom a version shows
  // nothing. It gives the severity of a finding ("warning", "error", or
  // "subscribers", which is an error unless the migration says that they are
  // prepared), its id, what is so, what it leads to, and what helps. Empty: the
  // database has neither roles nor subscribers.
  virtual std::string ExposureSql(const schema::Schema& schema,
                                  const std::vector<ChangedTable>& changed,
                                  bool versioned) const;

  // Returns a SELECT of what is published: one row for each table of the schema
  // with its name, whether all publications have its updates, and, if only some
  // columns are published, their names (a list separated by character 1),
  // otherwise NULL. A row with the name "" stands for tables that will be made
  // in the schema, and one with NULL for those of the ledger. Empty: the
  // database has no subscribers.
  virtual std::string PublishedSql(const schema::Schema& schema) const;
  // Returns what has to be done on a subscriber so that it follows these
  // changes, apart from the ledger's own tables. Throws Error{kRefused} for a
  // change that it could not follow.
  virtual std::vector<SubscriberPart> ForSubscribers(
      const PlannedChanges& changes, const Published& published,
      const RenderContext& context) const;

  // Returns a SELECT as PlannedAction::grants has it: the privileges in which
  // the views of `version_schema` differ from the tables that they show. Empty:
  // the database has no privileges.
  virtual std::string VersionGrantsSql(const std::string& schema_name,
                                       const std::string& version_schema) const;

  // Returns the statements that create what segue keeps in the database besides
  // the ledger's own tables (a schema, a busy table). They are safe to repeat.
  virtual std::vector<std::string> LedgerSetup() const = 0;

  // Returns the statements that follow the creation of the ledger's tables and
  // take the rights of others on them away.
  virtual std::vector<std::string> LedgerSeal() const { return {}; }

  // Returns the URL with which an application sees `version_schema`; an empty
  // one means the base schema. `path` is Dialect::VersionPath.
  virtual std::string VersionUrl(
      const Url& url, const std::string& version_schema,
      const std::vector<std::string>& path) const = 0;
};

// Writes this row of one of segue's own tables, whether the row exists or not.
void Put(Connection& connection, const Language& language,
         const Upsert& upsert);

}  // namespace segue::db
