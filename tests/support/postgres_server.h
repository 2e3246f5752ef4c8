// A private PostgreSQL server in a temporary folder.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace segue::test {

struct PostgresOptions {
  // Settings of postgresql.conf, such as "work_mem" -> "1MB", in addition to
  // those that the tests need.
  std::map<std::string, std::string> settings = {};
  // False saves minutes. The data survive a kill -9 of the server, because the
  // kernel has the pages, but not a power failure.
  bool fsync = false;
};

// The data are in memory unless the server is told to flush to a disk. The
// server listens on a unix socket only. It is our child process; the destructor
// stops it, or the kernel when this program dies. Not thread-safe.
class PostgresServer {
 public:
  // Returns the folder with initdb and postgres: $SEGUE_PG_BIN, otherwise the
  // newest one of /usr/lib/postgresql; empty when there is none.
  static std::string BinFolder();
  static bool Available() { return !BinFolder().empty(); }

  explicit PostgresServer(const PostgresOptions& options = {});
  // Makes a standby of `primary` from a base backup, which follows the primary
  // from then on. The primary knows it as `name`.
  PostgresServer(const PostgresServer& primary, const std::string& name);
  ~PostgresServer();

  // Returns the server of the whole test program, which is started at its first
  // use.
  static PostgresServer& Shared();

  // Returns a URL for the superuser `postgres`, or for another role.
  std::string Url(const std::string& database,
                  const std::string& user = "postgres") const;
  // Creates an empty database with a new name.
  std::string CreateDatabase();
  void DropDatabase(const std::string& name);
  // Runs statements as the superuser, in the database `postgres`.
  void Admin(const std::string& sql);

  void Start();
  // With `immediate` the server stops as if it had crashed.
  void Stop(bool immediate);
  void Restart(bool immediate);

  // Returns the schema as pg_dump writes it, without segue's own objects.
  std::string DumpSchema(const std::string& database);
  // Returns the server's log since its first start.
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
  std::string earlier_log_;  // of earlier runs of the server
  int databases_ = 0;
};

}  // namespace segue::test
