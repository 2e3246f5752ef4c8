#include "tests/support/testbed.h"

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "base/text.h"
#include "tests/support/postgres_server.h"
#include "tests/support/sqlite_file.h"
#include "wiring/dialects.h"

namespace segue::test {
namespace {

class SqliteDatabase : public TestDatabase {
 public:
  SqliteDatabase() : TestDatabase("sqlite") {}
  std::string Url() const override { return file_.Url(); }
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

 private:
  SqliteFile file_;
};

class PostgresDatabase : public TestDatabase {
 public:
  PostgresDatabase()
      : TestDatabase("postgres"),
        name_(PostgresServer::Shared().CreateDatabase()) {}
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
  void WaitUntilSessionsEnd() override {
    const auto deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (app().One("SELECT count(*) FROM pg_stat_activity WHERE datname = "
                     "current_database() AND application_name LIKE "
                     "'segue%'") != "0") {
      if (std::chrono::steady_clock::now() > deadline) {
        throw std::runtime_error("sessions of a killed segue stay");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

 private:
  std::string name_;
};

template <typename T>
std::unique_ptr<TestDatabase> Make() {
  return std::make_unique<T>();
}

}  // namespace

TestDatabase::TestDatabase(const std::string& scheme)
    : dialect_(wiring::DialectFor(scheme)) {}

std::unique_ptr<db::Connection> TestDatabase::Connect(
    const std::string& purpose) {
  db::ConnectOptions options;
  options.url = db::ParseUrl(Url());
  options.schema = dialect_->capabilities().default_schema;
  options.purpose = purpose;
  return dialect_->Connect(options);
}

std::string TestDatabase::Data() {
  const schema::Schema schema =
      dialect_->Inspect(*Connect(), dialect_->capabilities().default_schema);
  std::string text;
  for (const schema::Table& table : schema.tables) {
    if (table.kind == "view") continue;
    std::string columns;
    for (const std::string& name : table.ColumnNames()) {
      columns += (columns.empty() ? "" : ", ") + base::Quoted(name, '"');
    }
    text += table.name.name + "(" + columns + ")\n" +
            ToLines(Query("SELECT " + columns + " FROM " +
                          base::Quoted(table.name.name, '"') + " ORDER BY " +
                          columns));
  }
  return text;
}

Database TestDatabase::Open() { return Database::Open({Url(), "", ""}); }

std::unique_ptr<Client> TestDatabase::NewVersionClient(
    Migrator& migrator, const std::string& version) {
  return NewVersionClient(migrator.UrlFor(version),
                          migrator.SessionSqlFor(version));
}

Client& TestDatabase::app() {
  if (!app_) app_ = NewClient();
  return *app_;
}

Testbed SqliteTestbed() { return {"SQLite", "", &Make<SqliteDatabase>}; }

Testbed PostgresTestbed() {
  return {"PostgreSQL",
          PostgresServer::Available() ? "" : "install postgresql-15",
          &Make<PostgresDatabase>};
}

const std::vector<Testbed>& Testbeds() {
  static const std::vector<Testbed> testbeds = {SqliteTestbed(),
                                                PostgresTestbed()};
  return testbeds;
}

std::string TestbedName(const ::testing::TestParamInfo<Testbed>& info) {
  return info.param.name;
}

void PrintTo(const Testbed& testbed, std::ostream* out) {
  *out << testbed.name;
}

void DialectTest::SetUp() {
  if (!GetParam().missing.empty()) {
    std::cerr << "*** NOT TESTED on " << GetParam().name << ": "
              << GetParam().missing << " ***\n";
    GTEST_SKIP() << GetParam().missing;
  }
  db_ = GetParam().fresh();
}

}  // namespace segue::test
