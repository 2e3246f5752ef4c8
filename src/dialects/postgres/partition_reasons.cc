// Tells what the partitions of a table have for themselves, which would go with
// them when a plain table takes the place. What is not known to be a part of
// the table's own things is named, so that nothing is lost unseen.
#include "dialects/postgres/copy_reasons.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

// A DEFAULT of a partition counts for rows that name the partition alone, and
// the options of its columns count for its statistics: neither is named.
//
// The rows of the copy are stored as those of the first partition are.
constexpr const char* kOwn = R"sql(
WITH t AS (SELECT c.* FROM pg_catalog.pg_class c
  WHERE c.oid = pg_catalog.to_regclass(@TABLE@)::oid),
parts AS (SELECT c.*, t.oid AS parent, c.oid::regclass AS name,
    pg_catalog.format('%s|%s|%s|%s', c.relam, c.reltablespace, c.reloptions,
      x.reloptions) AS stored
  FROM t JOIN pg_catalog.pg_inherits h ON h.inhparent = t.oid
    AND t.relkind = 'p'
  JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
  LEFT JOIN pg_catalog.pg_class x ON x.oid = c.reltoastrelid),
own AS (
  SELECT 'pg_catalog.pg_class'::regclass::oid AS class, p.oid AS id, p.oid AS of
  FROM parts p
  UNION ALL SELECT 'pg_catalog.pg_class'::regclass::oid, i.indexrelid, p.oid
  FROM parts p JOIN pg_catalog.pg_index i ON i.indrelid = p.oid
  UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass::oid, k.oid, p.oid
  FROM parts p JOIN pg_catalog.pg_constraint k ON k.conrelid = p.oid
  UNION ALL SELECT 'pg_catalog.pg_type'::regclass::oid, y.oid, p.oid
  FROM parts p JOIN pg_catalog.pg_type y ON y.oid = p.reltype
    OR (y.typelem = p.reltype AND y.typelem <> 0::oid)),
-- What follows from what the table has, and what is a part of the partition.
known AS (
  SELECT class, id FROM own
  UNION ALL SELECT 'pg_catalog.pg_class'::regclass::oid, p.reltoastrelid
  FROM parts p
  UNION ALL SELECT 'pg_catalog.pg_attrdef'::regclass::oid, d.oid
  FROM parts p JOIN pg_catalog.pg_attrdef d ON d.adrelid = p.oid
  UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass::oid, k.oid
  FROM pg_catalog.pg_constraint k WHERE k.conparentid <> 0::oid
  UNION ALL SELECT 'pg_catalog.pg_trigger'::regclass::oid, g.oid
  FROM pg_catalog.pg_trigger g WHERE g.tgisinternal OR g.tgparentid <> 0::oid
    OR g.tgname::text LIKE '~segue\_%')
