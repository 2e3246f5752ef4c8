// A registry of application instances. Each instance reports which version it
// runs and counts until it has been silent for its time to live. The ledger
// keeps the registry, and the clock of the database decides what has expired.
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
  std::string host;  // the machine that registered the instance, or its address
  std::string registered_at;    // ISO 8601, UTC
  std::int64_t seen_ago = 0;    // seconds since the last sign of life
  std::int64_t expires_in = 0;  // seconds; zero or less: expired
  // Of an instance that has called segue.hello: the role of its sessions, and
  // how many have called. An instance may be registered both ways.
  std::string role = {};
  std::int64_t sessions = 0;

  bool live() const { return expires_in > 0; }
};

// What an instance may name as its version.
enum class VersionNames {
  // A migration of the schema, a published version, or "base".
  kKnown,
  kKnownOrNumber,  // also numbers, such as "2" or "v2"
};

// An object is not thread-safe, but several processes may use the registry of a
// database at the same time. Every method throws Error{kConnectionLost} when
// the session is gone, and Error{kRefused} when a newer segue has written the
// ledger.
class Instances {
 public:
  // `database` must outlive this object and stays with the caller.
  explicit Instances(Database& database) : database_(database) {}

  // Registers an instance, or replaces its version and time to live. If two
  // processes register the same id at the same time, the later one counts.
  // Throws Error{kUsage} for an empty or unprintable id or version, and for a
  // `ttl` below 1 second or above 1 day, and Error{kNotFound}, which names the
  // nearest ones, for a version that is not known.
  InstanceInfo Register(const std::string& id, const std::string& version,
                        std::chrono::seconds ttl = std::chrono::seconds(60),
                        VersionNames names = VersionNames::kKnown);

  // Extends the registration by its time to live from now. Throws
  // Error{kNotFound} when the instance never registered or has expired; it must
  // register again, because it may run another version by now. What a session
  // has said with segue.hello, only such a session extends.
  InstanceInfo Heartbeat(const std::string& id);

  // Returns all known instances, including expired ones, ordered by id.
  std::vector<InstanceInfo> List();

  // Removes an instance, with what its sessions have said. Returns false when
  // it was not registered.
  bool Remove(const std::string& id);

 private:
  Database& database_;
};

}  // namespace segue
