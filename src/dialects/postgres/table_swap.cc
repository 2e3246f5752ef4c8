// Renders the exchange of a table and its copy. Everything that the table has
// is read and given to the copy in one transaction under its locks, so that
// what others have given to the table meanwhile goes along. In the end the two
// are compared, and a difference takes the transaction back. An undo is the
// same with the two in each other's place.
#include "dialects/postgres/table_swap.h"

#include <utility>

#include "base/append.h"
#include "base/text.h"
#include "dialects/postgres/copy_reasons.h"
#include "dialects/postgres/lock_in_turn.h"
#include "dialects/postgres/old_readers.h"
#include "dialects/postgres/prove_foreign_keys.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/swap_statements.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/table_facts.h"
#include "dialects/postgres/table_motion.h"

namespace segue::postgres {
namespace {

// A query locks a view before the table, whoever writes a child locks it before
// the parent, and a partitioned table is locked before its partitions. A
// session of an application is never the victim as long as the budget, within
// which all waits are, is shorter than deadlock_timeout.
constexpr const char* kLocks = R"sql(ARRAY(
WITH RECURSIVE t AS (
  SELECT pg_catalog.to_regclass(@TABLE@)::oid AS id),
above AS (
  SELECT r.ev_class AS id, 1 AS depth, true AS direct
  FROM t JOIN pg_catalog.pg_depend d ON d.refobjid = t.id
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> t.id
UNION
  SELECT r.ev_class, a.depth + 1, false FROM above a
  JOIN pg_catalog.pg_depend d ON d.refobjid = a.id
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.classid = 'pg_catalog.pg_rewrite'::regclass::oid
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> a.id
  WHERE a.depth < 99),
wanted AS (
  SELECT id, 0 AS rank, -max(depth) AS place FROM above
  GROUP BY id HAVING pg_catalog.bool_or(direct)
UNION ALL
  SELECT k.conrelid, 1, 0 FROM t JOIN pg_catalog.pg_constraint k
    ON k.confrelid = t.id AND k.contype = 'f' AND k.conrelid <> t.id
UNION ALL SELECT t.id, 2, 0 FROM t
UNION ALL
  SELECT h.inhrelid, 2, 1 FROM t JOIN pg_catalog.pg_inherits h
    ON h.inhparent = t.id
UNION ALL SELECT pg_catalog.to_regclass(@OTHER@)::oid, 3, 0
UNION ALL
  SELECT k.confrelid, 4, 0 FROM t JOIN pg_catalog.pg_constraint k
    ON k.conrelid = t.id AND k.contype = 'f' AND k.confrelid <> t.id)
SELECT pg_catalog.format(CASE c.relkind
    WHEN 'v' THEN 'ALTER VIEW %1$I.%2$I OWNER TO %3$I'
    ELSE 'LOCK TABLE ONLY %1$I.%2$I IN ACCESS EXCLUSIVE MODE' END,
  n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner)) AS sql
FROM (SELECT DISTINCT ON (id) * FROM wanted ORDER BY id, rank) w
JOIN pg_catalog.pg_class c ON c.oid = w.id AND c.relkind IN ('v', 'r', 'p')
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE pg_catalog.pg_has_role(c.relowner, 'USAGE') OR (c.relkind <> 'v'
  AND pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE'))
ORDER BY w.rank, w.place, c.oid
))sql";

// Of the two, `giver` has the name until then and `taker` gets it. What is new
// to `taker` alone is what the plan wants it to be.
constexpr const char* kExchange = R"sql(
DECLARE
  giver oid := pg_catalog.to_regclass(@TABLE@)::oid;
  taker oid := pg_catalog.to_regclass(@OTHER@)::oid;
  path text := pg_catalog.current_setting('search_path');
  space text;
  own text;
  former text[];
  release text[];
  give text[];
  keys text[];
  sequences jsonb;
  statement text;
  differences text;
  one record;
