#include "dialects/postgres/connection.h"

#include <libpq-fe.h>

#include <charconv>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "dialects/postgres/errors.h"
#include "dialects/postgres/settings.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

// The object ids of these types from pg_type.dat never change.
constexpr Oid kBool = 16, kInt8 = 20, kInt2 = 21, kInt4 = 23;

// The statements of a walk run for every chunk and are worth preparing; nearly
// all others run once.
constexpr int kRunsToPrepare = 3;
constexpr std::size_t kMostStatements = 200;

constexpr std::string_view kDivisionByZero = "22012";

std::string Field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

// A preparation is lost when a pooler has given us another server session, when
// somebody has deallocated it, or when its result has another type now. If the
// statement itself is wrong, it fails again when it is sent as text.
bool IsLostPreparation(const PGresult* result) {
  const std::string state = Field(result, PG_DIAG_SQLSTATE);
  return state == "26000" || state == "42P05" || state == "0A000";
}

std::string BytesAsHex(const db::Blob& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "\\x";
  for (std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string DoubleAsText(double number) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  return {buffer, end};
}

std::optional<std::string> AsParameter(const db::Value& value) {
  if (db::IsNull(value)) return std::nullopt;
  if (const auto* bytes = std::get_if<db::Blob>(&value)) {
    return BytesAsHex(*bytes);
  }
  if (const auto* number = std::get_if<double>(&value)) {
    return DoubleAsText(*number);
  }
  return db::ToText(value);
}

// Converts parameters to what libpq takes.
class Texts {
 public:
  explicit Texts(const std::vector<db::Value>& values) {
    for (const db::Value& value : values) texts_.push_back(AsParameter(value));
    for (const auto& text : texts_) {
      pointers_.push_back(text ? text->c_str() : nullptr);
    }
  }
  const std::vector<const char*>& pointers() const { return pointers_; }

 private:
  std::vector<std::optional<std::string>> texts_;
  std::vector<const char*> pointers_;  // null: an SQL NULL
};

db::Value FieldValue(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return std::monostate{};
  const char* text = PQgetvalue(result, row, column);
  const auto length =
      static_cast<std::size_t>(PQgetlength(result, row, column));
  switch (PQftype(result, column)) {
    case kBool:
      return std::int64_t{text[0] == 't' ? 1 : 0};
    case kInt2:
    case kInt4:
    case kInt8: {
      std::int64_t number = 0;
      std::from_chars(text, text + length, number);
      return number;
    }
    default:
      return std::string(text, length);
  }
}

db::Result ToResult(PGresult* result) {
  db::Result out;
  const int columns = PQnfields(result);
  for (int c = 0; c < columns; ++c) out.columns.push_back(PQfname(result, c));
  const int rows = PQntuples(result);
  out.rows.reserve(static_cast<std::size_t>(rows));
  for (int r = 0; r < rows; ++r) {
    db::Row row;
    row.reserve(static_cast<std::size_t>(columns));
    for (int c = 0; c < columns; ++c) row.push_back(FieldValue(result, r, c));
    out.rows.push_back(std::move(row));
  }
  const std::string_view affected = PQcmdTuples(result);
  if (!affected.empty()) {
    std::from_chars(affected.data(), affected.data() + affected.size(),
                    out.affected);
  }
  return out;
}

// Returns what a transaction sets in a shared session: `pinned`, and what was
// set for the connection.
std::string SettingsOf(const std::string& pinned,
                       const std::map<std::string, std::string>& set) {
  std::string settings = pinned;
  if (set.empty()) settings += "; SET LOCAL search_path = DEFAULT";
  for (const auto& [setting, value] : set) {
    settings += "; SELECT pg_catalog.set_config(" + Literal(setting) + ", " +
                Literal(value) + ", true)";
  }
  return settings;
}

}  // namespace

PostgresConnection::PostgresConnection(pg_conn* connection, Peer peer,
                                       const std::string& name,
                                       const std::string& role)
    : connection_(connection),
      cancel_(PQgetCancel(connection)),
      peer_(std::move(peer)),
      prepares_(!peer_.pooled) {
  PQsetNoticeReceiver(connection_, Receive, this);
  try {
    PinSettings(name, role);
  } catch (...) {
    PQfreeCancel(cancel_);
    PQfinish(connection_);
    throw;
  }
}

