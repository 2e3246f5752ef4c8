// Renders a table that has others as its partitions, from when they are
// attached.
#include "base/text.h"
#include "dialects/postgres/holders.h"
#include "dialects/postgres/lock_in_turn.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/motion_terms.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/table_text.h"
#include "dialects/postgres/view_text.h"

namespace segue::postgres {
namespace {

using Part = plan::AttachTables::Part;

// A privilege on the table reaches the rows of each part, so that it is given
// to those who have it on all of them.
constexpr const char* kGrants = R"sql(
DECLARE
  one record;
BEGIN
  FOR one IN SELECT e.privilege_type, pg_catalog.bool_and(e.is_grantable) AS may,
      @GRANTEE@ AS grantee
    FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) e
    WHERE c.oid = ANY (ARRAY[@PARTS@]::oid[]) AND e.grantee <> c.relowner
    GROUP BY e.grantee, e.privilege_type
    HAVING count(DISTINCT c.oid) = @COUNT@::bigint
  LOOP
    EXECUTE pg_catalog.format('GRANT %s ON %s TO %s%s', one.privilege_type,
      @TABLE@, one.grantee, CASE WHEN one.may THEN ' WITH GRANT OPTION'
      ELSE '' END);
  END LOOP;
END)sql";

// The sequence of the first part goes on for all. Whoever could take numbers of
// another one may take those of this one.
constexpr const char* kUnite = R"sql(
DECLARE
  part oid;
  numbers oid;
  kept oid;
  others oid[] := '{}';
  highest bigint;
  next_number bigint;
  -- A trial on empty copies has the sequences of the tables themselves.
  trial boolean := pg_catalog.starts_with((SELECT n.nspname::text
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n
      ON n.oid = c.relnamespace
    WHERE c.oid = pg_catalog.to_regclass(@TABLE@)::oid), 'segue_trial_');
  one record;
BEGIN
  FOREACH part IN ARRAY ARRAY[@PARTS@]::oid[] LOOP
    SELECT d.refobjid INTO numbers FROM pg_catalog.pg_attrdef f
    JOIN pg_catalog.pg_attribute a ON a.attrelid = f.adrelid
      AND a.attnum = f.adnum AND a.attname = @COLUMN@
    JOIN pg_catalog.pg_depend d ON d.objid = f.oid
      AND d.classid = 'pg_catalog.pg_attrdef'::regclass::oid
      AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.relkind = 'S'
    WHERE f.adrelid = part;
    IF numbers IS NULL THEN
      RAISE object_not_in_prerequisite_state USING MESSAGE = pg_catalog.format(
        'column %s of %s is not numbered by a sequence any more', @COLUMN@,
        part::regclass);
    END IF;
    -- Those who take numbers without a row wait for this lock.
    IF NOT trial THEN
      EXECUTE pg_catalog.format('ALTER SEQUENCE %s INCREMENT BY %s',
        numbers::regclass, (SELECT q.seqincrement FROM pg_catalog.pg_sequence q
        WHERE q.seqrelid = numbers));
    END IF;
    EXECUTE pg_catalog.format('SELECT last_value FROM %s', numbers::regclass)
      INTO next_number;
    highest := greatest(highest, next_number);
    IF kept IS NULL THEN
      kept := numbers;
    ELSIF numbers <> kept THEN
      others := others || numbers;
    END IF;
  END LOOP;
  EXECUTE pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT '
    'pg_catalog.nextval(%L::regclass)', @TABLE@, @COLUMN@, kept::regclass::text);
  IF trial THEN
    RETURN;
  END IF;
  PERFORM pg_catalog.setval(kept::regclass, highest);
  FOR one IN SELECT DISTINCT e.privilege_type, @GRANTEE@ AS grantee
    FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) e
    WHERE c.oid = ANY (others) AND e.grantee <> c.relowner
  LOOP
    EXECUTE pg_catalog.format('GRANT %s ON SEQUENCE %s TO %s',
      one.privilege_type, kept::regclass, one.grantee);
  END LOOP;
  IF EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = kept
      AND d.classid = 'pg_catalog.pg_class'::regclass::oid
      AND d.deptype = 'a') THEN
    EXECUTE pg_catalog.format('ALTER SEQUENCE %s OWNED BY %s.%I',
      kept::regclass, @TABLE@, @COLUMN@);
  END IF;
  FOR one IN SELECT DISTINCT d.objid::regclass AS name
    FROM pg_catalog.pg_depend d WHERE d.objid = ANY (others)
      AND d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.deptype = 'a'
  LOOP
    EXECUTE pg_catalog.format('DROP SEQUENCE %s', one.name);
  END LOOP;
END)sql";

