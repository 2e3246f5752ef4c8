// Renders ADD, VALIDATE and DROP CONSTRAINT.
#include <algorithm>

#include "base/text.h"
#include "db/question.h"
#include "dialects/postgres/constraint_body.h"
#include "dialects/postgres/constraint_trial.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/motion_terms.h"
#include "dialects/postgres/render.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/some_keys.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "plan/names.h"
#include "schema/constraint_text.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

constexpr std::string_view kNotValid = " NOT VALID";

// Such a check only spares NOT NULL a scan of the table, and may be dropped as
// soon as it has done so.
constexpr std::string_view kSparesScan = "_segue_not_null_";

bool CanBeNotValid(const Constraint& constraint) {
  return constraint.kind == ConstraintKind::kCheck ||
         constraint.kind == ConstraintKind::kForeignKey;
}

// A foreign key of a partitioned table comes with a look at all rows.
bool IsWhole(const schema::TableName& name, const Constraint& constraint,
             const RenderContext& context) {
  const schema::Table* table = context.schema.FindTable(name.name);
  return constraint.kind == ConstraintKind::kForeignKey && table != nullptr &&
         table->kind == "partitioned table";
}

std::string AddSql(const schema::TableName& table, const Constraint& constraint,
                   bool not_valid) {
  return AlterTable(table) + "ADD CONSTRAINT " + Ident(constraint.name) + " " +
         ConstraintBody(table, constraint) +
         (not_valid ? std::string(kNotValid) : "");
}

std::string ValidateSql(const schema::TableName& table,
                        const std::string& name) {
  return AlterTable(table) + "VALIDATE CONSTRAINT " + Ident(name);
}

std::string DropSql(const schema::TableName& table, const std::string& name) {
  return AlterTable(table) + "DROP CONSTRAINT IF EXISTS " + Ident(name);
}

// Returns the statement that takes a validation back: the server can only drop
// the constraint and add it anew. Its comment is kept.
std::string UnvalidateSql(const schema::TableName& table,
                          const Constraint& before) {
  return "DO " +
         DollarQuoted(
             "DECLARE said text := (SELECT " +
             CommentOf("c.oid", "pg_constraint") +
             " FROM pg_catalog.pg_constraint c WHERE conrelid = " +
             Regclass(table) + "::oid AND conname = " + Literal(before.name) +
             "); BEGIN " + AlterTable(table) + "DROP CONSTRAINT " +
             Ident(before.name) + ", ADD CONSTRAINT " + Ident(before.name) +
             " " + ConstraintBody(table, before) + std::string(kNotValid) +
             "; IF said IS NOT NULL THEN EXECUTE pg_catalog.format("
             "'COMMENT ON CONSTRAINT %I ON %s IS %L', " +
             Literal(before.name) + ", " + Literal(Name(table)) +
             ", said); END IF; END");
}

const char* HoldText(const Constraint& constraint, bool not_valid) {
  if (not_valid || !constraint.using_index.empty()) return kMilliseconds;
  return CanBeNotValid(constraint) ? "a scan of the table"
                                   : "as long as building the index takes";
}

constexpr const char* kRow = "t";

// The table as it is called while the contract is sealed.
schema::TableName TableThen(const plan::DropConstraint& action) {
  schema::TableName table = action.table;
  if (!action.back->table.empty()) table.name = action.back->table;
  return table;
}

// Returns the name that the column has while the contract is sealed.
std::string Then(const std::vector<plan::Binding>& columns,
                 const std::string& name) {
  for (const plan::Binding& binding : columns) {
    if (binding.name == name) return binding.column;
  }
  return name;
}

schema::TableName ParentThen(const plan::DropConstraint& action) {
  return Referenced(action.table, action.back->parent.empty()
                                      ? action.constraint.reference.table
                                      : action.back->parent);
}

std::string HasNoParent(const plan::DropConstraint& action) {
  const Constraint& constraint = action.constraint;
  std::vector<std::string> given, equal;
  for (std::size_t i = 0; i < constraint.columns.size(); ++i) {
    const std::string value =
        std::string(kRow) + "." +
        Ident(Then(action.back->columns, constraint.columns[i]));
    given.push_back(value + " IS NOT NULL");
    equal.push_back("p." +
                    Ident(Then(action.back->parent_columns,
                               constraint.reference.columns.at(i))) +
                    " = " + value);
  }
  return base::Join(given, " AND ") + " AND NOT EXISTS (SELECT FROM " +
         Name(ParentThen(action)) + " p WHERE " + base::Join(equal, " AND ") +
         ")";
}

