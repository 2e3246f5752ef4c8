// Binds views and rules to the column that takes the place of another. The
// server does it: for a moment the new column has the name of the old one, and
// each view gets its own text again. What the text says is read then and not
// when the plan is made, so that whatever others have changed is kept.
#include "base/text.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/view_chain.h"

namespace segue::postgres {
namespace {

// The names of every statement are read while the old column still has its
// name, and with no search path, so that each has its schema. `make` gives a
// view its text; `finish` gives one that is made again what it has had.
//
// An empty list of privileges is what a role has by default, which ALTER
// DEFAULT PRIVILEGES may have changed since. Grants of another role than the
// owner have to be given by that role again; they stand after those by which it
// may give them.
constexpr const char* kGather = R"sql(
  WITH RECURSIVE @CHAIN@,
  edges AS (SELECT DISTINCT d.refobjid AS low, r.ev_class AS high
    FROM chain a JOIN pg_depend d ON d.refobjid = a.id
      AND d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> a.id
    JOIN chain b ON b.id = r.ev_class),
  closure AS (SELECT k.id AS low, k.id AS high FROM chain k
    UNION SELECT c.low, e.high FROM closure c JOIN edges e ON e.low = c.high),
  members AS (SELECT c.*, k.depth, v.name, n.nspname,
      CASE c.relkind WHEN 'v' THEN 'VIEW ' ELSE 'MATERIALIZED VIEW ' END AS type,
      pg_catalog.format('%I.%I', n.nspname, '_segue_mv_' || c.oid::text) AS copy
    FROM chain k JOIN pg_class c ON c.oid = k.id
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
      AS name) v),
  grants AS (
    SELECT m.oid AS id, u.item, u.place, 0 AS column, '' AS of
    FROM members m, pg_catalog.unnest(m.relacl) WITH ORDINALITY u(item, place)
    UNION ALL
    SELECT m.oid, u.item, u.place, a.attnum::int4,
      pg_catalog.format(' (%I)', a.attname)
    FROM members m JOIN pg_attribute a ON a.attrelid = m.oid
      AND NOT a.attisdropped, pg_catalog.unnest(a.attacl) WITH ORDINALITY u(item, place)),
  finish AS (
    SELECT m.oid AS id, 0 AS rank, 0 AS part, 0::bigint AS place,
      pg_catalog.format('ALTER %s %s OWNER TO %I', m.type, m.name,
        pg_catalog.pg_get_userbyid(m.relowner)) AS sql
    FROM members m WHERE pg_catalog.pg_get_userbyid(m.relowner) <> current_user
    UNION ALL
    SELECT m.oid, 1, 0, 0, pg_catalog.format('REVOKE ALL ON %s FROM %I', m.name,
      pg_catalog.pg_get_userbyid(m.relowner))
    FROM members m WHERE m.relacl IS NOT NULL
    UNION ALL
    SELECT m.oid, 2, g.column, g.place,
      CASE WHEN e.grantor <> m.relowner THEN pg_catalog.format(
        'SET LOCAL ROLE %I; ', pg_catalog.pg_get_userbyid(e.grantor)) ELSE '' END
      || pg_catalog.format('GRANT %s ON %s TO %s%s', e.words, m.name,
        CASE WHEN e.grantee = 0 THEN 'PUBLIC'
          ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(e.grantee)) END,
        CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      || CASE WHEN e.grantor <> m.relowner THEN pg_catalog.format(
        '; SET LOCAL ROLE %I', current_user) ELSE '' END
    FROM members m JOIN grants g ON g.id = m.oid
    CROSS JOIN LATERAL (SELECT x.grantor, x.grantee, x.is_grantable,
        pg_catalog.string_agg(x.privilege_type || g.of, ', ') AS words
      FROM pg_catalog.aclexplode(ARRAY[g.item]) x
      GROUP BY x.grantor, x.grantee, x.is_grantable) e
    UNION ALL
    SELECT m.oid, 3, f.adnum, 0, pg_catalog.format(
      'ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', m.name, a.attname,
      pg_catalog.pg_get_expr(f.adbin, f.adrelid))
    FROM members m JOIN pg_attrdef f ON f.adrelid = m.oid
    JOIN pg_attribute a ON a.attrelid = m.oid AND a.attnum = f.adnum
    UNION ALL
    SELECT m.oid, 4, 0, r.oid::bigint, pg_catalog.pg_get_ruledef(r.oid)
    FROM members m JOIN pg_rewrite r ON r.ev_class = m.oid
      AND r.rulename <> '_RETURN'
    UNION ALL
    SELECT m.oid, 5, 0, g.oid::bigint, pg_catalog.pg_get_triggerdef(g.oid)
    FROM members m JOIN pg_trigger g ON g.tgrelid = m.oid
      AND NOT g.tgisinternal
    UNION ALL
    SELECT m.oid, 6, 0, 0, pg_catalog.format(
      'ALTER INDEX %I.%I RENAME TO %I', m.nspname,
      '_segue_mv_' || x.oid::text, x.relname)
    FROM members m JOIN pg_index i ON i.indrelid = m.oid
    JOIN pg_class x ON x.oid = i.indexrelid
    UNION ALL
    SELECT m.oid, 7, 0, i.indexrelid::bigint, pg_catalog.format(
      'ALTER MATERIALIZED VIEW %s CLUSTER ON %I', m.name, x.relname)
    FROM members m JOIN pg_index i ON i.indrelid = m.oid AND i.indisclustered
    JOIN pg_class x ON x.oid = i.indexrelid
    UNION ALL
    SELECT m.oid, 7, a.attnum, 0, pg_catalog.format(
      'ALTER MATERIALIZED VIEW %s ALTER COLUMN %I %s', m.name, a.attname, w.what)
    FROM members m JOIN pg_attribute a ON a.attrelid = m.oid AND a.attnum > 0
    JOIN pg_type y ON y.oid = a.atttypid
    LEFT JOIN pg_attribute b ON b.attrelid = pg_catalog.to_regclass(m.copy)
      AND b.attnum = a.attnum
    CROSS JOIN LATERAL (SELECT 'SET STATISTICS '
        || (pg_catalog.to_jsonb(a) ->> 'attstattarget') AS what
      WHERE coalesce((pg_catalog.to_jsonb(a) ->> 'attstattarget')::int4, -1) >= 0
      UNION ALL SELECT pg_catalog.format('SET (%s)',
        pg_catalog.array_to_string(o.items, ', '))
      FROM (SELECT @OPTIONS_OF_A@ AS items) o WHERE o.items IS NOT NULL
      UNION ALL SELECT 'SET STORAGE ' || CASE a.attstorage::text
        WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
        ELSE 'EXTENDED' END
      WHERE a.attstorage <> y.typstorage AND a.atttypid = b.atttypid
      UNION ALL SELECT 'SET COMPRESSION '
        || CASE pg_catalog.to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz'
          ELSE 'lz4' END
      WHERE pg_catalog.to_jsonb(a) ->> 'attcompression' <> ''
        AND a.atttypid = b.atttypid) w
    WHERE m.relkind = 'm'
    UNION ALL
    SELECT m.oid, 7, a.attnum, i.indexrelid::bigint, pg_catalog.format(
      'ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s', m.nspname,
      x.relname, a.attnum, pg_catalog.to_jsonb(a) ->> 'attstattarget')
    FROM members m JOIN pg_index i ON i.indrelid = m.oid
    JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_attribute a ON a.attrelid = i.indexrelid
    WHERE coalesce((pg_catalog.to_jsonb(a) ->> 'attstattarget')::int4, -1) >= 0
    UNION ALL
    SELECT o.id, 8, d.objsubid, d.objoid::bigint, pg_catalog.format(
      'COMMENT ON %s IS %L', CASE WHEN d.objsubid = 0 THEN o.what
        ELSE 'COLUMN ' || o.name || '.' || (SELECT pg_catalog.quote_ident(a.attname)
          FROM pg_attribute a WHERE a.attrelid = d.objoid
          AND a.attnum = d.objsubid) END, d.description)
    FROM (SELECT m.oid AS id, m.name, m.oid AS object, 'pg_class'::regclass AS
        class, m.type || m.name AS what FROM members m
      UNION ALL SELECT m.oid, m.name, i.indexrelid, 'pg_class'::regclass,
        pg_catalog.format('INDEX %I.%I', m.nspname, x.relname)
      FROM members m JOIN pg_index i ON i.indrelid = m.oid
      JOIN pg_class x ON x.oid = i.indexrelid
      UNION ALL SELECT m.oid, m.name, r.oid, 'pg_rewrite'::regclass,
        pg_catalog.format('RULE %I ON %s', r.rulename, m.name)
      FROM members m JOIN pg_rewrite r ON r.ev_class = m.oid
      UNION ALL SELECT m.oid, m.name, g.oid, 'pg_trigger'::regclass,
        pg_catalog.format('TRIGGER %I ON %s', g.tgname, m.name)
      FROM members m JOIN pg_trigger g ON g.tgrelid = m.oid) o
    JOIN pg_description d ON d.objoid = o.object AND d.classoid = o.class)
  SELECT m.oid AS id, m.depth, m.name, m.copy, m.type = 'VIEW ' AS plain,
    m.type || m.name AS what,
    EXISTS (SELECT FROM direct d WHERE d.id = m.oid AND d.name = '_RETURN')
      AS direct,
    CASE m.relkind WHEN 'v' THEN pg_catalog.format(
        'CREATE OR REPLACE VIEW %s%s AS %s', m.name,
        ' WITH (' || pg_catalog.array_to_string(m.reloptions, ', ') || ')',
        pg_catalog.rtrim(pg_catalog.pg_get_viewdef(m.oid), ';'))
      ELSE pg_catalog.format('ALTER MATERIALIZED VIEW %s RENAME TO %I', m.copy,
        m.relname) END AS make,
    ARRAY(SELECT c.high FROM closure c JOIN chain k ON k.id = c.high
      WHERE c.low = m.oid ORDER BY k.depth DESC, k.id) AS over,
    ARRAY(SELECT f.sql FROM finish f WHERE f.id = m.oid
      ORDER BY f.rank, f.part, f.place) AS finish,
    ARRAY(SELECT 'CREATE OR REPLACE RULE'
        || pg_catalog.substr(pg_catalog.pg_get_ruledef(d.rule), pg_catalog.length('CREATE RULE') + 1)
      FROM direct d WHERE d.id = m.oid AND d.name <> '_RETURN'
      ORDER BY d.rule) AS rules
  FROM members m ORDER BY m.depth, m.oid)sql";

