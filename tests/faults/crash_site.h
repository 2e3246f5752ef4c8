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

// Returns when the kernel says that the process is stopped ('T'), and throws
// when the process ends instead.
void WaitUntilStopped(Process& process);

// Each site has a database of its own. The migration renames users.name to
// full_name (an indexed column), makes age a bigint, and creates, drops and
// renames a table, so that every kind of action takes part.
class CrashSite {
 public:
  CrashSite(const Testbed& testbed, Access access);

  // Returns the program with the arguments and the environment of a command,
  // such as `start`.
  Command Segue(const std::string& command, const std::string& fault = "");
  Finished Run(const std::string& command, const std::string& fault = "");
  // Runs the command and throws unless it exits with 0.
  void MustRun(const std::string& command);

  // An application of the old or the new version writes rows and reads them
  // back, and throws when it cannot. Expected() knows these rows afterwards.
  void WriteAsOld();
  void WriteAsNew();
  // As long as the old version can read, it must be able to write, and the new
  // one must see it.
  void WriteAsOldIfItIsThere();

  // Returns every row, in the shape whose name column is `column`.
  std::string Data(const std::string& column);
  std::string Expected() const;

  // The statements and commits of the last run that had a fault or a count.
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
    std::string age;  // "NULL" where there is none
  };

  std::unique_ptr<Client> NewVersionClient();
  // Returns what 'segue url' prints for the new version.
  std::string UrlCommand(const std::vector<std::string>& more);
  void Write(Client& client, const std::string& column);

  const Testbed testbed_;
  const Access access_;
  TempDir folder_;
  std::unique_ptr<TestDatabase> database_;
  std::map<long, User> users_;
  long next_id_ = 100'000;
};

}  // namespace segue::test