BEGIN
  IF giver IS NULL OR taker IS NULL THEN
    RAISE undefined_table USING MESSAGE = pg_catalog.format(
      '%s and %s are not both there', @TABLE@, @OTHER@);
  END IF;
  PERFORM pg_catalog.set_config('search_path', '', true);
  SELECT n.nspname, c.relname INTO space, own FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = giver;
  SELECT pg_catalog.string_agg(r.what, '; ' ORDER BY r.what) INTO differences
  FROM (@REASONS@) r(what) WHERE pg_catalog.right(r.what, 13) <> ' is not valid';
  IF differences IS NOT NULL THEN
    RAISE object_not_in_prerequisite_state USING MESSAGE = pg_catalog.format(
      '%s has what its copy cannot get: %s', @TABLE@, differences),
      HINT = 'take that away, and try again; nothing was exchanged';
  END IF;
  -- A write that names a partition would be lost with it. The statements below
  -- name those of an undo as they are called afterwards.
  FOR one IN @RENAMED@ LOOP
    IF one.name IS NULL OR one.name_then IS NULL THEN
      RAISE object_not_in_prerequisite_state USING MESSAGE = pg_catalog.format(
        'the partitions of %s are not those of the start by their names',
        @TABLE@), HINT = 'give them their names, or roll back and start '
          'again; nothing was exchanged';
    END IF;
    EXECUTE pg_catalog.format('ALTER TABLE %s RENAME TO %I', one.name,
      one.name_then);
  END LOOP;
  former := ARRAY(SELECT f.what FROM (@GIVER_FACTS@) f(what));
  SELECT pg_catalog.array_agg(s.sql ORDER BY s.rank, s.place)
      FILTER (WHERE s.rank < 0),
    pg_catalog.array_agg(s.sql ORDER BY s.rank, s.place)
      FILTER (WHERE s.rank >= 0) INTO release, give FROM (@STATEMENTS@) s;
  keys := ARRAY(SELECT pg_catalog.format(
      'ALTER TABLE %I.%I ADD CONSTRAINT %I %s USING INDEX %I', space, own,
      k.conname, CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END,
      k.conname)
    FROM (VALUES @INDEXES@) v(name, copy)
    JOIN pg_catalog.pg_constraint k ON v.name = k.conname
    WHERE k.conrelid = giver AND k.contype IN ('p', 'u')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint o
        WHERE o.conrelid = taker AND o.conname = v.copy));
  sequences := (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'space', n.nspname, 'name', c.relname, 'other_space', m.nspname,
      'other', x.relname, 'id', c.oid::text, 'other_id', x.oid::text))
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_depend d ON d.refobjid = giver
      AND d.refobjsubid = a.attnum AND d.deptype = 'i'
      AND d.classid = 'pg_catalog.pg_class'::regclass::oid
      AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute b ON b.attrelid = taker
      AND b.attname = a.attname AND NOT b.attisdropped
    JOIN pg_catalog.pg_depend e ON e.refobjid = taker
      AND e.refobjsubid = b.attnum AND e.deptype = 'i'
      AND e.classid = 'pg_catalog.pg_class'::regclass::oid
      AND e.refclassid = 'pg_catalog.pg_class'::regclass::oid
    JOIN pg_catalog.pg_class x ON x.oid = e.objid AND x.relkind = 'S'
    JOIN pg_catalog.pg_namespace m ON m.oid = x.relnamespace
    WHERE a.attrelid = giver AND a.attidentity <> '' AND NOT a.attisdropped);
  FOREACH statement IN ARRAY coalesce(release, '{}') LOOP
    EXECUTE statement;
  END LOOP;
  FOR one IN SELECT * FROM (VALUES @INDEXES@) v(name, copy) LOOP
    EXECUTE pg_catalog.format('ALTER INDEX %I.%I RENAME TO _segue_swapped',
      space, one.name);
    EXECUTE pg_catalog.format('ALTER INDEX %I.%I RENAME TO %I', space,
      one.copy, one.name);
    EXECUTE pg_catalog.format('ALTER INDEX %I._segue_swapped RENAME TO %I',
      space, one.copy);
  END LOOP;
  FOR one IN SELECT s.stxname::text AS name, n.nspname::text AS space,
      '_segue_st_' || pg_catalog.md5(s.stxname) AS copy
    FROM pg_catalog.pg_statistic_ext s
    JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
    WHERE s.stxrelid = giver
  LOOP
    EXECUTE pg_catalog.format('ALTER STATISTICS %I.%I RENAME TO '
      '_segue_swapped', one.space, one.name);
    EXECUTE pg_catalog.format('ALTER STATISTICS %I.%I RENAME TO %I', one.space,
      one.copy, one.name);
    EXECUTE pg_catalog.format('ALTER STATISTICS %I._segue_swapped RENAME TO %I',
      one.space, one.copy);
  END LOOP;
  EXECUTE pg_catalog.format('ALTER TABLE %I.%I RENAME TO %I', space, own,
    @LEAVE@);
  EXECUTE pg_catalog.format('ALTER TABLE %s RENAME TO %I', taker::regclass, own);
  -- The lock of the rename keeps others from taking a number meanwhile.
  FOR one IN SELECT * FROM pg_catalog.jsonb_to_recordset(sequences) AS q(
    space text, name text, other_space text, other text, id text, other_id text)
  LOOP
    EXECUTE pg_catalog.format('ALTER SEQUENCE %I.%I RENAME TO _segue_swapped',
      one.space, one.name);
    EXECUTE pg_catalog.format('ALTER SEQUENCE %I.%I RENAME TO %I',
      one.other_space, one.other, one.name);
    EXECUTE pg_catalog.format('SELECT pg_catalog.setval(%L::oid::regclass, '
      'last_value, is_called) FROM %I._segue_swapped', one.other_id, one.space);
    EXECUTE pg_catalog.format('ALTER SEQUENCE %I._segue_swapped RENAME TO %I',
      one.space, one.other);
  END LOOP;
  FOREACH statement IN ARRAY keys LOOP
    EXECUTE statement;
  END LOOP;
  FOREACH statement IN ARRAY coalesce(give, '{}') LOOP
    EXECUTE statement;
  END LOOP;
  SELECT pg_catalog.string_agg(d.what, '; ' ORDER BY d.what) INTO differences
  FROM ((SELECT 'lost: ' || f AS what FROM pg_catalog.unnest(former) f
      EXCEPT SELECT 'lost: ' || f.what FROM (@TAKER_FACTS@) f(what))
    UNION ALL (SELECT 'added: ' || f.what FROM (@TAKER_FACTS@) f(what)
      EXCEPT SELECT 'added: ' || f FROM pg_catalog.unnest(former) f)) d
  WHERE NOT d.what ~ ANY (@WANTED@::text[]);
  IF differences IS NOT NULL THEN
    RAISE object_not_in_prerequisite_state USING MESSAGE = pg_catalog.format(
      'the copy of %s would not be as the table is: %s', @TABLE@, differences),
      HINT = 'bring the table to what it was when the migration began, and '
        'try again; nothing was exchanged';
  END IF;
  PERFORM pg_catalog.set_config('search_path', path, true);
