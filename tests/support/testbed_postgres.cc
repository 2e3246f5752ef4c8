// What the tests need to know about PostgreSQL.
#include <exception>
#include <iostream>
#include <stdexcept>

#include "tests/support/eventually.h"
#include "tests/support/postgres_server.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

class PostgresDatabase : public TestDatabase {
 public:
  explicit PostgresDatabase(const std::string& copy_of = "template0")
      : TestDatabase("postgres"),
        name_(PostgresServer::Shared().CreateDatabase(copy_of)) {}
  ~PostgresDatabase() override {
    try {
      PostgresServer::Shared().DropDatabase(name_);
    } catch (const std::exception& error) {
      std::cerr << "a test database stays: " << error.what() << "\n";
    }
  }
  std::string Url() const override {
    return PostgresServer::Shared().Url(name_);
  }
  std::unique_ptr<TestDatabase> Copy() override {
    CloseApp();
    return std::make_unique<PostgresDatabase>(name_);
  }
  std::string Dump() override {
    return PostgresServer::Shared().DumpSchema(name_);
  }
  std::unique_ptr<Client> NewClient() override {
    return OpenPostgresClient(Url());
  }
  std::unique_ptr<Client> NewVersionClient(
      const std::string& url, const std::string& /*session_sql*/) override {
    return OpenPostgresClient(url);
  }
  void ExecUnseen(const std::string& sql) override {
    Exec("SET session_replication_role = replica;" + sql +
         ";RESET session_replication_role");
  }
  std::string TriggerSql(const std::string& name, const std::string& event,
                         const std::string& body) const override {
    return "CREATE FUNCTION " + name +
           "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body +
           " RETURN NULL; END $$; CREATE TRIGGER " + name + " " + event +
           " FOR EACH ROW EXECUTE FUNCTION " + name + "();";
  }
  void Analyze(const std::string& table) override { Exec("ANALYZE " + table); }
  // The dump is loaded by psql, because pg_dump writes lines that only psql
  // understands.
  void Restore(const std::string& path) override {
    Command psql;
    psql.argv = {PostgresServer::ClientFolder() + "/psql",
                 "-X",
                 "-q",
                 "-o",
                 "/dev/null",
                 "-v",
                 "ON_ERROR_STOP=1",
                 "-d",
                 Url(),
                 "-f",
                 path};
    OutputOf(psql);
  }
  std::string OwnNames() override {
    return ToLines(
        Query("SELECT relname FROM pg_class WHERE relnamespace = "
              "'segue'::regnamespace UNION ALL SELECT proname FROM pg_proc "
              "WHERE pronamespace = 'segue'::regnamespace UNION ALL SELECT "
              "tgname FROM pg_trigger WHERE tgname LIKE '%segue%' ORDER BY 1"));
  }
  void WaitUntilSessionsEnd() override {
    const bool ended = Eventually(
        [this] {
          return app().One(
                     "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                     "current_database() AND application_name LIKE "
                     "'segue%'") == "0";
        },
        std::chrono::seconds(20));
    if (!ended) throw std::runtime_error("sessions of a killed segue stay");
  }

 private:
  std::string name_;
};

// A test cannot fill the disk for one session only, so a trigger of the table
// raises the server's error, and only in the fill.
class RoomTable : public DiskRoom {
 public:
  RoomTable(TestDatabase& database, const std::string& table)
      : database_(database) {
    database_.Exec(
        "CREATE TABLE room(there boolean); INSERT INTO room VALUES (true);"
        "CREATE FUNCTION need_room() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF current_setting('segue.backfill', true) = 'on' AND NOT "
        "(SELECT there FROM room) THEN RAISE 'could not extend file "
        "\"base/1/2\": No space left on device' USING ERRCODE = '53100', "
        "HINT = 'Check free disk space.'; END IF; RETURN NEW; END $$;"
        "CREATE TRIGGER need_room BEFORE UPDATE ON " +
        table + " FOR EACH ROW EXECUTE FUNCTION need_room()");
    database_.Analyze(table);
  }
  void Take(db::Connection& /*filling*/) override {
    database_.Exec("UPDATE room SET there = false");
  }
  void Give(db::Connection& /*filling*/) override {
    database_.Exec("UPDATE room SET there = true");
  }

