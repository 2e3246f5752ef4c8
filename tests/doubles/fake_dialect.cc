#include "tests/doubles/fake_dialect.h"

#include "base/text.h"
#include "segue/error.h"

namespace segue::test {
namespace {

class FreeLock : public db::RunnerLock {};

}  // namespace

db::Capabilities FakeDialect::Capable() {
  db::Capabilities can;
  can.name = "Fake";
  can.default_schema = "public";
  can.has_schemas = true;
  can.transactional_ddl = true;
  can.versioned_access = true;
  can.concurrent_index = true;
  can.rich_indexes = true;
  can.not_valid_constraints = true;
  can.set_not_null_needs_check = true;
  can.constraints_go_with_column = true;
  can.adopts_index = true;
  can.add_primary_key = true;
  can.exclusion_constraints = true;
  can.replica_identity = true;
  can.table_storage = true;
  can.swaps_tables = true;
  can.partitions = true;
  can.moves_default = true;
  can.marks_transform_errors = true;
  can.parallel_writers = true;
  can.session_locks = true;
  can.heartbeat_session = true;
  can.monitor_session = true;
  can.max_columns = 1600;
  can.ledger_prefix = "segue.";
  can.ledger_types = {"key", "text", "integer", "identity"};
  can.for_share = " FOR SHARE";
  can.for_update_skip_locked = " FOR UPDATE SKIP LOCKED";
  return can;
}

db::Capabilities FakeDialect::Embedded() {
  db::Capabilities can;
  can.name = "Embedded fake";
  can.default_schema = "main";
  can.transactional_ddl = true;
  can.checks_before_triggers = true;
  can.relaxes_not_null = true;
  can.ledger_prefix = "segue_";
  can.ledger_types = {"key", "text", "integer", "identity"};
  can.max_identifier = 1024;
  return can;
}

void FakeDialect::SetAnswer(db::Question question, db::Answer answer) {
  answers_.emplace_back(std::move(question), std::move(answer));
}

std::string FakeDialect::Name(const std::string& identifier) const {
  return base::Quoted(identifier, '"');
}

std::optional<std::string> FakeDialect::GuardedCheck(
    const std::string& check,
    const std::vector<std::string>& provenance) const {
  if (!capabilities_.checks_before_triggers) return std::nullopt;
  return "UNTIL " + base::Join(provenance, ", ") + " (" + check + ")";
}

std::unique_ptr<db::Connection> FakeDialect::Connect(
    const db::ConnectOptions& options) const {
  throw Error(ErrorKind::kConnectionLost,
              "There is no database at " + options.url.Redacted());
}

schema::Schema FakeDialect::Inspect(db::Connection& /*connection*/,
                                    const std::string& schema_name) const {
  if (schema_name == schema_.name) return schema_;
  throw Error(ErrorKind::kNotFound, "There is no schema " + schema_name);
}

db::Answer FakeDialect::Examine(db::Connection& /*connection*/,
                                const db::Question& question) const {
  for (const auto& [asked, answer] : answers_) {
    if (asked == question) return answer;
  }
  return {};
}

std::string FakeDialect::NativeType(const std::string& type) const {
  return schema::ParsePortableType(type) ? base::ToLower(type) : type;
}

std::unique_ptr<db::RunnerLock> FakeDialect::TryLockRunner(
    db::Connection& /*connection*/, const std::string& /*schema_name*/,
    const std::string& /*kill_session*/) const {
  return std::make_unique<FreeLock>();
}

QueryPlan FakeDialect::Explain(db::Connection& /*connection*/,
                               const std::string& /*query*/) const {
  return {};
}

Gauge FakeDialect::GaugeFor(const schema::Table& table,
                            const std::vector<std::string>& indexes) const {
  Gauge gauge;
  gauge.table = table.name.name;
  gauge.probe = "READ " + table.name.name;
  for (const std::string& index : indexes) {
    gauge.indexes.push_back({index, "SCANS " + index});
  }
  return gauge;
}

std::vector<db::Session> FakeDialect::Blockers(
    db::Connection& /*connection*/, const schema::TableName& /*table*/) const {
  return {};
}

std::string FakeDialect::VersionSessionSql(
    db::Connection& /*connection*/, const std::string& /*schema_name*/,
    const std::string& version_schema) const {
  return "USE " + version_schema;
}

void FakeUndoing::RefuseVersion(db::Connection& connection,
                                const std::string& version_schema,
                                const std::string& /*reason*/) const {
  connection.Execute("REFUSE VERSION " + version_schema);
}

void FakeUndoing::RemoveRefused(db::Connection& connection,
                                const std::string& version_schema) const {
  connection.Execute("REMOVE VERSION " + version_schema);
}

db::Absent FakeUndoing::AbsentIn(const Error& error) const {
  const std::string text = error.what();
  if (text == "no such table") return db::Absent::kTable;
  return text == "no such part" ? db::Absent::kPart : db::Absent::kNothing;
}

std::string FakeDialect::VersionUrl(const db::Url& /*url*/,
                                    const std::string& version_schema,
                                    const std::vector<std::string>&) const {
  return "fake://" + version_schema;
}

}  // namespace segue::test
