#include "bench/bench_table.h"

#include <algorithm>
#include <stdexcept>

namespace segue::bench {
namespace {

constexpr double kForegroundRate = 100;  // statements a second and client
constexpr std::int64_t kCalmStatements = 300;
constexpr std::int64_t kForegroundKeys = 100'000;

}  // namespace

BenchTable::BenchTable(test::PostgresServer* server, std::int64_t rows,
                       const TableOptions& options)
    : server_(server), name_(server->CreateDatabase()), rows_(rows) {
  client_ = test::OpenPostgresClient(Url());
  // A test's limit is none for a table of millions of rows.
  client_->Query("SET statement_timeout = 0");
  client_->Query(
      "CREATE TABLE wide (id bigint PRIMARY KEY, v integer NOT NULL, payload "
      "text NOT NULL)");
  if (!options.analyzed) {
    client_->Query("ALTER TABLE wide SET (autovacuum_enabled = off)");
  }
  client_->Query("INSERT INTO wide SELECT i * " +
                 std::to_string(options.key_step) +
                 ", i, repeat(md5(i::text), 5) FROM generate_series(1, " +
                 std::to_string(rows) + ") i");
  if (options.analyzed) client_->Query("VACUUM ANALYZE wide");
  LeaveLogToReuse();
}

// A server that has been at work for a while writes its log into segments that
// it has had before. A new one has to make each, for 60 ms in which no commit
// gets through, and that would be all that a benchmark sees.
void BenchTable::LeaveLogToReuse() {
  constexpr int kSegments = 480;
  const std::string there =
      *client_->One("SELECT count(*) FROM pg_ls_waldir()");
  for (int i = std::stoi(there); i < kSegments; ++i) {
    client_->Query("SELECT pg_logical_emit_message(false, '', '')");
    client_->Query("SELECT pg_switch_wal()");
  }
  client_->Query("CHECKPOINT");
}

BenchTable::~BenchTable() {
  foreground_.reset();
  client_.reset();
  server_->DropDatabase(name_);
}

std::int64_t BenchTable::megabytes() {
  return std::stoll(
      *client_->One("SELECT pg_table_size('wide') / 1024 / 1024"));
}

lab::TrafficReport BenchTable::StartForeground() {
  const std::int64_t keys = std::min(rows_, kForegroundKeys);
  foreground_ = std::make_unique<lab::Traffic>(lab::TrafficOptions{1, keys, 1});
  for (std::int64_t key = 1; key <= keys; ++key) {
    foreground_->Remember(key, key);
  }
  foreground_->SetRatePerClient(kForegroundRate);
  lab::ClientShape shape;
  shape.url = Url();
  shape.table = "wide";
  shape.key_column = "id";
  shape.value_column = "v";
  shape.fixed_columns = {"payload"};
  shape.fixed_values = {"repeat('x', 160)"};
  for (const char* label : {"old 1", "old 2"}) {
    shape.label = label;
    foreground_->AddClient(shape);
  }
  if (!foreground_->WaitForEach(kCalmStatements, std::chrono::minutes(1))) {
    throw std::runtime_error("the foreground does not get on");
  }
  const lab::TrafficReport calm = foreground_->Counts();
  foreground_->StartPeriod();
  return calm;
}

lab::TrafficReport BenchTable::StopForeground() {
  foreground_->StopAll();
  return foreground_->Counts();
}

}  // namespace segue::bench
