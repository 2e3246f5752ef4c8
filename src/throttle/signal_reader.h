// Reads the signals that can slow a backfill: those of the server through a
// session of its own, those of the machine, and the user's custom checks.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "db/dialect.h"
#include "segue/database.h"
#include "segue/pace.h"
#include "throttle/pace.h"

namespace segue::engine {

// All methods except Interrupt must be called on one thread at a time.
class SignalReader {
 public:
  // `database` must outlive the reader. Throws Error{kRefused} for a signal
  // that was asked for and does not exist on this database.
  SignalReader(Database& database, const std::vector<SignalLimit>& asked);
  ~SignalReader();
  SignalReader(const SignalReader&) = delete;
  SignalReader& operator=(const SignalReader&) = delete;

  // The limits of all signals that exist here: the defaults, and the user's
  // limits in place of the defaults.
  const std::vector<Limit>& limits() const { return limits_; }

  // Reads all signals. Never throws: the reading of a signal that cannot be
  // read has no value and says why.
  std::vector<Reading> Read();

  // Throws Error{kRefused} when a signal that was asked for could not be read.
  // The message names the privilege that it needs.
  void RequireAsked(const std::vector<Reading>& readings) const;
  // Returns texts such as "archive_backlog (needs pg_monitor)", for the default
  // signals that are off because they cannot be read.
  std::vector<std::string> Unreadable(
      const std::vector<Reading>& readings) const;

  // True when another server has taken over since the last call.
  bool TakeServerChanged() { return std::exchange(server_changed_, false); }

  // Makes a Read in flight end soon. Thread-safe.
  void Interrupt();

 private:
  struct Custom {
    db::PaceReason signal;
    std::string source;
  };

  void Ask(const SignalLimit& asked);
  bool Exists(const db::SignalInfo& info) const;
  bool Wanted(db::PaceReason signal) const;
  std::string NeedsOf(db::PaceReason signal) const;
  void ReadServer(std::vector<Reading>& readings);
  void LookAtServer();
  void ReadOne(const db::SignalSql& sql, std::vector<Reading>& readings);
  void ReadProbe(std::vector<Reading>& readings);
  void ReadMachine(std::vector<Reading>& readings);
  void ReadDisk(const std::string& path, const std::string& subject,
                std::vector<Reading>& readings) const;
  void ReadCustom(std::vector<Reading>& readings);
  void ReadSql(const Custom& custom, std::vector<Reading>& readings);
  bool Connect(std::vector<Reading>& readings);

  Database& database_;
  const bool sessions_;  // the database takes more sessions
  const bool local_;     // the server runs on this machine
  std::vector<db::SignalSql> server_;
  std::string server_text_;  // of the last server that told it
  bool server_changed_ = false;
  std::vector<Custom> customs_;
  std::vector<Limit> limits_;
  std::vector<db::PaceReason> asked_;
  std::string probe_ = "SELECT 1";
  std::vector<bool> outcomes_;  // of the last probes; true: failed
  std::mutex mutex_;            // guards the session for Interrupt
  std::unique_ptr<db::Connection> connection_;
};

}  // namespace segue::engine
