#include "backfill/standby.h"

#include "backfill/blockers.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "db/url.h"

namespace segue::engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPoll{100};
// Most standbys have replayed enough within this time, and then nothing is
// told.
constexpr milliseconds kFirstWord{1'000};
constexpr milliseconds kNextWord{5'000};

// By default a standby lets a query go on for 30 s when it holds up the replay.
// A transaction that has lasted for this long may well go on past that.
constexpr double kLongQuery = 5;

constexpr const char* kPurpose = "standby";
constexpr const char* kElsewhere =
    "give the URL of a standby that follows the server of this database, or "
    "leave the standby out";

const db::Replication& ReplicationOf(const db::Dialect& dialect) {
  const auto* replication = dynamic_cast<const db::Replication*>(&dialect);
  if (replication != nullptr) return *replication;
  throw Error(ErrorKind::kRefused,
              dialect.capabilities().name +
                  " has no standbys: its rows can only be read in the database "
                  "itself")
      .WithHint("leave the standby out");
}

db::ConnectOptions OptionsAt(const Database& primary, const std::string& url) {
  db::ConnectOptions options = primary.connect_options();
  const std::string scheme = options.url.scheme;
  options.url = db::ParseUrl(url);
  options.purpose = kPurpose;
  if (options.url.scheme == scheme) return options;
  throw Error(ErrorKind::kUsage,
              "the standby's URL begins with " + options.url.scheme +
                  ":, and the database's with " + scheme + ":");
}

Error Refusal(const std::string& name, const std::string& why) {
  Error error(ErrorKind::kRefused, "cannot verify on " + name + ": " + why);
  error.WithHint(kElsewhere);
  return error;
}

}  // namespace

// A role that may not see the identifiers gets no objection here; RequireLease
// then proves the server.
std::optional<Error> Objection(const std::string& name,
                               const db::ServerFacts& facts,
                               const db::ServerFacts& primary) {
  if (!facts.follows) {
    return Refusal(name, "that server is no standby, it takes writes itself");
  }
  if (!facts.system.empty() && !primary.system.empty() &&
      facts.system != primary.system) {
    return Refusal(name, "that is a standby of another server (system " +
                             facts.system + ", this database's is " +
                             primary.system + ")");
  }
  if (facts.database != primary.database) {
    return Refusal(name, "that is database \"" + facts.database +
                             "\", and the migration's is \"" +
                             primary.database + "\"");
  }
  if (!facts.collations.empty() && !primary.collations.empty() &&
      facts.collations != primary.collations) {
    return Refusal(name, "text is sorted there by version " + facts.collations +
                             " of the system's collations, and here by " +
                             primary.collations +
                             ", so that its indexes may miss rows");
  }
  return std::nullopt;
}

Standby::Standby(Database& primary, const Ledger& ledger,
                 const std::string& url, milliseconds patience)
    : ledger_(ledger),
      dialect_(primary.dialect()),
      replication_(ReplicationOf(dialect_)),
      connect_(OptionsAt(primary, url)),
      name_(connect_.url.Redacted()),
      patience_(patience),
      primary_(replication_.Facts(primary.connection())) {
  Open();
}

std::unique_ptr<db::Connection> Standby::Open() const {
  auto session = dialect_.Connect(connect_);
  const auto objection =
      Objection(name_, replication_.Facts(*session), primary_);
  if (objection) throw Error(*objection);
  return session;
}

void Standby::RequireFollowing(db::Connection& session) const {
  if (replication_.ReplayTo(session, position_).follows) return;
  throw Refusal(name_,
                "it has become a primary itself meanwhile, and what was read "
                "there says nothing about this database");
}

std::vector<std::string> Standby::LongQueries(
    const schema::TableName& table) const {
  const auto session = Open();
  std::vector<std::string> found;
  for (const db::Session& blocker : dialect_.Blockers(*session, table)) {
    if (blocker.age_seconds < kLongQuery) continue;
    found.push_back("'" + table.name + "' on " + name_ +
                    DescribeBlocker(blocker));
  }
  return found;
}

// The lease is older than the position, so a server that has replayed up to the
// position has the lease's row. The heartbeat of the lease moves the log on
// when nobody else writes.
void Standby::Follow(db::Connection& primary) {
  holder_ = Lease::Last(primary, ledger_);
  position_ = replication_.LogPosition(primary);
}

std::unique_ptr<db::Connection> Standby::Connect(const Waiting& waiting) const {
  auto session = Open();
  WaitForReplay(*session, waiting);
  RequireLease(*session);
  return session;
}

// A standby whose replay is paused until somebody resumes it is not worth
// waiting for.
void Standby::WaitForReplay(db::Connection& session,
                            const Waiting& waiting) const {
  base::Clock& clock = base::SystemClock();
  const auto deadline = clock.Now() + patience_;
  auto next_word = clock.Now() + kFirstWord;
  for (;;) {
    const db::Replay replay = replication_.ReplayTo(session, position_);
    if (replay.bytes_left == 0) return;
    const std::string behind =
        base::BytesText(replay.bytes_left) + " of the log behind the primary";
    if (!replay.follows) {
      throw Refusal(name_, "it has become a primary itself, " + behind);
    }
    if (replay.paused) {
      throw Refusal(name_, "its replay is paused, " + behind)
          .WithHint("resume its replay, or leave the standby out");
    }
    if (clock.Now() >= deadline) {
      throw Refusal(name_, "it is still " + behind + " where that was " +
                               std::to_string(patience_.count() / 1'000) +
                               " s ago")
          .WithHint("verify when it has caught up, or leave the standby out");
    }
    if (waiting.tell && clock.Now() >= next_word) {
      waiting.tell("waiting for the standby: it is " + behind);
      next_word = clock.Now() + kNextWord;
    }
    waiting.check();
    clock.Sleep(kPoll);
  }
}

// A copy of the server that has gone its own way has the same identifier, and
// its standbys may be further ahead in another log. Only the lease's row tells
// them apart.
void Standby::RequireLease(db::Connection& session) const {
  const auto seen = Lease::Last(session, ledger_);
  const bool same = seen && holder_ && seen->token == holder_->token &&
                    seen->host == holder_->host && seen->pid == holder_->pid;
  if (same) return;
  throw Refusal(name_,
                "what has just been written to this database is not there, so "
                "it follows another copy of it");
}

StandbyConnection::StandbyConnection(const Standby& standby,
                                     Standby::Waiting waiting)
    : standby_(standby), waiting_(std::move(waiting)) {}

db::Connection& StandbyConnection::Session() {
  if (session_ != nullptr) return *session_;
  throw Error(ErrorKind::kConnectionLost, "there is no session to the standby");
}

template <typename Work>
auto StandbyConnection::Surviving(const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (!error.poisons_connection()) throw;
    session_.reset();
    lost_ = error;
    throw Error(ErrorKind::kRetryable,
                std::string("the standby is gone: ") + error.what());
  }
}

db::Result StandbyConnection::Execute(
    std::string_view sql, const std::vector<db::Value>& parameters) {
  return Surviving([&] { return Session().Execute(sql, parameters); });
}

void StandbyConnection::ExecuteScript(std::string_view sql) {
  Surviving([&] { Session().ExecuteScript(sql); });
}

void StandbyConnection::Begin(const db::TransactionOptions& options) {
  Surviving([&] {
    if (session_ == nullptr) session_ = standby_.Connect(waiting_);
    lost_.reset();
    session_->Begin(options);
  });
}

// A promotion leaves the sessions of a standby alone.
void StandbyConnection::Commit() {
  Surviving([&] {
    Session().Commit();
    standby_.RequireFollowing(Session());
  });
}

void StandbyConnection::Rollback() noexcept {
  if (session_ != nullptr) session_->Rollback();
}

// A statement on the standby is one chunk, which ends soon, so it is not
// interrupted.
void StandbyConnection::Interrupt() noexcept {}

std::string StandbyConnection::SessionId() {
  return Surviving([&] { return Session().SessionId(); });
}

std::string StandbyConnection::Set(const std::string& setting,
                                   const std::string& value) {
  return Surviving([&] { return Session().Set(setting, value); });
}

}  // namespace segue::engine
