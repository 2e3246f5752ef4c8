#include "engine/gate/soak.h"

#include <algorithm>
#include <memory>

#include "base/append.h"
#include "db/use_counts.h"
#include "db/write_counts.h"
#include "engine/gate/items.h"
#include "engine/gate/old_versions.h"
#include "engine/gate/quiet.h"
#include "engine/gate/removed.h"
#include "engine/gate/standbys.h"

namespace segue::engine {
namespace {

// A server on which the old version may be in use.
struct Server {
  std::string name;  // empty: the database itself
  db::Connection& connection;
  std::unique_ptr<db::Connection> own;  // of a standby

  std::string On() const { return name.empty() ? "" : " on " + name; }
};

// Those that cannot be asked are added to `untold`.
std::vector<Server> ServersOf(const Context& context,
                              std::vector<std::string>& untold) {
  std::vector<Server> servers;
  servers.push_back({"", context.connection(), nullptr});
  for (std::string& text : AskStandbys(context, [&](const Standby& standby) {
         auto session = standby.Open();
         db::Connection& connection = *session;
         servers.push_back({standby.name(), connection, std::move(session)});
       })) {
    untold.push_back(std::move(text));
  }
  return servers;
}

// Returns the standbys that follow one of the servers and were not given.
std::vector<std::string> Unasked(const db::UseCounts& counts,
                                 const std::vector<Server>& servers) {
  std::vector<std::string> unasked;
  for (const Server& server : servers) {
    base::Append(counts.Followers(server.connection), unasked);
  }
  for (const Server& server : servers) {
    if (server.own == nullptr) continue;
    const auto found = std::find(unasked.begin(), unasked.end(),
                                 counts.FollowerName(server.connection));
    if (found != unasked.end()) unasked.erase(found);
  }
  return unasked;
}

std::optional<Counted> UseOf(const db::UseCounts& counts,
                             db::Connection& connection,
                             const std::string& version) {
  const auto use = counts.CountUse(connection, version);
  if (!use) return std::nullopt;
  return Counted{use->count, use->now, use->begun, use->last};
}

// The rows of a table tell it only where a column goes and no other one keeps
// its name: a trigger knows which side was written.
bool RowsTell(const MigrationRow& row, const std::string& table) {
  const std::vector<ColumnName> gone = NamesThatGo(row);
  return !KeepsAName(row, table) &&
         std::any_of(gone.begin(), gone.end(), [&](const ColumnName& name) {
           return name.table == table;
         });
}

std::optional<Counted> OldWritesOf(const Context& context,
                                   const MigrationRow& row,
                                   const MotionSql& motion) {
  const auto* counts = db::WriteCountsOf(context.database.dialect());
  if (counts == nullptr) return std::nullopt;
  const bool rows = counts->counts_rows();
  if (rows && !RowsTell(row, motion.table)) return std::nullopt;
  const auto count =
      counts->CountWrites(context.connection(), context.database.schema(),
                          motion, db::Writes::kOld);
  if (!count) return std::nullopt;
  Counted counted{*count, NowOf(context)};
  counted.falls = rows;
  return counted;
}

std::string NameOf(const Server& server, const std::string& version) {
  return server.name + " " + version;
}

class Soak {
 public:
  explicit Soak(const GateContext& gate)
      : gate_(gate),
        counts_(db::UseCountsOf(gate.context.database.dialect())),
        sessions_(db::ClientSessionsOf(gate.context.database.dialect())),
        versions_(OldVersions(gate.context, gate.row)) {}

  GateAnswer Ask() {
    AskVersions();
    for (const MotionSql& motion : gate_.row.plan.motions) AskWrites(motion);
    const std::string span = SpanText(SoakSeconds(gate_.context));
    if (!used_.empty()) {
      return FailsOver(std::move(used_),
                       "the old version was not quiet for " + span + ":",
                       "complete when it was");
    }
    GateAnswer answer;
    if (!untold_.empty()) {
      answer.state = GateState::kUnknown;
      answer.message = "it cannot be told whether the old version was quiet:";
      answer.details = std::move(untold_);
      return answer;
    }
    if (quiet_.empty()) {
      return NotWatched(
          "the old version is the tables themselves, whose use nothing counts");
    }
    answer.details = std::move(quiet_);
    if (versions_.empty()) {
      answer.details.emplace_back(
          "the old version is the tables themselves, whose reads are not "
          "watched");
    }
    return answer;
  }

