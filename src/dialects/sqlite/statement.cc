#include "dialects/sqlite/statement.h"

#include <sqlite3.h>

#include <string>

#include "dialects/sqlite/errors.h"

namespace segue::sqlite {
namespace {

// Binds one value. It is a visitor, so that a new type of value does not
// compile until it is handled here.
struct Binder {
  sqlite3_stmt* statement;
  int index;

  int operator()(std::monostate) const {
    return sqlite3_bind_null(statement, index);
  }
  int operator()(std::int64_t value) const {
    return sqlite3_bind_int64(statement, index, value);
  }
  int operator()(double value) const {
    return sqlite3_bind_double(statement, index, value);
  }
  int operator()(const std::string& value) const {
    return sqlite3_bind_text64(statement, index, value.data(), value.size(),
                               SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  int operator()(const db::Blob& value) const {
    // A null pointer would bind NULL instead of an empty blob.
    static constexpr char kNothing = 0;
    const void* bytes =
        value.empty() ? &kNothing : static_cast<const void*>(value.data());
    return sqlite3_bind_blob64(statement, index, bytes, value.size(),
                               SQLITE_TRANSIENT);
  }
};

db::Value ReadValue(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: {
      const auto* text =
          reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      const int size = sqlite3_column_bytes(statement, column);
      return std::string(text, static_cast<std::size_t>(size));
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const std::uint8_t*>(
          sqlite3_column_blob(statement, column));
      return db::Blob(bytes, bytes + sqlite3_column_bytes(statement, column));
    }
    default:
      return std::monostate{};
  }
}

}  // namespace

void PreparedStatement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

PreparedStatement::PreparedStatement(sqlite3* database, std::string_view sql,
                                     std::string_view* rest)
    : database_(database), sql_(sql) {
  // SQLite would end the statement there, and never come to the rest.
  if (sql.find('\0') != std::string_view::npos) {
    throw Error(ErrorKind::kUsage, "a statement with a NUL character");
  }
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v2(
      database, sql.data(), static_cast<int>(sql.size()), &statement, &tail);
  statement_.reset(statement);
  if (code != SQLITE_OK) {
    ThrowError(database, sqlite3_extended_errcode(database), sql);
  }
  const auto used = static_cast<std::size_t>(tail - sql.data());
  *rest = sql.substr(used);
  sql_ = sql.substr(0, used);
}

void PreparedStatement::Bind(const std::vector<db::Value>& parameters) {
  const int wanted = sqlite3_bind_parameter_count(statement_.get());
  if (wanted != static_cast<int>(parameters.size())) {
    throw Error(ErrorKind::kInternal, "a statement takes " +
                                          std::to_string(wanted) +
                                          " parameters and was given " +
                                          std::to_string(parameters.size()))
        .WithSql(std::string(sql_));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string name = "$" + std::to_string(i + 1);
    const int index =
        sqlite3_bind_parameter_index(statement_.get(), name.c_str());
    if (index == 0) {
      throw Error(ErrorKind::kInternal, "a statement has no parameter " + name)
          .WithSql(std::string(sql_));
    }
    const int code = std::visit(Binder{statement_.get(), index}, parameters[i]);
    if (code != SQLITE_OK) ThrowError(database_, code, sql_);
  }
}

db::Row PreparedStatement::ReadRow() const {
  db::Row row;
  const int columns = sqlite3_column_count(statement_.get());
  row.reserve(static_cast<std::size_t>(columns));
  for (int i = 0; i < columns; ++i) {
    row.push_back(ReadValue(statement_.get(), i));
  }
  return row;
}

int PreparedStatement::Run(db::Result* result) {
  sqlite3_stmt* statement = statement_.get();
  const std::int64_t before = sqlite3_total_changes64(database_);
  int code = SQLITE_OK;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    result->rows.push_back(ReadRow());
  }
  if (code != SQLITE_DONE) return sqlite3_extended_errcode(database_);
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    result->columns.emplace_back(sqlite3_column_name(statement, i));
  }
  // sqlite3_changes keeps the number of an earlier statement when one changes
  // nothing.
  const bool changed = sqlite3_total_changes64(database_) != before;
  result->affected = changed ? sqlite3_changes64(database_) : 0;
  return SQLITE_OK;
}

}  // namespace segue::sqlite
