// A dialect that connects to nothing: for tests of what is planned.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/dialect.h"

namespace segue::test {

// Renders every action to one readable pseudo-statement,
// "ADD COLUMN users.email TEXT NULL DEFAULT ''", with its undo beside it.
// Everything it answers is set by the test; nothing depends on time or chance.
class FakeDialect : public db::Dialect, public db::Spelling {
 public:
  explicit FakeDialect(db::Capabilities capabilities = Capable())
      : capabilities_(std::move(capabilities)) {}

  // A database that can everything: schemas, transactional DDL, NOT VALID
  // constraints, concurrent indexes, versioned access.
  static db::Capabilities Capable();
  // An embedded one: none of these but transactional DDL; relaxes NOT NULL.
  static db::Capabilities Embedded();

  db::Capabilities& mutable_capabilities() { return capabilities_; }
  // What Inspect answers.
  void SetSchema(schema::Schema schema) { schema_ = std::move(schema); }
  // What Examine answers to `question`; else an answer that says nothing.
  void SetAnswer(db::Question question, db::Answer answer);

  const db::Capabilities& capabilities() const override {
    return capabilities_;
  }
  const db::Spelling& spelling() const override { return *this; }
  std::string Name(const std::string& identifier) const override;
  // "UNTIL <provenance>, ... (check)" where checks come before triggers.
  std::optional<std::string> GuardedCheck(
      const std::string& check,
      const std::vector<std::string>& provenance) const override;
  // Throws kConnectionLost, always.
  std::unique_ptr<db::Connection> Connect(
      const db::ConnectOptions& options) const override;
  schema::Schema Inspect(db::Connection& connection,
                         const std::string& schema_name) const override;
  db::Answer Examine(db::Connection& connection,
                     const db::Question& question) const override;
  // The portable types in small letters, all others as they are.
  std::string NativeType(const std::string& type) const override;
  PlannedAction Render(const plan::Action& action,
                       const db::RenderContext& context) const override;
  // Walks whose statements say what they do: "FILL <motion> all".
  MotionSql RenderMotions(const std::vector<plan::MotionId>& motions,
                          const db::RenderContext& context) const override;
  // A plan that says nothing.
  QueryPlan Explain(db::Connection& connection,
                    const std::string& query) const override;
  // "SCANS <index>", "READ <table>"
  Gauge GaugeFor(const schema::Table& table,
                 const std::vector<std::string>& indexes) const override;
  std::vector<db::SignalSql> Signals() const override { return {}; }
  std::vector<MotionEstimate> Estimate(
      db::Connection& /*connection*/, const plan::ColumnMotion& /*motion*/,
      const schema::Table& /*table*/) const override {
    return {};
  }
  db::Sql UpsertSql(const db::Upsert& upsert) const override {
    return db::OnConflictSql(upsert);
  }
  std::vector<std::string> LedgerSetup() const override { return {}; }
  // Always free.
  std::unique_ptr<db::RunnerLock> TryLockRunner(
      db::Connection& connection, const std::string& schema_name,
      const std::string& kill_session) const override;
  std::vector<db::Blocker> Blockers(
      db::Connection& connection,
      const schema::TableName& table) const override;
  // "USE <version schema>"
  std::string VersionSessionSql(
      db::Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const override;
  // "fake://<version schema, or the schema>"
  std::string VersionUrl(const db::Url& url, const std::string& schema_name,
                         const std::string& version_schema) const override;

 private:
  db::Capabilities capabilities_;
  schema::Schema schema_;
  std::vector<std::pair<db::Question, db::Answer>> answers_;
};

}  // namespace segue::test
