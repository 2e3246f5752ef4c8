#include "dialects/postgres/old_readers.h"

#include "base/text.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

// The age of a mark that this transaction has made is 0.
constexpr const char* kOldReaders = R"sql(
DECLARE
  one record;
BEGIN
  FOR one IN SELECT a.pid FROM pg_catalog.pg_description d
    JOIN pg_catalog.pg_stat_activity a
      ON pg_catalog.age(a.backend_xmin) > pg_catalog.age(d.xmin)
    WHERE d.objoid = ANY (ARRAY[@COPIES@]::oid[])
      AND d.classoid = 'pg_catalog.pg_class'::regclass::oid
      AND d.objsubid = 0 AND d.description = @MARK@
      AND pg_catalog.age(d.xmin) > 0
      AND a.datname = pg_catalog.current_database()
      AND coalesce(a.backend_type, 'client backend') = 'client backend'
      AND a.usesysid IS NOT NULL
      AND a.pid <> pg_catalog.pg_backend_pid()
  LOOP
    RAISE lock_not_available USING MESSAGE = pg_catalog.format('the '
      'transaction of session %s is older than the copy and would not see its '
      'rows', one.pid);
  END LOOP;
END)sql";

}  // namespace

std::string RefuseOldReadersSql(const std::vector<schema::TableName>& copies) {
  std::vector<std::string> oids;
  for (const schema::TableName& copy : copies) {
    oids.push_back(Relation(copy));
  }
  return Block(kOldReaders, {{"@COPIES@", base::Join(oids, ", ")},
                             {"@MARK@", Literal(kCopiedMark)}});
}

}  // namespace segue::postgres
