#include "throttle/signal_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

#include "base/clock.h"
#include "base/machine.h"
#include "base/text.h"
#include "db/url.h"
#include "segue/error.h"
#include "throttle/http_check.h"
#include "throttle/number.h"

namespace segue::engine {
namespace {

using db::PaceReason;
using db::SignalInfo;
using db::SignalOrigin;

// The error rate is computed over the last probes, one per second.
constexpr std::size_t kProbes = 20;
// A custom query must not take longer than the time between two readings.
constexpr std::chrono::milliseconds kQueryTime{1000};

bool IsLocal(const db::Url& url) {
  std::string host = url.host;
  if (const auto given = url.parameters.find("host");
      given != url.parameters.end()) {
    host = given->second;
  }
  return host.empty() || host.front() == '/' || host == "localhost" ||
         host == "127.0.0.1" || host == "::1";
}

std::optional<double> NumberOf(const db::Value& value) {
  if (db::IsNull(value)) return std::nullopt;
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return NumberIn(db::ToText(value));
}

Reading Unread(PaceReason signal, const std::string& why,
               const std::string& subject = "") {
  return {signal, subject, std::nullopt, why};
}

// A query may be long, so a message shows its beginning, which identifies it.
std::string LabelOf(const std::string& source) {
  constexpr std::size_t kLength = 60;
  return base::ShortName(source, kLength);
}

// The address of a check may hold a password or a token.
std::string LabelOf(PaceReason signal, const std::string& source) {
  return LabelOf(signal == PaceReason::kHttp ? db::RedactedUrl(source)
                                             : source);
}

}  // namespace

SignalReader::SignalReader(Database& database,
                           const std::vector<SignalLimit>& asked)
    : database_(database),
      sessions_(database.dialect().capabilities().monitor_session),
      local_(IsLocal(database.connect_options().url)),
      server_(database.dialect().Signals()) {
  for (const SignalInfo& info : db::KnownSignals()) {
    if (info.origin == SignalOrigin::kCustom || !Exists(info)) continue;
    limits_.push_back({info.reason, "", info.soft, info.hard, false});
  }
  for (const SignalLimit& limit : asked) Ask(limit);
}

SignalReader::~SignalReader() = default;

bool SignalReader::Exists(const SignalInfo& info) const {
  switch (info.origin) {
    case SignalOrigin::kServer:
      return std::any_of(server_.begin(), server_.end(), [&](const auto& sql) {
        return sql.signal == ToString(info.reason);
      });
    case SignalOrigin::kProbe:
      return sessions_;
    case SignalOrigin::kMachine:
      return local_;
    case SignalOrigin::kCustom:
      return info.reason != PaceReason::kSql || sessions_;
  }
  return false;
}

void SignalReader::Ask(const SignalLimit& asked) {
  const SignalInfo* info = db::FindSignal(asked.signal);
  if (info == nullptr) {
    throw Error(ErrorKind::kUsage,
                "there is no signal '" + asked.signal + "' to throttle by");
  }
  const bool off = std::isinf(asked.hard);
  if (!Exists(*info) && !off) {
    throw Error(ErrorKind::kRefused,
                "the throttle cannot watch '" + asked.signal + "' here: " +
                    (info->origin == SignalOrigin::kMachine
                         ? "the server is on another machine"
                         : database_.dialect().capabilities().name +
                               " does not have it"))
        .WithHint("take it out of 'throttle', or say 'off'");
  }
  if (info->origin == SignalOrigin::kCustom) {
    customs_.push_back({info->reason, asked.source});
    limits_.push_back({info->reason, LabelOf(info->reason, asked.source),
                       asked.soft, asked.hard, asked.relative});
  } else {
    for (Limit& limit : limits_) {
      if (limit.signal != info->reason) continue;
      limit = {info->reason, "", asked.soft, asked.hard, asked.relative};
    }
    if (info->origin == SignalOrigin::kProbe && !asked.source.empty()) {
      probe_ = asked.source;
    }
  }
  if (!off) asked_.push_back(info->reason);
}

bool SignalReader::Wanted(PaceReason signal) const {
  return std::any_of(limits_.begin(), limits_.end(), [&](const Limit& limit) {
    return limit.signal == signal && !std::isinf(limit.hard);
  });
}

std::string SignalReader::NeedsOf(PaceReason signal) const {
  for (const db::SignalSql& sql : server_) {
    if (sql.signal == ToString(signal)) return sql.needs;
  }
  return "";
}

std::vector<Reading> SignalReader::Read() {
  std::vector<Reading> readings;
  if (sessions_) ReadServer(readings);
  if (local_) ReadMachine(readings);
  ReadCustom(readings);
  return readings;
}

// Without a session, no signal of the server can be read.
bool SignalReader::Connect(std::vector<Reading>& readings) {
  if (connection_ && connection_->alive()) return true;
  try {
    auto fresh = database_.NewConnection("monitor");
    const std::lock_guard<std::mutex> lock(mutex_);
    connection_ = std::move(fresh);
    return true;
  } catch (const Error& error) {
    for (const Limit& limit : limits_) {
      const SignalOrigin origin = db::InfoOf(limit.signal).origin;
      const bool server = origin == SignalOrigin::kServer ||
                          limit.signal == PaceReason::kProbeLatency ||
                          limit.signal == PaceReason::kSql;
      if (server) readings.push_back(Unread(limit.signal, error.what()));
    }
    return false;
  }
}

void SignalReader::ReadServer(std::vector<Reading>& readings) {
  const bool connected = Connect(readings);
  ReadProbe(readings);
  if (!connected) return;
  LookAtServer();
  for (const db::SignalSql& sql : server_) {
    const SignalInfo* info = db::FindSignal(sql.signal);
    if (info == nullptr || info->origin != SignalOrigin::kServer) continue;
    if (Wanted(info->reason)) ReadOne(sql, readings);
  }
}

// The session may have been opened on a standby before that took over, so it is
// asked each time and not only when the session is new.
void SignalReader::LookAtServer() {
  const std::string sql = database_.dialect().ServerSql();
  if (sql.empty()) return;
  try {
    const db::Result found = connection_->Execute(sql);
    if (found.rows.empty() || db::IsNull(found.rows[0].at(0))) return;
    const std::string text = db::ToText(found.rows[0][0]);
    const std::string before = std::exchange(server_text_, text);
    if (!before.empty() && before != text) server_changed_ = true;
  } catch (const Error&) {
    return;  // the signals, which are read next, say what is wrong
  }
}

void SignalReader::ReadOne(const db::SignalSql& sql,
                           std::vector<Reading>& readings) {
  const PaceReason signal = db::FindSignal(sql.signal)->reason;
  try {
    for (const db::Row& row : connection_->Execute(sql.sql).rows) {
      const std::string subject =
          db::IsNull(row.at(0)) ? "" : db::ToText(row.at(0));
      const std::optional<double> value = NumberOf(row.at(1));
      readings.push_back(
          {signal, subject, value,
           value               ? ""
           : sql.needs.empty() ? "the server does not say"
                               : "it needs " + sql.needs,
           row.size() > 2 && !db::IsNull(row[2]) ? db::ToText(row[2]) : ""});
    }
  } catch (const Error& error) {
    readings.push_back(Unread(signal, error.what()));
  }
}

void SignalReader::ReadProbe(std::vector<Reading>& readings) {
  std::chrono::duration<double> took{};
  bool failed = true;
  std::string why = "no session";
  if (connection_ && connection_->alive()) {
    try {
      db::TransactionOptions options{db::Purpose::kRead};
      options.statement_budget = kQueryTime * 2;
      db::Transaction transaction(*connection_, options);
      const auto begin = std::chrono::steady_clock::now();
      connection_->Execute(probe_);
      took = std::chrono::steady_clock::now() - begin;
      transaction.Commit();
      failed = false;
    } catch (const Error& error) {
      why = error.what();
    }
  }
  outcomes_.push_back(failed);
  if (outcomes_.size() > kProbes) outcomes_.erase(outcomes_.begin());
  if (failed) {
    readings.push_back(Unread(PaceReason::kProbeLatency, why));
  } else {
    readings.push_back({PaceReason::kProbeLatency, "", took.count()});
  }
  const auto errors = std::count(outcomes_.begin(), outcomes_.end(), true);
  readings.push_back({PaceReason::kProbeErrors, "",
                      100.0 * static_cast<double>(errors) /
                          static_cast<double>(outcomes_.size())});
}

void SignalReader::ReadMachine(std::vector<Reading>& readings) {
  if (Wanted(PaceReason::kLoadAverage)) {
    readings.push_back({PaceReason::kLoadAverage, "", base::LoadPerCore(),
                        "this system does not say"});
  }
  if (Wanted(PaceReason::kMemoryFree)) {
    readings.push_back({PaceReason::kMemoryFree, "", base::MemoryFreePercent(),
                        "this system does not say"});
  }
  if (!Wanted(PaceReason::kDiskFree)) return;
  if (!sessions_) {
    const std::string& file = database_.connect_options().url.database;
    if (file == ":memory:") return;
    const std::string folder =
        std::filesystem::path(file).parent_path().string();
    ReadDisk(folder.empty() ? "." : folder, "", readings);
    return;
  }
  // The server tells where its files are.
  for (const db::SignalSql& sql : server_) {
    if (sql.signal != ToString(PaceReason::kDiskFree)) continue;
    if (!connection_ || !connection_->alive()) return;
    try {
      for (const db::Row& row : connection_->Execute(sql.sql).rows) {
        if (db::IsNull(row.at(0))) continue;
        const std::string path = db::ToText(row.at(0));
        ReadDisk(path, path, readings);
      }
    } catch (const Error& error) {
      readings.push_back(Unread(PaceReason::kDiskFree, error.what()));
    }
  }
}

void SignalReader::ReadDisk(const std::string& path, const std::string& subject,
                            std::vector<Reading>& readings) const {
  readings.push_back({PaceReason::kDiskFree, subject, base::DiskFreeBytes(path),
                      "the file system of " + path + " does not say"});
}

void SignalReader::ReadCustom(std::vector<Reading>& readings) {
  for (const Custom& custom : customs_) {
    if (custom.signal == PaceReason::kSql) {
      ReadSql(custom, readings);
    } else if (custom.signal == PaceReason::kHttp) {
      Reading reading = CheckHttp(custom.source);
      reading.subject = LabelOf(custom.signal, custom.source);
      readings.push_back(reading);
    } else {
      std::error_code ignored;  // a folder that cannot be read has no flag
      const bool there = std::filesystem::exists(custom.source, ignored);
      readings.push_back(
          {custom.signal, LabelOf(custom.source), there ? 1.0 : 0.0});
    }
  }
}

void SignalReader::ReadSql(const Custom& custom,
                           std::vector<Reading>& readings) {
  const std::string label = LabelOf(custom.source);
  if (!connection_ || !connection_->alive()) return;
  try {
    db::TransactionOptions options{db::Purpose::kRead};
    options.statement_budget = kQueryTime;
    db::Transaction transaction(*connection_, options);
    const db::Result found = connection_->Execute(custom.source);
    transaction.Commit();
    const bool one = found.rows.size() == 1 && found.rows[0].size() == 1;
    const auto value = one ? NumberOf(found.rows[0][0]) : std::nullopt;
    readings.push_back(
        {custom.signal, label, value, "it must answer one row of one number"});
  } catch (const Error& error) {
    readings.push_back(Unread(custom.signal, error.what(), label));
  }
}

void SignalReader::RequireAsked(const std::vector<Reading>& readings) const {
  for (const PaceReason signal : asked_) {
    for (const Reading& reading : readings) {
      if (reading.signal != signal || reading.value) continue;
      const std::string needs = NeedsOf(signal);
      throw Error(
          ErrorKind::kRefused,
          "the throttle cannot read '" + std::string(ToString(signal)) + "'" +
              (reading.subject.empty() ? "" : " of " + reading.subject) + ": " +
              reading.error)
          .WithHint(needs.empty() ? "mend it, or take it out of 'throttle'"
                                  : "it needs " + needs +
                                        "; or take it out of "
                                        "'throttle'");
    }
  }
}

std::vector<std::string> SignalReader::Unreadable(
    const std::vector<Reading>& readings) const {
  std::vector<std::string> names;
  for (const Reading& reading : readings) {
    if (reading.value) continue;
    const std::string needs = NeedsOf(reading.signal);
    const std::string name = std::string(ToString(reading.signal)) +
                             (needs.empty() ? "" : " (needs " + needs + ")");
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

void SignalReader::Interrupt() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (connection_) connection_->Interrupt();
}

}  // namespace segue::engine
