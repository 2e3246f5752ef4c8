// The segue program with every database session wrapped: linked with the real
// main, so that faults hit exactly what users run. See fault.h.
#include "db/dialect.h"
#include "db/meter.h"
#include "tests/faults/fault.h"
#include "tests/faults/faulty_connection.h"
#include "wiring/dialects.h"

namespace segue::test {
namespace {

// What the dialect says of versions, as it says it.
class PlainVersions : public db::Dialect {
 public:
  explicit PlainVersions(std::shared_ptr<const db::Dialect> inner)
      : inner_(std::move(inner)) {}

  db::Identity IdentityOf(db::Connection& connection) const override {
    return inner_->IdentityOf(connection);
  }
  std::vector<std::string> VersionPath(
      db::Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const override {
    return inner_->VersionPath(connection, schema_name, version_schema);
  }
  std::vector<std::string> LoginRoleSql(
      db::Connection& connection, const db::LoginRole& role) const override {
    return inner_->LoginRoleSql(connection, role);
  }
  std::vector<db::LoginRole> LoginRoles(
      db::Connection& connection,
      const std::string& schema_name) const override {
    return inner_->LoginRoles(connection, schema_name);
  }
  std::vector<db::NextPartition> PartitionsAhead(
      db::Connection& connection,
      const db::AheadQuestion& question) const override {
    return inner_->PartitionsAhead(connection, question);
  }
  std::string VersionSessionSql(
      db::Connection& connection, const std::string& schema_name,
      const std::string& version_schema) const override {
    return inner_->VersionSessionSql(connection, schema_name, version_schema);
  }
  std::string VersionUrl(const db::Url& url, const std::string& version_schema,
                         const std::vector<std::string>& path) const override {
    return inner_->VersionUrl(url, version_schema, path);
  }
  void RefuseVersion(db::Connection& connection,
                     const std::string& version_schema,
                     const std::string& reason) const override {
    inner_->RefuseVersion(connection, version_schema, reason);
  }
  void RemoveRefused(db::Connection& connection,
                     const std::string& version_schema) const override {
    inner_->RemoveRefused(connection, version_schema);
  }

 protected:
  const std::shared_ptr<const db::Dialect> inner_;
};

class FaultyDialect : public PlainVersions, public db::Meter {
 public:
  using PlainVersions::PlainVersions;

  const db::Capabilities& capabilities() const override {
    return inner_->capabilities();
  }
  const db::Spelling& spelling() const override { return inner_->spelling(); }
  std::string DefaultSchema(const db::Url& url) const override {
    return inner_->DefaultSchema(url);
  }

  // The lease's heartbeat beats by the clock, and so does the throttle's
  // monitor: counting them would make the number of a statement differ from
  // run to run.
  std::unique_ptr<db::Connection> Connect(
      const db::ConnectOptions& options) const override {
    auto connection = inner_->Connect(options);
    const bool by_clock =
        options.purpose == "heartbeat" || options.purpose == "monitor";
    if (by_clock) return connection;
    return std::make_unique<FaultyConnection>(std::move(connection));
  }

  schema::Schema Inspect(db::Connection& connection,
                         const std::string& schema_name) const override {
    return inner_->Inspect(connection, schema_name);
  }

  db::Answer Examine(db::Connection& connection,
                     const db::Question& question) const override {
    return inner_->Examine(connection, question);
  }

  std::string NativeType(const std::string& type) const override {
    return inner_->NativeType(type);
  }

  PlannedAction Render(const plan::Action& action,
                       const db::RenderContext& context) const override {
    return inner_->Render(action, context);
  }
  MotionSql RenderMotions(const std::vector<plan::MotionId>& motions,
                          const db::RenderContext& context) const override {
    return inner_->RenderMotions(motions, context);
  }

  QueryPlan Explain(db::Connection& connection,
                    const std::string& query) const override {
    return inner_->Explain(connection, query);
  }

  Gauge GaugeFor(const schema::Table& table,
                 const std::vector<std::string>& indexes) const override {
    return inner_->GaugeFor(table, indexes);
  }

  std::vector<db::SignalSql> Signals() const override {
    return inner_->Signals();
  }

  std::vector<MotionEstimate> Estimate(
      db::Connection& connection, const plan::Motion& motion,
      const schema::Table& table) const override {
    return inner_->Estimate(connection, motion, table);
  }

  std::string MeterSql(const schema::TableName& table) const override {
    return dynamic_cast<const db::Meter&>(*inner_).MeterSql(table);
  }

  db::Sql UpsertSql(const db::Upsert& upsert) const override {
    return inner_->UpsertSql(upsert);
  }

  std::vector<std::string> LedgerSetup() const override {
    return inner_->LedgerSetup();
  }

  std::unique_ptr<db::RunnerLock> TryLockRunner(
      db::Connection& connection, const std::string& schema_name,
      const std::string& kill_session) const override {
    return inner_->TryLockRunner(connection, schema_name, kill_session);
  }

  std::vector<db::Session> Blockers(
      db::Connection& connection,
      const schema::TableName& table) const override {
    return inner_->Blockers(connection, table);
  }

  db::Absent AbsentIn(const Error& error) const override {
    return inner_->AbsentIn(error);
  }
};

std::shared_ptr<const db::Dialect> Wrap(
    std::shared_ptr<const db::Dialect> inner) {
  return std::make_shared<FaultyDialect>(std::move(inner));
}

// Before main, because main is the real one and knows nothing of faults.
[[maybe_unused]] const bool kInstalled = [] {
  FaultPoint::Instance();
  wiring::SetDialectWrapper(Wrap);
  return true;
}();

}  // namespace
}  // namespace segue::test
