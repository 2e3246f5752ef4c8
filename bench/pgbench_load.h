// An application in front of a bench table, as pgbench plays it.
#pragma once

#include <string>
#include <vector>

#include "bench/bench_table.h"
#include "tests/support/temp_dir.h"

namespace segue::bench {

struct Load {
  double per_second = 0;  // transactions a second
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
  std::int64_t transactions = 0;
  std::int64_t failed = 0;
};

class PgbenchLoad {
 public:
  PgbenchLoad(const BenchTable& table, std::int64_t rows, int clients);

  static bool Available();

  // Each transaction reads and writes one row, with keys from all over the
  // table. `rate` is in transactions a second; 0 means as many as there is room
  // for. Latencies count from the moment when a transaction was due.
  Load Run(int seconds, double rate);

 private:
  test::TempDir folder_;
  std::string url_;
  int clients_;
};

}  // namespace segue::bench
