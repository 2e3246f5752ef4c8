// What the faces ask a Migrator besides running something.
#include "engine/session.h"
#include "ledger/lease.h"
#include "ledger/versions.h"
#include "segue/error.h"

namespace segue {

// What was asked before stays asked, as the pace.
void Migrator::Session::Ask(
    const std::function<void(engine::Control&)>& change) {
  RequireActive();
  db::Transaction transaction(connection(),
                              {db::Purpose::kLedger, LockBudget()});
  engine::Control control = engine::Controls(ledger).Load(connection());
  control.by = ledger.who();
  change(control);
  engine::Controls(ledger).Ask(connection(), control);
  transaction.Commit();
}

void Migrator::RequestPause() {
  session_->Ask([](engine::Control& control) { control.pause = true; });
}

void Migrator::RequestPace(double share) {
  if (!(share > 0 && share <= 1)) {
    throw Error(ErrorKind::kUsage, "a pace is above 0 % and at most 100 %")
        .WithHint("'segue pause' stops it");
  }
  session_->Ask([share](engine::Control& control) { control.pace = share; });
}

void Migrator::ClearPause() {
  session_->Ask([](engine::Control& control) {
    control.pause = false;
    control.cancel = false;
  });
}

void Migrator::RequestCancel() {
  session_->Ask([](engine::Control& control) {
    control.pause = false;
    control.cancel = true;
  });
}

// Nothing is known of the schema: perhaps because there is none of that name,
// which the inspection says.
void Migrator::Session::RequireSchema() {
  database.dialect().Inspect(connection(), database.schema());
}

std::optional<MigrationStatus> Migrator::Status() {
  Session& session = *session_;
  std::optional<engine::MigrationRow> row;
  if (session.ledger.Open(session.connection())) {
    row = session.ledger.Active(session.connection());
    if (!row) row = session.ledger.Newest(session.connection());
  }
  if (row) return session.StatusOf(std::move(*row));
  session.RequireSchema();
  return std::nullopt;
}

std::vector<HistoryEntry> Migrator::History() {
  Session& session = *session_;
  std::vector<HistoryEntry> entries;
  if (session.ledger.Open(session.connection())) {
    entries = session.ledger.Events(session.connection(), "");
  }
  if (entries.empty()) session.RequireSchema();
  return entries;
}

std::vector<VersionInfo> Migrator::Versions() {
  Session& session = *session_;
  std::vector<VersionInfo> versions;
  if (session.ledger.Open(session.connection())) {
    versions =
        engine::PublishedVersions(session.ledger).All(session.connection());
  }
  if (versions.empty()) session.RequireSchema();
  return versions;
}

// Empty: the base schema.
std::string Migrator::VersionSchemaOf(const std::string& version) {
  std::string version_schema;
  bool found = version.empty() || version == "latest";
  const auto status = Status();
  const bool awaited = status && status->is_active() &&
                       !status->version_schema.empty() &&
                       status->sub_state != SubState::kReady &&
                       status->phase != Phase::kContracting;
  if (version == "latest" && awaited) {
    throw Error(ErrorKind::kNotFound,
                "version '" + status->version_schema + "' is not published yet")
        .WithHint("it is as soon as 'segue status' says ready");
  }
  for (const VersionInfo& info : Versions()) {
    const bool named = info.name == version || info.version_schema == version;
    if (info.state == "live" &&
        (named || (version == "latest" && info.latest))) {
      version_schema = info.version_schema;
      found = true;
    }
  }
  if (!found) {
    throw Error(ErrorKind::kNotFound,
                "no live version is called '" + version + "'")
        .WithHint("'segue versions' lists them");
  }
  return version_schema;
}

std::string Migrator::UrlFor(const std::string& version) {
  const Database& database = session_->database;
  return database.dialect().VersionUrl(database.connect_options().url,
                                       database.schema(),
                                       VersionSchemaOf(version));
}

std::string Migrator::SessionSqlFor(const std::string& version) {
  const std::string version_schema = VersionSchemaOf(version);
  if (version_schema.empty()) {
    throw Error(ErrorKind::kUsage,
                "the base schema needs no SQL; name a published version")
        .WithHint("'segue versions' lists them");
  }
  const Database& database = session_->database;
  return database.dialect().VersionSessionSql(
      session_->connection(), database.schema(), version_schema);
}

}  // namespace segue