END)sql";

// What the partitions of a table are called afterwards that is dropped then.
constexpr const char* kRenamedForGood = R"sql(
    SELECT h.inhrelid::regclass AS name,
      '_segue_part_' || h.inhrelid::text AS name_then
    FROM pg_catalog.pg_inherits h WHERE h.inhparent = giver)sql";

// The same where an undo gives them their names again. A partition that is not
// known has no name, or none for then.
constexpr const char* kRenamed = R"sql(
    SELECT p.name, v.name_then
    FROM (SELECT c.oid::regclass AS name, c.relname::text, n.nspname::text
      FROM pg_catalog.pg_inherits h
      JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE h.inhparent = @PARENT@) p
    FULL JOIN (VALUES @PARTS@) v(name, name_then)
      ON v.name = p.relname AND p.nspname = space)sql";

struct Roles {
  schema::TableName table;
  std::string other;             // has the name afterwards
  std::string leave;             // the name of the other table afterwards
  bool from_partitions = false;  // the table is partitioned until then
  bool to_partitions = false;    // it is partitioned afterwards
  bool back = false;             // of an undo
};

// Returns patterns of the facts that the plan changes.
std::vector<std::string> Wanted(const plan::SwapTables& action,
                                const Roles& roles) {
  const plan::TableTraits& traits = action.traits;
  const auto exactly = [](const std::string& text) {
    std::string pattern;
    for (const char c : text) {
      const bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                        (c >= 'a' && c <= 'z') || c == '_' || c == ' ' ||
                        static_cast<unsigned char>(c) >= 0x80;
      if (!word) pattern += '\\';
      pattern += c;
    }
    return pattern;
  };
  std::vector<std::string> patterns = {"^$"};  // never the text of a fact
  const auto add = [&](const std::string& begin) {
    patterns.push_back("^(lost|added): " + begin);
  };
  for (const std::string& name : OptionNames(traits)) {
    add("option " + exactly(name) + "=");
  }
  if (!traits.tablespace.empty()) add("tablespace ");
  const auto either = [&](const std::string& name) {
    return "(" + exactly(name) + "|" + exactly(Ident(name)) + "): ";
  };
  if (roles.from_partitions || roles.to_partitions) {
    add("option ");
    add("access method ");
    // The rows of a partitioned table are where its partitions are.
    if (!action.partitions) add("tablespace ");
  }
  if (roles.to_partitions) {
    add("constraint .*: FOREIGN KEY ");
  } else if (action.partitions) {
    patterns.emplace_back("^added: constraint .*: FOREIGN KEY ");
  }
  if (action.partitions) {
    for (const std::string& name : action.partitions->widened) {
      add("index " + either(name));
      add("constraint " + either(name));
    }
  }
  for (const plan::TableTraits::Column& column : traits.columns) {
    const std::string named = " of column " + either(column.name);
    if (!column.storage.empty()) add("storage" + named);
    if (!column.compression.empty()) add("compression" + named);
  }
  return patterns;
}

std::string LockSql(const Roles& roles) {
  const schema::TableName other{roles.table.schema, roles.other};
  LocksInTurn locks;
  locks.statements = FilledAll(kLocks, {{"@TABLE@", Literal(Name(roles.table))},
                                        {"@OTHER@", Literal(Name(other))}});
  locks.before_deadlock = true;
  return LockInTurnSql(locks);
}

