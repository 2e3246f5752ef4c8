#include "dialects/postgres/table_motion.h"

#include "base/text.h"
#include "dialects/postgres/copy_terms.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/motion_terms.h"
#include "dialects/postgres/partition_watch.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

// CREATE OR REPLACE TRIGGER exists since version 14.
constexpr int kReplacesTriggers = 14;

std::string DeleteOld(const CopyTerms& terms) {
  return "DELETE FROM " + terms.target() + " AS " + kCopy + " WHERE " +
         terms.SameKey(kCopy, "OLD") + "; ";
}

// A fill that commits after a repeatable read has begun inserts a row that the
// DELETE does not see, and which would stay for ever. An INSERT does meet that
// row, and is then refused as is any write of a row that has changed meanwhile.
std::string MeetUnseen(const CopyTerms& terms) {
  return "IF NOT FOUND AND pg_catalog.current_setting("
         "'transaction_isolation') <> 'read committed' THEN " +
         terms.Insert("OLD") + " ON CONFLICT DO NOTHING; " + DeleteOld(terms) +
         "END IF; ";
}

// Another row may have taken the key in the same statement. If the trigger of
// that row has run, the row is put back here. If not, the trigger brings it
// later, and until then the copy may hold a row that is about to be deleted.
// Therefore this is the only INSERT that yields to any unique key.
std::string PutBack(const CopyTerms& terms) {
  return terms.InsertFromSource() + " WHERE " + terms.SameKey(kSource, "OLD") +
         terms.AndHas(kSource) + " ON CONFLICT DO NOTHING; ";
}

// Returns the columns that are set in a row that the copy has. A volatile
// expression gives each value once, and an identity that is always generated
// cannot be updated, in the source either.
std::vector<const CopyTerms::Column*> SetColumns(const CopyTerms& terms) {
  std::vector<const CopyTerms::Column*> columns;
  for (const CopyTerms::Column* one : terms.columns()) {
    const schema::Column& column = one->column;
    if (terms.IsKey(column) || one->value.is_volatile ||
        column.identity == schema::Identity::kAlways) {
      continue;
    }
    columns.push_back(one);
  }
  return columns;
}

// The key is not set, because the conflict shows that it is the same.
std::string OnConflictUpdate(const CopyTerms& terms) {
  std::vector<std::string> sets;
  for (const CopyTerms::Column* one : SetColumns(terms)) {
    const std::string name = Ident(one->column.physical());
    sets.push_back(name + " = EXCLUDED." + name);
  }
  const std::string target = " ON CONFLICT " + terms.Key() + " DO ";
  if (sets.empty()) return target + "NOTHING";
  return target + "UPDATE SET " + base::Join(sets, ", ");
}

// No index of the copy has the whole key, so that no conflict tells the same
// row from one that the copy cannot have beside it. Another session's row is
// such a one: it is met by the INSERT, which fails then.
std::string UpdateOrInsert(const CopyTerms& terms) {
  std::vector<std::string> sets;
  for (const CopyTerms::Column* one : SetColumns(terms)) {
    sets.push_back(Ident(one->column.physical()) + " = " +
                   terms.Value(*one, kSource));
  }
  const std::string same = terms.SameKey(kSource, "NEW");
  const std::string look =
      sets.empty() ? "PERFORM FROM " + terms.target() + " AS " + kCopy +
                         " WHERE " + terms.SameKey(kCopy, "NEW")
                   : "UPDATE " + terms.target() + " AS " + kCopy + " SET " +
                         base::Join(sets, ", ") + " FROM " + terms.source() +
                         " AS " + kSource + " WHERE " +
                         terms.SameKey(kCopy, kSource) + " AND " + same;
  return look + "; IF NOT FOUND THEN " + terms.InsertFromSource() + " WHERE " +
         same + "; END IF; ";
}

// The row is read from the source as it is now and not from NEW, because a
// trigger of the user's may have changed or deleted it since.
std::string BringNew(const CopyTerms& terms) {
  if (terms.UniqueByLess()) return UpdateOrInsert(terms);
  return terms.InsertFromSource() + " WHERE " + terms.SameKey(kSource, "NEW") +
         terms.AndHas(kSource) + OnConflictUpdate(terms) + "; ";
}

