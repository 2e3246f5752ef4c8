#include "dialects/postgres/part_view.h"

#include <algorithm>
#include <variant>

#include "base/text.h"
#include "dialects/postgres/lock_in_turn.h"
#include "dialects/postgres/motion_terms.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "dialects/postgres/use_counts.h"
#include "dialects/postgres/view_text.h"

namespace segue::postgres {
namespace {

using schema::Column;

// The functions are in the schema of the version, which goes with them. Their
// names begin so, and no other function there does.
constexpr const char* kFunctions = "segue_part_";

schema::TableName FunctionOf(const std::string& version,
                             const plan::VersionView& view, const char* what) {
  return {version, base::ShortName(std::string(kFunctions) + what + view.name,
                                   kMaxIdentifier)};
}

schema::TableName KeyFunction(const std::string& version,
                              const plan::VersionView& view) {
  return FunctionOf(version, view, "key_");
}
schema::TableName InsertFunction(const std::string& version,
                                 const plan::VersionView& view) {
  return FunctionOf(version, view, "insert_");
}
schema::TableName DeleteFunction(const std::string& version,
                                 const plan::VersionView& view) {
  return FunctionOf(version, view, "delete_");
}

constexpr const char* kInsertTrigger = "~segue_part_insert";
constexpr const char* kDeleteTrigger = "~segue_part_delete";

std::string Field(const char* row, const Column& column) {
  return std::string(row) + "." + Ident(column.name);
}

// The SQL terms of such a view. It must outlive them.
class PartTerms {
 public:
  PartTerms(const std::string& version, const plan::VersionView& view)
      : version_(version),
        view_(view),
        part_(std::get<plan::Part>(view.source)) {
    for (const Column& column : view.columns) {
      (IsKey(column) ? key_ : moved_).push_back(&column);
    }
  }

  // Reads the row of the table and keeps it from others. The columns of the
  // table are those of the view.
  std::string TakeRow(const char* row) const {
    std::vector<std::string> names;
    for (const Column* column : moved_) names.push_back(Field("t", *column));
    return "SELECT " + base::Join(names, ", ") + " INTO there FROM " +
           Name(part_.base) + " AS t WHERE " + SameKey(row) +
           " FOR NO KEY UPDATE OF t; ";
  }

  std::string RefuseNullKey() const {
    std::string sql;
    for (const Column* column : key_) {
      sql += "IF " + Field("NEW", *column) +
             " IS NULL THEN RAISE not_null_violation USING MESSAGE = " +
             Literal("null value in column \"" + column->name +
                     "\" of relation \"" + view_.name +
                     "\" violates not-null constraint") +
             ", COLUMN = " + Literal(column->name) +
             ", TABLE = " + Literal(view_.name) + "; END IF; ";
    }
    return sql;
  }

  // The server's own messages, as it gives them for the table that comes.
  std::string RaiseNoParent() const {
    return "RAISE foreign_key_violation USING MESSAGE = " +
           Literal("insert or update on table \"" + view_.name +
                   "\" violates foreign key constraint \"" + part_.foreign_key +
                   "\"") +
           ", DETAIL = " +
           KeyText(" is not present in table \"" + part_.base.name + "\".") +
           ", CONSTRAINT = " + Literal(part_.foreign_key) +
           ", TABLE = " + Literal(view_.name) + "; ";
  }
  std::string RaiseDuplicate() const {
    return "RAISE unique_violation USING MESSAGE = " +
           Literal("duplicate key value violates unique constraint \"" +
                   part_.primary_key + "\"") +
           ", DETAIL = " + KeyText(" already exists.") +
           ", CONSTRAINT = " + Literal(part_.primary_key) +
           ", TABLE = " + Literal(view_.name) + "; ";
  }