constexpr const char* kRebind = R"sql(
DECLARE
  relation regclass := pg_catalog.to_regclass(@TABLE@);
  path text := pg_catalog.current_setting('search_path');
  views jsonb;
  rules text[];
  gone oid[] := '{}';
  one record;
  other record;
  statement text;
BEGIN
  PERFORM pg_catalog.set_config('search_path', '', true);
  views := (SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(v)) FROM (@GATHER@) v);
  rules := ARRAY(WITH RECURSIVE @CHAIN@
    SELECT 'CREATE OR REPLACE RULE'
      || pg_catalog.substr(pg_catalog.pg_get_ruledef(d.rule), pg_catalog.length('CREATE RULE') + 1)
    FROM direct d WHERE d.relkind NOT IN ('v', 'm') ORDER BY d.rule);
  EXECUTE pg_catalog.format('ALTER TABLE %s RENAME COLUMN %I TO _segue_aside',
    relation, @COLUMN@);
  EXECUTE pg_catalog.format('ALTER TABLE %s RENAME COLUMN %I TO %I', relation,
    @HEIR@, @COLUMN@);
  FOR one IN SELECT * FROM pg_catalog.jsonb_to_recordset(views) AS v(id oid, depth int4,
    name text, copy text, plain bool, direct bool, make text, "over" oid[],
    finish text[], rules text[]) ORDER BY v.depth, v.id
  LOOP
    IF one.direct AND NOT one.id = ANY (gone) THEN
      BEGIN
        IF one.plain THEN
          EXECUTE one.make;
          FOREACH statement IN ARRAY one.rules LOOP
            EXECUTE statement;
          END LOOP;
          CONTINUE;
        END IF;
      EXCEPTION WHEN invalid_table_definition THEN
        NULL;
      END;
      FOR other IN SELECT v.id, v.what
        FROM pg_catalog.unnest(one."over") WITH ORDINALITY u(id, place)
        JOIN pg_catalog.jsonb_to_recordset(views) AS v(id oid, what text) ON v.id = u.id
        WHERE NOT v.id = ANY (gone) ORDER BY u.place
      LOOP
        EXECUTE 'DROP ' || other.what;
        gone := gone || other.id;
      END LOOP;
    END IF;
    IF one.id = ANY (gone) THEN
      IF NOT one.plain AND pg_catalog.to_regclass(one.copy) IS NULL THEN
        RAISE object_not_in_prerequisite_state USING MESSAGE =
          pg_catalog.format('materialized view %s has no copy', one.name),
          HINT = 'run ''segue complete'' again, or drop it and make it again '
            'afterwards';
      END IF;
      EXECUTE one.make;
      FOR other IN SELECT DISTINCT e.grantee FROM pg_class c,
        pg_catalog.aclexplode(c.relacl) e
        WHERE c.oid = pg_catalog.to_regclass(one.name) AND e.grantee <> c.relowner
      LOOP
        EXECUTE pg_catalog.format('REVOKE ALL ON %s FROM %s', one.name,
          CASE WHEN other.grantee = 0 THEN 'PUBLIC'
            ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(other.grantee)) END);
      END LOOP;
      FOREACH statement IN ARRAY one.finish LOOP
        EXECUTE statement;
      END LOOP;
    ELSE
      FOREACH statement IN ARRAY one.rules LOOP
        EXECUTE statement;
      END LOOP;
    END IF;
  END LOOP;
  FOREACH statement IN ARRAY rules LOOP
    EXECUTE statement;
  END LOOP;
  EXECUTE pg_catalog.format('ALTER TABLE %s RENAME COLUMN %I TO %I', relation,
    @COLUMN@, @HEIR@);
  EXECUTE pg_catalog.format('ALTER TABLE %s RENAME COLUMN _segue_aside TO %I',
    relation, @COLUMN@);
  PERFORM pg_catalog.set_config('search_path', path, true);