std::string BreaksCheck(const plan::DropConstraint& action) {
  std::vector<plan::Binding> columns;
  std::vector<std::string> names;
  for (const plan::Binding& one : action.back->columns) {
    names.push_back(one.name);
  }
  const std::vector<std::string> read =
      schema::ReferencedColumns(action.constraint.check, names);
  for (const plan::Binding& one : action.back->columns) {
    if (std::find(read.begin(), read.end(), one.name) != read.end()) {
      columns.push_back(one);
    }
  }
  return BoundSql(action.constraint.check, columns, kRow) + " IS FALSE";
}

// Tells of the rows that the constraint would refuse.
std::string RowsInTheWay(const plan::DropConstraint& action,
                         const RenderContext& context) {
  const Constraint& constraint = action.constraint;
  const bool is_check = constraint.kind == ConstraintKind::kCheck;
  const std::string breaks =
      is_check ? BreaksCheck(action) : HasNoParent(action);
  const std::string rows =
      " FROM " + Name(TableThen(action)) + " AS " + kRow + " WHERE " + breaks;
  return "SELECT pg_catalog.format('%s rows of %L break " +
         std::string(schema::KindText(constraint.kind)) + " %L: %s', n, " +
         Literal(action.table.name) + ", " + Literal(constraint.name) + ", " +
         SomeKeys(action.table, TableThen(action), rows, context) +
         ") FROM (SELECT pg_catalog.count(*) AS n" + rows +
         ") counted WHERE n > 0";
}

// True when none of the columns takes NULL, as a primary key asks.
std::string NoneTakesNull(const schema::TableName& table,
                          const std::vector<std::string>& columns) {
  return "NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = " +
         Regclass(table) + "::oid AND attname IN (" + Literals(columns) +
         ") AND NOT attnotnull)";
}

// Where no index was built beforehand, which means that the seal did not end,
// it is built under the lock, unless rows are in the way. A primary key with a
// column that has NULL by then comes back as a unique constraint, on which
// foreign keys can still rely.
void BringKeyBack(const plan::DropConstraint& action, PlannedAction& planned) {
  const bool primary = action.constraint.kind == ConstraintKind::kPrimaryKey;
  const std::string may =
      primary ? " AND " + NoneTakesNull(action.table, action.constraint.columns)
              : std::string();
  const std::string built =
      IndexExists(action.table, action.back->index, "i.indisvalid");
  Constraint adopting = action.constraint;
  adopting.definition.clear();
  adopting.using_index = action.back->index;
  planned.undo.push_back(
      {AddSql(action.table, adopting, false), {}, built + may});
  const std::string absent =
      "SELECT NOT (" + ConstraintExists(action.table, adopting.name) + ")";
  if (primary) {
    adopting.kind = ConstraintKind::kUnique;
    planned.undo.push_back({AddSql(action.table, adopting, false),
                            {},
                            absent + " AND (" + built + ")"});
  }
  Constraint whole = action.constraint;
  whole.using_index.clear();
  planned.undo.push_back(
      {AddSql(action.table, whole, false),
       {},
       absent + may + " AND NOT EXISTS (" +
           DuplicateKeysSql(action.table, IndexOfKey(whole)) + ")"});
}

// True when the foreign key has a unique index to rely on.
std::string HasKeyToRefer(const plan::DropConstraint& action) {
  const schema::Reference& reference = action.constraint.reference;
  return "SELECT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid "
         "= " +
         Regclass(Referenced(action.table, reference.table)) +
         "::oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND "
         "i.indpred IS NULL AND ARRAY(SELECT a.attname::text FROM "
         "pg_catalog.pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum "
         "= ANY (i.indkey[0:i.indnkeyatts - 1]) ORDER BY 1) = ARRAY(SELECT "
         "name::text FROM pg_catalog.unnest(ARRAY[" +
         Literals(reference.columns) + "]) name ORDER BY 1))";
}

// A table that is dropped has no names of columns here, because none of them
// changes.
void BringBack(const plan::DropConstraint& action, const RenderContext& context,
               PlannedAction& planned) {
  if (!action.back->index.empty()) return BringKeyBack(action, planned);
  planned.undo.push_back(
      {AddSql(action.table, action.constraint, true),
       {},
       action.back->parent_first ? HasKeyToRefer(action) : std::string()});
  // One that was NOT VALID has let rows be that break it.
  if (action.constraint.validated) {
    planned.undo_objections = RowsInTheWay(action, context);
  }
}

}  // namespace