  // A row that has nothing but NULLs, as after a DELETE, or nothing but what an
  // INSERT into the table leaves there, is one that nobody has inserted here.
  std::string IsTaken() const {
    std::vector<std::string> given;
    std::vector<std::string> valued;
    for (const Column* column : moved_) {
      const std::string left_out =
          "(" + column->LeftOut().value_or("NULL") + ")::" + column->type;
      given.push_back(Differs(Field("there", *column), left_out, column->type,
                              column->collation));
      valued.push_back(Field("there", *column) + " IS NOT NULL");
    }
    return "(" + base::Join(given, " OR ") + ") AND (" +
           base::Join(valued, " OR ") + ")";
  }

  std::string Changed() const {
    std::vector<std::string> changed;
    for (const Column* column : moved_) {
      changed.push_back(Differs(Field("there", *column), Field("OLD", *column),
                                column->type, column->collation));
    }
    return base::Join(changed, " OR ");
  }

  // `row` is that of the new values; nullptr: they are NULL.
  std::string Update(const char* key, const char* row) const {
    std::vector<std::string> sets;
    for (const Column* column : moved_) {
      sets.push_back(Ident(column->name) + " = " +
                     (row == nullptr ? "NULL" : Field(row, *column)));
    }
    return "UPDATE " + Name(part_.base) + " AS t SET " +
           base::Join(sets, ", ") + " WHERE " + SameKey(key) + " AND " +
           SeenCondition(version_) + "; ";
  }

  // Refuses what the table cannot hold; empty: it can.
  std::string RefuseDelete() const {
    for (const Column* column : moved_) {
      if (column->nullable) continue;
      return "RAISE feature_not_supported USING MESSAGE = " +
             Literal("cannot delete from view \"" + view_.name + "\"") +
             ", DETAIL = " +
             Literal(
                 "Until the migration is complete, its rows are those of "
                 "table \"" +
                 part_.base.name + "\", whose column \"" + column->name +
                 "\" takes no NULL.") +
             "; ";
    }
    return "";
  }

 private:
  bool IsKey(const Column& column) const {
    return std::find(view_.key.begin(), view_.key.end(), column.name) !=
           view_.key.end();
  }
  std::string SameKey(const char* row) const {
    std::vector<std::string> same;
    for (const Column* column : key_) {
      same.push_back(Comparable(Field("t", *column), *column) + " " +
                     Operator("=", column->operators_in) + " " +
                     Comparable(Field(row, *column), *column));
    }
    return base::Join(same, " AND ");
  }
  // Returns an expression for "Key (a, b)=(1, 2)" and the rest.
  std::string KeyText(const std::string& rest) const {
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (const Column* column : key_) {
      names.push_back(column->name);
      values.push_back(Field("NEW", *column) + "::pg_catalog.text");
    }
    return "pg_catalog.concat(" +
           Literal("Key (" + base::Join(names, ", ") + ")=(") + ", " +
           base::Join(values, ", ', ', ") + ", " + Literal(")" + rest) + ")";
  }

