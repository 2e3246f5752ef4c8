#include "tests/doubles/scripted_database.h"

#include <algorithm>
#include <list>
#include <mutex>
#include <utility>

#include "dialects/sqlite/connection.h"
#include "tests/doubles/fake_dialect.h"

namespace segue::test {
namespace {

// How a table of the ledger begins, which no statement of a test's plan names.
constexpr const char* kLedger = "segue_";

constexpr const char* kClock = "(SELECT now FROM clock)";

bool Has(std::string_view text, const std::string& part) {
  return text.find(part) != std::string_view::npos;
}

db::Url InMemory() {
  db::Url url;
  url.scheme = "sqlite";
  url.database = ":memory:";
  return url;
}

db::Capabilities Keeping(db::Capabilities can) {
  can.ledger_prefix = kLedger;
  can.ledger_types = {"TEXT", "TEXT", "BIGINT",
                      "INTEGER PRIMARY KEY AUTOINCREMENT"};
  can.now_sql = kClock;
  can.for_share = "";
  can.for_update_skip_locked = "";
  return can;
}

}  // namespace

struct ScriptedDatabase::State {
  State() : store(InMemory()) {
    store.Execute("CREATE TABLE clock (now BIGINT NOT NULL)");
    store.Execute("INSERT INTO clock VALUES (1000000)");
  }

  // The fault of this statement, if its turn has come.
  std::optional<Fault> TakeFault(std::string_view sql) {
    for (auto fault = faults.begin(); fault != faults.end(); ++fault) {
      if (!Has(sql, fault->where) || --fault->nth > 0) continue;
      Fault taken = *fault;
      faults.erase(fault);
      return taken;
    }
    return std::nullopt;
  }

  void Meet(std::string_view sql) {
    sent.emplace_back(sql);
    if (watch) watch(std::string(sql));
  }

  db::Result AnswerTo(std::string_view sql) const {
    for (auto answer = answers.rbegin(); answer != answers.rend(); ++answer) {
      if (Has(sql, answer->first)) return answer->second;
    }
    return {};
  }

  mutable std::recursive_mutex mutex;
  sqlite::SqliteConnection store;
  std::list<Fault> faults;
  std::vector<std::pair<std::string, db::Result>> answers;
  std::function<void(const std::string&)> watch;
  int watches = 0;                // that were set so far
  std::vector<std::string> sent;  // all
  std::vector<std::string> tried;
  std::vector<std::string> done;
  std::string lock_holder;
  int connects = 0;
  int interrupts = 0;
};

namespace {

using State = ScriptedDatabase::State;
using Guard = std::lock_guard<std::recursive_mutex>;

class Session : public db::Connection {
 public:
  Session(std::shared_ptr<State> state, std::string id)
      : state_(std::move(state)), id_(std::move(id)) {}
  ~Session() override { Rollback(); }

  db::Result Execute(std::string_view sql,
                     const std::vector<db::Value>& parameters) override {
    const Guard guard(state_->mutex);
    RequireAlive();
    const bool of_ledger = Has(sql, kLedger);
    if (!of_ledger) state_->tried.emplace_back(sql);
    state_->Meet(sql);
    const auto fault = state_->TakeFault(sql);
    if (fault && !fault->takes_effect) Throw(fault->error);
    db::Result result = of_ledger ? state_->store.Execute(sql, parameters)
                                  : state_->AnswerTo(sql);
    if (!of_ledger) (open_ ? pending_ : state_->done).emplace_back(sql);
    if (fault) Throw(fault->error);
    return result;
  }
  void ExecuteScript(std::string_view sql) override { Execute(sql, {}); }

  void Begin(const db::TransactionOptions& options) override {
    std::unique_lock<std::recursive_mutex> held(state_->mutex);
    RequireAlive();
    state_->Meet("BEGIN");
    if (const auto fault = state_->TakeFault("BEGIN")) Throw(fault->error);
    state_->store.Begin({db::Purpose::kLedger, options.lock_budget});
    held_ = std::move(held);
    open_ = true;
  }

  void Commit() override {
    const Guard guard(state_->mutex);
    RequireAlive();
    state_->Meet("COMMIT");
    const auto fault = state_->TakeFault("COMMIT");
    if (fault && !fault->takes_effect) Throw(fault->error);
    state_->store.Commit();
    state_->done.insert(state_->done.end(), pending_.begin(), pending_.end());
    Close();
    if (fault) Throw(fault->error);
  }

  void Rollback() noexcept override {
    if (!open_) return;
    state_->store.Rollback();
    Close();
  }

  void Interrupt() noexcept override {
    const Guard guard(state_->mutex);
    ++state_->interrupts;
  }
  std::string SessionId() override { return id_; }
  bool alive() const override { return alive_; }

 private:
  void RequireAlive() const {
    if (!alive_) throw Error(ErrorKind::kConnectionLost, "the session is gone");
  }

  [[noreturn]] void Throw(const Error& error) {
    if (error.poisons_connection()) {
      alive_ = false;
      Rollback();
    }
    throw error;
  }

  void Close() {
    open_ = false;
    pending_.clear();
    held_ = {};
  }

  std::shared_ptr<State> state_;
  const std::string id_;
  std::unique_lock<std::recursive_mutex> held_;  // while a transaction is open
  std::vector<std::string> pending_;
  bool open_ = false;
  bool alive_ = true;
};

class Bystander : public db::Connection {
 public:
  explicit Bystander(std::shared_ptr<State> state) : state_(std::move(state)) {}

