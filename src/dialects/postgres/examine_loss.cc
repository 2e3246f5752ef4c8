// Asks the server what hangs on a column that will go.
#include <utility>

#include "base/append.h"
#include "dialects/postgres/examine.h"
#include "dialects/postgres/own_parts.h"
#include "dialects/postgres/search_path.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/view_chain.h"

namespace segue::postgres {
namespace {

// Each row is a fact: its kind, its name for people, and the statement that
// brings it to the column that is called $3 then and has the type $4: the
// server itself gives a column another storage when its type changes. What
// other parts of the plan look after is left out: constraints, indexes, views,
// functions, policies and triggers that depend on the column. Whatever else
// depends on it is an other dependent.
//
// From PostgreSQL 18 on, NOT NULL is a constraint, and the server gives that of
// the other column a name which nobody else can tell: the statement looks for
// it. No name can have the hash of itself, and so none ends the quotes.
constexpr const char* kLossSql = R"sql(
WITH t AS (
  SELECT r.oid AS id, r.relowner AS owner, r.relkind, n.nspname, r.relname,
    a.attnum AS num, a.attname, a.attstorage, y.typstorage,
    @OPTIONS_OF_A@ AS attoptions,
    pg_catalog.to_jsonb(a) AS facts,
    pg_catalog.format_type(a.atttypid, a.atttypmod) = $4::text AS same_type,
    pg_catalog.format('@segue_schema@.%I', r.relname) AS name
  FROM pg_catalog.pg_class r
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid
    AND a.attname = $2::name AND NOT a.attisdropped
  JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
  WHERE r.oid = pg_catalog.to_regclass($1::text)::oid),
depends AS (
  SELECT d.classid, d.objid, d.objsubid FROM t
  JOIN pg_catalog.pg_depend d
    ON d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.refobjid = t.id AND d.refobjsubid = t.num::int4),
indexes AS (
  SELECT i.indexrelid, i.indisclustered, i.indisreplident, x.relname
  FROM t JOIN pg_catalog.pg_index i ON i.indrelid = t.id
    AND (t.num = ANY (i.indkey::int2[]) OR EXISTS (SELECT FROM depends d
      WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid
        AND d.objid = i.indexrelid))
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    AND x.relname <> $5::name),
not_null AS (
  SELECT x.oid AS id, x.conname, x.connoinherit,
    pg_catalog.format('NOT NULL constraint %L%s', x.conname,
      CASE WHEN x.connoinherit THEN ' NO INHERIT' END) AS what,
    'segue_' || pg_catalog.md5(pg_catalog.concat(t.nspname, t.relname, $3::text,
      x.conname)) AS tag
  FROM t JOIN pg_catalog.pg_constraint x ON x.conrelid = t.id
    AND t.num = ANY (x.conkey) AND x.contype = 'n'),
extended AS (
  SELECT s.oid AS id, s.stxname, s.stxowner, t.name,
    n.nspname = t.nspname AND $3::text IN (t.attname::text, '') AS goes,
    pg_catalog.format('statistics %L', s.stxname) AS what,
    pg_catalog.format('@segue_schema@.%I', s.stxname) AS there,
    coalesce((pg_catalog.to_jsonb(s) ->> 'stxstattarget')::int4, -1) AS target,
    pg_catalog.pg_get_statisticsobjdef(s.oid) AS def
  FROM t JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = t.id
  JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
  WHERE EXISTS (SELECT FROM depends d WHERE d.objid = s.oid
    AND d.classid = 'pg_catalog.pg_statistic_ext'::regclass::oid)),
whole AS (SELECT id, num, attname AS name FROM t),
@OWN_PARTS@,
facts(kind, what, sql, rank) AS (
  SELECT CASE WHEN e.grantor = t.owner THEN 'privilege'
    ELSE 'privilege of another grantor' END, CASE WHEN e.grantor = t.owner
    THEN 'privileges' ELSE 'privileges that ' || pg_catalog.quote_ident(
    pg_catalog.pg_get_userbyid(e.grantor)::text) || ' has granted' END,
    pg_catalog.format('GRANT %s (%I) ON %s TO %s%s',
    e.privilege_type, $3::text, t.name, CASE WHEN e.grantee = 0::oid
    THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(
      e.grantee)::text) END, CASE WHEN e.is_grantable
    THEN ' WITH GRANT OPTION' ELSE '' END), 0
  FROM t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.id
    AND a.attnum = t.num, pg_catalog.aclexplode(a.attacl) e
  WHERE $3::text <> ''
  UNION ALL
  SELECT 'storage', 'storage ' || w.word, pg_catalog.format(
    'ALTER TABLE %s ALTER COLUMN %I SET STORAGE %s', t.name, $3::text, w.word),
    0
  FROM t CROSS JOIN LATERAL (SELECT CASE t.attstorage::text WHEN 'p' THEN 'PLAIN'
    WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END) w(word)
  WHERE t.same_type AND t.attstorage <> t.typstorage
  UNION ALL
  SELECT 'compression', 'compression ' || w.word, pg_catalog.format(
    'ALTER TABLE %s ALTER COLUMN %I SET COMPRESSION %s', t.name, $3::text,
    w.word), 0
  FROM t CROSS JOIN LATERAL (SELECT CASE t.facts ->> 'attcompression'
    WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END) w(word)
  WHERE t.same_type AND w.word IS NOT NULL
  UNION ALL
  SELECT 'statistics target', 'statistics target ' || (t.facts ->> 'attstattarget'),
    pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s',
      t.name, $3::text, t.facts ->> 'attstattarget'), 0
  FROM t WHERE coalesce((t.facts ->> 'attstattarget')::int4, -1) >= 0
  UNION ALL
  SELECT 'options', 'options ' || pg_catalog.array_to_string(t.attoptions, ', '),
    pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET (%s)', t.name,
      $3::text, pg_catalog.array_to_string(t.attoptions, ', ')), 0
  FROM t WHERE t.attoptions IS NOT NULL
  UNION ALL
  SELECT 'comment', pg_catalog.format('comment on index %L', i.relname),
    pg_catalog.format('COMMENT ON INDEX @segue_schema@.%I IS %L', i.relname,
      d.description), 0
  FROM indexes i JOIN pg_catalog.pg_description d ON d.objoid = i.indexrelid
    AND d.classoid = 'pg_catalog.pg_class'::regclass::oid AND d.objsubid = 0
  UNION ALL
  SELECT 'comment', pg_catalog.format('comment on constraint %L', x.conname),
    pg_catalog.format('COMMENT ON CONSTRAINT %I ON %s IS %L', x.conname, t.name,
      d.description), 0
  FROM t JOIN pg_catalog.pg_constraint x ON x.conrelid = t.id
    AND t.num = ANY (x.conkey) AND x.conname <> $5::name
    AND x.contype <> 'n'
  JOIN pg_catalog.pg_description d ON d.objoid = x.oid
    AND d.classoid = 'pg_catalog.pg_constraint'::regclass::oid
  UNION ALL
  SELECT CASE WHEN n.connoinherit THEN 'NOT NULL that is not inherited'
    ELSE 'name of a NOT NULL constraint' END, n.what, pg_catalog.format($do$DO $%1$s$
DECLARE
  statement pg_catalog.text;
BEGIN
  FOR statement IN
    SELECT pg_catalog.format('ALTER TABLE %%s RENAME CONSTRAINT %%I TO %%I',
      x.conrelid::pg_catalog.regclass, x.conname, %2$L)
    FROM pg_catalog.pg_constraint x JOIN pg_catalog.pg_attribute a
      ON a.attrelid = x.conrelid AND a.attnum = ANY (x.conkey)
    WHERE x.conrelid = $%1$s_name$%3$s$%1$s_name$::pg_catalog.regclass::oid
      AND x.contype = 'n' AND a.attname = %4$L AND x.conname <> %2$L
  LOOP
    EXECUTE statement;
  END LOOP;
END $%1$s$$do$, n.tag, n.conname, t.name, $3::text), 0
  FROM t CROSS JOIN not_null n
  WHERE $3::text <> '' AND (n.connoinherit OR n.conname::text <>
    pg_catalog.concat(t.relname, '_', $3::text, '_not_null'))
  UNION ALL
  SELECT 'comment', n.what, pg_catalog.format('COMMENT ON CONSTRAINT %I ON %s IS %L',
    n.conname, t.name, d.description), 1
  FROM t CROSS JOIN not_null n
  JOIN pg_catalog.pg_description d ON d.objoid = n.id
    AND d.classoid = 'pg_catalog.pg_constraint'::regclass::oid
  WHERE $3::text <> ''
  UNION ALL
  SELECT 'statistics target of an index',
    pg_catalog.format('statistics target of index %L', i.relname),
    pg_catalog.format('ALTER INDEX @segue_schema@.%I ALTER COLUMN %s SET '
      'STATISTICS %s', i.relname, a.attnum,
      pg_catalog.to_jsonb(a) ->> 'attstattarget'), 0
  FROM indexes i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indexrelid
  WHERE coalesce((pg_catalog.to_jsonb(a) ->> 'attstattarget')::int4, -1) >= 0
  UNION ALL
  SELECT 'mark of CLUSTER', pg_catalog.format('mark of CLUSTER on index %L', i.relname),
    pg_catalog.format('ALTER TABLE %s CLUSTER ON %I', t.name, i.relname), 0
  FROM t, indexes i WHERE i.indisclustered
  UNION ALL
  SELECT 'replica identity', pg_catalog.format('replica identity by index %L', i.relname),
    pg_catalog.format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', t.name,
      i.relname), 0
  FROM t, indexes i WHERE i.indisreplident
  UNION ALL
  SELECT CASE WHEN e.goes THEN 'statistics object'
    ELSE 'statistics object in another schema' END, e.what,
    pg_catalog.format('CREATE STATISTICS %s', e.there)
    || pg_catalog.regexp_replace(pg_catalog.substr(e.def, pg_catalog.strpos(
        e.def, pg_catalog.quote_ident(e.stxname::text)) + pg_catalog.length(
        pg_catalog.quote_ident(e.stxname::text))), ' FROM [^()]*$', ' FROM ')
    || e.name, 1
  FROM extended e
  UNION ALL
  SELECT 'statistics object', e.what,
    pg_catalog.format('ALTER STATISTICS %s SET STATISTICS %s',
    e.there, e.target), 2
  FROM extended e WHERE e.goes AND e.target >= 0
  UNION ALL
  SELECT 'statistics object', e.what, pg_catalog.format('COMMENT ON STATISTICS %s IS %L',
    e.there, d.description), 3
  FROM extended e JOIN pg_catalog.pg_description d ON d.objoid = e.id
    AND d.classoid = 'pg_catalog.pg_statistic_ext'::regclass::oid
  WHERE e.goes
  UNION ALL
  SELECT 'statistics object', e.what,
    pg_catalog.format('ALTER STATISTICS %s OWNER TO %I',
    e.there, pg_catalog.pg_get_userbyid(e.stxowner)), 4
  FROM extended e
  WHERE e.goes AND pg_catalog.pg_get_userbyid(e.stxowner) <> current_user
  UNION ALL
  SELECT 'check', pg_catalog.format('check %L', x.conname), NULL, 0
  FROM t JOIN pg_catalog.pg_constraint x ON x.conrelid = t.id
    AND x.contype = 'c' AND t.num = ANY (x.conkey)
  WHERE $3::text = ''
  UNION ALL
  SELECT CASE WHEN c.relkind = 'S' THEN 'owned sequence'
    WHEN b.oid IS NULL THEN 'other dependent'
    WHEN NOT pg_catalog.pg_has_role(b.pubowner, 'USAGE')
    THEN 'publication of another role'
    WHEN t.attname::text <> $3::text
      AND (pg_catalog.to_jsonb(l) ->> 'prqual') IS NOT NULL
    THEN 'row filter over a column that is renamed too'
    WHEN l.prrelid = t.id
    THEN 'publication with a list of columns or a row filter'
    ELSE 'other dependent' END,
    pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid), NULL, 0
  FROM t CROSS JOIN depends d
  LEFT JOIN pg_catalog.pg_class c ON c.oid = d.objid
    AND d.classid = 'pg_catalog.pg_class'::regclass::oid
  LEFT JOIN pg_catalog.pg_publication_rel l ON l.oid = d.objid
    AND d.classid = 'pg_catalog.pg_publication_rel'::regclass::oid
  LEFT JOIN pg_catalog.pg_publication b ON b.oid = l.prpubid
  WHERE d.classid NOT IN ('pg_catalog.pg_attrdef'::regclass::oid,
      'pg_catalog.pg_constraint'::regclass::oid,
      'pg_catalog.pg_statistic_ext'::regclass::oid,
      'pg_catalog.pg_trigger'::regclass::oid,
      'pg_catalog.pg_policy'::regclass::oid,
      'pg_catalog.pg_rewrite'::regclass::oid,
      'pg_catalog.pg_proc'::regclass::oid)
    AND coalesce(c.relkind NOT IN ('i', 'I'), true)
  UNION ALL
  SELECT 'security label', pg_catalog.format('security label of %s', l.provider), NULL, 0
  FROM t JOIN pg_catalog.pg_seclabel l ON l.objoid = t.id
    AND l.classoid = 'pg_catalog.pg_class'::regclass::oid
    AND l.objsubid = t.num::int4
  UNION ALL
  SELECT o.kind, pg_catalog.format('%s, which partition %L has of its own',
    o.what, o.relname), NULL, 0
  FROM own_parts o)
