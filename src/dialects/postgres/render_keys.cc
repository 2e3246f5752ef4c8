// Renders what a change of a key does to several tables at once: their locks
// within one budget, and the sequence of the column.
#include "base/text.h"
#include "dialects/postgres/lock_in_turn.h"
#include "dialects/postgres/owned_sequences.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

// What a sequence is, from the moment when the column loses it until another
// one gets it, is kept in a setting of the transaction.
constexpr const char* kDetach = R"sql(
DECLARE
  t pg_catalog.oid := @TABLE@::pg_catalog.oid;
  seq record;
  state pg_catalog.jsonb := '[]';
  at record;
BEGIN
  FOR seq IN
    SELECT o.deptype, c.oid AS id, c.relname, n.nspname, c.relacl, a.attidentity,
      s.*, pg_catalog.obj_description(c.oid, 'pg_class') AS said,
      s.seqtypid = a.atttypid AS of_column
    FROM (@SEQUENCES@) o
    JOIN pg_catalog.pg_attribute a ON a.attrelid = t AND a.attname = @COLUMN@
    JOIN pg_catalog.pg_class c ON c.oid = o.id
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
  LOOP
    EXECUTE pg_catalog.format('SELECT last_value, is_called FROM %I.%I',
      seq.nspname, seq.relname) INTO at;
    state := state || pg_catalog.jsonb_build_object(
      'kind', seq.deptype, 'of_column', seq.of_column,
      'name', pg_catalog.format('%I.%I', seq.nspname, seq.relname),
      'identity', CASE seq.attidentity WHEN 'a' THEN 'ALWAYS'
        ELSE 'BY DEFAULT' END,
      'increment', seq.seqincrement, 'start', seq.seqstart,
      'low', CASE WHEN seq.seqincrement < 0 AND seq.seqmin IN (-32768, -2147483648,
        -9223372036854775808) THEN NULL ELSE seq.seqmin END,
      'high', CASE WHEN seq.seqincrement > 0 AND seq.seqmax IN (32767, 2147483647, 9223372036854775807)
        THEN NULL ELSE seq.seqmax END,
      'cache', seq.seqcache, 'cycle', seq.seqcycle,
      'last', at.last_value, 'called', at.is_called, 'said', seq.said,
      'rights', (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
          'to', CASE x.grantee WHEN 0 THEN 'PUBLIC'
            ELSE pg_catalog.quote_ident(
              pg_catalog.pg_get_userbyid(x.grantee)::text) END,
          'right', x.privilege_type, 'passes', x.is_grantable))
        FROM pg_catalog.aclexplode(seq.relacl) x));
    IF seq.deptype = 'a' THEN
      EXECUTE pg_catalog.format('ALTER SEQUENCE %I.%I OWNED BY NONE',
        seq.nspname, seq.relname);
    ELSE
      EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I DROP IDENTITY',
        @NAME@, @COLUMN@::pg_catalog.text);
    END IF;
  END LOOP;
  PERFORM pg_catalog.set_config('segue.sequences_' || t || '_'
    || pg_catalog.substr(pg_catalog.md5(@COLUMN@), 1, 8), state::text, true);
END)sql";

// A column that takes NULL, which an undo may come to, can have no identity; it
// is numbered by a default then.
constexpr const char* kAttach = R"sql(
DECLARE
  t pg_catalog.oid := @TABLE@::pg_catalog.oid;
  state pg_catalog.jsonb := @STATE@;
  seq pg_catalog.jsonb;
  top pg_catalog.int8 := CASE @TYPE@ WHEN 'smallint' THEN 32767
    WHEN 'integer' THEN 2147483647 ELSE 9223372036854775807 END;
  options pg_catalog.text;
  had record;
