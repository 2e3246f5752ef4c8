// A private PostgreSQL server in a temporary folder.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace segue::test {

struct PostgresOptions {
  // postgresql.conf, on top of what the tests need ("work_mem" -> "1MB").
  std::map<std::string, std::string> settings = {};
  // False survives kill -9 of the server (the kernel has the pages), only not
  // a power cut, and saves minutes.
  bool fsync = false;
};

// In memory unless it is told to flush to a disk. Listens on a unix socket
// only. The server is our child and is stopped by the destructor, or by the
// kernel when this program dies. Not thread-safe.
class PostgresServer {
 public:
  // Folder with initdb and postgres: $SEGUE_PG_BIN, else the newest of
  // /usr/lib/postgresql; empty when there is none.
  static std::string BinFolder();
  static bool Available() { return !BinFolder().empty(); }

  explicit PostgresServer(const PostgresOptions& options = {});
  // A standby of `primary` by its base backup, which follows it from then on.
  // The primary knows it as `name`.
  PostgresServer(const PostgresServer& primary, const std::string& name);
  ~PostgresServer();

  // One for the whole test program, started at its first use.
  static PostgresServer& Shared();

  // As the superuser `postgres`, or another role.
  std::string Url(const std::string& database,
                  const std::string& user = "postgres") const;
  // An empty database of a new name.
  std::string CreateDatabase();
  void DropDatabase(const std::string& name);
  // Runs statements as the superuser, in database `postgres`.
  void Admin(const std::string& sql);

  void Start();
  // `immediate`: as if it had crashed.
  void Stop(bool immediate);
  void Restart(bool immediate);

  // The schema of everything but segue's own, as pg_dump writes it.
  std::string DumpSchema(const std::string& database);
  // The server's log since it was first started.
  std::string LogText() const;
  const std::string& folder() const { return folder_.path(); }
  int pid() const { return server_ ? server_->pid() : -1; }

 private:
  void OwnFolder() const;
  void Configure(const std::map<std::string, std::string>& settings) const;
  void InitCluster(const PostgresOptions& options);
  void WaitUntilReady();
  std::string DataFolder() const { return folder_.path() + "/d"; }

  TempDir folder_;
  std::unique_ptr<Process> server_;
  std::string earlier_log_;  // of servers stopped since
  int databases_ = 0;
};

}  // namespace segue::test
