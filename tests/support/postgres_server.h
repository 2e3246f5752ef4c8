// A private PostgreSQL server in a temporary folder.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace segue::test {

struct PostgresOptions {
  // The major version, 13 to 18; 0: the one that BinFolder takes.
  int version = 0;
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
  // Returns the folder with initdb and postgres of a major version, which is
  // one of Debian's or was fetched by scripts/install-servers; empty when there
  // is none. Version 0 is that of $SEGUE_TEST_POSTGRES, otherwise
  // $SEGUE_PG_BIN, otherwise Debian's newest.
  static std::string BinFolder(int version = 0);
  // Returns the folder with psql, pg_dump and pg_basebackup, which are Debian's
  // whatever the version of the server is.
  static std::string ClientFolder();
  static bool Available(int version = 0) { return !BinFolder(version).empty(); }
  // Returns how to get the server of a major version, for a test that is
  // skipped because there is none.
  static std::string HowToInstall(int version = 0);

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
  // Creates a database with a new name: an empty one, or a copy of one that
  // nobody is connected to.
  std::string CreateDatabase(const std::string& copy_of = "template0");
  void DropDatabase(const std::string& name);
  // Runs statements as the superuser, in the database `postgres`.
  void Admin(const std::string& sql);

  void Start();
  // With `immediate` the server stops as if it had crashed.
  void Stop(bool immediate);
  void Restart(bool immediate);

  // Returns the schema as pg_dump writes it, or on a server that is newer than
  // pg_dump as CatalogText does, without segue's own objects.
  std::string DumpSchema(const std::string& database);
  // Returns the statements that make these views again, with what hangs on
  // them, and fill the materialized ones.
  std::string DumpViews(const std::string& database,
                        const std::vector<std::string>& views);
  // Returns the server's log since its first start.
  std::string LogText() const;
  const std::string& folder() const { return folder_.path(); }
  int pid() const { return server_ ? server_->pid() : -1; }
  int version() const;  // the major one

 private:
  void OwnFolder() const;
  void Configure(const std::map<std::string, std::string>& settings) const;
  void InitCluster(const PostgresOptions& options);
  void WaitUntilReady();
  std::string DataFolder() const { return folder_.path() + "/d"; }

  TempDir folder_;
  std::string programs_;  // the folder with postgres
  std::unique_ptr<Process> server_;
  std::string earlier_log_;  // of earlier runs of the server
  int databases_ = 0;
};

}  // namespace segue::test