 private:
  TestDatabase& database_;
};

std::map<std::string, std::string> Texts() {
  return {
      // These are statements and parts of them; the empty ones are not needed
      // here.
      {"readers beside a writer", ""},
      {"patient session", ""},
      {"hold users", "BEGIN; SELECT 'reading' FROM users LIMIT 1"},
      {"endless query", "SELECT pg_sleep(60)"},
      {"a statement that takes long", "SELECT pg_sleep(30)"},
      {"count of triggers",
       "SELECT count(*) FROM pg_proc WHERE pronamespace = "
       "'segue'::regnamespace AND proname NOT LIKE 'hello%'"},
      // segue uses the server's statistics.
      {"users seem to be many",
       "UPDATE pg_class SET reltuples = 1000000000, relpages = 1 WHERE "
       "oid = 'users'::regclass"},
      {"script that sets t.id in a body",
       "CREATE FUNCTION f() RETURNS integer LANGUAGE plpgsql AS "
       "$$ BEGIN UPDATE t SET id = 7; RETURN 1; END $$; SELECT f();"},
      {"defaults that vary",
       "made timestamptz DEFAULT now(), r double precision DEFAULT random(), "
       "at timestamptz DEFAULT CURRENT_TIMESTAMP"},
      {"insert (3, 'a') unless t has it",
       "INSERT INTO t VALUES (3, 'a') ON CONFLICT DO NOTHING"},
      {"blob type", "bytea"},
      {"v as hex", "encode(v, 'hex')"},
      {"collation without case", "ci"},
      {"create that collation",
       "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', "
       "deterministic = false);"},
      // This is a type with two spellings of one number, and the second
      // spelling.
      {"type of spelled numbers", "numeric"},
      {"one spelled otherwise", "1.00"},
      // When the rows are changed in this order and all keys move by one, no
      // key meets another.
      {"rows in the order of keys", "(3, 'c'), (2, 'b'), (1, 'a')"},
      {"next key", "id + 1"},
      // These are the database's names of things.
      {"varchar(10)", "character varying(10)"},
      {"integer", "integer"},
      {"text", "text"},
      {"key of users", "id"},
      {"unreachable URL", "postgres://u:geheim@%2Fno%2Fsuch/db"},
      {"URL of another kind", "sqlite:copy.db"},
      {"signal that cannot be read", "sql"},
      // These are messages of the database, or of segue about it.
      {"full scan", "Seq Scan"},
      {"full scan in a report", "cost "},
      {"scans before the contract", "[0-9,]+ scans before, 0 since"},
      {"scans of a dropped index", "0 scans before, dropped"},
      {"no column nope", "column \"nope\" does not exist"},
      {"no function lowr", "function lowr(text) does not exist"},
      {"no parameters in EXPLAIN", "from PostgreSQL 16 on"},
      {"no such signal", "no_such_column"},
      {"no writes into 'users v'", "view \"users v\""},
      {"disk full", "No space left on device"},
      {"no standby of that URL", "the standby's URL begins with sqlite:"}};
}

}  // namespace

Testbed PostgresTestbed() {
  Testbed testbed;
  testbed.name = "PostgreSQL";
  testbed.dialect = "postgres";
  testbed.missing =
      PostgresServer::Available() ? "" : PostgresServer::HowToInstall();
  testbed.fresh = [] {
    return std::unique_ptr<TestDatabase>(std::make_unique<PostgresDatabase>());
  };
  testbed.server_version = [] { return PostgresServer::Shared().version(); };
  testbed.limit_room = [](TestDatabase& database, const std::string& table) {
    return std::unique_ptr<DiskRoom>(
        std::make_unique<RoomTable>(database, table));
  };
  BedTraits& traits = testbed.traits;
  traits.server = true;
  traits.names_blockers = true;
  traits.has_standbys = true;
  traits.explains_cost = true;
  traits.views_hold_tables = true;
  traits.upserts_through_views = true;
  traits.sets_default = true;
  traits.triggers_before_conflicts = true;
  traits.triggers_change_rows = true;
  traits.load_rate = 600;
  testbed.texts = Texts();
  return testbed;
}

}  // namespace segue::test
