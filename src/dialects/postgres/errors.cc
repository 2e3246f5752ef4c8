#include "dialects/postgres/errors.h"

#include <libpq-fe.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/text.h"

namespace segue::postgres {
namespace {

struct Rule {
  std::string_view prefix;  // of the SQLSTATE
  ErrorKind kind;
};

// The first matching rule counts, so whole codes come before their classes.
constexpr Rule kRules[] = {
    {"55P03", ErrorKind::kLockTimeout},     // lock_not_available
    {"40P01", ErrorKind::kRetryable},       // deadlock_detected
    {"40001", ErrorKind::kRetryable},       // serialization_failure
    {"40002", ErrorKind::kConstraint},      // integrity violation at commit
    {"40003", ErrorKind::kInDoubt},         // statement_completion_unknown
    {"40", ErrorKind::kRetryable},          // transaction rollback
    {"53100", ErrorKind::kRetryable},       // disk_full
    {"53200", ErrorKind::kRetryable},       // out_of_memory
    {"53300", ErrorKind::kRetryable},       // too_many_connections
    {"53", ErrorKind::kRetryable},          // insufficient resources
    {"54", ErrorKind::kRefused},            // a limit, as 1600 columns
    {"55006", ErrorKind::kRetryable},       // object_in_use
    {"55", ErrorKind::kRefused},            // object not in the right state
    {"57014", ErrorKind::kCancelled},       // query_canceled
    {"57P01", ErrorKind::kConnectionLost},  // admin_shutdown
    {"57P02", ErrorKind::kConnectionLost},  // crash_shutdown
    {"57P03", ErrorKind::kRetryable},       // cannot_connect_now: starting up
    {"57P04", ErrorKind::kConnectionLost},  // database_dropped
    {"57P05", ErrorKind::kConnectionLost},  // idle_session_timeout
    {"25P03", ErrorKind::kConnectionLost},  // idle in transaction timeout
    {"25P04", ErrorKind::kConnectionLost},  // transaction_timeout
    {"25006", ErrorKind::kRefused},         // read_only_sql_transaction
    {"08", ErrorKind::kConnectionLost},
    {"58", ErrorKind::kRetryable},   // system error: I/O, missing file
    {"42501", ErrorKind::kRefused},  // insufficient_privilege
    {"42", ErrorKind::kRefused},     // syntax, undefined objects, types
    {"23", ErrorKind::kConstraint},
    {"22", ErrorKind::kConstraint},  // an expression fails on the data
    {"21", ErrorKind::kConstraint},  // cardinality: subquery of 2 rows
    {"44", ErrorKind::kConstraint},  // WITH CHECK OPTION
    {"P0", ErrorKind::kConstraint},  // RAISE in a trigger or function
    {"38", ErrorKind::kConstraint},  // external routine
    {"39", ErrorKind::kConstraint},
    {"27", ErrorKind::kConstraint},      // triggered data change
    {"09", ErrorKind::kConstraint},      // triggered action
    {"2BP01", ErrorKind::kRefused},      // dependent objects still exist
    {"28", ErrorKind::kConnectionLost},  // invalid authorization
    {"3", ErrorKind::kRefused},          // 3D, 3F, 34: no such name
    {"0A", ErrorKind::kRefused},         // feature not supported
    {"XX001", ErrorKind::kCorrupt},      // data corrupted
};

std::string Field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

// Returns the lines of the message, trimmed and without blank ones.
std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string& line : base::Split(text, '\n')) {
    const std::string_view trimmed = base::Trim(line);
    if (!trimmed.empty()) lines.emplace_back(trimmed);
  }
  return lines;
}

std::string_view WithoutSeverity(std::string_view text) {
  constexpr std::string_view kFatal = "FATAL:";
  if (text.starts_with(kFatal)) text.remove_prefix(kFatal.size());
  return base::Trim(text);
}

Error Lost(const PGconn* connection, std::string_view sql) {
  const std::vector<std::string> lines = Lines(PQerrorMessage(connection));
  Error error(
      ErrorKind::kConnectionLost,
      "the connection to the server was lost" +
          (lines.empty() ? "" : ": " + std::string(WithoutSeverity(lines[0]))));
  error.WithSql(std::string(sql));
  return error;
}

