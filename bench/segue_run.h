// `segue start` as a benchmark runs it.
#pragma once

#include <string>
#include <vector>

#include "bench/bench_table.h"
#include "bench/figures.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace segue::bench {

// Whether it makes way for other sessions at work, as it does by default.
enum class Speed { kFlatOut, kDefault };

// v becomes a bigint, which fills a second column row by row.
inline constexpr const char* kWiden =
    "alter_column: {table: wide, column: v, type: bigint}";

class SegueRun {
 public:
  // Further options of `segue start` come from BENCH_START_OPTIONS.
  explicit SegueRun(const BenchTable& table,
                    const std::vector<std::string>& options = {},
                    Speed speed = Speed::kFlatOut,
                    const std::string& operation = kWiden);

  bool running() { return process_.running(); }
  // Waits for its end; throws with its errors unless that is a success. With a
  // client it looks for the ranges of the walk meanwhile.
  void Finish(test::Client* client = nullptr);

  // --- after Finish ---
  double total_seconds() const { return total_seconds_; }
  double peak_megabytes() const { return peak_megabytes_; }
  std::int64_t ranges() const { return ranges_; }

 private:
  test::TempDir folder_;
  SteadyClock::time_point start_;
  test::Process process_;
  double total_seconds_ = 0;
  double peak_megabytes_ = 0;
  std::int64_t ranges_ = 0;
};

// Of moving the rows: from the last action before the backfill to its end, as
// the ledger has them. The proof that follows is not part of it.
double BackfillSeconds(test::Client& client);
// Likewise, to the end of the last action for which `last` holds, a condition
// on `planned`, the action as the plan has it.
double SecondsOfFill(test::Client& client, const std::string& last);

// Runs `segue COMMAND... --url` of the table and answers what it prints.
std::string Segue(const BenchTable& table, std::vector<std::string> command);

// True when `segue COMMAND` of this build knows the option.
bool KnowsOption(const std::string& command, const std::string& option);

// Rows of a table of the ledger; 0 where this build has no such table.
std::int64_t LedgerRows(test::Client& client, const std::string& table);

}  // namespace segue::bench