 private:
  void AskVersions() {
    if (counts_ == nullptr || sessions_ == nullptr || versions_.empty()) return;
    std::vector<Server> servers;
    for (Server& server : ServersOf(gate_.context, untold_)) {
      if (AskServer(server)) servers.push_back(std::move(server));
    }
    const bool all =
        servers.size() == gate_.context.options.standbys.size() + 1;
    for (const std::string& name : Unasked(*counts_, servers)) {
      untold_.push_back("standby '" + name + "' follows and was not " +
                        (all ? "given (--standby URL)" : "asked"));
    }
  }

  // Returns false for a standby that was lost meanwhile.
  bool AskServer(const Server& server) {
    const auto ask = [&] {
      if (!sessions_->SeesAll(server.connection)) {
        untold_.push_back("this role may not see the transactions of others" +
                          server.On() +
                          " (pg_read_all_stats, as a member of pg_monitor has "
                          "it)");
      }
      for (const std::string& version : versions_) AskVersion(server, version);
    };
    if (server.own == nullptr) {
      ask();
      return true;
    }
    std::string why = WhyNotAsked(server.name, ask);
    if (why.empty()) return true;
    untold_.push_back(std::move(why));
    return false;
  }

  // A transaction is counted when it has ended. Those that began after the end
  // of the soak do not matter, so that there is an end to the wait. Those that
  // were waited for may have ended between the first look and the question.
  void AskVersion(const Server& server, const std::string& version) {
    const auto use = [&] {
      return UseOf(*counts_, server.connection, version);
    };
    const std::string what = "version " + version + server.On();
    if (!use()) {
      untold_.push_back(
          "nothing counts the use of " + what +
          ": an earlier segue has published it" +
          (server.name.empty() ? "" : ", or the standby is behind"));
      return;
    }
    const std::string name = NameOf(server, version);
    const Counted counted = *use();
    const Quiet quiet = Look(name, counted);
    if (SoakLeft(gate_.context, counted, quiet) <= 0) {
      AskTransactions(server, quiet.since + SoakSeconds(gate_.context));
    }
    Judge(what, name, *use());
  }

  void AskWrites(const MotionSql& motion) {
    const auto use = OldWritesOf(gate_.context, gate_.row, motion);
    if (!use) return;
    Judge("writes of the old columns of '" + motion.table + "'",
          "writes " + motion.name, *use);
  }

  void Judge(const std::string& what, const std::string& name,
             const Counted& counted) {
    const Quiet quiet = Look(name, counted);
    const std::int64_t left = SoakLeft(gate_.context, counted, quiet);
    (left > 0 ? used_ : quiet_)
        .push_back(what + ": " + EvidenceText(quiet, left));
  }

  Quiet Look(const std::string& name, const Counted& counted) const {
    return LookAt(gate_.context, gate_.row, ObservationKind::kSoak, name,
                  counted);
  }

  void AskTransactions(const Server& server, std::int64_t end) {
    if (counts_ == nullptr) return;
    for (const db::Session& one :
         counts_->OlderTransactions(server.connection, end)) {
      std::string text = db::SessionText(one) + server.On() +
                         " is in a transaction since " + one.since +
                         ", and what it does is not counted yet";
      const bool said = std::count(used_.begin(), used_.end(), text) > 0;
      if (!said) used_.push_back(std::move(text));
    }
  }

  const GateContext& gate_;
  const db::UseCounts* counts_;
  const db::ClientSessions* sessions_;
  const std::vector<std::string> versions_;
  std::vector<std::string> used_;
  std::vector<std::string> untold_;
  std::vector<std::string> quiet_;
};

}  // namespace

void RecordSoak(const Context& context, const MigrationRow& row) {
  if (const auto* counts = db::UseCountsOf(context.database.dialect())) {
    for (const std::string& version : OldVersions(context, row)) {
      const auto use = UseOf(*counts, context.connection(), version);
      if (!use) continue;
      LookAt(context, row, ObservationKind::kSoak, " " + version, *use);
    }
  }
  for (const MotionSql& motion : row.plan.motions) {
    const auto use = OldWritesOf(context, row, motion);
    if (!use) continue;
    LookAt(context, row, ObservationKind::kSoak, "writes " + motion.name, *use);
  }
}

std::optional<GateAnswer> AskSoak(const GateContext& gate) {
  if (gate.context.options.soak.count() == 0) {
    return NotWatched("no soak was asked for (--soak TIME)");
  }
  return Soak(gate).Ask();
}

}  // namespace segue::engine
