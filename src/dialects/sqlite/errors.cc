#include "dialects/sqlite/errors.h"

#include <sqlite3.h>

#include <string>

#include "base/text.h"

namespace segue::sqlite {
namespace {

struct CodeKind {
  int code;  // primary, or extended where it differs from its primary
  ErrorKind kind;
};

// How the message begins when ALTER TABLE meets an object of the schema that
// does not resolve, which need not have to do with the table.
constexpr std::string_view kUnresolved[] = {"error in view ",
                                            "error in trigger "};
// An index of the table that names a column which is dropped.
constexpr std::string_view kIndexHolds = "error in index ";

// Extended codes come before their primary ones. A code that is not listed is a
// defect.
constexpr CodeKind kKinds[] = {
    {SQLITE_BUSY_SNAPSHOT, ErrorKind::kRetryable},
    {SQLITE_BUSY, ErrorKind::kLockTimeout},
    {SQLITE_LOCKED, ErrorKind::kRetryable},
    {SQLITE_PROTOCOL, ErrorKind::kRetryable},
    {SQLITE_FULL, ErrorKind::kRetryable},
    {SQLITE_NOMEM, ErrorKind::kRetryable},
    {SQLITE_SCHEMA, ErrorKind::kRetryable},
    {SQLITE_CONSTRAINT, ErrorKind::kConstraint},
    {SQLITE_MISMATCH, ErrorKind::kConstraint},
    {SQLITE_TOOBIG, ErrorKind::kConstraint},
    {SQLITE_INTERRUPT, ErrorKind::kCancelled},
    // The file was renamed or deleted while it was open; the user's permissions
    // are not the reason.
    {SQLITE_READONLY_DBMOVED, ErrorKind::kConnectionLost},
    {SQLITE_READONLY, ErrorKind::kRefused},
    {SQLITE_PERM, ErrorKind::kRefused},
    {SQLITE_AUTH, ErrorKind::kRefused},
    {SQLITE_CANTOPEN, ErrorKind::kConnectionLost},
    {SQLITE_IOERR, ErrorKind::kConnectionLost},
    {SQLITE_CORRUPT, ErrorKind::kCorrupt},
    {SQLITE_NOTADB, ErrorKind::kCorrupt},
};

// SQLITE_ERROR covers all other errors, which only its message tells apart.
ErrorKind KindOfText(std::string_view message) {
  const auto has = [&](std::string_view text) {
    return message.find(text) != std::string_view::npos;
  };
  for (const std::string_view unresolved : kUnresolved) {
    if (message.starts_with(unresolved)) return ErrorKind::kRefused;
  }
  if (message.starts_with(kIndexHolds)) return ErrorKind::kRefused;
  if (has("no such table") || has("no such view") || has("no such column") ||
      has("no such index")) {
    return ErrorKind::kNotFound;
  }
  if (has("syntax error") || has("incomplete input")) return ErrorKind::kUsage;
  return ErrorKind::kConstraint;
}

}  // namespace

ErrorKind KindOf(int code, std::string_view message) {
  for (const CodeKind& entry : kKinds) {
    if (entry.code == code || entry.code == (code & 0xff)) return entry.kind;
  }
  return (code & 0xff) == SQLITE_ERROR ? KindOfText(message)
                                       : ErrorKind::kInternal;
}

db::Absent AbsentIn(const Error& error) {
  const std::string_view message = error.what();
  for (const char* text : {"no such table: ", "no such view: "}) {
    if (message.starts_with(text)) return db::Absent::kTable;
  }
  for (const char* text :
       {"no such column: ", "no such index: ", "no such trigger: "}) {
    if (message.starts_with(text)) return db::Absent::kPart;
  }
  return db::Absent::kNothing;
}

void ThrowError(sqlite3* database, int code, std::string_view sql) {
  const std::string message =
      database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  Error error(KindOf(code, message), message);
  error.WithCode(std::to_string(code)).WithSql(std::string(sql));
  if (message.starts_with(kUnresolved[0]) ||
      message.starts_with(kUnresolved[1])) {
    error.WithHint(
        "ALTER TABLE needs every view and trigger of the database to resolve: "
        "mend or drop this one, then run the same command again");
  }
  if (message.starts_with(kIndexHolds)) {
    error.WithHint(
        "drop this index, run the same command again, and make the index again "
        "afterwards if its column is still there");
  }
  throw error;
}

}  // namespace segue::sqlite
