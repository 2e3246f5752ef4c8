// Tells what of a table its copy could not get. What is not known to be carried
// is named, so that nothing is lost unseen.
#include "dialects/postgres/copy_reasons.h"
#include "dialects/postgres/examine.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

// Everything that depends on the table, on its columns, indexes, constraints,
// sequences or row type, and that the exchange does not carry. What the
// partitions of a table have for themselves is in partition_reasons.cc.
constexpr const char* kReasons = R"sql(
WITH t AS (SELECT c.*, pg_catalog.to_regclass(@TABLE@) AS name
  FROM pg_catalog.pg_class c
  WHERE c.oid = pg_catalog.to_regclass(@TABLE@)::oid),
own AS (
  SELECT 'pg_catalog.pg_class'::regclass::oid AS class, t.oid AS id FROM t
  UNION ALL SELECT 'pg_catalog.pg_class'::regclass::oid, i.indexrelid
  FROM t JOIN pg_catalog.pg_index i ON i.indrelid = t.oid
  UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass::oid, k.oid
  FROM t JOIN pg_catalog.pg_constraint k ON k.conrelid = t.oid
  UNION ALL SELECT 'pg_catalog.pg_type'::regclass::oid, y.oid
  FROM t JOIN pg_catalog.pg_type y ON y.oid = t.reltype
    OR (y.typelem = t.reltype AND y.typelem <> 0::oid)
  UNION ALL SELECT 'pg_catalog.pg_class'::regclass::oid, d.objid
  FROM t JOIN pg_catalog.pg_depend d ON d.refobjid = t.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.deptype = 'i'
  JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'),
-- What the exchange carries, and what is a part of the table.
carried AS (
  SELECT class, id FROM own
  UNION ALL SELECT 'pg_catalog.pg_attrdef'::regclass::oid, d.oid
  FROM t JOIN pg_catalog.pg_attrdef d ON d.adrelid = t.oid
  UNION ALL SELECT 'pg_catalog.pg_class'::regclass::oid, t.reltoastrelid FROM t
  UNION ALL SELECT 'pg_catalog.pg_class'::regclass::oid, h.inhrelid
  FROM t JOIN pg_catalog.pg_inherits h ON h.inhparent = t.oid
    AND t.relkind = 'p'
  UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass::oid, k.oid
  FROM t JOIN pg_catalog.pg_constraint k ON k.confrelid = t.oid
    AND k.contype = 'f'
  UNION ALL SELECT 'pg_catalog.pg_trigger'::regclass::oid, g.oid
  FROM t JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.oid
    OR g.tgconstrrelid = t.oid AND g.tgisinternal
  UNION ALL SELECT 'pg_catalog.pg_policy'::regclass::oid, p.oid
  FROM t JOIN pg_catalog.pg_policy p ON p.polrelid = t.oid
  UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::regclass::oid, s.oid
  FROM t JOIN pg_catalog.pg_statistic_ext s ON s.stxrelid = t.oid
  UNION ALL SELECT 'pg_catalog.pg_publication_rel'::regclass::oid, r.oid
  FROM t JOIN pg_catalog.pg_publication_rel r ON r.prrelid = t.oid
  UNION ALL SELECT 'pg_catalog.pg_class'::regclass::oid, d.objid
  FROM t JOIN pg_catalog.pg_depend d ON d.refobjid = t.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.deptype = 'a'
  JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
  -- Before version 14 a sequence has a row type.
  UNION ALL SELECT 'pg_catalog.pg_type'::regclass::oid, y.oid
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_type y ON y.typrelid = c.oid
  WHERE c.relkind = 'S'
  UNION ALL SELECT 'pg_catalog.pg_rewrite'::regclass::oid, r.oid
  FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
  WHERE r.rulename = '_RETURN' AND c.relkind = 'v'),
views AS (SELECT DISTINCT c.oid AS id, c.relowner, c.oid::regclass AS name
  FROM t JOIN pg_catalog.pg_depend d ON d.refobjid = t.oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
  JOIN pg_catalog.pg_class c ON c.oid = r.ev_class AND c.relkind = 'v')
SELECT DISTINCT x.what FROM t CROSS JOIN LATERAL (
  SELECT 'inherits from ' || h.inhparent::regclass AS what
  FROM pg_catalog.pg_inherits h WHERE h.inhrelid = t.oid
  UNION ALL SELECT pg_catalog.format('%s inherits from it',
    h.inhrelid::regclass)
  FROM pg_catalog.pg_inherits h
  WHERE h.inhparent = t.oid AND t.relkind <> 'p'
  UNION ALL SELECT 'is of type ' || t.reloftype::regtype
  WHERE t.reloftype <> 0::oid
  UNION ALL SELECT 'is temporary' WHERE t.relpersistence = 't'
  UNION ALL SELECT pg_catalog.format('rule %I', r.rulename)
  FROM pg_catalog.pg_rewrite r WHERE r.ev_class = t.oid
  UNION ALL SELECT 'belongs to extension ' || pg_catalog.quote_ident(e.extname)
  FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e
    ON e.oid = d.refobjid
  JOIN carried o ON o.class = d.classid AND o.id = d.objid
  JOIN own p ON p.class = o.class AND p.id = o.id
  WHERE d.refclassid = 'pg_catalog.pg_extension'::regclass::oid
    AND d.deptype IN ('e', 'x')
  UNION ALL SELECT pg_catalog.format('trigger %I depends on an extension',
    g.tgname)
  FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_trigger'::regclass::oid AND d.objid = g.oid
    AND d.deptype = 'x' WHERE g.tgrelid = t.oid
  UNION ALL SELECT pg_catalog.format('security label of %s', l.provider)
  FROM pg_catalog.pg_seclabel l JOIN own o ON o.class = l.classoid
    AND o.id = l.objoid
  UNION ALL SELECT pg_catalog.format('unique constraint %I is deferrable',
    k.conname)
  FROM pg_catalog.pg_constraint k WHERE k.conrelid = t.oid
    AND k.contype IN ('p', 'u', 'x') AND k.condeferrable
  UNION ALL SELECT pg_catalog.format('%s %I of %s is not valid',
    CASE k.contype::text WHEN 'c' THEN 'check' WHEN 'n' THEN 'NOT NULL'
      ELSE 'foreign key' END, k.conname, k.conrelid::regclass)
  FROM pg_catalog.pg_constraint k
  WHERE (k.conrelid = t.oid OR (k.confrelid = t.oid AND k.contype = 'f'))
    AND k.conparentid = 0::oid AND NOT k.convalidated
  UNION ALL SELECT pg_catalog.format('foreign key %I of partitioned table %s',
    k.conname, k.conrelid::regclass)
  FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c
    ON c.oid = k.conrelid AND c.relkind = 'p'
  WHERE k.confrelid = t.oid AND k.conrelid <> t.oid AND k.contype = 'f'
    AND k.conparentid = 0::oid
  UNION ALL SELECT pg_catalog.format('foreign key %I of %s, which another role '
    'owns', k.conname, k.conrelid::regclass)
  FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c
    ON c.oid = k.conrelid
  WHERE k.confrelid = t.oid AND k.contype = 'f'
    AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')
  UNION ALL SELECT pg_catalog.format('foreign key %I to %s, to which this role '
    'may not refer', k.conname, k.confrelid::regclass)
  FROM pg_catalog.pg_constraint k
  WHERE k.conrelid = t.oid AND k.contype = 'f' AND NOT
    pg_catalog.has_any_column_privilege(k.confrelid, 'REFERENCES')
  UNION ALL SELECT 'a trigger of a foreign key is turned off'
  FROM pg_catalog.pg_trigger g WHERE g.tgrelid = t.oid AND g.tgisinternal
    AND g.tgenabled <> 'O'
  UNION ALL SELECT pg_catalog.format('privilege %s of %s, which %s has given',
    e.privilege_type, CASE WHEN e.grantee = 0::oid THEN 'PUBLIC'
      ELSE pg_catalog.pg_get_userbyid(e.grantee)::text END,
    pg_catalog.pg_get_userbyid(e.grantor))
  FROM (SELECT t.relacl AS acl, t.relowner AS owner
    UNION ALL SELECT a.attacl, t.relowner FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = t.oid AND NOT a.attisdropped
    UNION ALL SELECT c.relacl, c.relowner FROM own o
    JOIN pg_catalog.pg_class c ON c.oid = o.id AND c.relkind = 'S'
    WHERE o.class = 'pg_catalog.pg_class'::regclass::oid) g,
    pg_catalog.aclexplode(g.acl) e WHERE e.grantor <> g.owner
  UNION ALL SELECT pg_catalog.format('publication %I of another role',
    b.pubname)
  FROM pg_catalog.pg_publication_rel r
  JOIN pg_catalog.pg_publication b ON b.oid = r.prpubid
  WHERE r.prrelid = t.oid AND NOT pg_catalog.pg_has_role(b.pubowner, 'USAGE')
  UNION ALL SELECT pg_catalog.format('a subscription writes to it')
  FROM pg_catalog.pg_subscription_rel r WHERE r.srrelid = t.oid
  UNION ALL SELECT pg_catalog.format('view %s of another role', v.name)
  FROM views v WHERE NOT pg_catalog.pg_has_role(v.relowner, 'USAGE')
  UNION ALL SELECT pg_catalog.format('statistics object %I of another schema',
    s.stxname)
  FROM pg_catalog.pg_statistic_ext s
  WHERE s.stxrelid = t.oid AND s.stxnamespace <> t.relnamespace
  UNION ALL SELECT pg_catalog.pg_describe_object(d.classid, d.objid, 0)
  FROM own o JOIN pg_catalog.pg_depend d ON d.refclassid = o.class
    AND d.refobjid = o.id
  WHERE NOT EXISTS (SELECT FROM carried c WHERE c.class = d.classid
      AND c.id = d.objid)
    AND NOT (o.class = 'pg_catalog.pg_type'::regclass::oid
      AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
      AND d.deptype = 'i')
    AND d.deptype <> 'P' AND d.deptype <> 'S'
  UNION ALL SELECT pg_catalog.format('view %s, which has a column of its row '
    'type', r.ev_class::regclass)
  FROM own o JOIN pg_catalog.pg_depend d ON d.refclassid = o.class
    AND d.refobjid = o.id
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
  WHERE o.class = 'pg_catalog.pg_type'::regclass::oid) x
ORDER BY 1)sql";