SELECT DISTINCT kind, what, sql, rank FROM facts ORDER BY what, rank, sql)sql";

constexpr const char* kPublication =
    "publication with a list of columns or a row filter";

// A publication holds the columns that its list or its filter names. It lets go
// of the table and takes it back within one transaction, so that no subscriber
// sees it without the table.
constexpr const char* kRelease = R"sql(
DECLARE
  one record;
BEGIN
  PERFORM pg_catalog.set_config('segue.publications', '', true);
  FOR one IN
    SELECT pg_catalog.format('ALTER PUBLICATION %I DROP TABLE %s', p.pubname,
        r.prrelid::pg_catalog.regclass) AS release,
      pg_catalog.format('ALTER PUBLICATION %I ADD TABLE %s%s%s; ', p.pubname,
        r.prrelid::pg_catalog.regclass,
        ' (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(
            CASE WHEN c.attnum = a.attnum THEN @BECOMES@
            ELSE c.attname::pg_catalog.text END), ', ' ORDER BY c.attnum)
          FROM pg_catalog.pg_attribute c WHERE c.attrelid = r.prrelid
            AND c.attnum = ANY (r.prattrs::pg_catalog.int2[])) || ')',
        ' WHERE (' || pg_catalog.pg_get_expr(r.prqual, r.prrelid) || ')')
        AS restore
    FROM pg_catalog.pg_publication_rel r
    JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
    JOIN pg_catalog.pg_attribute a ON a.attrelid = r.prrelid
      AND a.attname = @COLUMN@ AND NOT a.attisdropped
    WHERE r.prrelid = pg_catalog.to_regclass(@TABLE@)::pg_catalog.oid
      AND EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = r.oid
        AND d.classid = 'pg_catalog.pg_publication_rel'::pg_catalog.regclass::pg_catalog.oid
        AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum::pg_catalog.int4)
    ORDER BY p.pubname
  LOOP
    EXECUTE one.release;
    PERFORM pg_catalog.set_config('segue.publications',
      pg_catalog.current_setting('segue.publications') || one.restore, true);
  END LOOP;
