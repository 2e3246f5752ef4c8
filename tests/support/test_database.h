// One database of a test: what an application does with it, and what a test
// needs to know about it, whichever kind of database it is.
#pragma once

#include <memory>
#include <string>

#include "db/dialect.h"
#include "segue/database.h"
#include "tests/support/client.h"

namespace segue::test {

// An empty database, which the destructor removes.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;

  virtual std::string Url() const = 0;
  // Returns another database with all that this one has. No session is open but
  // that of app(), which is opened anew when it is needed.
  virtual std::unique_ptr<TestDatabase> Copy() = 0;
  // Returns the catalogue as text, without segue's own objects.
  virtual std::string Dump() = 0;
  // Returns every row of every table, as any client sees them.
  std::string Data();
  // Opens another session of an application.
  virtual std::unique_ptr<Client> NewClient() = 0;
  // Opens a session of a published version, by the output of 'segue url': with
  // the URL where the driver accepts it, otherwise with the SQL.
  virtual std::unique_ptr<Client> NewVersionClient(
      const std::string& url, const std::string& session_sql) = 0;
  std::unique_ptr<Client> NewVersionClient(const std::string& version);

  const db::Dialect& dialect() const { return *dialect_; }
  std::shared_ptr<const db::Dialect> shared_dialect() const { return dialect_; }
  // Opens a session of segue.
  std::unique_ptr<db::Connection> Connect(const std::string& purpose = "test");
  Database Open();

  // Runs `sql` without segue's triggers, as a person does who turns them off to
  // load or to mend data.
  virtual void ExecUnseen(const std::string& sql) = 0;
  // Returns the statements that create a row trigger; `event` is "AFTER UPDATE
  // ON t".
  virtual std::string TriggerSql(const std::string& name,
                                 const std::string& event,
                                 const std::string& body) const = 0;
  // Gathers statistics, where segue's planner or the server's uses them.
  virtual void Analyze(const std::string& /*table*/) {}
  // Loads a dump of the database's own tool into this empty database.
  virtual void Restore(const std::string& path) = 0;
  // Returns the names of all of segue's own objects, one a line.
  virtual std::string OwnNames() = 0;

  // Waits until the server has noticed that a killed client is gone, which
  // takes a moment. Throws when segue's sessions are still there after 20 s.
  virtual void WaitUntilSessionsEnd() {}

  // The application's session, which stays open.
  Client& app();
  void Exec(const std::string& sql) { app().Query(sql); }
  Rows Query(const std::string& sql) { return app().Query(sql); }

 protected:
  explicit TestDatabase(const std::string& scheme);
  void CloseApp() { app_.reset(); }

 private:
  std::shared_ptr<const db::Dialect> dialect_;
  std::unique_ptr<Client> app_;
};

}  // namespace segue::test