// What only one table that stores its rows itself can have.
constexpr const char* kOfOne = R"sql(
  SELECT pg_catalog.format('publication %I publishes it', p.pubname) AS what
  FROM pg_catalog.pg_publication_tables p
  WHERE p.schemaname = t.nspname AND p.tablename = t.relname
  UNION ALL SELECT pg_catalog.format('it is clustered on index %I', c.relname)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = t.oid AND i.indisclustered)sql";

// What a partitioned table cannot have, besides. Its partitions are published
// by themselves, which subscribers are not prepared for.
constexpr const char* kPartitionReasons = R"sql(
SELECT DISTINCT x.what
FROM (SELECT c.*, n.nspname FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = pg_catalog.to_regclass(@TABLE@)::oid) t
CROSS JOIN LATERAL (
  @OF_ONE@
  UNION ALL SELECT 'it is unlogged' WHERE t.relpersistence = 'u'
  UNION ALL SELECT pg_catalog.format('constraint %I is NO INHERIT', k.conname)
  FROM pg_catalog.pg_constraint k
  WHERE k.conrelid = t.oid AND k.contype::text IN ('c', 'n')
    AND k.connoinherit
  UNION ALL SELECT pg_catalog.format('foreign key %I has a comment', k.conname)
  FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_description d
    ON d.objoid = k.oid AND d.classoid = 'pg_catalog.pg_constraint'::regclass::oid
  WHERE k.conrelid = t.oid AND k.contype = 'f'
  UNION ALL SELECT pg_catalog.format('trigger %I of each row has a transition '
    'table', g.tgname)
  FROM pg_catalog.pg_trigger g
  WHERE g.tgrelid = t.oid AND NOT g.tgisinternal AND g.tgtype & 1 = 1
    AND (g.tgoldtable IS NOT NULL OR g.tgnewtable IS NOT NULL)) x
