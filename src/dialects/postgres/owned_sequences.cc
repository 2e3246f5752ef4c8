#include "dialects/postgres/owned_sequences.h"

#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

constexpr const char* kSequences = R"sql(
SELECT c.oid AS id, d.deptype
FROM pg_catalog.pg_attribute numbered
JOIN pg_catalog.pg_depend d
  ON d.refclassid = 'pg_catalog.pg_class'::regclass::oid
  AND d.refobjid = numbered.attrelid AND d.refobjsubid = numbered.attnum
  AND d.classid = 'pg_catalog.pg_class'::regclass::oid
  AND d.deptype IN ('a', 'i')
JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
WHERE numbered.attrelid = @RELATION@ AND numbered.attname = @COLUMN@
  AND NOT numbered.attisdropped)sql";

}  // namespace

std::string OwnedSequencesSql(const std::string& relation,
                              const std::string& column) {
  return FilledAll(kSequences,
                   {{"@RELATION@", relation}, {"@COLUMN@", column}});
}

}  // namespace segue::postgres
