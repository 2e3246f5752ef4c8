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
  if (has("no such table") || has("no such column") || has("no such index")) {
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

void ThrowError(sqlite3* database, int code, std::string_view sql) {
  const std::string message =
      database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database);
  throw Error(KindOf(code, message), message)
      .WithCode(std::to_string(code))
      .WithSql(std::string(sql));
}

}  // namespace segue::sqlite
