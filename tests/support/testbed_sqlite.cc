// What the tests need to know about SQLite.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/support/sqlite_file.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

class SqliteDatabase : public TestDatabase {
 public:
  SqliteDatabase() : TestDatabase("sqlite") {}
  std::string Url() const override { return file_.Url(); }
  std::unique_ptr<TestDatabase> Copy() override {
    CloseApp();
    auto copy = std::make_unique<SqliteDatabase>();
    for (const char* end : {"", "-wal"}) {
      const std::string from = file_.path() + end;
      if (!std::filesystem::exists(from)) continue;
      std::filesystem::copy_file(
          from, copy->file_.path() + end,
          std::filesystem::copy_options::overwrite_existing);
    }
    return copy;
  }
  std::string Dump() override { return file_.DumpSchema(); }
  std::unique_ptr<Client> NewClient() override {
    return OpenSqliteClient(file_.path());
  }
  std::unique_ptr<Client> NewVersionClient(
      const std::string& /*url*/, const std::string& session_sql) override {
    std::unique_ptr<Client> client = NewClient();
    client->Query(session_sql);
    return client;
  }
  void ExecUnseen(const std::string& sql) override {
    Exec("BEGIN; INSERT INTO segue_busy DEFAULT VALUES;" + sql +
         ";DELETE FROM segue_busy; COMMIT");
  }
  std::string TriggerSql(const std::string& name, const std::string& event,
                         const std::string& body) const override {
    return "CREATE TRIGGER " + name + " " + event + " BEGIN " + body + " END;";
  }
  void Restore(const std::string& path) override {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    NewClient()->Query({std::istreambuf_iterator<char>(file), {}});
  }
  std::string OwnNames() override {
    return ToLines(
        Query("SELECT name FROM sqlite_schema WHERE name LIKE '%segue%' AND "
              "name NOT LIKE 'sqlite%' ORDER BY 1"));
  }

 private:
  SqliteFile file_;
};

// The file may not grow: the limit belongs to one session.
class PageLimit : public DiskRoom {
 public:
  void Take(db::Connection& filling) override {
    filling.Execute("PRAGMA max_page_count = 1");  // the current size
  }
  void Give(db::Connection& filling) override {
    filling.Execute("PRAGMA max_page_count = 1000000000");
  }
};

std::map<std::string, std::string> Texts() {
  return {// These are statements and parts of them.
          {"readers beside a writer", "PRAGMA journal_mode = WAL"},
          {"patient session", "PRAGMA busy_timeout = 10000"},
          {"hold users", "BEGIN IMMEDIATE"},
          {"endless query",
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
           "SELECT count(*) FROM n"},
          {"a statement that takes long",
           "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s "
           "WHERE i < 80000000) INSERT INTO users SELECT max(i), 'last' FROM "
           "s"},
          {"count of triggers",
           "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"},
          // segue uses the span of the keys.
          {"users seem to be many",
           "INSERT INTO users VALUES (1000000000, 'carol')"},
          {"script that sets t.id in a body",
           "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET v = 'x'; "
           "UPDATE t SET id = 7; END; INSERT INTO t VALUES (2, 'y');"},
          {"defaults that vary",
           "made text DEFAULT (datetime('now')), r integer DEFAULT (random()), "
           "at text DEFAULT CURRENT_TIMESTAMP"},
          {"insert (3, 'a') unless t has it",
           "INSERT OR IGNORE INTO t VALUES (3, 'a')"},
          {"blob type", "BLOB"},
          {"v as hex", "lower(hex(v))"},
          {"collation without case", "NOCASE"},
          {"create that collation", ""},
          // This is a type with two spellings of one number, and the second
          // spelling.
          {"type of spelled numbers", "blob"},
          {"one spelled otherwise", "1"},
          // When the rows are changed in this order and all keys move by one,
          // no key meets another.
          {"rows in the order of keys", "(1, 'a'), (2, 'b'), (3, 'c')"},
          {"next key", "id - 1"},
          // These are the database's names of things.
          {"varchar(10)", "varchar(10)"},
          {"integer", "INTEGER"},
          {"text", "TEXT"},
          {"key of users", "rowid"},
          {"unreachable URL", "sqlite:/no/such/folder/app.db"},
          {"URL of another kind", "postgres://127.0.0.1:1/x"},
          {"signal that cannot be read", "replication_lag"},
          // These are messages of the database, or of segue about it.
          {"full scan", "SCAN"},
          {"full scan in a report", "SCAN on users\n"},
          {"scans before the contract", "this database counts no scans"},
          {"scans of a dropped index", "this database counts no scans"},
          {"no column nope", "no such column: nope"},
          {"no function lowr", "no such function: lowr"},
          {"no such signal", "SQLite does not have it"},
          {"no writes into 'users v'", "'users v' takes no writes"},
          {"disk full", "database or disk is full"},
          {"no standby of that URL",
           "SQLite has no standbys: its rows can only be read in the database "
           "itself"}};
}

}  // namespace

Testbed SqliteTestbed() {
  Testbed testbed;
  testbed.name = "SQLite";
  testbed.dialect = "sqlite";
  testbed.fresh = [] {
    return std::unique_ptr<TestDatabase>(std::make_unique<SqliteDatabase>());
  };
  testbed.limit_room = [](TestDatabase& /*database*/,
                          const std::string& /*table*/) {
    return std::unique_ptr<DiskRoom>(std::make_unique<PageLimit>());
  };
  // There is one writer at a time, and each commit waits for the disk.
  testbed.traits.load_rate = 200;
  testbed.traits.replaces = true;
  testbed.texts = Texts();
  return testbed;
}

}  // namespace segue::test