END)sql";

constexpr const char* kRestore = R"sql(
BEGIN
  IF pg_catalog.current_setting('segue.publications') <> '' THEN
    EXECUTE pg_catalog.current_setting('segue.publications');
  END IF;
END)sql";

// Both statements are about all publications of the table at once.
void Republish(const db::LossQuestion& question, db::HangingFact& fact) {
  const std::string table =
      std::string(db::kSchemaMark) + "." + Ident(question.table.name);
  std::string release = Filled(kRelease, "@TABLE@", Literal(table));
  release = Filled(release, "@COLUMN@", Literal(question.column));
  release = Filled(release, "@BECOMES@", Literal(question.becomes));
  fact.release = "DO " + DollarQuoted(release);
  fact.sql = "DO " + DollarQuoted(kRestore);
}

bool LeftOut(db::LossOf of, const std::string& kind) {
  const bool privilege =
      kind == "privilege" || kind == "privilege of another grantor";
  if (of == db::LossOf::kPrivileges) return !privilege;
  return of == db::LossOf::kAllButPrivileges && kind == "privilege";
}

// A role without this right cannot look a table up; its plan is refused by name
// for the same reason.
bool MayUse(db::Connection& connection, const std::string& schema) {
  const db::Result found = connection.Execute(
      "SELECT 1 FROM pg_catalog.pg_namespace n WHERE n.nspname = $1::name AND "
      "pg_catalog.has_schema_privilege(n.oid, 'USAGE')",
      {schema});
  return !found.rows.empty();
}

}  // namespace

db::Answer AnswerTo(db::Connection& connection,
                    const db::LossQuestion& question) {
  db::Answer answer;
  if (!MayUse(connection, question.table.schema)) return answer;
  const QualifiedNames names(connection, question.table.schema);
  for (const db::Row& row :
       connection
           .Execute(
               FilledAll(kLossSql, {{"@OWN_PARTS@", OwnParts()},
                                    {"@OPTIONS_OF_A@", ColumnOptionsSql()}}),
               {Name(question.table), question.column, question.becomes,
                question.type, question.leaving})
           .rows) {
    db::HangingFact fact{db::ToText(row.at(0)), db::ToText(row.at(1)), ""};
    if (LeftOut(question.of, fact.kind)) continue;
    if (!db::IsNull(row.at(2))) fact.sql = db::ToText(row.at(2));
    if (fact.kind == kPublication) Republish(question, fact);
    answer.hanging.push_back(std::move(fact));
  }
  if (question.of == db::LossOf::kPrivileges) return answer;
  base::Append(HangingViews(connection, question), answer.hanging);
  return answer;
}

}  // namespace segue::postgres