std::string Oids(const plan::AttachTables& action) {
  std::vector<std::string> oids;
  for (const Part& part : action.parts) {
    oids.push_back(Relation(part.table.name));
  }
  return base::Join(oids, ", ");
}

// Whoever reads the table locks it before its parts.
std::string LockSql(const plan::AttachTables& action, bool with_table) {
  std::vector<std::string> statements;
  const auto add = [&](const schema::TableName& name) {
    statements.push_back(
        Literal("LOCK TABLE ONLY " + Name(name) + " IN ACCESS EXCLUSIVE MODE"));
  };
  if (with_table) add(action.table.name);
  for (const Part& part : action.parts) add(part.table.name);
  LocksInTurn locks;
  locks.statements = "ARRAY[" + base::Join(statements, ", ") + "]";
  locks.before_deadlock = true;
  return LockInTurnSql(locks);
}

LockNeed LockOf(const plan::AttachTables& action,
                const RenderContext& context) {
  LockNeed lock =
      Lock(kAccessExclusive, action.parts.front().table.name, context);
  for (std::size_t i = 1; i < action.parts.size(); ++i) {
    lock.object += ", " + action.parts[i].table.name.ToString();
  }
  return lock;
}

// What gives a row that is inserted through the table the number of its part.
class NumberTrigger {
 public:
  NumberTrigger(const Part& part, std::string column)
      : part_(part), column_(std::move(column)) {}

  std::string Function() const {
    return FunctionName("number_", part_.table.name.schema,
                        part_.table.name.name + "." + column_);
  }
  std::string Trigger() const {
    return base::ShortName("~segue_number_" + column_, kMaxIdentifier);
  }
  // The function runs with the rights of whoever writes, as the default does.
  // It looks the default up, so that it follows a sequence that gets another
  // name.
  std::vector<std::string> CreateSql() const {
    return {
        "CREATE OR REPLACE FUNCTION " + Function() +
            "() RETURNS trigger LANGUAGE plpgsql SET search_path = " +
            Ident(part_.table.name.schema) + ", pg_catalog, pg_temp AS " +
            DollarQuoted(
                "DECLARE number text; BEGIN SELECT 'SELECT ' || "
                "pg_catalog.pg_get_expr(f.adbin, f.adrelid) INTO number FROM "
                "pg_catalog.pg_attrdef f JOIN pg_catalog.pg_attribute a ON "
                "a.attrelid = f.adrelid AND a.attnum = f.adnum WHERE f.adrelid "
                "= TG_RELID AND a.attname = " +
                Literal(column_) + "; EXECUTE number INTO NEW." +
                Ident(column_) + "; RETURN NEW; END"),
        "CREATE TRIGGER " + Ident(Trigger()) + " BEFORE INSERT ON " +
            Name(part_.table.name) + " FOR EACH ROW WHEN (NEW." +
            Ident(column_) + " IS NULL) EXECUTE FUNCTION " + Function() + "()"};
  }
  std::vector<std::string> DropSql() const {
    return {"DROP TRIGGER IF EXISTS " + Ident(Trigger()) + " ON " +
                Name(part_.table.name),
            "DROP FUNCTION IF EXISTS " + Function() + "()"};
  }

 private:
  const Part& part_;
  std::string column_;
};

void AddTable(const plan::AttachTables& action, std::vector<std::string>& sql) {
  std::vector<std::string> create = CreateTableSql(action.table);
  create.front() +=
      " PARTITION BY LIST (" + Ident(action.table.partition_key.front()) + ")";
  for (std::string& one : create) sql.push_back(std::move(one));
  const std::string name = Name(action.table.name);
  if (!action.table.owner.empty()) {
    sql.push_back("ALTER TABLE " + name + " OWNER TO " +
                  Ident(action.table.owner));
  }
  sql.push_back(RevokeOnTable(action.table.name));
}

// The sequences that number columns of the parts.
constexpr const char* kNumbered = R"sql(
WITH numbered AS (
  SELECT f.adrelid AS part, a.attname AS name, f.oid AS source,
    d.refobjid AS numbers FROM pg_catalog.pg_attrdef f
  JOIN pg_catalog.pg_attribute a ON a.attrelid = f.adrelid
    AND a.attnum = f.adnum AND a.attname = ANY (ARRAY[@COLUMNS@]::name[])
  JOIN pg_catalog.pg_depend d ON d.objid = f.oid
    AND d.classid = 'pg_catalog.pg_attrdef'::regclass::oid
    AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid
  JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.relkind = 'S'
  WHERE f.adrelid = ANY (ARRAY[@PARTS@]::oid[])))sql";

