#include "dialects/sqlite/dialect.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "db/clause.h"
#include "db/meter.h"
#include "db/plan_trial.h"
#include "dialects/sqlite/connection.h"
#include "dialects/sqlite/errors.h"
#include "dialects/sqlite/examine.h"
#include "dialects/sqlite/explain.h"
#include "dialects/sqlite/gauge.h"
#include "dialects/sqlite/hazards.h"
#include "dialects/sqlite/inspect.h"
#include "dialects/sqlite/ledger_guard.h"
#include "dialects/sqlite/lock.h"
#include "dialects/sqlite/motion_estimate.h"
#include "dialects/sqlite/plan_trial.h"
#include "dialects/sqlite/render.h"
#include "dialects/sqlite/spelling.h"
#include "dialects/sqlite/version_refusal.h"
#include "dialects/sqlite/version_session.h"
#include "dialects/sqlite/write_counts.h"

namespace segue::sqlite {
namespace {

// A type has any words, but the word that begins a constraint ends the type.
void RequireType(const std::string& type) {
  static constexpr std::array<std::string_view, 12> kConstraints = {
      "as",  "check", "collate", "constraint", "default",    "generated",
      "not", "null",  "on",      "primary",    "references", "unique"};
  db::RequireTypeText(type, [](const std::string& word) {
    return std::find(kConstraints.begin(), kConstraints.end(), word) ==
           kConstraints.end();
  });
}

constexpr const char* kTablesAreViews =
    "tables are views there: no upsert (ON CONFLICT), rowid is NULL; "
    "last_insert_rowid() and changes() do not see the write; RETURNING shows "
    "no default and no generated key";

constexpr const char* kViewsStay =
    "the views stay until the next version, and while they are there nobody "
    "else can rebuild a table (DROP TABLE, ALTER TABLE ... RENAME): 'segue "
    "versions retire' takes them away after the contract";

constexpr const char* kOrmsCannot =
    "an ORM that relies on these (Django, SQLAlchemy, ...) saves rows twice "
    "or takes its writes for lost: it cannot work with a version";
constexpr const char* kUpdatesAll =
    "an UPDATE writes every column, so that a trigger of yours with UPDATE "
    "OF has to say WHEN its column has changed";

db::Capabilities MakeCapabilities() {
  db::Capabilities can;
  can.name = "SQLite";
  can.default_schema = "main";
  can.transactional_ddl = true;
  can.versioned_access = true;
  can.checks_before_triggers = true;
  can.relaxes_not_null = true;
  can.ledger_prefix = "segue_";
  can.ledger_types = {"TEXT", "TEXT", "BIGINT",
                      "INTEGER PRIMARY KEY AUTOINCREMENT"};
  can.now_sql = "CAST(strftime('%s', 'now') AS INTEGER)";
  // SQLite has no limit; this one keeps names readable.
  // SQLite knows no limit; this one keeps names of ours readable.
  can.max_identifier = 250;
  can.swaps_tables = true;
  // There is one writer at a time, so clients' transactions are often in the
  // way, but each of them is short.
  can.lock_budget = std::chrono::milliseconds(2'000);
  // A chunk locks the whole database, and SQLite's busy handler is not fair: it
  // asks again after up to 25 ms in its first tenth of a second, and later
  // every 100 ms. Measured with four writing clients: without a rest they wait
  // up to 4 s, with a rest of 12 ms p99 is 60-180 ms, and with 25 ms it is 60
  // ms, the time of a chunk.
  can.chunk_time = std::chrono::milliseconds(50);
  can.chunk_rest = 0.5;
  can.in_place_notes = {
      "the added columns show up in SELECT *, and an INSERT without a column "
      "list fails until it names its columns",
      "RETURNING shows a row before the dual-write trigger has completed it",
      "a migration locks the whole database while a chunk is moved",
  };
  can.versioned_notes = {
      "every connection of an application runs what 'segue url --sql' prints",
      kTablesAreViews,
      kOrmsCannot,
      kViewsStay,
      "an explicit NULL for a column with a default becomes the default",
      kUpdatesAll,
  };
  can.versioned_breaks =
      "tables are views there, so that last_insert_rowid() and changes() do "
      "not "
      "see a write, RETURNING shows no generated key, and an ORM (Django, "
      "SQLAlchemy, ...) saves rows twice or takes its writes for lost";
  can.view_notes = {
      "it takes no upsert (ON CONFLICT, REPLACE), changes() and "
      "last_insert_rowid() do not count what its triggers write, and a column "
      "that is given NULL gets its default",
      "an ORM that relies on these (Django, SQLAlchemy, ...) saves rows twice "
      "or takes its writes for lost: it cannot write through it",
      "PRAGMA table_info and foreign_key_list say nothing of the table"};
  return can;
}

class SqliteDialect : public db::Dialect,
                      public db::Meter,
                      public db::PlanTrier,
                      public WritesInRows {
 public:
  const db::Capabilities& capabilities() const override {
    return capabilities_;
  }
  const db::Spelling& spelling() const override { return kSpelling; }

  std::unique_ptr<db::Connection> Connect(
      const db::ConnectOptions& options) const override {
    auto connection = std::make_unique<SqliteConnection>(options.url);
    const auto version = options.url.parameters.find("version");
    if (version != options.url.parameters.end()) {
      connection->ExecuteScript(
          sqlite::VersionSessionSql(*connection, version->second));
    }
    return connection;
  }

  schema::Schema Inspect(db::Connection& connection,
                         const std::string& schema_name) const override {
    return sqlite::Inspect(connection, schema_name);
  }

  db::Answer Examine(db::Connection& connection,
                     const db::Question& question) const override {
    return sqlite::Examine(connection, question);
  }

  // The declared type decides what SQLite converts. SQLite's own functions
  // return INTEGER for truth values and TEXT for times, and a STRICT table
  // accepts these types. BOOLEAN and TIMESTAMP would both mean NUMERIC, which
  // turns the text '2024' into a number.
  std::string NativeType(const std::string& type) const override {
    RequireType(type);
    const auto portable = schema::ParsePortableType(type);
    if (!portable) return type;
    switch (*portable) {
      case schema::PortableType::kInteger:
      case schema::PortableType::kBoolean:
        return "INTEGER";
      case schema::PortableType::kText:
      case schema::PortableType::kTimestamp:
      case schema::PortableType::kJson:
        return "TEXT";
    }
    return type;
  }

  PlannedAction Render(const plan::Action& action,
                       const db::RenderContext& context) const override {
    return sqlite::Render(action, context);
  }
  MotionSql RenderMotions(const std::vector<plan::MotionId>& motions,
                          const db::RenderContext& context) const override {
    return sqlite::RenderMotions(motions, context);
  }

  QueryPlan Explain(db::Connection& connection,
                    const std::string& query) const override {
    return sqlite::Explain(connection, query);
  }

  std::vector<db::Hazard> Hazards(
      const std::vector<plan::Action>& actions,
      const db::RenderContext& context) const override {
    return sqlite::Hazards(actions, context);
  }

  Gauge GaugeFor(const schema::Table& table,
                 const std::vector<std::string>& indexes) const override {
    return sqlite::GaugeFor(table, indexes);
  }

  std::vector<MotionEstimate> Estimate(
      db::Connection& connection, const plan::Motion& motion,
      const schema::Table& table) const override {
    return sqlite::Estimate(connection, motion, table, capabilities_);
  }
  // The size is that of the whole file. SQLite does not tell what the journal
  // took.
  std::string MeterSql(const schema::TableName& /*table*/) const override {
    return "SELECT (julianday('now') - 2440587.5) * 86400.0, NULL, "
           "(SELECT page_count FROM pragma_page_count()) * "
           "(SELECT page_size FROM pragma_page_size()) * 1.0";
  }
  // The copy is a database of its own, so that the statements are run as they
  // are.
  std::string TrialPlace(db::Connection&,
                         const std::string& schema) const override {
    return schema;
  }
  db::TrialOutcome TryPlan(db::Connection& connection,
                           const db::PlanTrial& trial) const override {
    return sqlite::TryPlan(connection, trial);
  }

  db::Sql UpsertSql(const db::Upsert& upsert) const override {
    return db::OnConflictSql(upsert);
  }
  void RequireSafeLedger(db::Connection& connection,
                         db::LedgerUse use) const override {
    sqlite::RequireSafeLedger(connection, use);
  }
  // The table has a row only within a chunk's transaction; see sync.h.
  std::vector<std::string> LedgerSetup() const override {
    return {"CREATE TABLE IF NOT EXISTS segue_busy (x)"};
  }

  std::unique_ptr<db::RunnerLock> TryLockRunner(
      db::Connection&, const std::string&, const std::string&) const override {
    return TakeRunnerLock();
  }

  std::vector<db::Session> Blockers(db::Connection&,
                                    const schema::TableName&) const override {
    return sqlite::Blockers();
  }

  void RefuseVersion(db::Connection& connection,
                     const std::string& version_schema,
                     const std::string& reason) const override {
    sqlite::RefuseVersion(connection, version_schema, reason);
  }
  void RemoveRefused(db::Connection& connection,
                     const std::string& version_schema) const override {
    sqlite::RemoveRefused(connection, version_schema);
  }
  db::Absent AbsentIn(const Error& error) const override {
    return sqlite::AbsentIn(error);
  }

  // The parameter is segue's own; other programs run the script instead.
  std::string VersionUrl(const db::Url& url, const std::string& version_schema,
                         const std::vector<std::string>&) const override {
    db::Url versioned = url;
    versioned.parameters.erase("version");
    if (!version_schema.empty()) {
      versioned.parameters["version"] = version_schema;
    }
    return versioned.ToString();
  }

  std::string VersionSessionSql(
      db::Connection& connection, const std::string&,
      const std::string& version_schema) const override {
    return sqlite::VersionSessionSql(connection, version_schema);
  }

 private:
  const db::Capabilities capabilities_ = MakeCapabilities();
};

}  // namespace

std::shared_ptr<const db::Dialect> MakeSqliteDialect() {
  return std::make_shared<SqliteDialect>();
}

}  // namespace segue::sqlite
