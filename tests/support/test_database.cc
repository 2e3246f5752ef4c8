#include "tests/support/test_database.h"

#include "base/text.h"
#include "segue/versions.h"
#include "wiring/dialects.h"

namespace segue::test {

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
    if (table.kind == "view" || table.kind == "virtual table" ||
        table.kind == "shadow table") {
      continue;
    }
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
    const std::string& version) {
  Database database = Open();
  Versions versions(database, {});
  return NewVersionClient(versions.UrlFor(version),
                          versions.SessionSqlFor(version));
}

Client& TestDatabase::app() {
  if (!app_) app_ = NewClient();
  return *app_;
}

}  // namespace segue::test