// What keeps one sequence from numbering all parts, or from going.
constexpr const char* kUnlike = R"sql(
SELECT pg_catalog.format('sequence %s counts down, or begins again at its end',
  n.numbers::regclass)
FROM numbered n JOIN pg_catalog.pg_sequence q ON q.seqrelid = n.numbers
WHERE q.seqincrement < 0 OR q.seqcycle
UNION SELECT pg_catalog.format('sequence %s numbers several columns',
  n.numbers::regclass)
FROM numbered n GROUP BY n.numbers HAVING count(DISTINCT n.name) > 1
UNION SELECT pg_catalog.format('sequence %s numbers %s as well, so that it '
  'cannot go', n.numbers::regclass,
  pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid))
FROM numbered n JOIN pg_catalog.pg_depend d ON d.refobjid = n.numbers
  AND d.refclassid = 'pg_catalog.pg_class'::regclass::oid AND d.deptype = 'n'
WHERE NOT (d.classid = 'pg_catalog.pg_attrdef'::regclass::oid
  AND d.objid IN (SELECT source FROM numbered))
UNION SELECT pg_catalog.format('sequence %s belongs to a column of %s',
  n.numbers::regclass, d.refobjid::regclass)
FROM numbered n JOIN pg_catalog.pg_depend d ON d.objid = n.numbers
  AND d.classid = 'pg_catalog.pg_class'::regclass::oid AND d.deptype = 'a'
WHERE d.refobjid <> ALL (ARRAY[@PARTS@]::oid[])
UNION SELECT pg_catalog.format('sequence %s, which would number all parts, '
  'ends at %s, and %s is at %s', k.numbers::regclass, q.seqmax,
  n.numbers::regclass, l.at)
FROM numbered k JOIN pg_catalog.pg_sequence q ON q.seqrelid = k.numbers
JOIN numbered n ON n.name = k.name
CROSS JOIN LATERAL (SELECT coalesce(
  pg_catalog.pg_sequence_last_value(n.numbers), 0)) l(at)
WHERE k.part = @FIRST@ AND l.at > q.seqmax
ORDER BY 1)sql";

// A rule goes by the name that a statement has.
std::string RulesSql(const plan::AttachTables& action) {
  return "SELECT pg_catalog.format('rule %I of %s does not see what is written "
         "to ' || " +
         Literal("'" + action.table.name.name + "'") +
         ", r.rulename, r.ev_class::regclass) FROM pg_catalog.pg_rewrite r "
         "WHERE r.rulename <> '_RETURN' AND r.ev_class = ANY (ARRAY[" +
         Oids(action) + "]::oid[])";
}

std::string ObjectionsTo(const plan::AttachTables& action) {
  if (action.numbered.empty()) return RulesSql(action);
  return "SELECT * FROM (" + RulesSql(action) +
         ") r UNION ALL SELECT * FROM (" +
         FilledAll(std::string(kNumbered) + kUnlike,
                   {{"@COLUMNS@", Literals(action.numbered)},
                    {"@PARTS@", Oids(action)},
                    {"@FIRST@", Relation(action.parts.front().table.name)}}) +
         ") n";
}

// The table goes with an undo, and its other partitions with it.
std::string OthersSql(const plan::AttachTables& action) {
  const std::string table = Relation(action.table.name);
  return "SELECT " +
         Literal("table '" + action.table.name.name +
                 "' is gone, or has another name") +
         " WHERE " + table +
         " IS NULL UNION ALL SELECT pg_catalog.format('%s is a partition that "
         "others have made, and would go with %s: detach it', "
         "i.inhrelid::regclass, i.inhparent::regclass) FROM "
         "pg_catalog.pg_inherits i WHERE i.inhparent = " +
         table + " AND i.inhrelid <> ALL (ARRAY[" + Oids(action) + "]::oid[])";
}

// The same in the transaction of the undo, once the parts are detached.
std::string RefuseOthersSql(const plan::AttachTables& action) {
  return "DO " +
         DollarQuoted(
             "BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE "
             "inhparent = " +
             Relation(action.table.name) +
             ") THEN RAISE EXCEPTION 'others have made partitions of %', " +
             Literal(action.table.name.name) + "; END IF; END");
}

// Whoever reads the table passes the row security of a part.
std::string SecuredSql(const plan::AttachTables& action) {
  return "SELECT pg_catalog.format('row security of %s is on, which whoever "
         "reads %s passes', c.oid::regclass, " +
         Literal("'" + action.table.name.name + "'") +
         "), 0 FROM pg_catalog.pg_class c WHERE c.relrowsecurity AND c.oid = "
         "ANY (ARRAY[" +
         Oids(action) + "]::oid[])";
}

}  // namespace

