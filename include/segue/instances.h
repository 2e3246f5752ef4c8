// Which version each application instance runs, as it says itself, until it
// stops saying so. Kept in the ledger, by the database's clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "segue/database.h"

namespace segue {

struct InstanceInfo {
  std::string id;
  std::string version;
  std::string host;             // of whoever registered it
  std::string registered_at;    // ISO 8601, UTC
  std::int64_t seen_ago = 0;    // seconds since the last sign of life
  std::int64_t expires_in = 0;  // seconds; zero or less: expired

  bool live() const { return expires_in > 0; }
};

// Not thread-safe; several processes may register at the same instant.
class Instances {
 public:
  // `database` must outlive it.
  explicit Instances(Database& database) : database_(database) {}

  // Registers or, with a new version and time to live, registers anew; of two
  // at the same instant the later counts. Throws kUsage for an empty or
  // unprintable id or version and for a time below 1 s or above 1 day.
  InstanceInfo Register(const std::string& id, const std::string& version,
                        std::chrono::seconds ttl = std::chrono::seconds(60));

  // Prolongs it by its time to live. Throws kNotFound when it never registered
  // or has expired: what it runs is not known any more.
  InstanceInfo Heartbeat(const std::string& id);

  // All that are known, expired ones too, by id.
  std::vector<InstanceInfo> List();

  // False when it was not there.
  bool Remove(const std::string& id);

 private:
  Database& database_;
};

}  // namespace segue
