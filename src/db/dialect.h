// The seam to a kind of database: everything that takes a connection.
// db/language.h has the rest.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "db/connection.h"
#include "db/language.h"
#include "db/partitions_ahead.h"
#include "db/question.h"
#include "db/session.h"
#include "db/url.h"
#include "plan/action.h"
#include "schema/schema.h"
#include "segue/error.h"
#include "segue/explain.h"
#include "segue/plan.h"

namespace segue::db {

struct ConnectOptions {
  Url url;
  std::string role;     // SET ROLE; empty: none
  std::string schema;   // unqualified names of the user's SQL resolve here
  std::string purpose;  // part of application_name: "runner", "status", ...
  // The session stands for one of an application, and does not find deadlocks
  // before those do.
  bool as_application = false;
};

// What an error says that the database does not have.
enum class Absent {
  kNothing,  // the error is about something else
  kTable,    // a table, view or schema that the statement names
  kPart,     // a column, index, trigger, constraint, function or type
};

// The lock of the one runner. Its destructor releases the lock, and so does the
// end of the session that took it.
class RunnerLock {
 public:
  virtual ~RunnerLock() = default;
};

// What tells a database from others. Empty: it is told by its URL alone.
struct Identity {
  std::string server;
  std::string database;
  bool certain = true;  // false: another server might look the same
};

// A role with which an application logs in, and sees a version.
struct LoginRole {
  std::string name;
  std::string base;  // whose rights it has; empty: the one that is logged in
  std::string schema_name;
  std::string version_schema;
};

// What is done with the ledger.
enum class LedgerUse { kRead, kRun };

// A dialect is stateless and thread-safe. Where a connection is passed, the
// thread that owns it must make the call.
class Dialect : public Language {
 public:
  // Opens a session. Throws kConnectionLost with the reason and without the
  // password when that fails.
  virtual std::unique_ptr<Connection> Connect(
      const ConnectOptions& options) const = 0;

  // Reads the schema and its tables, without segue's own, in a fixed number of
  // queries. Throws kNotFound when there is no such schema, and kLockTimeout
  // when a table is locked against everybody.
  virtual schema::Schema Inspect(Connection& connection,
                                 const std::string& schema_name) const = 0;

  // Asks the server a question and leaves nothing behind. Must not be called
  // within a transaction.
  virtual Answer Examine(Connection& connection,
                         const Question& question) const = 0;

  // Explains how the session would run `query`, which is one statement, without
  // running it. The answer has the server's objection to the query, if any.
  // Throws only errors that say nothing about the query (a lost connection).
  virtual QueryPlan Explain(Connection& connection,
                            const std::string& query) const = 0;

  // Estimates the cost of each way to move the rows of `motion`, the chosen way
  // first. Empty for a table without rows.
  virtual std::vector<MotionEstimate> Estimate(
      Connection& connection, const plan::Motion& motion,
      const schema::Table& table) const = 0;

  // Throws kRefused, which names the object, when it could be unsafe to use the
  // ledger so: to read it, when a part of it is no plain table; to run what it
  // holds, also when another role could have made or could change it. Nothing
  // of the ledger is read. Passes when there is no ledger.
  virtual void RequireSafeLedger(Connection& connection, LedgerUse use) const {
    static_cast<void>(connection);
    static_cast<void>(use);
  }

  // Takes the lock of the runner of `schema_name`. Returns nullptr when another
  // session holds it. `kill_session` is the session of a dead holder, which is
  // ended first; it may be empty. The lock must be released before `connection`
  // is closed.
  virtual std::unique_ptr<RunnerLock> TryLockRunner(
      Connection& connection, const std::string& schema_name,
      const std::string& kill_session) const = 0;

  // Returns the session that holds the lock of the runner of `schema_name`;
  // nullopt when none does, or the database has no such lock.
  virtual std::optional<Session> RunnerLockHolder(
      Connection& connection, const std::string& schema_name) const {
    static_cast<void>(connection);
    static_cast<void>(schema_name);
    return std::nullopt;
  }

  // Returns the sessions that hold locks on `table`, or on a partition of it,
  // that would block DDL, the oldest first. Without the name of a table,
  // returns the sessions that lock any table against everybody.
  virtual std::vector<Session> Blockers(
      Connection& connection, const schema::TableName& table) const = 0;

  virtual Identity IdentityOf(Connection& connection) const {
    static_cast<void>(connection);
    return {};
  }

  // Returns the schemas in which a session of the version finds names, in
  // order: the version's, the base schema, and those that the session's own
  // settings name. An empty `version_schema` means the base schema; the answer
  // is empty when its sessions need no setting.
  virtual std::vector<std::string> VersionPath(
      Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const {
    static_cast<void>(connection);
    static_cast<void>(schema_name);
    static_cast<void>(version_schema);
    return {};
  }

  // Returns the statements that make this role, or let the one that was made so
  // before see the version. Throws kRefused when a role of that name is
  // something else, or has too many rights, or the database has no roles.
  virtual std::vector<std::string> LoginRoleSql(Connection& connection,
                                                const LoginRole& role) const {
    static_cast<void>(connection);
    throw Error(ErrorKind::kRefused, capabilities().name +
                                         " has no roles, so none can be "
                                         "called '" +
                                         role.name + "'");
  }
  // Returns the roles that were made so for versions of the schema, whether
  // these are still there or not.
  virtual std::vector<LoginRole> LoginRoles(
      Connection& connection, const std::string& schema_name) const {
    static_cast<void>(connection);
    static_cast<void>(schema_name);
    return {};
  }

  // Returns the partitions that are missing, lowest first, and keeps others
  // from making some until the open transaction ends. Throws kNotFound when
  // there is no such table, and kRefused when it is not divided by ranges, or
  // the database divides none.
  virtual std::vector<NextPartition> PartitionsAhead(
      Connection& connection, const AheadQuestion& question) const {
    static_cast<void>(connection);
    static_cast<void>(question);
    throw Error(ErrorKind::kRefused,
                capabilities().name + " has no partitioned tables");
  }

  // Returns the script that each session of an application runs to see
  // `version_schema`. The script is safe to repeat. Throws kNotFound when that
  // version is not published.
  virtual std::string VersionSessionSql(
      Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const = 0;

  // Makes every view of a published version refuse reads and writes with an
  // error that says `reason`. The views keep their columns and privileges, and
  // read no table any more, so that a session of the version neither falls
  // through to a table nor keeps one from being changed. Joins the open
  // transaction. It is safe to repeat, and does nothing where there is no such
  // version.
  virtual void RefuseVersion(Connection& connection,
                             const std::string& version_schema,
                             const std::string& reason) const = 0;
  // Removes a version whose views refuse, and nothing else. Joins the open
  // transaction. Fails when something of somebody else's depends on a view.
  virtual void RemoveRefused(Connection& connection,
                             const std::string& version_schema) const = 0;

  // Makes what this session has read so far count, so that it does not count
  // later as the use of others. Must be called outside of a transaction.
  virtual void SettleCounts(Connection& connection) const {
    static_cast<void>(connection);
  }

  // Tells whether the error of a statement says that what it names is not
  // there.
  virtual Absent AbsentIn(const Error& error) const = 0;
};

}  // namespace segue::db
