// Renders the moment at which several copies take the place of a table, whose
// rows are divided among them.
#include "base/append.h"
#include "base/text.h"
#include "dialects/postgres/copy_reasons.h"
#include "dialects/postgres/old_readers.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/table_facts.h"
#include "dialects/postgres/table_motion.h"

namespace segue::postgres {
namespace {

// What others have given to the table since the start.
constexpr const char* kRequire = R"sql(
DECLARE
  table_oid oid := pg_catalog.to_regclass(@TABLE@)::oid;
  what text;
BEGIN
  IF table_oid IS NULL THEN
    RAISE undefined_table USING MESSAGE = pg_catalog.format('%s is gone',
      @TABLE@);
  END IF;
  SELECT pg_catalog.string_agg(r.what, '; ' ORDER BY r.what) INTO what
  FROM (SELECT pg_catalog.format('trigger %I', g.tgname)
    FROM pg_catalog.pg_trigger g WHERE g.tgrelid = table_oid
      AND NOT g.tgisinternal AND g.tgname::text NOT LIKE '~segue\_%'
    UNION ALL SELECT d.what FROM (@REASONS@) d(what)
    UNION ALL SELECT c.what FROM (@COPY_REASONS@) c(what)
      WHERE pg_catalog.right(c.what, 13) <> ' is not valid') r(what);
  IF what IS NOT NULL THEN
    RAISE object_not_in_prerequisite_state USING MESSAGE = pg_catalog.format(
      '%s has what the new tables cannot get: %s', @TABLE@, what),
      HINT = 'take that away, and try again; nothing was changed';
  END IF;
END)sql";

// The rows of the hidden table have come since the contract has looked.
constexpr const char* kNoRest = R"sql(
DECLARE
  left_over bigint;
BEGIN
  SELECT count(*) INTO left_over FROM @REST@;
  IF left_over > 0::bigint THEN
    RAISE check_violation USING MESSAGE = pg_catalog.format(
      '%s rows of %s belong to none of the new tables', left_over, @TABLE@),
      HINT = 'mend the rows that ''segue verify'' lists, and try again';
  END IF;
END)sql";

// What is said of the table and its columns is said of each copy. A copy
// numbers its rows from where the table has come to.
constexpr const char* kTakeOver = R"sql(
DECLARE
  giver oid := pg_catalog.to_regclass(@TABLE@)::oid;
  taker oid := pg_catalog.to_regclass(@COPY@)::oid;
  statement text;
BEGIN
  FOR statement IN
    SELECT s.sql FROM (
      SELECT 0 AS rank, 0 AS place, pg_catalog.format(
        'COMMENT ON TABLE %s IS %L', taker::regclass,
        pg_catalog.obj_description(giver, 'pg_class')) AS sql
      UNION ALL SELECT 1, a.attnum::int4, pg_catalog.format(
        'COMMENT ON COLUMN %s.%I IS %L', taker::regclass, a.attname,
        d.description)
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_description d
        ON d.objoid = giver AND d.objsubid = a.attnum::int4
        AND d.classoid = 'pg_catalog.pg_class'::regclass::oid
      WHERE a.attrelid = giver AND NOT a.attisdropped
      UNION ALL SELECT 2 + v.rank, a.attnum::int4, v.sql
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_depend d ON d.refobjid = giver
        AND d.refobjsubid = a.attnum::int4 AND d.deptype = 'i'
        AND d.classid = 'pg_catalog.pg_class'::regclass::oid
        AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
      JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
      JOIN pg_catalog.pg_attribute b ON b.attrelid = taker
        AND b.attname = a.attname AND NOT b.attisdropped
      JOIN pg_catalog.pg_depend e ON e.refobjid = taker
        AND e.refobjsubid = b.attnum::int4 AND e.deptype = 'i'
        AND e.classid = 'pg_catalog.pg_class'::regclass::oid
        AND e.refclassid = 'pg_catalog.pg_class'::regclass::oid
      JOIN pg_catalog.pg_class x ON x.oid = e.objid AND x.relkind = 'S'
      JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace
      CROSS JOIN LATERAL (SELECT pg_catalog.left(@NAME@ || '_' || a.attname
        || '_seq', 63) AS name) w
      CROSS JOIN LATERAL (VALUES
        (0, pg_catalog.format('SELECT pg_catalog.setval(%L::oid::regclass, '
          'last_value, is_called) FROM %s', x.oid::text, c.oid::regclass)),
        (1, CASE WHEN pg_catalog.to_regclass(pg_catalog.format('%I.%I',
            n.nspname, w.name)) IS NULL THEN pg_catalog.format(
          'ALTER SEQUENCE %s RENAME TO %I', x.oid::regclass, w.name) END))
        v(rank, sql)
      WHERE a.attrelid = giver AND a.attidentity <> '' AND NOT a.attisdropped
      UNION ALL SELECT 9, a.attnum::int4, pg_catalog.format(
        'ALTER SEQUENCE %s OWNED BY %s.%I', c.oid::regclass, taker::regclass,
        a.attname)
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_depend d ON d.refobjid = giver
        AND d.refobjsubid = a.attnum::int4 AND d.deptype = 'a'
        AND d.classid = 'pg_catalog.pg_class'::regclass::oid
        AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
      JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'
      WHERE a.attrelid = giver AND NOT a.attisdropped) s
    WHERE s.sql IS NOT NULL ORDER BY s.rank, s.place
  LOOP
    EXECUTE statement;
  END LOOP;
  EXECUTE pg_catalog.format('ALTER TABLE %s RENAME TO %I', taker::regclass,
    @NAME@);