BEGIN
  FOR seq IN SELECT e FROM pg_catalog.jsonb_array_elements(state) e LOOP
    IF seq->>'kind' = 'a' THEN
      EXECUTE pg_catalog.format('ALTER SEQUENCE %s OWNED BY %s.%I',
        seq->>'name', @NAME@, @COLUMN@::pg_catalog.text);
      IF (seq->>'of_column')::pg_catalog.bool
          AND (seq->>'last')::pg_catalog.int8 <= top THEN
        EXECUTE pg_catalog.format('ALTER SEQUENCE %s AS %s', seq->>'name',
          @TYPE@::pg_catalog.text);
      END IF;
      CONTINUE;
    END IF;
    options := pg_catalog.concat_ws(' ',
      'INCREMENT BY ' || (seq->>'increment'),
      CASE WHEN seq->>'low' IS NULL THEN 'NO MINVALUE'
        ELSE 'MINVALUE ' || (seq->>'low') END,
      CASE WHEN seq->>'high' IS NULL THEN 'NO MAXVALUE'
        ELSE 'MAXVALUE ' || (seq->>'high') END,
      'START WITH ' || (seq->>'start'), 'CACHE ' || (seq->>'cache'),
      CASE WHEN (seq->>'cycle')::pg_catalog.bool THEN 'CYCLE' END);
    IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = t
        AND attname = @COLUMN@ AND attnotnull) THEN
      EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I ADD GENERATED '
        '%s AS IDENTITY (SEQUENCE NAME %s %s)', @NAME@,
        @COLUMN@::pg_catalog.text, seq->>'identity', seq->>'name', options);
    ELSE
      EXECUTE pg_catalog.format('CREATE SEQUENCE %s AS %s %s OWNED BY %s.%I',
        seq->>'name', @TYPE@::pg_catalog.text, options, @NAME@,
        @COLUMN@::pg_catalog.text);
      EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT '
        'pg_catalog.nextval(%L::pg_catalog.regclass)', @NAME@,
        @COLUMN@::pg_catalog.text, seq->>'name');
    END IF;
    PERFORM pg_catalog.setval((seq->>'name')::pg_catalog.regclass,
      LEAST((seq->>'last')::pg_catalog.int8, top),
      (seq->>'called')::pg_catalog.bool);
    FOR had IN SELECT DISTINCT CASE x.grantee WHEN 0 THEN 'PUBLIC'
        ELSE pg_catalog.quote_ident(
          pg_catalog.pg_get_userbyid(x.grantee)::text) END AS who
      FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) x
      WHERE c.oid = (seq->>'name')::pg_catalog.regclass::pg_catalog.oid
    LOOP
      EXECUTE pg_catalog.format('REVOKE ALL ON SEQUENCE %s FROM %s',
        seq->>'name', had.who);
    END LOOP;
    FOR had IN SELECT e FROM pg_catalog.jsonb_array_elements(
        CASE pg_catalog.jsonb_typeof(seq->'rights') WHEN 'array'
          THEN seq->'rights' ELSE '[]' END) AS r(e)
    LOOP
      EXECUTE pg_catalog.format('GRANT %s ON SEQUENCE %s TO %s%s',
        had.e->>'right', seq->>'name', had.e->>'to',
        CASE WHEN (had.e->>'passes')::pg_catalog.bool
          THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
    IF seq->>'said' IS NOT NULL THEN
      EXECUTE pg_catalog.format('COMMENT ON SEQUENCE %s IS %L', seq->>'name',
        seq->>'said');
    END IF;
  END LOOP;
END)sql";

// Goes on from the lowest value, or behind the negative values that are taken.
constexpr const char* kGoBelow = R"sql(
DECLARE
  seq pg_catalog.regclass := @SEQUENCE@;
  low pg_catalog.int8 := @LOW@;
  next pg_catalog.int8;
BEGIN
  EXECUTE pg_catalog.format('SELECT pg_catalog.max(%I) FROM %s WHERE %I < 0',
    @COLUMN@::pg_catalog.text, @NAME@, @COLUMN@::pg_catalog.text) INTO next;
  next := coalesce(next + 1, low);
  EXECUTE pg_catalog.format('ALTER SEQUENCE %s MINVALUE %s RESTART WITH %s',
    seq, low, next);
END)sql";

// Goes on behind the highest value that is taken and at least at `from`. A
// sequence that is at its end stays there.
constexpr const char* kGoAbove = R"sql(
DECLARE
  seq pg_catalog.regclass := @SEQUENCE@;
  top pg_catalog.int8 := (SELECT seqmax FROM pg_catalog.pg_sequence
    WHERE seqrelid = seq::pg_catalog.oid);
  next pg_catalog.int8;
BEGIN
  EXECUTE pg_catalog.format('SELECT pg_catalog.max(%I) FROM %s',
    @COLUMN@::pg_catalog.text, @NAME@) INTO next;
  next := GREATEST(next, @FROM@);
  EXECUTE pg_catalog.format(
    'ALTER SEQUENCE %s MINVALUE 1 RESTART WITH %s', seq,
    LEAST(GREATEST(next, 0) + 1, top));
  IF next >= top THEN
    PERFORM pg_catalog.setval(seq, top, true);
  END IF;
END)sql";

// Returns the lowest value of the type, or the highest.
std::string Lowest(const std::string& type) {
  return type == "smallint" ? "-32768" : "-2147483648";
}
std::string Highest(const std::string& type) {
  return type == "smallint" ? "32767" : "2147483647";
}

