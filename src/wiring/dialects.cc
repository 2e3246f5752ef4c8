#include "wiring/dialects.h"

#include "base/text.h"
#include "dialects/postgres/dialect.h"
#include "dialects/sqlite/dialect.h"
#include "segue/database.h"
#include "segue/error.h"

namespace segue::wiring {
namespace {

struct Entry {
  const char* scheme;
  std::shared_ptr<const db::Dialect> (*make)();
};

constexpr Entry kDialects[] = {
    {"sqlite", sqlite::MakeSqliteDialect},
    {"postgres", postgres::MakePostgresDialect},
};

Wrapper g_wrapper = nullptr;

}  // namespace

std::shared_ptr<const db::Dialect> DialectFor(const std::string& scheme) {
  std::vector<std::string> known;
  for (const Entry& entry : kDialects) {
    if (scheme == entry.scheme) {
      return g_wrapper != nullptr ? g_wrapper(entry.make()) : entry.make();
    }
    known.emplace_back(entry.scheme);
  }
  throw Error(ErrorKind::kUsage,
              "no database is called '" + scheme +
                  "' here; known: " + base::Join(known, ", "));
}

void SetDialectWrapper(Wrapper wrapper) { g_wrapper = wrapper; }

}  // namespace segue::wiring

namespace segue {

Database Database::Open(const DatabaseOptions& options) {
  db::ConnectOptions connect;
  connect.url = db::ParseUrl(options.url);
  connect.role = options.role;
  connect.purpose = "runner";
  Database database(wiring::DialectFor(connect.url.scheme), connect,
                    options.schema);
  if (!options.direct_url.empty()) {
    database.SetDirectUrl(db::ParseUrl(options.direct_url));
  }
  return database;
}

Database Database::OpenInMemory() { return Open({"sqlite::memory:", "", ""}); }

}  // namespace segue