std::string HintFor(std::string_view sqlstate, std::string hint) {
  // The server advises CASCADE, which would drop what belongs to others.
  if (sqlstate == "2BP01") {
    return "drop or change what depends on it, then run the same command again";
  }
  if (!hint.empty()) return hint;
  if (sqlstate == "42501") {
    return "connect as the owner of the object, or pass --role";
  }
  if (sqlstate == "25006") return "this server is read-only: a standby?";
  return "";
}

// True when a statement could not set a default because a function, a sequence
// or a type that the default names is gone. The table is there, and would be
// left without its default.
bool LacksOnlyWhatItNeeds(const Error& error) {
  constexpr std::string_view kTable = "ALTER TABLE ";
  const std::string& sql = error.sql();
  const std::size_t end = sql.find(" ALTER COLUMN ");
  if (!sql.starts_with(kTable) || end == std::string::npos ||
      sql.find(" SET DEFAULT ") == std::string::npos) {
    return false;
  }
  if (error.native_code() == "42883" || error.native_code() == "42704") {
    return true;
  }
  std::string table = sql.substr(kTable.size(), end - kTable.size());
  std::erase(table, '"');
  return error.native_code() == "42P01" &&
         std::string(error.what()).find(table) == std::string::npos;
}

}  // namespace

ErrorKind KindOf(std::string_view sqlstate) {
  const auto rule = std::find_if(
      std::begin(kRules), std::end(kRules),
      [&](const Rule& r) { return sqlstate.starts_with(r.prefix); });
  return rule == std::end(kRules) ? ErrorKind::kInternal : rule->kind;
}

db::Absent AbsentIn(const Error& error) {
  if (LacksOnlyWhatItNeeds(error)) return db::Absent::kNothing;
  struct Code {
    std::string_view sqlstate;
    db::Absent absent;
  };
  constexpr Code kCodes[] = {
      {"42P01", db::Absent::kTable},  // undefined_table
      {"3F000", db::Absent::kTable},  // invalid_schema_name
      {"42703", db::Absent::kPart},   // undefined_column
      {"42704", db::Absent::kPart},   // undefined_object
      {"42883", db::Absent::kPart},   // undefined_function
  };
  for (const Code& code : kCodes) {
    if (error.native_code() == code.sqlstate) return code.absent;
  }
  return db::Absent::kNothing;
}

Error ErrorFrom(const pg_result* result, const pg_conn* connection,
                std::string_view sql) {
  const std::string sqlstate =
      result == nullptr ? "" : Field(result, PG_DIAG_SQLSTATE);
  if (sqlstate.empty()) {
    if (PQstatus(connection) == CONNECTION_BAD) return Lost(connection, sql);
    return Error(ErrorKind::kInternal,
                 base::Join(Lines(PQerrorMessage(connection)), "; "))
        .WithSql(std::string(sql));
  }
  std::string message = Field(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string detail = Field(result, PG_DIAG_MESSAGE_DETAIL);
  if (!detail.empty()) message += ": " + base::Join(Lines(detail), "; ");
  Error error(KindOf(sqlstate), message);
  error.WithCode(sqlstate).WithSql(std::string(sql));
  const std::string hint =
      HintFor(sqlstate, Field(result, PG_DIAG_MESSAGE_HINT));
  if (!hint.empty()) error.WithHint(hint);
  return error;
}

std::string ConnectReason(std::string_view libpq_message) {
  std::vector<std::string> reasons;
  for (const std::string& line : Lines(libpq_message)) {
    // This line is advice of libpq; our own message has the address already.
    if (line.starts_with("Is the server running")) continue;
    const std::size_t failed = line.find(" failed: ");
    std::string_view reason = line;
    // libpq's text is 'connection to server at "h", port 5432 failed: FATAL:
    // ...'.
    if (failed != std::string::npos &&
        line.starts_with("connection to server")) {
      reason = reason.substr(failed + std::string_view(" failed: ").size());
    }
    reason = WithoutSeverity(reason);
    const bool known = std::find(reasons.begin(), reasons.end(),
                                 std::string(reason)) != reasons.end();
    if (!known) reasons.emplace_back(reason);
  }
  return reasons.empty() ? "no reason given" : base::Join(reasons, "; ");
}

}  // namespace segue::postgres