SELECT DISTINCT pg_catalog.format('partition %s has %s', p.name, x.what)
FROM t CROSS JOIN parts p CROSS JOIN LATERAL (
  SELECT 'partitions itself' AS what WHERE p.relkind = 'p'
  UNION ALL SELECT 'its rows on another server' WHERE p.relkind = 'f'
  UNION ALL SELECT 'another owner' WHERE p.relowner <> t.relowner
  UNION ALL SELECT 'another persistence'
  WHERE p.relpersistence <> t.relpersistence
  UNION ALL SELECT 'row security'
  WHERE p.relrowsecurity OR p.relforcerowsecurity
  UNION ALL SELECT 'a replica identity of its own'
  WHERE p.relreplident <> t.relreplident OR p.relreplident = 'i'
  UNION ALL SELECT 'storage options, an access method or a tablespace that '
    'others do not have'
  WHERE p.stored <> (SELECT f.stored FROM parts f ORDER BY f.oid LIMIT 1)
  UNION ALL SELECT pg_catalog.format('privilege %s of %s', e.privilege_type,
    CASE WHEN e.grantee = 0::oid THEN 'PUBLIC'
      ELSE pg_catalog.pg_get_userbyid(e.grantee)::text END)
  FROM (SELECT p.relacl AS acl UNION ALL SELECT a.attacl
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = p.oid AND NOT a.attisdropped) g,
    pg_catalog.aclexplode(g.acl) e WHERE e.grantee <> p.relowner
  UNION ALL SELECT 'a comment on '
    || pg_catalog.pg_describe_object(d.classoid, d.objoid, d.objsubid)
  FROM (SELECT class, id FROM own WHERE of = p.oid
    UNION ALL SELECT 'pg_catalog.pg_trigger'::regclass::oid, g.oid
    FROM pg_catalog.pg_trigger g WHERE g.tgrelid = p.oid) o
  JOIN pg_catalog.pg_description d ON d.classoid = o.class
    AND d.objoid = o.id
  UNION ALL SELECT pg_catalog.format('the mark of CLUSTER on index %I',
    c.relname)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = p.oid AND i.indisclustered
  UNION ALL SELECT pg_catalog.format('a statistics target of index %I',
    c.relname)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
  WHERE i.indrelid = p.oid
    AND coalesce((pg_catalog.to_jsonb(a) ->> 'attstattarget')::int4, -1) >= 0
  UNION ALL SELECT 'a security label of ' || l.provider
  FROM own o JOIN pg_catalog.pg_seclabel l ON l.classoid = o.class
    AND l.objoid = o.id WHERE o.of = p.oid
  UNION ALL SELECT 'a part of extension ' || pg_catalog.quote_ident(e.extname)
  FROM own o JOIN pg_catalog.pg_depend d ON d.classid = o.class
    AND d.objid = o.id AND d.deptype IN ('e', 'x')
    AND d.refclassid = 'pg_catalog.pg_extension'::regclass::oid
  JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid WHERE o.of = p.oid
  UNION ALL SELECT pg_catalog.format('publication %I for itself', b.pubname)
  FROM pg_catalog.pg_publication_tables b
  WHERE b.schemaname = p.relnamespace::regnamespace::name
    AND b.tablename = p.relname
  UNION ALL SELECT 'a subscription that writes to it'
  FROM pg_catalog.pg_subscription_rel r WHERE r.srrelid = p.oid
  UNION ALL SELECT pg_catalog.format('constraint %I, which the table does not '
    'have', k.conname)
  FROM pg_catalog.pg_constraint k WHERE k.conrelid = p.oid
    AND k.contype <> 't' AND CASE WHEN k.contype IN ('p', 'u', 'x', 'f')
      THEN k.conparentid = 0::oid ELSE k.coninhcount = 0 END
  UNION ALL SELECT pg_catalog.format('index %I, which the table does not have',
    c.relname)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = p.oid AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h
    WHERE h.inhrelid = i.indexrelid)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
      WHERE k.conindid = i.indexrelid AND k.conparentid = 0::oid
        AND k.conrelid = p.oid)
  UNION ALL SELECT pg_catalog.format('index %I with other options or in another '
    'tablespace', c.relname)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_inherits h ON h.inhrelid = c.oid
  JOIN pg_catalog.pg_class o ON o.oid = h.inhparent
  WHERE i.indrelid = p.oid AND (c.reltablespace <> o.reltablespace
    OR c.reloptions IS DISTINCT FROM o.reloptions)
  UNION ALL SELECT pg_catalog.format('%s of column %I of its own', CASE
    WHEN a.attnotnull <> b.attnotnull THEN 'NOT NULL'
    WHEN a.attstorage <> b.attstorage THEN 'a storage'
    WHEN a.attgenerated <> '' THEN 'a generation'
    ELSE 'a compression' END, a.attname)
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_attribute b
    ON b.attrelid = t.oid AND b.attname = a.attname AND NOT b.attisdropped
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid
    AND d.adnum = a.attnum AND a.attgenerated <> ''
  LEFT JOIN pg_catalog.pg_attrdef e ON e.adrelid = b.attrelid
    AND e.adnum = b.attnum AND b.attgenerated <> ''
  WHERE a.attrelid = p.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND (a.attnotnull <> b.attnotnull OR a.attstorage <> b.attstorage
      OR a.attgenerated <> b.attgenerated
      OR pg_catalog.to_jsonb(a) -> 'attcompression'
        IS DISTINCT FROM pg_catalog.to_jsonb(b) -> 'attcompression'
      OR pg_catalog.pg_get_expr(d.adbin, d.adrelid)
        IS DISTINCT FROM pg_catalog.pg_get_expr(e.adbin, e.adrelid))
  UNION ALL SELECT pg_catalog.format('trigger %I in another state', g.tgname)
  FROM pg_catalog.pg_trigger g
  LEFT JOIN pg_catalog.pg_trigger h ON h.oid = g.tgparentid
  WHERE g.tgrelid = p.oid AND (g.tgisinternal OR g.tgparentid <> 0::oid)
    AND g.tgenabled <> coalesce(h.tgenabled, 'O')
  UNION ALL SELECT pg_catalog.pg_describe_object(d.classid, d.objid, 0)
  FROM own o JOIN pg_catalog.pg_depend d ON d.refclassid = o.class
    AND d.refobjid = o.id
  WHERE o.of = p.oid AND d.deptype NOT IN ('P', 'S')
    AND NOT EXISTS (SELECT FROM known c WHERE c.class = d.classid
      AND c.id = d.objid)) x
ORDER BY 1)sql";

constexpr const char* kPublishedParts = R"sql(
SELECT pg_catalog.format('publication %I would publish its partitions by '
  'themselves', b.pubname)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_publication_tables p ON p.tablename = c.relname
  AND p.schemaname = c.relnamespace::regnamespace::name
JOIN pg_catalog.pg_publication b ON b.pubname = p.pubname AND NOT b.pubviaroot
WHERE c.oid = pg_catalog.to_regclass(@TABLE@)::oid)sql";

}  // namespace

std::string PublishedPartsSql(const std::string& table) {
  return FilledAll(kPublishedParts, {{"@TABLE@", table}});
}

std::string PartitionReasonsSql(const std::string& table) {
  return FilledAll(kOwn, {{"@TABLE@", table}});
}

}  // namespace segue::postgres