ORDER BY 1)sql";

// Privileges on the sequence of an identity. What a trial makes may have those
// that others get by default, so that this is asked of the table alone.
constexpr const char* kSequencePrivileges = R"sql(
SELECT DISTINCT pg_catalog.format('privileges on sequence %s of its identity',
  c.oid::regclass)
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_class c ON c.oid = d.objid
  AND c.relkind = 'S'
CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) e
WHERE d.classid = 'pg_catalog.pg_class'::regclass::oid
  AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
  AND d.refobjid = pg_catalog.to_regclass(@TABLE@)::oid AND d.deptype = 'i'
  AND e.grantee <> c.relowner)sql";

// What a table has once, or has for all of its rows.
constexpr const char* kDividedReasons = R"sql(
SELECT DISTINCT x.what
FROM (SELECT c.*, n.nspname FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = pg_catalog.to_regclass(@TABLE@)::oid) t
CROSS JOIN LATERAL (
  @OF_ONE@
  UNION ALL SELECT pg_catalog.format('policy %I', p.polname)
  FROM pg_catalog.pg_policy p WHERE p.polrelid = t.oid
  UNION ALL SELECT 'row security'
  WHERE t.relrowsecurity OR t.relforcerowsecurity
  UNION ALL SELECT pg_catalog.format('statistics object %I', s.stxname)
  FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = t.oid
  UNION ALL SELECT pg_catalog.format('exclusion constraint %I', k.conname)
  FROM pg_catalog.pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'x'
  UNION ALL SELECT pg_catalog.format('privileges on its column %I', a.attname)
  FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.oid
    AND NOT a.attisdropped AND a.attacl IS NOT NULL
  UNION ALL SELECT pg_catalog.pg_describe_object(d.classoid, d.objoid, 0)
    || ' has a comment'
  FROM pg_catalog.pg_description d
  WHERE (d.classoid = 'pg_catalog.pg_constraint'::regclass::oid
      AND d.objoid IN (SELECT k.oid FROM pg_catalog.pg_constraint k
        WHERE k.conrelid = t.oid))
    OR (d.classoid = 'pg_catalog.pg_class'::regclass::oid
      AND d.objoid IN (SELECT i.indexrelid FROM pg_catalog.pg_index i
        WHERE i.indrelid = t.oid))
  UNION ALL SELECT 'its replica identity is not DEFAULT'
  WHERE t.relreplident <> 'd'
  UNION ALL SELECT pg_catalog.format('index %I has statistics targets',
    c.relname)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
  WHERE i.indrelid = t.oid
    AND coalesce((pg_catalog.to_jsonb(a) ->> 'attstattarget')::int4, -1) >= 0
  ) x
