// One fresh database with a table in use, a migration file beside it, and the
// segue program that fails on demand.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "segue/plan.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {

// Returns when the kernel says that the process is stopped ('T'); throws when
// it ends instead.
void WaitUntilStopped(Process& process);

// One database a site. The migration renames users.name to full_name (an
// indexed column), makes age a bigint, and creates, drops and renames a table,
// so that every kind of action takes part.
class CrashSite {
 public:
  CrashSite(const Testbed& testbed, Access access);

  // Arguments and environment of one of start, complete, rollback.
  Command Segue(const std::string& command, const std::string& fault = "");
  Finished Run(const std::string& command, const std::string& fault = "");
  // The same, and throws unless it exits with 0.
  void MustRun(const std::string& command);

  // An application of the old or new version writes rows and reads them back;
  // throws when it cannot. Expected() knows the rows afterwards.
  void WriteAsOld();
  void WriteAsNew();
  // Opens an application of the new version, which stays connected.
  void ConnectNew() { new_client_ = NewVersionClient(); }
  // That application writes a row and changes another. Each write is refused,
  // or it is one of the rows that Expected() knows.
  void WriteAsNewIfTaken();
  // As long as the old version can read, it must be able to write, and the new
  // one must see it.
  void WriteAsOldIfItIsThere();

  // Every row, in the shape whose name column is `column`.
  std::string Data(const std::string& column);
  std::string Expected() const;

  // Statements and commits of the last run with a fault or a count.
  struct Counts {
    long statements = 0;
    long commits = 0;
  };
  Counts LastCounts() const;

  void WaitUntilSessionsEnd() { database_->WaitUntilSessionsEnd(); }

  TestDatabase& database() { return *database_; }
  const std::string& folder() const { return folder_.path(); }

 private:
  struct User {
    std::string name;
    std::string age;  // "NULL" too
  };

  std::unique_ptr<Client> NewVersionClient();
  // What 'segue url' prints for the new version.
  std::string UrlCommand(const std::vector<std::string>& more);
  void Write(Client& client, const std::string& column);

  const Testbed testbed_;
  const Access access_;
  TempDir folder_;
  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<Client> new_client_;
  std::map<long, User> users_;
  long next_id_ = 100'000;
};

}  // namespace segue::test