// The condition that an UPDATE takes a row of the copy away.
std::string Leaves(const CopyTerms& terms) {
  if (terms.filter().empty()) return terms.KeyChanged();
  return terms.KeyChanged() + " OR (" + terms.Has("OLD") + " AND NOT (" +
         terms.Has("NEW") + "))";
}

// The function runs with the rights of segue's role, because applications have
// no rights on the copy. Therefore nobody else may use it in a trigger.
std::string TriggerFunctionSql(const CopyTerms& terms) {
  const std::string take_old =
      DeleteOld(terms) + MeetUnseen(terms) + PutBack(terms);
  const std::string truncate =
      terms.OfPartitions()
          ? TruncateBodySql(terms.target(), terms.SameKey(kCopy, kSource))
          : "TRUNCATE " + terms.target() + "; RETURN NULL; ";
  return "CREATE OR REPLACE FUNCTION " + terms.TriggerFunction() +
         "() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
         "SET search_path = pg_catalog, pg_temp SET row_security = off AS " +
         DollarQuoted("BEGIN IF TG_OP = 'TRUNCATE' THEN " + truncate +
                      "END IF; IF TG_OP = 'DELETE' THEN " + take_old +
                      "RETURN NULL; END IF; IF TG_OP = 'UPDATE' "
                      "THEN IF " +
                      Leaves(terms) + " THEN " + take_old + "END IF; END IF; " +
                      BringNew(terms) + "RETURN NULL; END");
}

void AddTrigger(const CopyTerms& terms, const std::string& name,
                const std::string& what, int major,
                std::vector<std::string>* sql) {
  const bool replaces = major >= kReplacesTriggers;
  if (!replaces) {
    sql->push_back("DROP TRIGGER IF EXISTS " + Ident(name) + " ON " +
                   terms.source());
  }
  sql->push_back(std::string("CREATE ") + (replaces ? "OR REPLACE " : "") +
                 "TRIGGER " + Ident(name) + " AFTER " + what +
                 " EXECUTE FUNCTION " + terms.TriggerFunction() + "()");
}

std::vector<std::string> CreateStatements(const CopyTerms& terms, int major) {
  // The lock waits for every writer that has begun without the triggers.
  std::vector<std::string> sql = {"LOCK TABLE " + terms.source() +
                                  " IN SHARE ROW EXCLUSIVE MODE"};
  for (const CopyTerms::Column* column : terms.columns()) {
    if (!CopyTerms::NeedsFunction(*column)) continue;
    sql.push_back(FunctionSql(terms.FunctionOf(*column), column->value,
                              column->column.type, major));
  }
  if (!terms.filter().empty()) {
    sql.push_back(
        FunctionSql(terms.FilterFunction(), terms.filter(), "boolean", major));
  }
  sql.push_back(TriggerFunctionSql(terms));
  sql.push_back("REVOKE ALL ON FUNCTION " + terms.TriggerFunction() +
                "() FROM PUBLIC");
  AddTrigger(
      terms, terms.RowTrigger(),
      "INSERT OR UPDATE OR DELETE ON " + terms.source() + " FOR EACH ROW",
      major, &sql);
  if (terms.OfPartitions()) {
    sql.push_back(WatchPartitionsSql(terms.Watch()));
    return sql;
  }
  AddTrigger(terms, terms.TruncateTrigger(),
             "TRUNCATE ON " + terms.source() + " FOR EACH STATEMENT", major,
             &sql);
  return sql;
}

std::vector<std::string> DropStatements(const CopyTerms& terms) {
  // DROP TRIGGER locks the partitions of a table before the table, the other
  // way round than every statement of an application.
  std::vector<std::string> sql = {"LOCK TABLE " + terms.source() +
                                  " IN ACCESS EXCLUSIVE MODE"};
  if (terms.OfPartitions()) sql.push_back(UnwatchPartitionsSql(terms.Watch()));
  for (const std::string& name :
       {terms.RowTrigger(), terms.TruncateTrigger()}) {
    sql.push_back("DROP TRIGGER IF EXISTS " + Ident(name) + " ON " +
                  terms.source());
  }
  std::vector<std::string> functions = {terms.TriggerFunction()};
  for (const CopyTerms::Column* column : terms.columns()) {
    if (!CopyTerms::NeedsFunction(*column)) continue;
    functions.push_back(terms.FunctionOf(*column));
  }
  if (!terms.filter().empty()) functions.push_back(terms.FilterFunction());
  sql.push_back("DROP FUNCTION IF EXISTS " + base::Join(functions, ", "));
  return sql;
}