ORDER BY 1)sql";

}  // namespace

std::string DividedReasonsSql(const std::string& table) {
  return FilledAll(kDividedReasons, {{"@TABLE@", table}, {"@OF_ONE@", kOfOne}});
}

std::string CopyReasonsSql(const std::string& table, bool partitioned) {
  const Marks marks = {{"@TABLE@", table}, {"@OF_ONE@", kOfOne}};
  if (partitioned) return FilledAll(kPartitionReasons, marks);
  return "SELECT a.what FROM (" + FilledAll(kReasons, marks) +
         ") a (what) UNION ALL SELECT b.what FROM (" +
         PartitionReasonsSql(table) + ") b (what)";
}

db::Answer AnswerTo(db::Connection& connection,
                    const db::CopyQuestion& question) {
  const std::string table = "$1::text";
  const std::string divided =
      "(" + DividedReasonsSql(table) + ") UNION ALL (" +
      FilledAll(kSequencePrivileges, {{"@TABLE@", table}}) + ")";
  const std::string sql =
      question.divided ? divided : CopyReasonsSql(table, question.partitioned);
  db::Answer answer;
  for (const db::Row& row :
       connection.Execute(sql, {Name(question.table)}).rows) {
    answer.names.push_back(db::ToText(row.at(0)));
  }
  return answer;
}

}  // namespace segue::postgres