END)sql";

// Only what nobody reads yet is made here, so that the lock ends at once.
constexpr const char* kCopy = R"sql(
DECLARE
  relation regclass := pg_catalog.to_regclass(@TABLE@);
  path text := pg_catalog.current_setting('search_path');
  copies jsonb;
  one record;
BEGIN
  PERFORM pg_catalog.set_config('search_path', '', true);
  copies := (WITH RECURSIVE @CHAIN@
    SELECT pg_catalog.jsonb_agg(pg_catalog.to_jsonb(v) ORDER BY v.id) FROM (
    SELECT c.oid AS id, o.copy, pg_catalog.format(
      'CREATE MATERIALIZED VIEW %s%s%s%s AS %s WITH NO DATA', o.copy,
      ' USING ' || (SELECT pg_catalog.quote_ident(a.amname) FROM pg_am a
        WHERE a.oid = c.relam),
      ' WITH (' || nullif(pg_catalog.array_to_string(c.reloptions || ARRAY(
        SELECT 'toast.' || u.item FROM pg_class x,
          pg_catalog.unnest(x.reloptions) u(item)
        WHERE x.oid = c.reltoastrelid), ', '), '') || ')',
      ' TABLESPACE ' || (SELECT pg_catalog.quote_ident(s.spcname)
        FROM pg_tablespace s WHERE s.oid = c.reltablespace),
      pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';')) AS make,
      pg_catalog.pg_get_userbyid(c.relowner) AS owner
    FROM chain k JOIN pg_class c ON c.oid = k.id AND c.relkind = 'm'
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%I', n.nspname,
      '_segue_mv_' || c.oid::text) AS copy) o
    WHERE c.oid IN (SELECT id FROM direct)) v);
  EXECUTE pg_catalog.format('ALTER TABLE %s RENAME COLUMN %I TO _segue_aside',
    relation, @COLUMN@);
  EXECUTE pg_catalog.format('ALTER TABLE %s RENAME COLUMN %I TO %I', relation,
    @HEIR@, @COLUMN@);
  FOR one IN SELECT * FROM pg_catalog.jsonb_to_recordset(copies)
    AS v(copy text, make text, owner text)
  LOOP
    EXECUTE one.make;
    IF one.owner <> current_user THEN
      EXECUTE pg_catalog.format('ALTER MATERIALIZED VIEW %s OWNER TO %I',
        one.copy, one.owner);
    END IF;
  END LOOP;
  EXECUTE pg_catalog.format('ALTER TABLE %s RENAME COLUMN %I TO %I', relation,
    @COLUMN@, @HEIR@);
  EXECUTE pg_catalog.format('ALTER TABLE %s RENAME COLUMN _segue_aside TO %I',
    relation, @COLUMN@);
  PERFORM pg_catalog.set_config('search_path', path, true);
