// Reads what can slow a backfill: the server's signals through a session of its
// own, the machine's, and the user's own checks.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "db/dialect.h"
#include "segue/database.h"
#include "segue/pace.h"
#include "throttle/pace.h"

namespace segue::engine {

// All calls but Interrupt on one thread at a time.
class SignalReader {
 public:
  // `database` must outlive the reader. Throws Error{kRefused} for a signal
  // that was asked for and does not exist here.
  SignalReader(Database& database, const std::vector<SignalLimit>& asked);
  ~SignalReader();
  SignalReader(const SignalReader&) = delete;
  SignalReader& operator=(const SignalReader&) = delete;

  // Of all signals there are here: the defaults, and what was asked for in
  // their place.
  const std::vector<engine::Limit>& limits() const { return limits_; }

  // Never throws; what cannot be read has no value and says why.
  std::vector<engine::Reading> Read();

  // Throws Error{kRefused} when what was asked for is not among what could be
  // read, with the privilege it needs.
  void RequireAsked(const std::vector<engine::Reading>& readings) const;
  // "archive_backlog (needs pg_monitor)": those of the defaults that are off
  // because they cannot be read.
  std::vector<std::string> Unreadable(
      const std::vector<engine::Reading>& readings) const;

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
  void ReadServer(std::vector<engine::Reading>& readings);
  void ReadOne(const db::SignalSql& sql,
               std::vector<engine::Reading>& readings);
  void ReadProbe(std::vector<engine::Reading>& readings);
  void ReadMachine(std::vector<engine::Reading>& readings);
  void ReadDisk(const std::string& path, const std::string& subject,
                std::vector<engine::Reading>& readings) const;
  void ReadCustom(std::vector<engine::Reading>& readings);
  void ReadSql(const Custom& custom, std::vector<engine::Reading>& readings);
  bool Connect(std::vector<engine::Reading>& readings);

  Database& database_;
  const bool sessions_;  // the database takes one for us
  const bool local_;     // its server is on this machine
  std::vector<db::SignalSql> server_;
  std::vector<Custom> customs_;
  std::vector<engine::Limit> limits_;
  std::vector<db::PaceReason> asked_;
  std::string probe_ = "SELECT 1";
  std::vector<bool> outcomes_;  // of the last probes; true: it failed
  std::mutex mutex_;            // guards the pointer for Interrupt
  std::unique_ptr<db::Connection> connection_;
};

}  // namespace segue::engine
