// One database of a test: what an application does with it, and what a test
// has to know of it, whichever kind of database it is.
#pragma once

#include <memory>
#include <string>

#include "db/dialect.h"
#include "segue/database.h"
#include "segue/migrator.h"
#include "tests/support/client.h"

namespace segue::test {

// One empty database, gone with this object.
class TestDatabase {
 public:
  virtual ~TestDatabase() = default;

  virtual std::string Url() const = 0;
  // The catalogue as text, segue's own left out.
  virtual std::string Dump() = 0;
  // Every row of every table, as any client sees them.
  std::string Data();
  // Another session of an application's.
  virtual std::unique_ptr<Client> NewClient() = 0;
  // One of a published version's, by what 'segue url' prints: with a URL where
  // the driver takes it, else with the SQL.
  virtual std::unique_ptr<Client> NewVersionClient(
      const std::string& url, const std::string& session_sql) = 0;
  std::unique_ptr<Client> NewVersionClient(Migrator& migrator,
                                           const std::string& version);

  const db::Dialect& dialect() const { return *dialect_; }
  std::shared_ptr<const db::Dialect> shared_dialect() const { return dialect_; }
  // A session of segue's.
  std::unique_ptr<db::Connection> Connect(const std::string& purpose = "test");
  Database Open();

  // Runs `sql` unseen by segue's triggers, as somebody does who turns them off
  // to load or to mend data.
  virtual void ExecUnseen(const std::string& sql) = 0;
  // The statements that create a row trigger; `event` is "AFTER UPDATE ON t".
  virtual std::string TriggerSql(const std::string& name,
                                 const std::string& event,
                                 const std::string& body) const = 0;
  // Gathers statistics, where the planner of segue or the server goes by them.
  virtual void Analyze(const std::string& /*table*/) {}
  // Reads what the database's own tool has dumped into this empty database.
  virtual void Restore(const std::string& path) = 0;
  // The names of all that segue has created, one a line.
  virtual std::string OwnNames() = 0;

  // After a kill the server notices within moments that its client is gone.
  // Throws when segue's sessions are still there after 20 s.
  virtual void WaitUntilSessionsEnd() {}

  // Through one application session, kept open.
  Client& app();
  void Exec(const std::string& sql) { app().Query(sql); }
  Rows Query(const std::string& sql) { return app().Query(sql); }

 protected:
  explicit TestDatabase(const std::string& scheme);

 private:
  std::shared_ptr<const db::Dialect> dialect_;
  std::unique_ptr<Client> app_;
};

}  // namespace segue::test