// What others have made since the plan looked, and what a copy could not get
// then either.
std::string ReasonsSql(const plan::SwapTables& action, const Roles& roles) {
  const std::string table = Literal(Name(roles.table));
  std::string sql = "(" + CopyReasonsSql(table, false) + ")";
  if (!roles.to_partitions) return sql;
  if (roles.back) return sql + " UNION ALL (" + PublishedPartsSql(table) + ")";
  const schema::TableName other{roles.table.schema, roles.other};
  return sql + " UNION ALL (" + CopyReasonsSql(table, true) +
         ") UNION ALL SELECT 'the partitions are not those that were made' "
         "WHERE (SELECT pg_catalog.count(*) FROM pg_catalog.pg_inherits h "
         "WHERE h.inhparent = pg_catalog.to_regclass(" +
         Literal(Name(other)) + ")::oid) <> " +
         std::to_string(action.partitions->parts.size());
}

std::string RenamedSql(const plan::SwapTables& action, const Roles& roles) {
  if (!action.kept) return kRenamedForGood;
  std::vector<std::string> rows;
  for (const plan::SwapTables::Part& part : action.parts) {
    const auto& [from, to] = roles.back
                                 ? std::pair{part.aside, part.table.name}
                                 : std::pair{part.table.name, part.aside};
    rows.push_back("(" + Literal(from) + ", " + Literal(to) + ")");
  }
  if (rows.empty()) return "SELECT '' AS name, '' AS name_then WHERE false";
  return FilledAll(kRenamed, {{"@PARENT@", roles.back ? "taker" : "giver"},
                              {"@PARTS@", base::Join(rows, ", ")}});
}

std::string ExchangeSql(const plan::SwapTables& action, const Roles& roles,
                        int major) {
  const schema::TableName other{roles.table.schema, roles.other};
  return "DO " +
         DollarQuoted(FilledAll(
             kExchange,
             {{"@TABLE@", Literal(Name(roles.table))},
              {"@OTHER@", Literal(Name(other))},
              {"@LEAVE@", Literal(roles.leave)},
              {"@INDEXES@", IndexPairsSql(action.indexes)},
              {"@REASONS@", ReasonsSql(action, roles)},
              {"@GIVER_FACTS@", TableFactsSql("giver", major)},
              {"@TAKER_FACTS@", TableFactsSql("taker", major)},
              {"@STATEMENTS@", SwapStatementsSql("giver", "taker", major)},
              {"@RENAMED@", RenamedSql(action, roles)},
              {"@WANTED@", "ARRAY[" + Literals(Wanted(action, roles)) + "]"}}));
}

}  // namespace

PlannedAction RenderOne(const plan::SwapTables& action,
                        const RenderContext& context) {
  const plan::TableMotion& motion = *context.motions.Copy(action.motion);
  const schema::TableName& table = motion.source.name;
  const int major = MajorVersion(context.schema.server_version);
  const bool of_partitions = IsOfPartitions(motion);
  const bool divides = action.partitions.has_value();
  const Roles forth{
      table, motion.target.name, action.aside, of_partitions, divides, false};
  const Roles back{table,   action.aside,  motion.target.name,
                   divides, of_partitions, true};
  PlannedAction planned;
  planned.description = "Let '" + motion.target.name + "' take the place of '" +
                        table.name + "', which becomes '" + action.aside + "'";
  planned.forward.push_back({LockSql(forth), {}});
  base::Append(RequireSamePartitionsSql(motion), planned.forward);
  base::Append(DropCopySyncSql(motion), planned.forward);
  planned.forward.push_back({RefuseOldReadersSql({motion.target}), {}});
  planned.forward.push_back({ExchangeSql(action, forth, major), {}});
  planned.reversible = action.kept;
  if (action.kept) {
    const plan::TableMotion sealed = plan::Sealed(motion);
    base::Append(CopySyncSql(sealed, context), planned.forward);
    planned.undo.push_back({LockSql(back), {}});
    base::Append(RequireSamePartitionsSql(sealed), planned.undo);
    base::Append(DropCopySyncSql(sealed), planned.undo);
    if (divides)
      planned.undo.push_back(
          {TakeKeysBackSql(table, {table.schema, back.other}), {}});
    planned.undo.push_back({ExchangeSql(action, back, major), {}});
    base::Append(CopySyncSql(motion, context), planned.undo);
  }
  planned.probe = "SELECT pg_catalog.to_regclass(" +
                  Literal(Name({table.schema, action.aside})) + ") IS NOT NULL";
  planned.inventory = TableInventorySql(Literal(Name(table)));
  planned.inventory_lock = LockSql(forth);
  planned.lock =
      Lock(kAccessExclusive, table, context, "milliseconds: it reads no rows");
  return planned;
}

}  // namespace segue::postgres