PlannedAction RenderOne(const plan::AttachTables& action,
                        const RenderContext& context) {
  const std::string name = Name(action.table.name);
  std::vector<std::string> sql = {LockSql(action, false)};
  std::vector<std::string> undo = {LockSql(action, true)};
  AddTable(action, sql);
  PlannedAction planned;
  for (const Part& part : action.parts) {
    const std::string table = Name(part.table.name);
    sql.push_back("ALTER TABLE " + name + " ATTACH PARTITION " + table +
                  " FOR VALUES IN (" + part.value + ")");
    undo.push_back("ALTER TABLE " + name + " DETACH PARTITION " + table);
    for (const std::string& column : action.numbered) {
      const NumberTrigger trigger(part, column);
      for (std::string& one : trigger.CreateSql())
        sql.push_back(std::move(one));
      for (std::string& one : trigger.DropSql()) undo.push_back(std::move(one));
      planned.missing += MissingOf({part.table.name,
                                    {trigger.Trigger()},
                                    {},
                                    {trigger.Function()}}) +
                         " UNION ALL ";
    }
  }
  sql.push_back(
      Block(kGrants, {{"@GRANTEE@", kGrantee},
                      {"@PARTS@", Oids(action)},
                      {"@COUNT@", std::to_string(action.parts.size())},
                      {"@TABLE@", Literal(name)}}));
  undo.push_back(RefuseOthersSql(action));
  undo.push_back("DROP TABLE " + name);
  planned.objections = ObjectionsTo(action);
  planned.undo_objections = OthersSql(action);
  planned.description = "Create '" + action.table.name.name +
                        "' with the tables as its partitions";
  planned.forward = Statements(std::move(sql));
  planned.undo = Statements(std::move(undo));
  planned.probe =
      "SELECT pg_catalog.to_regclass(" + Literal(name) + ") IS NOT NULL";
  planned.missing +=
      "SELECT g.what, 0 FROM (" +
      GoneUnless("SELECT count(*) = " + std::to_string(action.parts.size()) +
                     " FROM pg_catalog.pg_inherits i WHERE i.inhparent = "
                     "pg_catalog.to_regclass(" +
                     Literal(name) + ")::oid AND i.inhrelid = ANY (ARRAY[" +
                     Oids(action) + "]::oid[])",
                 "a part of table '" + action.table.name.name + "'") +
      ") g(what) UNION ALL " + SecuredSql(action);
  planned.holders = RelationHolders(action.table.name, "table");
  planned.lock = LockOf(action, context);
  return planned;
}

PlannedAction RenderOne(const plan::UniteKeys& action,
                        const RenderContext& context) {
  const schema::Index& key = action.merged.key;
  const std::string schema = Ident(action.table.schema) + ".";
  std::vector<std::string> sql = {
      CreateIndexSql(action.table, key, false, "ONLY ")};
  for (const std::string& index : action.indexes) {
    sql.push_back("ALTER INDEX " + schema + Ident(key.name) +
                  " ATTACH PARTITION " + schema + Ident(index));
  }
  PlannedAction planned;
  planned.description = "Give '" + action.table.name + "' the key '" +
                        key.name + "', of which its parts have an index each";
  planned.forward = Statements(std::move(sql));
  planned.undo =
      Statements({"DROP INDEX IF EXISTS " + schema + Ident(key.name)});
  planned.probe = "SELECT pg_catalog.to_regclass(" +
                  Literal(schema + Ident(key.name)) + ") IS NOT NULL";
  planned.lock = Lock(kShareRowExclusive, action.table, context);
  return planned;
}

PlannedAction RenderOne(const plan::UniteNumbers& action,
                        const RenderContext& context) {
  std::vector<std::string> sql = {LockSql(action.merged, true)};
  for (const Part& part : action.merged.parts) {
    for (std::string& one : NumberTrigger(part, action.column).DropSql()) {
      sql.push_back(std::move(one));
    }
  }
  sql.push_back(Block(kUnite, {{"@GRANTEE@", kGrantee},
                               {"@PARTS@", Oids(action.merged)},
                               {"@COLUMN@", Literal(action.column)},
                               {"@TABLE@", Literal(Name(action.table))}}));
  PlannedAction planned;
  planned.description = "Number '" + action.column + "' of '" +
                        action.table.name + "' from one sequence";
  planned.forward = Statements(std::move(sql));
  planned.probe =
      "SELECT NOT (" +
      TriggerExists(
          action.merged.parts.front().table.name,
          NumberTrigger(action.merged.parts.front(), action.column).Trigger()) +
      ")";
  planned.lock = LockOf(action.merged, context);
  planned.reversible = false;
  return planned;
}

}  // namespace segue::postgres
