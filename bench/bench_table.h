// The table that both contestants fill, and the application in front of it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lab/traffic.h"
#include "tests/support/client.h"
#include "tests/support/postgres_server.h"

namespace segue::bench {

struct TableOptions {
  bool analyzed = true;  // false: never, and autovacuum leaves it alone
  std::int64_t key_step = 1;
};

// wide(id, v integer, payload): about 200 bytes a row, freshly loaded, its
// statistics and visibility map in order, nothing left to write to disk.
class BenchTable {
 public:
  BenchTable(test::PostgresServer* server, std::int64_t rows,
             const TableOptions& options = {});
  ~BenchTable();

  std::string Url() const { return server_->Url(name_); }
  test::Client& client() { return *client_; }
  std::int64_t megabytes();

  // Two clients of the old version, paced, that read and write single rows.
  // Returns how they fared with nothing else going on.
  lab::TrafficReport StartForeground();
  // How they have fared since; stops them.
  lab::TrafficReport StopForeground();

 private:
  void LeaveLogToReuse();

  test::PostgresServer* const server_;
  const std::string name_;
  const std::int64_t rows_;
  std::unique_ptr<test::Client> client_;
  std::unique_ptr<lab::Traffic> foreground_;
};

}  // namespace segue::bench