END)sql";

// The names of the indexes stay with the originals until these are dropped. It
// may run again: what is filled and indexed already is filled anew. An error of
// the query names the view, because the statement of segue's does not.
constexpr const char* kFill = R"sql(
DECLARE
  relation regclass := pg_catalog.to_regclass(@TABLE@);
  former text := pg_catalog.current_setting('default_tablespace');
  one record;
  code text;
  message text;
  detail text;
  hint text;
BEGIN
  FOR one IN WITH RECURSIVE @CHAIN@
    SELECT k.id, 0::oid AS part, '' AS space,
      pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
      pg_catalog.format(
      'REFRESH MATERIALIZED VIEW %I.%I', n.nspname,
      '_segue_mv_' || c.oid::text) AS sql
    FROM chain k JOIN pg_catalog.pg_class c ON c.oid = k.id
      AND c.relkind = 'm' AND c.relispopulated
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid IN (SELECT id FROM direct)
    UNION ALL
    SELECT k.id, x.oid, coalesce(s.spcname::text, ''),
      pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.format(
      'CREATE %sINDEX %I ON %I.%I USING%s',
      CASE WHEN i.indisunique THEN 'UNIQUE ' END, '_segue_mv_' || x.oid::text,
      n.nspname, '_segue_mv_' || c.oid::text, pg_catalog.substr(
        pg_catalog.pg_get_indexdef(x.oid), 1 + pg_catalog.length(
          pg_catalog.format('CREATE %sINDEX %I ON %I.%I USING',
            CASE WHEN i.indisunique THEN 'UNIQUE ' END, x.relname, n.nspname,
            c.relname))))
    FROM chain k JOIN pg_catalog.pg_class c ON c.oid = k.id
      AND c.relkind = 'm'
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisvalid
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = x.reltablespace
    WHERE c.oid IN (SELECT id FROM direct)
      AND pg_catalog.to_regclass(pg_catalog.format('%I.%I', n.nspname,
        '_segue_mv_' || x.oid::text)) IS NULL
    ORDER BY 1, 2
  LOOP
    PERFORM pg_catalog.set_config('default_tablespace', one.space, true);
    BEGIN
      EXECUTE one.sql;
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE,
        message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
      RAISE EXCEPTION USING ERRCODE = code, DETAIL = detail, HINT = hint,
        MESSAGE = pg_catalog.format('a copy of materialized view %s cannot be '
          'filled: %s', one.name, message);
    END;
  END LOOP;
  PERFORM pg_catalog.set_config('default_tablespace', former, true);