  db::Result Execute(std::string_view sql,
                     const std::vector<db::Value>& parameters) override {
    const Guard guard(state_->mutex);
    return state_->store.Execute(sql, parameters);
  }
  void ExecuteScript(std::string_view sql) override { Execute(sql, {}); }
  void Begin(const db::TransactionOptions& /*options*/) override {
    throw Error(ErrorKind::kInternal, "others open no transactions");
  }
  void Commit() override {}
  void Rollback() noexcept override {}
  void Interrupt() noexcept override {}
  std::string SessionId() override { return "others"; }
  bool alive() const override { return true; }

 private:
  std::shared_ptr<State> state_;
};

// Free again when its owner lets it go; a session that is lost keeps it.
class Lock : public db::RunnerLock {
 public:
  Lock(std::shared_ptr<State> state, db::Connection& connection)
      : state_(std::move(state)),
        connection_(connection),
        session_(connection.SessionId()) {}
  ~Lock() override {
    const Guard guard(state_->mutex);
    const bool ours = state_->lock_holder == session_;
    if (ours && connection_.alive()) state_->lock_holder.clear();
  }

 private:
  std::shared_ptr<State> state_;
  db::Connection& connection_;
  const std::string session_;
};

class ScriptedDialect : public FakeDialect {
 public:
  ScriptedDialect(db::Capabilities can, std::shared_ptr<State> state)
      : FakeDialect(std::move(can)), state_(std::move(state)) {}

  std::unique_ptr<db::Connection> Connect(
      const db::ConnectOptions& /*options*/) const override {
    const Guard guard(state_->mutex);
    const int number = ++state_->connects;
    state_->Meet("CONNECT");
    if (const auto fault = state_->TakeFault("CONNECT")) throw fault->error;
    return std::make_unique<Session>(state_, std::to_string(number));
  }

  std::unique_ptr<db::RunnerLock> TryLockRunner(
      db::Connection& connection, const std::string& /*schema_name*/,
      const std::string& kill_session) const override {
    const Guard guard(state_->mutex);
    std::string& holder = state_->lock_holder;
    if (!kill_session.empty() && holder == kill_session) holder.clear();
    if (capabilities().session_locks) {
      if (!holder.empty()) return nullptr;
      holder = connection.SessionId();
    }
    return std::make_unique<Lock>(state_, connection);
  }

 private:
  std::shared_ptr<State> state_;
};

}  // namespace

db::Capabilities ScriptedDatabase::Embedded() {
  return Keeping(FakeDialect::Embedded());
}

db::Capabilities ScriptedDatabase::Server() {
  return Keeping(FakeDialect::Capable());
}

ScriptedDatabase::ScriptedDatabase(db::Capabilities capabilities)
    : state_(std::make_shared<State>()),
      others_(std::make_unique<Bystander>(state_)) {
  db::ConnectOptions connect;
  connect.url.scheme = "scripted";
  connect.url.host = "elsewhere";  // or the signals of this machine counted
  connect.url.database = "app";
  database_.emplace(
      std::make_shared<ScriptedDialect>(std::move(capabilities), state_),
      connect, "");
}

ScriptedDatabase::~ScriptedDatabase() = default;

db::Connection& ScriptedDatabase::others() { return *others_; }

void ScriptedDatabase::Fail(Fault fault) {
  const Guard guard(state_->mutex);
  state_->faults.push_back(std::move(fault));
}

void ScriptedDatabase::Answer(const std::string& part, db::Result result) {
  const Guard guard(state_->mutex);
  state_->answers.emplace_back(part, std::move(result));
}

void ScriptedDatabase::Answer(const std::string& part, db::Value value) {
  Answer(part, OneValue(std::move(value)));
}

Watching ScriptedDatabase::Watch(
    std::function<void(const std::string&)> watch) {
  const Guard guard(state_->mutex);
  state_->watch = std::move(watch);
  const int number = ++state_->watches;
  return {nullptr, [state = state_, number](void*) {
            const Guard at_end(state->mutex);
            if (state->watches == number) state->watch = nullptr;
          }};
}

void ScriptedDatabase::Advance(std::chrono::seconds duration) {
  const Guard guard(state_->mutex);
  state_->store.Execute("UPDATE clock SET now = now + $1",
                        {std::int64_t{duration.count()}});
}

void ScriptedDatabase::SetLockHolder(const std::string& session) {
  const Guard guard(state_->mutex);
  state_->lock_holder = session;
}

std::string ScriptedDatabase::lock_holder() const {
  const Guard guard(state_->mutex);
  return state_->lock_holder;
}

std::vector<std::string> ScriptedDatabase::Tried() const {
  const Guard guard(state_->mutex);
  return state_->tried;
}

std::vector<std::string> ScriptedDatabase::Done() const {
  const Guard guard(state_->mutex);
  return state_->done;
}

int ScriptedDatabase::Count(const std::string& part) const {
  const Guard guard(state_->mutex);
  return static_cast<int>(
      std::count_if(state_->sent.begin(), state_->sent.end(),
                    [&](const auto& sql) { return Has(sql, part); }));
}

int ScriptedDatabase::connects() const {
  const Guard guard(state_->mutex);
  return state_->connects;
}

int ScriptedDatabase::interrupts() const {
  const Guard guard(state_->mutex);
  return state_->interrupts;
}

db::Value ScriptedDatabase::Ask(const std::string& sql) {
  const Guard guard(state_->mutex);
  const db::Result found = state_->store.Execute(sql);
  return found.rows.empty() ? db::Value{} : found.rows[0].at(0);
}

db::Result OneValue(db::Value value) {
  db::Result result;
  result.rows.push_back({std::move(value)});
  return result;
}

db::Result Affected(std::int64_t rows) {
  db::Result result;
  result.affected = rows;
  return result;
}

}  // namespace segue::test