END)sql";

std::vector<schema::TableName> CopiesOf(const plan::DivideTable& action,
                                        const RenderContext& context) {
  std::vector<schema::TableName> copies;
  for (const plan::DivideTable::Piece& piece : action.pieces) {
    copies.push_back(context.motions.Copy(piece.motion)->target);
  }
  return copies;
}

}  // namespace

PlannedAction RenderOne(const plan::DivideTable& action,
                        const RenderContext& context) {
  const std::string table = Literal(Name(action.table.name));
  PlannedAction planned;
  std::vector<std::string> sql = {
      RefuseOldReadersSql(CopiesOf(action, context)),
      Block(kRequire, {{"@TABLE@", table},
                       {"@REASONS@", DividedReasonsSql(table)},
                       {"@COPY_REASONS@", CopyReasonsSql(table, false)}})};
  std::vector<std::string> names;
  const auto drop_sync = [&](const plan::MotionId& id) {
    for (const Statement& one : DropCopySyncSql(*context.motions.Copy(id))) {
      sql.push_back(one.sql);
    }
  };
  if (!action.rest.empty()) {
    const std::string rest = Name(context.motions.Copy(action.rest)->target);
    sql.push_back(Block(kNoRest, {{"@REST@", rest}, {"@TABLE@", table}}));
    drop_sync(action.rest);
    sql.push_back("DROP TABLE " + rest);
  }
  for (const plan::DivideTable::Piece& piece : action.pieces) {
    drop_sync(piece.motion);
    const schema::TableName& copy = context.motions.Copy(piece.motion)->target;
    sql.push_back(Block(kTakeOver, {{"@TABLE@", table},
                                    {"@COPY@", Literal(Name(copy))},
                                    {"@NAME@", Literal(piece.name)}}));
    names.push_back("'" + piece.name + "'");
  }
  planned.description = "Let " + base::Join(names, ", ") +
                        " take the place of '" + action.table.name.name + "'";
  planned.forward = Statements(std::move(sql));
  planned.probe =
      "SELECT pg_catalog.to_regclass(" +
      Literal(Name({action.table.name.schema, action.pieces.front().name})) +
      ") IS NOT NULL";
  planned.inventory = TableInventorySql(table);
  // Clients do not wait for this lock, but whoever changes the table does.
  planned.inventory_lock = "LOCK TABLE ONLY " + Name(action.table.name) +
                           " IN SHARE UPDATE EXCLUSIVE MODE";
  planned.lock = Lock(kAccessExclusive, action.table.name, context);
  planned.reversible = false;
  return planned;
}

}  // namespace segue::postgres