END)sql";

constexpr const char* kUncopy = R"sql(
DECLARE
  one record;
BEGIN
  FOR one IN SELECT DISTINCT pg_catalog.format('DROP MATERIALIZED VIEW %I.%I',
      n.nspname, c.relname) AS sql
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_depend d
      ON d.refclassid = 'pg_catalog.pg_class'::regclass::oid
      AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum::int4
      AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
    JOIN pg_catalog.pg_class c ON c.oid = r.ev_class AND c.relkind = 'm'
      AND c.relname::text LIKE '\_segue\_mv\_%'
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attname = @HEIR@ AND NOT a.attisdropped
      AND a.attrelid = pg_catalog.to_regclass(@TABLE@)::oid
  LOOP
    EXECUTE one.sql;
  END LOOP;
END)sql";

std::string Block(const std::string& text, const plan::RebindViews& action) {
  const std::string gathering = FilledAll(text, {{"@GATHER@", kGather}});
  const std::string listing = FilledAll(
      gathering,
      {{"@CHAIN@", ChainSql("relation::pg_catalog.oid", "@COLUMN@")}});
  return "DO " + DollarQuoted(FilledAll(
                     listing, {{"@TABLE@", Literal(Name(action.table))},
                               {"@COLUMN@", Literal(action.column)},
                               {"@OPTIONS_OF_A@", ColumnOptionsSql()},
                               {"@HEIR@", Literal(action.heir)}}));
}

}  // namespace

PlannedAction RenderOne(const plan::RebindViews& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description = "Bind to the column that takes the place of '" +
                        action.column + "' of '" + action.table.name +
                        "': " + base::Join(action.what, ", ");
  planned.forward.push_back({Block(kRebind, action), {}});
  planned.lock = Lock(kAccessExclusive, action.table, context);
  return planned;
}

PlannedAction RenderOne(const plan::CopyViews& action,
                        const RenderContext& context) {
  PlannedAction planned;
  const std::string what = base::Join(action.what, ", ");
  if (action.fill) {
    planned.description =
        "Fill the copy of " + what + ", and build its indexes";
    planned.forward.push_back({Block(kFill, action), {}});
    planned.lock = Lock("ACCESS SHARE", action.table, context,
                        "as long as the query of the view runs");
    // The lock under which the copy was made must not last as long.
    planned.transactional = false;
    return planned;
  }
  planned.description = "Make a copy of " + what +
                        " over the column that takes the place of '" +
                        action.column + "' of '" + action.table.name + "'";
  planned.forward.push_back({Block(kCopy, action), {}});
  planned.undo.push_back({Block(kUncopy, action), {}});
  planned.lock = Lock(kAccessExclusive, action.table, context);
  return planned;
}

}  // namespace segue::postgres
