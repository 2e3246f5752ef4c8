// Application instances of the old and the new version that read and write
// throughout a migration, and the oracle that remembers every acknowledged
// write.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace segue::lab {

// What one client of an application does to one table with an integer primary
// key. Each client owns its own keys, so the last acknowledged write per key
// is known exactly.
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
  std::string read_expression;  // empty: value_column itself
  // Other columns an INSERT must give: "email", "'x'".
  std::vector<std::string> fixed_columns;
  std::vector<std::string> fixed_values;
};

struct TrafficReport {
  std::int64_t reads = 0;
  std::int64_t writes = 0;
  std::int64_t failed = 0;    // statements that failed for the application
  std::int64_t lost = 0;      // acknowledged writes that a version cannot see
  std::int64_t diverged = 0;  // rows that the two versions see differently
  double p50_ms = 0, p99_ms = 0, max_ms = 0;  // of all statements
  std::vector<std::string> samples;  // the first ten failures, in words

  bool clean() const { return failed == 0 && lost == 0 && diverged == 0; }
};

// Runs clients on threads of their own, one connection each.
class Traffic {
 public:
  // `keys_per_client` rows are inserted up front by the first client's shape.
  Traffic(std::int64_t first_key, std::int64_t keys_per_client,
          std::uint64_t seed);
  ~Traffic();  // stops

  // Starts a client; may be called while others run. Returns its number.
  int AddClient(const ClientShape& shape);
  // Stops one client and waits for its statement in flight.
  void StopClient(int number);
  void StopAll();
  // 0: as fast as they can.
  void SetRatePerClient(double statements_per_second);

  // After StopAll: reads every row through each of `shapes` and compares it
  // with what the oracle remembers.
  TrafficReport Judge(const std::vector<ClientShape>& shapes);
  // Counts so far, without a judgement.
  TrafficReport Counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::lab
