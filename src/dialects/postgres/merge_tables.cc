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
  -- A trial on empty copies has the sequences of the tables themselves.
  IF pg_catalog.starts_with((SELECT n.nspname::text FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = pg_catalog.to_regclass(@TABLE@)::oid), 'segue_trial_') THEN
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
  locks.late = "the tables are not free in time";
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
  std::vector<std::string> CreateSql() const {
    const schema::Column& column = schema::RequireColumn(part_.table, column_);
    return {
        "CREATE OR REPLACE FUNCTION " + Function() +
            "() RETURNS trigger LANGUAGE plpgsql SET search_path = " +
            Ident(part_.table.name.schema) + ", pg_catalog, pg_temp AS " +
            DollarQuoted("BEGIN NEW." + Ident(column_) +
                         " := " + *column.default_sql + "; RETURN NEW; END"),
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
  sql.push_back(CreateIndexSql(action.table.name, action.key, false, "ONLY "));
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
  undo.push_back("DROP TABLE " + name);
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
      ") g(what)";
  planned.holders = RelationHolders(action.table.name, "table");
  planned.lock = LockOf(action, context);
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
