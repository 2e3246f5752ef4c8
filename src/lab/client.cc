#include "lab/client.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "db/dialect.h"
#include "db/url.h"
#include "wiring/dialects.h"

namespace segue::lab {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Old and new clients meet on these keys again and again. The other keys make
// sure that every part of the table is written during the backfill.
constexpr std::int64_t kHotKeys = 64;
constexpr auto kReconnectPause = std::chrono::milliseconds(50);

db::Value ValueOf(const Cell& cell) {
  if (cell.kind == Cell::Kind::kValue) return cell.value;
  return std::monostate{};
}

using Texts = std::vector<std::string>;

std::string InsertSql(const std::string& table, Texts columns, Texts values,
                      const Texts& more_columns, const Texts& more_values) {
  columns.insert(columns.end(), more_columns.begin(), more_columns.end());
  values.insert(values.end(), more_values.begin(), more_values.end());
  return "INSERT INTO " + table + " (" + base::Join(columns, ", ") +
         ") VALUES (" + base::Join(values, ", ") + ")";
}

// The parameters are the value and the key.
std::string InsertSql(const ClientShape& shape) {
  const bool alone = shape.parent_table.empty();
  return InsertSql(shape.table, {shape.key_column, shape.value_column},
                   {"$2", shape.write_expression},
                   alone ? shape.fixed_columns : Texts{},
                   alone ? shape.fixed_values : Texts{});
}

// The parameter is the key.
std::string InsertParentSql(const ClientShape& shape) {
  return InsertSql(shape.parent_table, {shape.key_column}, {"$1"},
                   shape.fixed_columns, shape.fixed_values);
}

std::string DeleteSql(const std::string& table, const ClientShape& shape) {
  return "DELETE FROM " + table + " WHERE " + shape.key_column + " = $1";
}

}  // namespace

std::unique_ptr<db::Connection> Connect(const ClientShape& shape) {
  db::ConnectOptions options;
  options.url = db::ParseUrl(shape.url);
  options.purpose = "lab " + shape.label;
  options.as_application = true;
  auto connection = wiring::DialectFor(options.url.scheme)->Connect(options);
  for (const std::string& sql : shape.session_setup) connection->Execute(sql);
  return connection;
}

Cell CellOf(const db::Value& value) {
  return db::IsNull(value) ? Cell::Null() : Cell::Of(db::ToInt(value));
}

const std::string& ReadExpression(const ClientShape& shape) {
  return shape.read_expression.empty() ? shape.value_column
                                       : shape.read_expression;
}

Client::Client(ClientShape shape, const TrafficOptions& options,
               std::uint64_t seed, Oracle* oracle, Tally* tally,
               const std::atomic<double>* rate)
    : shape_(std::move(shape)),
      options_(options),
      oracle_(oracle),
      tally_(tally),
      rate_(rate),
      random_(seed),
      next_(SteadyClock::now()),
      thread_([this] { Run(); }) {}

Client::~Client() { Stop(); }

void Client::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Client::Run() {
  for (;;) {
    Pace();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (stop_) return;
    }
    if (EnsureConnected()) Once();
  }
}

// Waits for the client's turn, or until the client is stopped. A client that
// fell behind does not catch up with a burst, because an application would not
// either.
void Client::Pace() {
  const double rate = rate_->load();
  if (rate <= 0) return;
  next_ += std::chrono::duration_cast<SteadyClock::duration>(
      std::chrono::duration<double>(1.0 / rate));
  next_ = std::max(next_, SteadyClock::now());
  std::unique_lock<std::mutex> lock(mutex_);
  wake_.wait_until(lock, next_, [this] { return stop_; });
}

bool Client::EnsureConnected() {
  if (connection_ && connection_->alive()) return true;
  try {
    connection_ = Connect(shape_);
    return true;
  } catch (const Error& error) {
    Fail(error, "connect");
    ++statements_;
    std::unique_lock<std::mutex> lock(mutex_);
    wake_.wait_for(lock, kReconnectPause, [this] { return stop_; });
    return false;
  }
}

void Client::Once() {
  const std::int64_t key = PickKey();
  if (Percent() < 40) {
    Read(key);
  } else {
    Write(key);
  }
  ++statements_;
}

