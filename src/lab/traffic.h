// Application instances of the old and the new version that read and write
// throughout a migration, and the oracle that remembers every acknowledged
// write.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace segue::lab {

// What one client of an application does to one table with an integer primary
// key. Any client may write any key, but two never the same at once: the
// oracle hands the keys out.
struct ClientShape {
  std::string label;         // "old 1", "new 2"
  std::string url;           // what this version connects with
  std::string table;         // unqualified: the version decides what it means
  std::string key_column;    // "id"
  std::string value_column;  // what this version calls it
  // How a value of the oracle (an integer) is written and read by this
  // version: SQL with $1, and an SQL expression over value_column that gives
  // the integer back.
  std::string write_expression = "$1";
  std::string read_expression = {};  // empty: value_column itself
  // Other columns an INSERT must give: "email", "'x'". The first is also what
  // an UPDATE of an unrelated column touches.
  std::vector<std::string> fixed_columns = {};
  std::vector<std::string> fixed_values = {};
  // Run after connecting, as this application would: "PRAGMA busy_timeout".
  std::vector<std::string> session_setup = {};
  bool writes_null = false;  // some of the values written are NULL
  bool upserts = false;      // INSERT ... ON CONFLICT (key) DO UPDATE, too
};

struct TrafficOptions {
  // The keys that clients read and write, both inclusive.
  std::int64_t first_key = 1;
  std::int64_t last_key = 1000;
  std::uint64_t seed = 1;
};

struct TrafficReport {
  std::int64_t reads = 0;
  std::int64_t writes = 0;
  std::int64_t failed = 0;    // statements that failed for the application
  std::int64_t lost = 0;      // acknowledged writes that a version cannot see
  std::int64_t diverged = 0;  // rows that the two versions see differently
  double p50_ms = 0, p99_ms = 0, max_ms = 0;  // of all statements
  std::vector<std::string> samples = {};  // the first ten failures, in words

  std::int64_t statements() const { return reads + writes; }
  bool clean() const { return failed == 0 && lost == 0 && diverged == 0; }
};

// "failed 0, lost 0, diverged 0", and the samples on lines of their own.
std::string Verdict(const TrafficReport& report);

// Runs clients on threads of their own, one connection each. The methods are
// called from one thread.
class Traffic {
 public:
  explicit Traffic(const TrafficOptions& options);
  ~Traffic();  // stops
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  // A row that is there already; nullopt: its value is NULL.
  void Remember(std::int64_t key, std::optional<std::int64_t> value);

  // Starts a client; may be called while others run. Returns its number.
  int AddClient(const ClientShape& shape);
  // Stops one client and waits for its statement in flight.
  void StopClient(int number);
  void StopAll();
  // 0: as fast as they can.
  void SetRatePerClient(double statements_per_second);

  // Waits until every running client has done `statements` more, failed ones
  // included. False when that took longer than `limit`.
  bool WaitForEach(std::int64_t statements, std::chrono::milliseconds limit);

  // After StopAll: reads every row through each of `shapes` and compares it
  // with what the oracle remembers. `lost` counts wrong reads of the clients
  // as well.
  TrafficReport Judge(const std::vector<ClientShape>& shapes);
  // Counts so far, without a judgement.
  TrafficReport Counts() const;
  // Latencies reported from now on are of statements from now on.
  void StartPeriod();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::lab