  const std::string& version_;
  const plan::VersionView& view_;
  const plan::Part& part_;
  std::vector<const Column*> key_;
  std::vector<const Column*> moved_;
};

std::string InsertBody(const PartTerms& terms) {
  return "DECLARE there record; BEGIN " + terms.RefuseNullKey() +
         terms.TakeRow("NEW") + "IF NOT FOUND THEN " + terms.RaiseNoParent() +
         "END IF; IF " + terms.IsTaken() + " THEN " + terms.RaiseDuplicate() +
         "END IF; " + terms.Update("NEW", "NEW") + "RETURN NEW; END";
}

// Nobody can say whether the condition of the DELETE still holds for a row that
// has changed since the statement began.
std::string DeleteBody(const PartTerms& terms) {
  return "DECLARE there record; BEGIN " + terms.RefuseDelete() +
         terms.TakeRow("OLD") + "IF NOT FOUND THEN RETURN NULL; END IF; IF " +
         terms.Changed() +
         " THEN RAISE serialization_failure USING MESSAGE = 'could not "
         "serialize access due to concurrent update'; END IF; " +
         terms.Update("OLD", nullptr) + "RETURN OLD; END";
}

// The function runs with the rights of whoever writes, so that what the table
// records of its writers stays right.
std::string CreateFunction(const schema::TableName& name,
                           const std::string& body) {
  return "CREATE FUNCTION " + Name(name) +
         "() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, "
         "pg_temp AS " +
         DollarQuoted(body);
}

std::string CreateTrigger(const char* name, const char* event,
                          const schema::TableName& view,
                          const schema::TableName& function) {
  return "CREATE TRIGGER " + Ident(name) + " INSTEAD OF " + event + " ON " +
         Name(view) + " FOR EACH ROW EXECUTE FUNCTION " + Name(function) + "()";
}

using RepointedView = plan::RepointViews::View;

bool IsPart(const RepointedView& view) {
  return std::holds_alternative<plan::Part>(view.before.source);
}

schema::TableName ViewName(const plan::RepointViews& action,
                           const RepointedView& view) {
  return {action.version_schema, view.after.name};
}

std::string ReplaceSql(const plan::RepointViews& action,
                       const RepointedView& view,
                       const RenderContext& context) {
  return ReplaceViewSql(ViewName(action, view), view.after, context,
                        action.version_schema);
}

// A transaction of a client that has written the table and comes to a view
// waits for us, and we wait for it. The first statement of a view locks the
// view alone; LOCK TABLE would lock what it reads, too.
std::string TakeLocks(const plan::RepointViews& action,
                      const RenderContext& context) {
  std::vector<std::string> statements;
  for (const RepointedView& view : action.views) {
    statements.push_back(Literal(
        IsPart(view) ? DropPartTriggers(action.version_schema, view.before)[0]
                     : ReplaceSql(action, view, context)));
  }
  statements.push_back(Literal("LOCK TABLE " +
                               Name(action.views.front().before.base()) +
                               " IN ACCESS EXCLUSIVE MODE"));
  LocksInTurn locks;
  locks.statements = "ARRAY[" + base::Join(statements, ", ") + "]";
  locks.before_deadlock = true;
  return LockInTurnSql(locks);
}

// Adds what is left to do with a view once it is locked.
void AddRepoint(const plan::RepointViews& action, const RepointedView& view,
                const RenderContext& context, std::vector<std::string>& sql) {
  if (!IsPart(view)) return;
  const std::vector<std::string> drops =
      DropPartTriggers(action.version_schema, view.before);
  sql.insert(sql.end(), drops.begin() + 1, drops.end());
  sql.push_back(ReplaceSql(action, view, context));
  sql.push_back(DropPartFunctions(action.version_schema, view.before));
}

// True when the view reads the table.
std::string ReadsTable(const schema::TableName& view,
                       const schema::TableName& table) {
  return "EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN "
         "pg_catalog.pg_rewrite r ON r.oid = d.objid WHERE d.classid = "
         "'pg_catalog.pg_rewrite'::regclass::oid AND d.refclassid = "
         "'pg_catalog.pg_class'::regclass::oid AND r.ev_class = " +
         Relation(view) + " AND d.refobjid = " + Relation(table) + ")";
}

}  // namespace

// A function that is only its argument is gone by the time the server looks for
// an index, and being strict it is no obstacle in an outer join. A column that
// is an expression takes no UPDATE. The cast keeps the length of the type.
std::string PartKey(const std::string& version, const plan::VersionView& view,
                    const schema::Column& column, const std::string& value) {
  const bool is_key = std::find(view.key.begin(), view.key.end(),
                                column.name) != view.key.end();
  if (!is_key) return value;
  const std::string call = Name(KeyFunction(version, view)) + "(" + value + ")";
  const bool has_length = column.type.find('(') != std::string::npos;
  return (has_length ? call + "::" + column.type : call) + " AS " +
         Ident(column.name);
}

void AddPartKey(const std::string& version, const plan::VersionView& view,
                std::vector<std::string>& sql) {
  const std::string function = Name(KeyFunction(version, view));
  sql.push_back("CREATE FUNCTION " + function +
                "(anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE STRICT "
                "PARALLEL SAFE AS 'SELECT $1'");
  sql.push_back("GRANT EXECUTE ON FUNCTION " + function +
                "(anyelement) TO PUBLIC");
}

void AddPartTriggers(const std::string& version, const plan::VersionView& view,
                     std::vector<std::string>& sql) {
  const PartTerms terms(version, view);
  const schema::TableName name{version, view.name};
  const schema::TableName on_insert = InsertFunction(version, view);
  const schema::TableName on_delete = DeleteFunction(version, view);
  sql.push_back(CreateFunction(on_insert, InsertBody(terms)));
  sql.push_back(CreateFunction(on_delete, DeleteBody(terms)));
  sql.push_back(CreateTrigger(kInsertTrigger, "INSERT", name, on_insert));
  sql.push_back(CreateTrigger(kDeleteTrigger, "DELETE", name, on_delete));
}

std::vector<std::string> DropPartTriggers(const std::string& version,
                                          const plan::VersionView& view) {
  std::vector<std::string> sql;
  for (const char* trigger : {kInsertTrigger, kDeleteTrigger}) {
    sql.push_back("DROP TRIGGER " + Ident(trigger) + " ON " +
                  Name({version, view.name}));
  }
  return sql;
}

std::string DropPartFunctions(const std::string& version,
                              const plan::VersionView& view) {
  return "DROP FUNCTION " + Name(InsertFunction(version, view)) + "(), " +
         Name(DeleteFunction(version, view)) + "(), " +
         Name(KeyFunction(version, view)) + "(anyelement)";
}

std::string DropAllPartFunctions(const std::string& version) {
  return "DO " +
         DollarQuoted(
             "DECLARE one record; BEGIN FOR one IN SELECT g.tgname, c.relname "
             "FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid "
             "= g.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
             "c.relnamespace WHERE n.nspname = " +
             Literal(version) + " AND g.tgname IN (" +
             Literals({kInsertTrigger, kDeleteTrigger}) +
             ") LOOP EXECUTE pg_catalog.format('DROP TRIGGER %I ON %I.%I', "
             "one.tgname, " +
             Literal(version) +
             ", one.relname); END LOOP; FOR one IN SELECT p.oid FROM "
             "pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = "
             "p.pronamespace WHERE n.nspname = " +
             Literal(version) + " AND pg_catalog.starts_with(p.proname, " +
             Literal(kFunctions) +
             ") LOOP EXECUTE pg_catalog.format('DROP FUNCTION %s', "
             "one.oid::pg_catalog.regprocedure); END LOOP; END");
}

PlannedAction RenderOne(const plan::RepointViews& action,
                        const RenderContext& context) {
  std::vector<std::string> sql = {TakeLocks(action, context)};
  std::vector<std::string> names;
  for (const RepointedView& view : action.views) {
    AddRepoint(action, view, context, sql);
    names.push_back("'" + view.after.name + "'");
  }
  PlannedAction planned;
  planned.description =
      std::string(names.size() == 1 ? "Let view " : "Let views ") +
      base::Join(names, ", ") + " of version '" + action.version_schema +
      (names.size() == 1 ? "' show the new table" : "' show the new tables");
  planned.forward = Statements(std::move(sql));
  const RepointedView& first = action.views.front();
  const schema::TableName name = ViewName(action, first);
  planned.probe = "SELECT NOT (" + ReadsTable(name, first.before.base()) + ")";
  planned.lock = Lock(kAccessExclusive, name, context);
  planned.reversible = false;
  return planned;
}

}  // namespace segue::postgres