PostgresConnection::~PostgresConnection() {
  PQfreeCancel(cancel_);
  PQfinish(connection_);
}

// A message at debug level is the answer to a question, not news for the log.
void PostgresConnection::Receive(void* self, const pg_result* notice) {
  const std::string message = Field(notice, PG_DIAG_MESSAGE_PRIMARY);
  const std::string severity = Field(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  static_cast<PostgresConnection*>(self)->notices_.push_back(message);
  if (severity != "DEBUG") base::Log(base::LogLevel::kInfo, message);
}

void PostgresConnection::PinSettings(const std::string& name,
                                     const std::string& role) {
  const int version = PQserverVersion(connection_);
  const std::string named = "application_name = " + Literal(name) + "; ";
  if (peer_.pooled) {
    // The clients before us may have left a role behind.
    pinned_ =
        "SET LOCAL " + named + LocalSettings(version) +
        (peer_.finds_deadlocks_first ? DeadlockTimeoutSql(version, true) + "; "
                                     : "") +
        "SET LOCAL role = " + (role.empty() ? "DEFAULT" : Ident(role));
    return;
  }
  ExecuteScript("SET " + named + SessionSettings(version));
  if (peer_.finds_deadlocks_first) Execute(DeadlockTimeoutSql(version, false));
  if (!role.empty()) Execute("SET ROLE " + Ident(role));
}

bool PostgresConnection::NeedsTransaction() const {
  return peer_.pooled && begin_.empty() &&
         PQtransactionStatus(connection_) == PQTRANS_IDLE;
}

// In a shared session the next transaction sets it, and the open one at once.
std::string PostgresConnection::Set(const std::string& setting,
                                    const std::string& value) {
  if (peer_.pooled) {
    std::string former = std::exchange(set_[setting], value);
    if (NeedsTransaction()) return former;
  }
  const db::Result set = Execute(
      "SELECT f.former, pg_catalog.set_config($1::text, $2::text, $3::boolean) "
      "FROM (SELECT pg_catalog.current_setting($1::text) AS former OFFSET 0) f",
      {setting, value, std::int64_t{peer_.pooled ? 1 : 0}});
  return db::ToText(set.rows.at(0).at(0));
}

// A statement of its own costs time in which others wait for us, so that none
// is sent for a few milliseconds less.
void PostgresConnection::LimitWaits() {
  using std::chrono::milliseconds;
  constexpr milliseconds kNotWorthIt{10};
  if (!waits_.patience) {
    const db::Result asked =
        Execute("SELECT ('1000'::pg_catalog.float8 * extract(epoch FROM " +
                std::string(kBeforeDeadlock) +
                ")::pg_catalog.float8)::pg_catalog.int8");
    waits_.patience = milliseconds(db::ToInt(asked.rows.at(0).at(0)));
  }
  const auto now = std::chrono::steady_clock::now();
  const bool again = waits_.limited > waits_.begun;
  if (again && now - waits_.limited < kNotWorthIt) return;
  waits_.limited = now;
  const auto rest = *waits_.patience - std::chrono::duration_cast<milliseconds>(
                                           now - waits_.begun);
  const milliseconds wait =
      std::max(milliseconds(1), std::min(rest, waits_.budget));
  ExecuteScript("SET LOCAL lock_timeout = '" + std::to_string(wait.count()) +
                "ms'");
}

void PostgresConnection::ThrowIfDead() const {
  if (alive_) return;
  throw Error(ErrorKind::kConnectionLost,
              "the connection to the server was lost");
}

PostgresConnection::ResultPtr PostgresConnection::Run(const std::string& sql) {
  ThrowIfDead();
  const std::string text = std::exchange(begin_, std::string()) + sql;
  return {PQexec(connection_, text.c_str()), PQclear};
}

PostgresConnection::ResultPtr PostgresConnection::Run(
    const std::string& sql, const std::vector<db::Value>& parameters) {
  ThrowIfDead();
  const Texts texts(parameters);
  const Parameters& values = texts.pointers();
  if (!parameters.empty() && WorthPreparing(sql)) {
    ResultPtr result = RunPrepared(sql, values);
    if (!IsLostPreparation(result.get())) return result;
    ForgetPreparations(result, sql);
  }
  if (!begin_.empty()) Check(Run(""), "BEGIN");
  return {
      PQexecParams(connection_, sql.c_str(), static_cast<int>(values.size()),
                   nullptr, values.data(), nullptr, nullptr, 0),
      PQclear};
}

// From now on statements are sent as text. The open transaction, if any, is
// lost.
void PostgresConnection::ForgetPreparations(const ResultPtr& failed,
                                            std::string_view sql) {
  prepares_ = false;
  if (PQtransactionStatus(connection_) == PQTRANS_IDLE) return;
  throw Error(ErrorKind::kRetryable, PQresultErrorMessage(failed.get()))
      .WithSql(std::string(sql));
}

bool PostgresConnection::WorthPreparing(const std::string& sql) {
  if (!prepares_) return false;
  if (prepared_.count(sql) > 0) return true;
  if (runs_.size() >= kMostStatements) runs_.clear();
  return ++runs_[sql] >= kRunsToPrepare && prepared_.size() < kMostStatements;
}

// A prepared statement saves the server the parsing, and mostly the planning.
// Where its parameters lead to a better plan, as bounds do, the server goes on
// planning for them.
PostgresConnection::ResultPtr PostgresConnection::RunPrepared(
    const std::string& sql, const Parameters& parameters,
    const std::string& then) {
  auto known = prepared_.find(sql);
  if (known == prepared_.end()) {
    const std::string name = "segue_" + std::to_string(prepared_.size());
    ResultPtr made = {
        PQprepare(connection_, name.c_str(), sql.c_str(), 0, nullptr), PQclear};
    if (PQresultStatus(made.get()) != PGRES_COMMAND_OK) return made;
    known = prepared_.emplace(sql, name).first;
    runs_.erase(sql);
  }
  if (!begin_.empty() || !then.empty()) {
    return Run(ExecuteSql(known->second, parameters) + then);
  }
  return {PQexecPrepared(connection_, known->second.c_str(),
                         static_cast<int>(parameters.size()), parameters.data(),
                         nullptr, nullptr, 0),
          PQclear};
}

std::string PostgresConnection::ExecuteSql(const std::string& name,
                                           const Parameters& parameters) const {
  std::vector<std::string> values;
  for (const char* value : parameters) {
    values.push_back(value == nullptr ? "NULL" : Literal(value));
  }
  return "EXECUTE " + name + "(" + base::Join(values, ", ") + ")";
}

void PostgresConnection::Check(const ResultPtr& result, std::string_view sql) {
  switch (PQresultStatus(result.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      return;
    case PGRES_COPY_IN:
      EndCopy(true, sql);
    case PGRES_COPY_OUT:
      EndCopy(false, sql);
    default:
      break;
  }
  // libpq itself reports this error. It may only have noticed that a write
  // failed, and learns by reading that the server is gone.
  if (PQresultErrorField(result.get(), PG_DIAG_SQLSTATE) == nullptr) {
    PQconsumeInput(connection_);
  }
  const Error error = ErrorFrom(result.get(), connection_, sql);
  if (error.poisons_connection() || PQstatus(connection_) == CONNECTION_BAD) {
    alive_ = false;
  }
  throw error;
}

// Ends the copy mode, so that the session can be used again.
void PostgresConnection::EndCopy(bool in, std::string_view sql) {
  if (in) {
    PQputCopyEnd(connection_, "segue has no rows to send");
  } else {
    char* buffer = nullptr;
    while (PQgetCopyData(connection_, &buffer, 0) > 0) PQfreemem(buffer);
  }
  while (PGresult* left = PQgetResult(connection_)) PQclear(left);
  throw Error(ErrorKind::kRefused,
              "COPY from or to the client cannot be part of a migration")
      .WithSql(std::string(sql));
}

// The extended protocol takes one statement only, so that no text from a file
// that becomes part of a statement can end it and begin another.
db::Result PostgresConnection::Execute(
    std::string_view sql, const std::vector<db::Value>& parameters) {
  if (NeedsTransaction()) {
    db::Transaction transaction(*this, {});
    db::Result result = Execute(sql, parameters);
    transaction.Commit();
    return result;
  }
  const std::string text(sql);
  notices_.clear();
  const ResultPtr result = Run(text, parameters);
  Check(result, sql);
  db::Result out = ToResult(result.get());
  out.notices = std::move(notices_);
  notices_.clear();
  return out;
}

void PostgresConnection::ExecuteScript(std::string_view sql) {
  if (NeedsTransaction()) {
    db::Transaction transaction(*this, {});
    ExecuteScript(sql);
    transaction.Commit();
    return;
  }
  Check(Run(std::string(sql)), sql);
}

// The BEGIN is sent together with the first statement, because a round trip of
// its own would cost as much as a small part of a chunk.
void PostgresConnection::Begin(const db::TransactionOptions& options) {
  ThrowIfDead();
  const BorrowedSession borrowed{SettingsOf(pinned_, set_), peer_.on_standby};
  waits_.begun = std::chrono::steady_clock::now();
  waits_.budget = options.lock_budget.count() > 0
                      ? options.lock_budget
                      : std::chrono::milliseconds(500);
  begin_ = BeginSql(options, peer_.pooled ? &borrowed : nullptr) + "; ";
}

void PostgresConnection::Commit() {
  if (!begin_.empty()) {
    begin_.clear();  // nothing was sent
    return;
  }
  CheckCommit(Run("COMMIT"));
}

// A statement that does not come often is sent by itself, before the COMMIT.
bool PostgresConnection::CommitWith(std::string_view sql,
                                    const std::vector<db::Value>& parameters) {
  // The statement raises an error when no row is affected, which prevents the
  // COMMIT behind it.
  const std::string or_fail = "WITH last AS (" + std::string(sql) +
                              " RETURNING 1) SELECT 1 / count(*) FROM last";
  if (!WorthPreparing(or_fail)) {
    return Connection::CommitWith(sql, parameters);
  }
  const Texts texts(parameters);
  const ResultPtr result = RunPrepared(or_fail, texts.pointers(), "; COMMIT");
  if (IsLostPreparation(result.get())) {
    ForgetPreparations(result, sql);
    return Connection::CommitWith(sql, parameters);
  }
  if (Field(result.get(), PG_DIAG_SQLSTATE) == kDivisionByZero) {
    Rollback();
    return false;
  }
  CheckCommit(result);
  return true;
}

void PostgresConnection::CheckCommit(const ResultPtr& result) {
  if (result == nullptr || PQstatus(connection_) == CONNECTION_BAD) {
    alive_ = false;
    throw Error(ErrorKind::kInDoubt,
                "the connection was lost while a commit was under way: it may "
                "have happened or not");
  }
  Check(result, "COMMIT");
  if (std::string_view(PQcmdStatus(result.get())) == "ROLLBACK") {
    throw Error(ErrorKind::kInternal,
                "the server rolled back what was to be committed, because a "
                "statement had failed");
  }
}

void PostgresConnection::Rollback() noexcept {
  begin_.clear();
  if (!alive_ || PQtransactionStatus(connection_) == PQTRANS_IDLE) return;
  PQclear(PQexec(connection_, "ROLLBACK"));
  if (PQstatus(connection_) == CONNECTION_BAD) alive_ = false;
}

void PostgresConnection::Interrupt() noexcept {
  char reason[256];
  if (PQcancel(cancel_, reason, sizeof reason) == 0) {
    base::Log(base::LogLevel::kWarning, reason);
  }
}

// What a pooler tells us of the session is its own invention.
std::string PostgresConnection::SessionId() {
  if (!peer_.pooled) return peer_.session;
  return db::ToText(
      Execute("SELECT pg_catalog.pg_backend_pid()").rows.at(0).at(0));
}

}  // namespace segue::postgres
