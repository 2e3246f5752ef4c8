// Asks the server how the triggers of the user's are held back while rows are
// filled.
#include "base/text.h"
#include "dialects/postgres/examine.h"
#include "dialects/postgres/search_path.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// The triggers that an UPDATE of the table or of its partitions fires, and why
// one cannot be replaced. A trigger that is replaced keeps its comment and its
// extension, and loses what DEPENDS ON EXTENSION has said; the partitions get
// the state of the table's trigger.
constexpr const char* kTriggersSql = R"sql(
WITH r AS (SELECT c.oid AS id, c.relname, n.nspname, c.relkind
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = pg_catalog.to_regclass($1::text)::oid),
tree AS (SELECT r.id FROM r UNION SELECT p.relid::oid FROM r
  CROSS JOIN LATERAL pg_catalog.pg_partition_tree(r.id) p WHERE r.relkind = 'p'),
fires AS (SELECT g.*, p.tgenabled AS root FROM tree
  JOIN pg_catalog.pg_trigger g ON g.tgrelid = tree.id
    AND g.tgtype::int4 & 16 <> 0 AND g.tgenabled IN ('O', 'A')
    AND g.tgname::text NOT LIKE '~segue\_%'
    AND (NOT g.tgisinternal OR g.tgparentid <> 0::oid)
  LEFT JOIN r ON true
  LEFT JOIN pg_catalog.pg_trigger p ON p.tgrelid = r.id
    AND p.tgname = g.tgname AND g.tgparentid <> 0::oid
  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint x
    WHERE x.oid = g.tgconstraint AND x.contype = 'f'))
SELECT g.tgname::text,
  CASE
    WHEN pg_catalog.current_setting('server_version_num')::int4 < 140000
      THEN 'a server before version 14 cannot replace it'
    WHEN g.tgparentid <> 0::oid
      THEN pg_catalog.format('partition %L has it in another state',
        g.tgrelid::regclass::text)
    WHEN g.tgrelid <> r.id
      THEN pg_catalog.format('it belongs to partition %L alone',
        g.tgrelid::regclass::text)
    WHEN g.tgconstraint <> 0::oid
      THEN 'it is a constraint trigger, which cannot be replaced'
    WHEN EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = g.oid
        AND d.classid = 'pg_catalog.pg_trigger'::regclass::oid
        AND d.deptype = 'x')
      THEN 'it DEPENDS ON EXTENSION, which would be lost' END,
  pg_catalog.pg_get_triggerdef(g.oid),
  pg_catalog.format(' ON %I.%I ', r.nspname, r.relname),
  pg_catalog.quote_ident(r.relname::text),
  pg_catalog.replace(pg_catalog.pg_get_triggerdef(g.oid),
    pg_catalog.format(' ON %I.%I ', r.nspname, r.relname), ' ')
FROM fires g CROSS JOIN r
WHERE g.tgparentid = 0::oid OR g.tgenabled IS DISTINCT FROM g.root
ORDER BY g.tgname, g.tgrelid)sql";

// Returns where `part` begins outside of quoted names.
std::size_t FindUnquoted(const std::string& text, const std::string& part) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!quoted && text.compare(at, part.size(), part) == 0) return at;
    if (text[at] == '"') quoted = !quoted;
  }
  throw Error(ErrorKind::kInternal,
              "a trigger reads '" + text + "', without '" + part + "'");
}

std::string NotByRunner() { return "(" + ByRunner(0) + ") IS NOT TRUE"; }

// The condition of the trigger's own comes last, where it needs no bracket: the
// server prints it with one around each operator.
std::string WithCondition(const std::string& definition) {
  const bool rows = definition.find(" FOR EACH ROW ") != std::string::npos;
  const std::string each = rows ? " FOR EACH ROW " : " FOR EACH STATEMENT ";
  const std::size_t at = FindUnquoted(definition, each) + each.size();
  const std::string rest = definition.substr(at);
  const std::string when = "WHEN (";
  return definition.substr(0, at) + when + NotByRunner() +
         (rest.starts_with(when) ? " AND " + rest.substr(when.size())
                                 : ") " + rest);
}

// Returns the statement that creates the trigger anew in the schema at work.
std::string Recreate(const std::string& definition, const std::string& on,
                     const std::string& table) {
  const std::string create = "CREATE ";
  const std::size_t at = FindUnquoted(definition, on);
  return create + "OR REPLACE " +
         definition.substr(create.size(), at - create.size()) + " ON " +
         db::kSchemaMark + "." + table + " " +
         definition.substr(at + on.size());
}

}  // namespace

db::Answer AnswerTo(db::Connection& connection,
                    const db::TriggersQuestion& question) {
  const QualifiedNames names(connection, "pg_catalog");
  db::Answer answer;
  for (const db::Row& row :
       connection.Execute(kTriggersSql, {Name(question.table)}).rows) {
    const std::string name = db::ToText(row.at(0));
    if (!db::IsNull(row.at(1))) {
      answer.names.push_back("'" + name + "': " + db::ToText(row.at(1)));
    } else {
      const std::string own = Recreate(
          db::ToText(row.at(2)), db::ToText(row.at(3)), db::ToText(row.at(4)));
      answer.held.push_back(
          {name, db::ToText(row.at(5)), WithCondition(own), own});
    }
  }
  return answer;
}

}  // namespace segue::postgres
