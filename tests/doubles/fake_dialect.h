// A dialect that connects to nothing, for tests of planning.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/dialect.h"

namespace segue::test {

// How a rollback meets the fake dialect.
class FakeUndoing : public db::Dialect {
 public:
  // Executes "REFUSE VERSION <version schema>".
  void RefuseVersion(db::Connection& connection,
                     const std::string& version_schema,
                     const std::string& reason) const override;
  // Executes "REMOVE VERSION <version schema>".
  void RemoveRefused(db::Connection& connection,
                     const std::string& version_schema) const override;
  // Takes the message "no such table" for a table, and "no such part" for a
  // part of one.
  db::Absent AbsentIn(const Error& error) const override;
};

// Renders every action to one readable pseudo-statement, such as "ADD COLUMN
// users.email TEXT NULL DEFAULT ''", with its undo beside it. The test sets all
// other answers, and nothing depends on time or chance.
class FakeDialect : public FakeUndoing, public db::Spelling {
 public:
  explicit FakeDialect(db::Capabilities capabilities = Capable())
      : capabilities_(std::move(capabilities)) {}

  // Returns the capabilities of a database that has all of them: schemas,
  // transactional DDL, NOT VALID constraints, concurrent indexes, versioned
  // access.
  static db::Capabilities Capable();
  // Returns the capabilities of an embedded database: of these it has only
  // transactional DDL, and it relaxes NOT NULL.
  static db::Capabilities Embedded();

  db::Capabilities& mutable_capabilities() { return capabilities_; }
  // Sets the result of Inspect.
  void SetSchema(schema::Schema schema) { schema_ = std::move(schema); }
  // Sets the answer of Examine to `question`; any other question gets an empty
  // answer.
  void SetAnswer(db::Question question, db::Answer answer);

  const db::Capabilities& capabilities() const override {
    return capabilities_;
  }
  const db::Spelling& spelling() const override { return *this; }
  std::string Name(const std::string& identifier) const override;
  // Returns "UNTIL <provenance>, ... (check)" where checks come before
  // triggers.
  std::optional<std::string> GuardedCheck(
      const std::string& check,
      const std::vector<std::string>& provenance) const override;
  // Always throws Error{kConnectionLost}.
  std::unique_ptr<db::Connection> Connect(
      const db::ConnectOptions& options) const override;
  schema::Schema Inspect(db::Connection& connection,
                         const std::string& schema_name) const override;
  db::Answer Examine(db::Connection& connection,
                     const db::Question& question) const override;
  // Returns portable types in small letters, and all others unchanged.
  std::string NativeType(const std::string& type) const override;
  PlannedAction Render(const plan::Action& action,
                       const db::RenderContext& context) const override;
  // Returns walks whose statements tell what they do: "FILL <motion> all".
  MotionSql RenderMotions(const std::vector<plan::MotionId>& motions,
                          const db::RenderContext& context) const override;
  // Returns an empty plan.
  QueryPlan Explain(db::Connection& connection,
                    const std::string& query) const override;
  // Returns a gauge with the statements "SCANS <index>" and "READ <table>".
  Gauge GaugeFor(const schema::Table& table,
                 const std::vector<std::string>& indexes) const override;
  std::vector<db::SignalSql> Signals() const override { return {}; }
  std::vector<MotionEstimate> Estimate(
      db::Connection& /*connection*/, const plan::Motion& /*motion*/,
      const schema::Table& /*table*/) const override {
    return {};
  }
  db::Sql UpsertSql(const db::Upsert& upsert) const override {
    return db::OnConflictSql(upsert);
  }
  std::vector<std::string> LedgerSetup() const override { return {}; }
  // Returns a lock that is always free.
  std::unique_ptr<db::RunnerLock> TryLockRunner(
      db::Connection& connection, const std::string& schema_name,
      const std::string& kill_session) const override;
  std::vector<db::Session> Blockers(
      db::Connection& connection,
      const schema::TableName& table) const override;
  // Returns "USE <version schema>".
  std::string VersionSessionSql(
      db::Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const override;
  // Returns "fake://<version schema>".
  std::string VersionUrl(const db::Url& url, const std::string& version_schema,
                         const std::vector<std::string>& path) const override;

 private:
  db::Capabilities capabilities_;
  schema::Schema schema_;
  std::vector<std::pair<db::Question, db::Answer>> answers_;
};

}  // namespace segue::test