std::string GoOn(const char* text, const plan::RestartSequence& action,
                 const std::string& from) {
  const schema::TableName& table = action.table;
  const std::string sequence =
      "(SELECT o.id::pg_catalog.regclass FROM (" +
      OwnedSequencesSql(Regclass(table) + "::pg_catalog.oid",
                        Literal(action.column.name)) +
      ") o ORDER BY o.id LIMIT 1)";
  return "DO " +
         DollarQuoted(FilledAll(
             text, {{"@SEQUENCE@", sequence},
                    {"@NAME@", Literal(Name(table)) + "::pg_catalog.text"},
                    {"@LOW@", Lowest(action.narrow)},
                    {"@FROM@", from},
                    {"@COLUMN@", Literal(action.column.name)}}));
}

std::string WithMarks(const std::string& text, const schema::TableName& table,
                      const schema::Column& column) {
  constexpr const char* kState =
      "pg_catalog.current_setting('segue.sequences_' || t || '_' || "
      "pg_catalog.substr(pg_catalog.md5(@COLUMN@), 1, 8))::pg_catalog.jsonb";
  return "DO " + DollarQuoted(FilledAll(
                     FilledAll(text, {{"@STATE@", kState},
                                      {"@SEQUENCES@",
                                       OwnedSequencesSql("t", "@COLUMN@")}}),
                     {{"@TABLE@", Regclass(table)},
                      {"@NAME@", Literal(Name(table)) + "::pg_catalog.text"},
                      {"@TYPE@", Literal(column.type)},
                      {"@COLUMN@", Literal(column.name)}}));
}

std::string DetachSql(const schema::TableName& table,
                      const schema::Column& column) {
  return WithMarks(kDetach, table, column);
}

std::string AttachSql(const schema::TableName& table,
                      const schema::Column& column) {
  return WithMarks(kAttach, table, column);
}

}  // namespace

PlannedAction RenderOne(const plan::LockTables& action,
                        const RenderContext& context) {
  std::vector<std::string> statements, shown;
  for (const schema::TableName& table : action.tables) {
    statements.push_back("LOCK TABLE " + Name(table) +
                         " IN ACCESS EXCLUSIVE MODE");
    shown.push_back("'" + table.name + "'");
  }
  LocksInTurn locks;
  locks.statements = "ARRAY[" + Literals(statements) + "]";
  locks.before_deadlock = true;
  locks.keeps_rest = true;
  const std::string sql = LockInTurnSql(locks);
  PlannedAction planned;
  planned.description = (action.on_undo ? "On an undo, lock " : "Lock ") +
                        base::Join(shown, ", ") + " within one lock budget";
  if (action.on_undo) {
    planned.undo = {{sql, {}}};
  } else {
    planned.forward = {{sql, {}}};
    // Before those of the actions that follow.
    planned.inventory_lock = sql;
  }
  planned.probe = "SELECT true";
  planned.lock = Lock(kAccessExclusive, action.tables.at(0), context);
  return planned;
}

PlannedAction RenderOne(const plan::DetachSequence& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description = "Take the sequence from '" + action.column.name +
                        "' of '" + action.table.name + "'";
  planned.forward = {{DetachSql(action.table, action.column), {}}};
  planned.undo = {{AttachSql(action.table, action.column), {}}};
  planned.probe = "SELECT true";
  planned.lock = Lock(kAccessExclusive, action.table, context);
  return planned;
}

PlannedAction RenderOne(const plan::AttachSequence& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description = "Give the sequence to the '" + action.column.name +
                        "' of '" + action.table.name +
                        "' that has taken the place";
  planned.forward = {{AttachSql(action.table, action.column), {}}};
  planned.undo = {{DetachSql(action.table, action.column), {}}};
  planned.probe = "SELECT true";
  planned.lock = Lock(kAccessExclusive, action.table, context);
  return planned;
}

PlannedAction RenderOne(const plan::RestartSequence& action,
                        const RenderContext& context) {
  const std::string below = GoOn(kGoBelow, action, "0");
  PlannedAction planned;
  planned.description = "Let the sequence of '" + action.column.name +
                        "' of '" + action.table.name + "' go on " +
                        (action.above ? "behind " + Highest(action.narrow)
                                      : "from " + Lowest(action.narrow));
  if (action.above) {
    planned.forward = {{GoOn(kGoAbove, action, Highest(action.narrow)), {}}};
    planned.undo = {{below, {}}};
  } else {
    planned.forward = {{below, {}}};
    planned.undo = {{GoOn(kGoAbove, action, "0"), {}}};
  }
  planned.probe = "SELECT true";
  planned.lock = Lock(kShareUpdateExclusive, action.table, context);
  return planned;
}

}  // namespace segue::postgres