void Client::Read(std::int64_t key) {
  const std::string sql = "SELECT " + ReadExpression(shape_) + " FROM " +
                          shape_.table + " WHERE " + shape_.key_column +
                          " = $1";
  const Oracle::Glimpse before = oracle_->BeforeRead(key);
  try {
    const auto start = SteadyClock::now();
    const db::Result result = connection_->Execute(sql, {key});
    tally_->Read(SteadyClock::now() - start);
    const Cell seen =
        result.rows.empty() ? Cell::Absent() : CellOf(result.rows[0][0]);
    if (oracle_->Explains(before, seen)) return;
    tally_->Lost(shape_.label + ": key " + std::to_string(key) + " reads " +
                 ToText(seen) + ", written " + ToText(oracle_->Expected(key)));
  } catch (const Error& error) {
    Fail(error, sql);
  }
}

void Client::Write(std::int64_t key) {
  const auto cell = oracle_->TryClaim(key);
  if (!cell) return;
  const int dice = Percent();
  if (!cell->present()) {
    Insert(key, shape_.upserts && dice < 30);
  } else if (dice < 65) {
    Update(key);
  } else if (dice < 80) {
    Touch(key, *cell);
  } else if (dice < 90 && shape_.upserts) {
    Insert(key, true);
  } else {
    Delete(key);
  }
}

void Client::Insert(std::int64_t key, bool upsert) {
  const Cell after = PickCell();
  std::string sql = InsertSql(shape_);
  if (upsert) {
    sql += " ON CONFLICT (" + shape_.key_column + ") DO UPDATE SET " +
           shape_.value_column + " = EXCLUDED." + shape_.value_column;
  }
  std::vector<Statement> statements = {{sql, {ValueOf(after), key}}};
  if (!shape_.parent_table.empty()) {
    statements.insert(statements.begin(), {InsertParentSql(shape_), {key}});
  }
  Change(key, after, statements);
}

void Client::Update(std::int64_t key) {
  const Cell after = PickCell();
  Change(
      key, after,
      {{"UPDATE " + shape_.table + " SET " + shape_.value_column + " = " +
            shape_.write_expression + " WHERE " + shape_.key_column + " = $2",
        {ValueOf(after), key}}});
}

// Changes a column that the migration does not concern, so the value must stay.
void Client::Touch(std::int64_t key, const Cell& cell) {
  if (shape_.fixed_columns.empty()) {
    oracle_->Refused(key);
    return;
  }
  const std::string& table =
      shape_.parent_table.empty() ? shape_.table : shape_.parent_table;
  Change(key, cell,
         {{"UPDATE " + table + " SET " + shape_.fixed_columns[0] + " = " +
               shape_.fixed_values[0] + " WHERE " + shape_.key_column + " = $1",
           {key}}});
}

void Client::Delete(std::int64_t key) {
  std::vector<Statement> statements = {
      {DeleteSql(shape_.table, shape_), {key}}};
  if (!shape_.parent_table.empty()) {
    statements.push_back({DeleteSql(shape_.parent_table, shape_), {key}});
  }
  Change(key, Cell::Absent(), statements);
}

void Client::Execute(const std::vector<Statement>& statements) {
  if (statements.size() == 1) {
    connection_->Execute(statements[0].sql, statements[0].parameters);
    return;
  }
  db::Transaction transaction(*connection_, {});
  for (const Statement& one : statements) {
    connection_->Execute(one.sql, one.parameters);
  }
  transaction.Commit();
}

void Client::Change(std::int64_t key, const Cell& after,
                    const std::vector<Statement>& statements) {
  try {
    const auto start = SteadyClock::now();
    Execute(statements);
    tally_->Write(SteadyClock::now() - start);
    oracle_->Acknowledge(key, after);
  } catch (const Error& error) {
    if (error.poisons_connection()) {
      oracle_->InDoubt(key, after);
    } else {
      oracle_->Refused(key);
    }
    Fail(error, statements.back().sql);
  }
}

void Client::Fail(const Error& error, const std::string& sql) {
  if (error.poisons_connection()) connection_.reset();
  tally_->Failed(shape_.label + ": " + error.what() + " [" +
                 error.native_code() + "] in " + sql);
}

std::int64_t Client::PickKey() {
  const std::int64_t hot =
      std::min(options_.last_key, options_.first_key + kHotKeys - 1);
  const std::int64_t last = Percent() < 30 ? hot : options_.last_key;
  return Cells(options_.first_key, last)(random_);
}

int Client::Percent() { return static_cast<int>(random_() % 100); }

Cell Client::PickCell() {
  if (shape_.writes_null && Percent() < 10) return Cell::Null();
  return Cell::Of(oracle_->NextValue());
}

}  // namespace segue::lab