PlannedAction RenderOne(const plan::AddConstraint& action,
                        const RenderContext& context) {
  const Constraint& constraint = action.constraint;
  const bool not_valid = CanBeNotValid(constraint) && !constraint.validated;
  const bool is_foreign_key = constraint.kind == ConstraintKind::kForeignKey;
  PlannedAction planned;
  planned.description = std::string("Add ") +
                        schema::KindText(constraint.kind) + " '" +
                        constraint.name + "' to '" + action.table.name + "'" +
                        (not_valid ? " without looking at old rows" : "");
  planned.forward.push_back({AddSql(action.table, constraint, not_valid), {}});
  planned.undo.push_back({DropSql(action.table, constraint.name), {}});
  planned.probe = ConstraintExists(action.table, constraint.name);
  if (!constraint.name.starts_with(kSparesScan)) {
    planned.missing =
        GoneUnless(planned.probe, "constraint '" + constraint.name + "' of '" +
                                      action.table.name + "'");
  }
  planned.lock = Lock(is_foreign_key ? kShareRowExclusive : kAccessExclusive,
                      action.table, context, HoldText(constraint, not_valid));
  planned.trial = ConstraintTrialSql(action.table, action.trial, context);
  return planned;
}

// The validation has a transaction of its own, because its scan must not run
// while locks of other actions are held. It is safe to repeat.
PlannedAction RenderOne(const plan::ValidateConstraint& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description = "Validate constraint '" + action.name + "' of '" +
                        action.table.name + "'";
  planned.forward.push_back({ValidateSql(action.table, action.name), {}});
  planned.probe = ConstraintExists(action.table, action.name, "convalidated");
  planned.lock =
      Lock(kShareUpdateExclusive, action.table, context,
           "a scan of the table; neither reads nor writes are blocked");
  planned.transactional = false;
  planned.trial = ConstraintTrialSql(action.table, action.trial, context);
  if (action.before) {
    planned.undo.push_back(
        {UnvalidateSql(action.table, *action.before), {}, planned.probe});
  }
  return planned;
}

PlannedAction RenderOne(const plan::DropConstraint& action,
                        const RenderContext& context) {
  const Constraint& constraint = action.constraint;
  const bool not_valid =
      CanBeNotValid(constraint) && !IsWhole(action.table, constraint, context);
  PlannedAction planned;
  planned.description = std::string("Drop ") +
                        schema::KindText(constraint.kind) + " '" +
                        constraint.name + "' of '" + action.table.name + "'";
  // It may have stayed away after an earlier undo.
  planned.forward.push_back(
      {action.back ? DropSql(action.table, constraint.name)
                   : AlterTable(action.table) + "DROP CONSTRAINT " +
                         Ident(constraint.name),
       {}});
  planned.probe =
      "SELECT NOT (" + ConstraintExists(action.table, constraint.name) + ")";
  planned.lock = Lock(kAccessExclusive, action.table, context);
  if (action.back) {
    BringBack(action, context, planned);
    return planned;
  }
  Constraint whole = constraint;
  whole.using_index.clear();  // dropped with the constraint
  planned.undo.push_back({AddSql(action.table, whole, not_valid), {}});
  if (not_valid && constraint.validated) {
    planned.undo.push_back({ValidateSql(action.table, constraint.name), {}});
  }
  return planned;
}

namespace {

// Returns the statement that names what the server keeps of a foreign key for
// each partition of the table that it refers to. The server makes these names
// of the columns, so that those of a copy have the name of the hidden column;
// they are in the message when a row of the partition may not go.
Statement NameForeignParts(const schema::TableName& table,
                           const std::string& constraint) {
  const std::string relation = Regclass(table) + "::oid";
  const std::string hidden = Literal(plan::HiddenColumn("", kMaxIdentifier));
  const std::string parts =
      "pg_catalog.pg_constraint part JOIN pg_catalog.pg_constraint whole "
      "ON whole.oid = part.conparentid AND whole.conrelid = part.conrelid "
      "WHERE whole.conrelid = " +
      relation + " AND whole.conname = " + Literal(constraint) +
      " AND pg_catalog.strpos(part.conname::text, " + hidden + ") > 0";
  const std::string body =
      "DECLARE part text; base text; free text; n int; BEGIN FOR part IN "
      "SELECT part.conname FROM " +
      parts +
      " ORDER BY part.oid LOOP base := pg_catalog.regexp_replace("
      "pg_catalog.replace(part, " +
      hidden +
      ", ''), '[0-9]+$', ''); free := base; n := 0; WHILE EXISTS (SELECT FROM "
      "pg_catalog.pg_constraint taken WHERE taken.conrelid = " +
      relation +
      " AND taken.conname::text = free) LOOP n := n + 1; free := base || n; "
      "END LOOP; EXECUTE pg_catalog.format(" +
      Literal(AlterTable(table) + "RENAME CONSTRAINT %I TO %I") +
      ", part, free); END LOOP; END";
  return {"DO " + DollarQuoted(body),
          {},
          "SELECT EXISTS (SELECT FROM " + parts + ")"};
}

}  // namespace

