// An application in front of a bench table, as pgbench plays it.
#pragma once

#include <string>
#include <vector>

#include "bench/bench_table.h"
#include "tests/support/temp_dir.h"

namespace segue::bench {

struct Load {
  double per_second = 0;  // transactions
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

  // One row read and written in a transaction, keys from all over the table.
  // `rate`: transactions a second; 0: as many as there is room for. Latencies
  // count from when a transaction was due.
  Load Run(int seconds, double rate);

 private:
  test::TempDir folder_;
  std::string url_;
  int clients_;
};

}  // namespace segue::bench
