#include "segue/database.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "db/dialect.h"
#include "segue/error.h"

namespace segue {

Database::Database(std::shared_ptr<const db::Dialect> dialect,
                   const db::ConnectOptions& connect, std::string schema)
    : dialect_(std::move(dialect)),
      connect_(std::make_unique<db::ConnectOptions>(connect)),
      url_(std::make_unique<db::Url>(connect.url)),
      schema_(std::move(schema)) {
  if (schema_.empty()) schema_ = dialect_->DefaultSchema(connect.url);
  connect_->schema = schema_;
  connection_ = dialect_->Connect(*connect_);
}

Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

void Database::CreateTable(const std::string& table,
                           const std::vector<ColumnSpec>& columns) {
  std::vector<std::string> parts;
  for (const ColumnSpec& column : columns) {
    std::string part = dialect_->spelling().Name(column.name) + " " +
                       dialect_->NativeType(column.type);
    if (!column.nullable) part += " NOT NULL";
    if (column.default_sql) part += " DEFAULT " + *column.default_sql;
    parts.push_back(part);
  }
  connection_->Execute("CREATE TABLE " + dialect_->spelling().Name(table) +
                       " (" + base::Join(parts, ", ") + ")");
}

void Database::Insert(const std::string& table,
                      const std::map<std::string, std::string>& values) {
  const schema::Schema schema = dialect_->Inspect(*connection_, schema_);
  const schema::Table& target = schema::RequireTable(schema, table);
  for (const schema::Column& column : target.columns) {
    const bool filled = column.nullable || column.default_sql ||
                        !column.generated_sql.empty() ||
                        column.identity != schema::Identity::kNone;
    if (!filled && values.count(column.name) == 0) {
      throw Error(ErrorKind::kConstraint,
                  "Missing required column: " + column.name);
    }
  }
  std::vector<std::string> names;
  std::vector<std::string> marks;
  std::vector<db::Value> parameters;
  for (const auto& [column, value] : values) {
    schema::RequireColumn(target, column);
    names.push_back(dialect_->spelling().Name(column));
    parameters.emplace_back(value);
    marks.push_back("$" + std::to_string(parameters.size()));
  }
  const db::Spelling& spelling = dialect_->spelling();
  if (names.empty()) {
    connection_->Execute(spelling.InsertDefaults(table));
    return;
  }
  connection_->Execute("INSERT INTO " + spelling.Name(table) + " (" +
                           base::Join(names, ", ") + ") VALUES (" +
                           base::Join(marks, ", ") + ")",
                       parameters);
}

void Database::InsertRows(
    const std::string& table,
    const std::vector<std::map<std::string, std::string>>& rows) {
  // This is far below the number of parameters that any database accepts.
  constexpr std::size_t kMostParameters = 10'000;
  if (rows.empty() || rows.front().empty()) return;
  std::vector<std::string> names;
  for (const auto& [column, value] : rows.front()) {
    names.push_back(dialect_->spelling().Name(column));
  }
  const std::string head = "INSERT INTO " + dialect_->spelling().Name(table) +
                           " (" + base::Join(names, ", ") + ") VALUES ";
  std::vector<std::string> tuples;
  std::vector<db::Value> parameters;
  const auto flush = [&] {
    if (tuples.empty()) return;
    connection_->Execute(head + base::Join(tuples, ", "), parameters);
    tuples.clear();
    parameters.clear();
  };
  for (const auto& row : rows) {
    std::vector<std::string> marks;
    for (const auto& [column, value] : row) {
      parameters.emplace_back(value);
      marks.push_back("$" + std::to_string(parameters.size()));
    }
    tuples.push_back("(" + base::Join(marks, ", ") + ")");
    if (parameters.size() + names.size() > kMostParameters) flush();
  }
  flush();
}

std::int64_t Database::RowCount(const std::string& table) {
  const db::Result found = connection_->Execute(
      "SELECT count(*) FROM " + dialect_->spelling().Name(table));
  return db::ToInt(found.rows.at(0).at(0));
}

std::vector<std::string> Database::ColumnNames(const std::string& table) {
  const schema::Schema schema = dialect_->Inspect(*connection_, schema_);
  return schema::RequireTable(schema, table).ColumnNames();
}

std::vector<std::vector<std::string>> Database::Query(const std::string& sql) {
  std::vector<std::vector<std::string>> rows;
  for (const db::Row& row : connection_->Execute(sql).rows) {
    std::vector<std::string> texts;
    std::transform(row.begin(), row.end(), std::back_inserter(texts),
                   [](const db::Value& value) { return db::ToText(value); });
    rows.push_back(std::move(texts));
  }
  return rows;
}

std::unique_ptr<db::Connection> Database::NewConnection(
    const std::string& purpose) {
  if (connect_->url.database == ":memory:") {
    throw Error(ErrorKind::kRefused,
                "a database in memory has only one connection");
  }
  db::ConnectOptions options = *connect_;
  options.purpose = purpose;
  return dialect_->Connect(options);
}

void Database::Reconnect() { connection_ = NewConnection(connect_->purpose); }

void Database::SetDirectUrl(const db::Url& url) {
  direct_url_ = std::make_unique<db::Url>(url);
}

// Both sessions are open while they are compared. The direct one then takes the
// place of the other, and every further session is one of its kind.
void Database::LeavePooler() {
  if (!connection_->pooled()) return;
  if (direct_url_ == nullptr) {
    throw Error(ErrorKind::kRefused,
                url_->Redacted() +
                    " leads through a pooler that shares sessions between its "
                    "clients, and this needs a session of its own")
        .WithHint(
            "give the way past the pooler as direct_url (segue.yaml), "
            "--direct-url or SEGUE_DIRECT_URL; a pooler that keeps a session "
            "for each client is told by pool_mode=session in the URL");
  }
  if (direct_url_->scheme != url_->scheme) {
    throw Error(ErrorKind::kUsage,
                "direct_url is another kind of database than the URL");
  }
  db::ConnectOptions options = *connect_;
  options.url = *direct_url_;
  std::unique_ptr<db::Connection> direct = dialect_->Connect(options);
  if (direct->pooled()) {
    throw Error(
        ErrorKind::kRefused,
        "direct_url leads through a pooler, too: " + direct_url_->Redacted())
        .WithHint("it has to lead to the server itself");
  }
  RequireSame(*direct);
  *connect_ = options;
  connection_ = std::move(direct);
}

// The ledger is in the database, so that work on another one would begin a
// history of its own there.
void Database::RequireSame(db::Connection& direct) {
  const db::Identity pooled = dialect_->IdentityOf(*connection_);
  const db::Identity own = dialect_->IdentityOf(direct);
  if (pooled.server != own.server || pooled.database != own.database) {
    throw Error(ErrorKind::kRefused,
                "the URL and direct_url lead to different databases: " +
                    pooled.database + " of server " + pooled.server + ", and " +
                    own.database + " of server " + own.server)
        .WithHint(
            "direct_url is the way to the same database, past the pooler");
  }
  if (own.certain && pooled.certain) return;
  base::Log(base::LogLevel::kWarning,
            "the URL and direct_url were compared by the name of the database "
            "and the server's start only, because this role may not ask for "
            "the number of the server");
}

}  // namespace segue
