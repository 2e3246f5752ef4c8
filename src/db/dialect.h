// The seam to a kind of database: what takes a connection to it. What does not
// is in db/language.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "db/connection.h"
#include "db/language.h"
#include "db/question.h"
#include "db/url.h"
#include "plan/action.h"
#include "schema/schema.h"
#include "segue/explain.h"
#include "segue/plan.h"

namespace segue::db {

struct ConnectOptions {
  Url url;
  std::string role;     // SET ROLE; empty: none
  std::string schema;   // unqualified names of the user's SQL resolve here
  std::string purpose;  // part of application_name: "runner", "status", ...
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

// Stateless and thread-safe.
class Dialect : public Language {
 public:
  // Throws kConnectionLost (cannot connect), with the reason and no password.
  virtual std::unique_ptr<Connection> Connect(
      const ConnectOptions& options) const = 0;

  // The schema with its tables in a fixed number of queries, segue's own left
  // out. Throws kNotFound when there is no such schema.
  virtual schema::Schema Inspect(Connection& connection,
                                 const std::string& schema_name) const = 0;

  virtual Answer Examine(Connection& connection,
                         const Question& question) const = 0;

  // How the session would run `query`, one statement, which is not run. What
  // the server says against it is in the answer; throws only what says nothing
  // about the query (a lost connection).
  virtual QueryPlan Explain(Connection& connection,
                            const std::string& query) const = 0;

  // What the motions that can serve `motion` would cost, the chosen one first.
  virtual std::vector<MotionEstimate> Estimate(
      Connection& connection, const plan::ColumnMotion& motion,
      const schema::Table& table) const = 0;

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
};

}  // namespace segue::db