// A partition is detached without a trigger. All of a table are watched.
void RefusePartition(const plan::TableMotion& motion) {
  if (motion.source.kind == "table" || IsOfPartitions(motion)) return;
  throw Error(ErrorKind::kRefused,
              "'" + motion.source.name.name + "' is a " + motion.source.kind +
                  ": it loses and gets rows without a trigger being fired, so "
                  "that no copy can be kept in step with it");
}

std::string Describe(const plan::TableMotion& motion) {
  return "carry each write of '" + motion.source.name.name + "' over to '" +
         motion.target.name + "'";
}

}  // namespace

bool IsOfPartitions(const plan::TableMotion& motion) {
  return motion.source.kind == "partitioned table";
}

PlannedAction CreateCopySync(const plan::TableMotion& motion,
                             const db::RenderContext& context) {
  RefusePartition(motion);
  const CopyTerms terms(motion);
  PlannedAction planned;
  planned.description = "Install triggers that " + Describe(motion);
  planned.forward = Statements(
      CreateStatements(terms, MajorVersion(context.schema.server_version)));
  planned.undo = Statements(DropStatements(terms));
  planned.probe = TriggerExists(motion.source.name, terms.RowTrigger());
  planned.missing = MissingOf({motion.source.name,
                               {terms.RowTrigger(), terms.TruncateTrigger()},
                               {},
                               {terms.TriggerFunction()}});
  if (terms.OfPartitions()) {
    planned.missing += " UNION ALL " + OtherPartitionsSql(terms.Watch());
  }
  planned.lock = Lock(kShareRowExclusive, motion.source.name, context);
  return planned;
}

PlannedAction DropCopySync(const plan::TableMotion& motion,
                           const db::RenderContext& context) {
  const CopyTerms terms(motion);
  PlannedAction planned;
  planned.description = "Remove the triggers that " + Describe(motion);
  planned.forward = Statements(DropStatements(terms));
  planned.undo = Statements(
      CreateStatements(terms, MajorVersion(context.schema.server_version)));
  planned.probe = "SELECT NOT (" +
                  TriggerExists(motion.source.name, terms.RowTrigger()) + ")";
  planned.lock = Lock(kAccessExclusive, motion.source.name, context);
  return planned;
}

PlannedAction FillCopy(const plan::TableMotion& motion) {
  PlannedAction planned;
  planned.kind = ActionKind::kBackfill;
  planned.description = "Copy the rows of '" + motion.source.name.name +
                        "' to '" + motion.target.name + "'";
  planned.motion = motion.name;
  return planned;
}

PlannedAction VerifyCopy(const plan::TableMotion& motion, bool only_marked) {
  PlannedAction planned;
  planned.motion = motion.name;
  if (only_marked) {
    planned.kind = ActionKind::kVerifyUnmarked;
    planned.description =
        "Verify that each row of '" + motion.source.name.name + "' has a table";
    return planned;
  }
  planned.kind = ActionKind::kVerify;
  planned.description = "Verify '" + motion.target.name + "' against '" +
                        motion.source.name.name + "' row by row, both ways";
  return planned;
}

std::vector<Statement> CopySyncSql(const plan::TableMotion& motion,
                                   const db::RenderContext& context) {
  return Statements(CreateStatements(
      CopyTerms(motion), MajorVersion(context.schema.server_version)));
}

std::vector<Statement> RequireSamePartitionsSql(
    const plan::TableMotion& motion) {
  if (!IsOfPartitions(motion)) return {};
  return Statements({RequirePartitionsSql(CopyTerms(motion).Watch())});
}

std::vector<Statement> DropCopySyncSql(const plan::TableMotion& motion) {
  return Statements(DropStatements(CopyTerms(motion)));
}

}  // namespace segue::postgres
