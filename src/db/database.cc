#include "segue/database.h"

#include <algorithm>

#include "base/text.h"
#include "db/dialect.h"
#include "segue/error.h"

namespace segue {

Database::Database(std::shared_ptr<const db::Dialect> dialect,
                   const db::ConnectOptions& connect, std::string schema)
    : dialect_(std::move(dialect)),
      connect_(std::make_unique<db::ConnectOptions>(connect)),
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

}  // namespace segue
