// Application instances of the old and the new version, which read and write
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
// key. Any client may write any key, but two clients never write the same key
// at the same time, because the oracle hands out the keys.
struct ClientShape {
  std::string label;         // "old 1", "new 2"
  std::string url;           // with which this version connects
  std::string table;         // unqualified: the version's own table
  std::string key_column;    // "id"
  std::string value_column;  // its name in this version
  // How this version writes and reads a value of the oracle, which is an
  // integer: SQL with $1, and an SQL expression over value_column that returns
  // the integer.
  std::string write_expression = "$1";
  std::string read_expression = {};  // empty: value_column itself
  // Other columns that an INSERT must give, such as {"email", "'x'"}. The first
  // one is also the column that an unrelated UPDATE writes.
  std::vector<std::string> fixed_columns = {};
  std::vector<std::string> fixed_values = {};
  // The table that has the fixed columns, where this version has the value in
  // another one: rows are added to both, and removed from both, in one
  // transaction. Empty: one table has all.
  std::string parent_table = {};
  // Statements that run after connecting, as an application would run them,
  // such as "PRAGMA busy_timeout".
  std::vector<std::string> session_setup = {};
  bool writes_null = false;  // some of the values are NULL
  bool upserts = false;  // it also runs INSERT ... ON CONFLICT (key) DO UPDATE
};

struct TrafficOptions {
  // The keys that clients read and write, from first_key to last_key inclusive.
  std::int64_t first_key = 1;
  std::int64_t last_key = 1000;
  std::uint64_t seed = 1;
};

struct TrafficReport {
  std::int64_t reads = 0;
  std::int64_t writes = 0;
  std::int64_t failed = 0;    // statements that the application saw fail
  std::int64_t lost = 0;      // acknowledged writes that a version does not see
  std::int64_t diverged = 0;  // rows that differ between the versions
  double p50_ms = 0, p99_ms = 0, max_ms = 0;  // over all statements
  std::vector<std::string> samples = {};      // the first ten failures, as text

  std::int64_t statements() const { return reads + writes; }
  bool clean() const { return failed == 0 && lost == 0 && diverged == 0; }
};

// Returns "failed 0, lost 0, diverged 0", followed by one line for each sample.
std::string Verdict(const TrafficReport& report);

// Runs clients on threads of their own with one connection each. All methods
// must be called from one thread.
class Traffic {
 public:
  explicit Traffic(const TrafficOptions& options);
  ~Traffic();  // stops
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  // Records a row that exists already; nullopt: its value is NULL.
  void Remember(std::int64_t key, std::optional<std::int64_t> value);

  // Starts a client, also while others run, and returns its number.
  int AddClient(const ClientShape& shape);
  // Stops one client after its statement in flight.
  void StopClient(int number);
  void StopAll();
  // Limits the statements per second of each client; 0: no limit.
  void SetRatePerClient(double statements_per_second);

  // Waits until every running client has done `statements` more, including
  // failed ones. Returns false when that takes longer than `limit`.
  bool WaitForEach(std::int64_t statements, std::chrono::milliseconds limit);

  // Reads every row through each of `shapes` and compares it with the oracle's
  // memory; called after StopAll. `lost` also counts the wrong reads of the
  // clients.
  TrafficReport Judge(const std::vector<ClientShape>& shapes);
  // Returns the counts so far, without a judgement.
  TrafficReport Counts() const;
  // Starts a period: later reports have the latencies of its statements only.
  void StartPeriod();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::lab