PlannedAction RenderOne(const plan::RenameConstraint& action,
                        const RenderContext& context) {
  const std::string& from = action.constraint.name;
  const auto rename = [&](const std::string& old, const std::string& now) {
    return AlterTable(action.table) + "RENAME CONSTRAINT " + Ident(old) +
           " TO " + Ident(now);
  };
  PlannedAction planned;
  planned.description =
      std::string("Rename ") + schema::KindText(action.constraint.kind) + " '" +
      from + "' of '" + action.table.name + "' to '" + action.to + "'";
  planned.forward.push_back({rename(from, action.to), {}});
  const schema::Table* referred =
      context.schema.FindTable(action.constraint.reference.table);
  if (referred != nullptr && referred->kind == "partitioned table") {
    planned.forward.push_back(NameForeignParts(action.table, action.to));
  }
  planned.undo.push_back({action.undo_drops ? DropSql(action.table, action.to)
                                            : rename(action.to, from),
                          {}});
  planned.probe = ConstraintExists(action.table, action.to);
  planned.lock = Lock(kAccessExclusive, action.table, context);
  return planned;
}

namespace {

std::string IdentitySql(const schema::TableName& table,
                        const std::string& identity, const std::string& index) {
  return AlterTable(table) + "REPLICA IDENTITY " +
         (identity == "INDEX" ? "USING INDEX " + Ident(index) : identity);
}

// Returns the code in pg_class.relreplident.
std::string IdentityCode(const std::string& identity) {
  if (identity == "FULL") return "f";
  if (identity == "NOTHING") return "n";
  return identity == "INDEX" ? "i" : "d";
}

}  // namespace

namespace {

// What rows have kept from coming back is left out. An index whose column rows
// have kept nullable is of the wrong kind for a replica identity.
std::string WhereThere(const std::string& statement) {
  return "DO " + DollarQuoted("BEGIN EXECUTE " + Literal(statement) +
                              "; EXCEPTION WHEN undefined_object OR "
                              "undefined_table OR wrong_object_type THEN "
                              "NULL; END");
}

}  // namespace

PlannedAction RenderOne(const plan::CarryOver& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description =
      (action.release ? "Take '" : "Give '") + action.column + "' of '" +
      action.table.name +
      (action.release ? "' out of " : "' what the old column had: ") +
      base::Join(action.what, ", ");
  for (const std::string& sql : action.statements) {
    const std::string statement = InSchema(sql, action.table.schema);
    if (action.back) {
      planned.undo.push_back({WhereThere(statement), {}});
    } else {
      planned.forward.push_back({statement, {}});
    }
  }
  if (action.back) {
    planned.description = "On an undo, give '" + action.column + "' of '" +
                          action.table.name + "' its " +
                          base::Join(action.what, ", ") + " back";
    planned.probe = "SELECT true";
  }
  planned.lock = Lock(kShareUpdateExclusive, action.table, context);
  return planned;
}

PlannedAction RenderOne(const plan::SetReplicaIdentity& action,
                        const RenderContext& context) {
  PlannedAction planned;
  planned.description =
      "Set the replica identity of '" + action.table.name + "' to " +
      action.after +
      (action.after_index.empty() ? "" : " '" + action.after_index + "'");
  planned.forward.push_back(
      {IdentitySql(action.table, action.after, action.after_index), {}});
  planned.undo.push_back(
      {IdentitySql(action.table, action.before, action.before_index), {}});
  const std::string relation =
      "pg_catalog.to_regclass(" + Literal(Name(action.table)) + ")::oid";
  planned.probe =
      "SELECT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = " + relation +
      " AND relreplident = " + Literal(IdentityCode(action.after)) + ")";
  if (action.after == "INDEX") {
    planned.probe =
        IndexExists(action.table, action.after_index, "i.indisreplident");
  }
  planned.lock = Lock(kAccessExclusive, action.table, context);
  return planned;
}

}  // namespace segue::postgres
