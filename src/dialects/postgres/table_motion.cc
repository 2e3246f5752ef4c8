#include "dialects/postgres/table_motion.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/postgres/missing.h"
#include "dialects/postgres/motion_terms.h"
#include "dialects/postgres/partition_watch.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/row_range.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

constexpr const char* kSource = "t";
constexpr const char* kCopy = "c";

// CREATE OR REPLACE TRIGGER exists since version 14.
constexpr int kReplacesTriggers = 14;

std::string Field(const std::string& row, const schema::Column& column) {
  return row + "." + Ident(column.physical());
}

// The SQL terms of a copy. The motion must outlive them.
class CopyTerms {
 public:
  using Column = plan::TableMotion::Column;

  explicit CopyTerms(const plan::TableMotion& motion) : motion_(motion) {
    for (const Column& column : motion.columns) {
      if (column.column.generated_sql.empty()) columns_.push_back(&column);
    }
  }

  std::string source() const { return Name(motion_.source.name); }
  std::string target() const { return Name(motion_.target); }
  // The columns that the copy is written with.
  const std::vector<const Column*>& columns() const { return columns_; }

  std::string TriggerFunction() const { return Function(Id()); }
  std::string RowTrigger() const { return Trigger("_row"); }
  std::string TruncateTrigger() const { return Trigger("_truncate"); }
  bool OfPartitions() const { return IsOfPartitions(motion_); }
  PartitionWatch Watch() const {
    return {motion_.source.name, RowTrigger(), TruncateTrigger(),
            TriggerFunction()};
  }

  static bool NeedsFunction(const Column& column) {
    return !IsCopy(column.value, column.column);
  }
  std::string FunctionOf(const Column& column) const {
    return Function(Id() + "." + column.column.physical());
  }
  // Returns the value of the copy's column, computed from the columns of `row`.
  std::string Value(const Column& column, const std::string& row) const {
    if (NeedsFunction(column))
      return Call(FunctionOf(column), column.value, row);
    return row + "." + Ident(*column.value.PlainColumn());
  }

  // Returns `a`.key = `b`.key.
  std::string SameKey(const std::string& a, const std::string& b) const {
    std::vector<std::string> same;
    for (const schema::Column& column : motion_.key) {
      same.push_back(Comparable(Field(a, column), column) + " " +
                     Operator("=", column.operators_in) + " " +
                     Comparable(Field(b, column), column));
    }
    return base::Join(same, " AND ");
  }
  // The keys are compared by bytes, because the copy has the key as it is
  // spelled.
  std::string KeyChanged() const {
    std::vector<std::string> changes;
    for (const schema::Column& column : motion_.key) {
      changes.push_back(Differs(Field("NEW", column), Field("OLD", column),
                                column.type, column.collation));
    }
    return base::Join(changes, " OR ");
  }
  std::string Key() const {
    std::vector<std::string> names;
    for (const schema::Column& column : motion_.key) {
      names.push_back(Ident(column.physical()));
    }
    return "(" + base::Join(names, ", ") + ")";
  }
  bool IsKey(const schema::Column& column) const {
    return std::any_of(motion_.key.begin(), motion_.key.end(),
                       [&](const schema::Column& key) {
                         return key.physical() == column.physical();
                       });
  }

  // Returns "INSERT INTO copy (...) SELECT ", followed by the values for the
  // columns of `row`.
  std::string Insert(const std::string& row) const {
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (const Column* column : columns_) {
      names.push_back(Ident(column->column.physical()));
      values.push_back(Value(*column, row));
    }
    return "INSERT INTO " + target() + " (" + base::Join(names, ", ") +
           ") OVERRIDING SYSTEM VALUE SELECT " + base::Join(values, ", ");
  }
  std::string InsertFromSource() const {
    return Insert(kSource) + " FROM " + source() + " AS " + kSource;
  }

 private:
  const std::string& Id() const { return motion_.name; }
  std::string Function(const std::string& motion) const {
    return FunctionName("copy_", motion_.source.name.schema, motion);
  }
  // The names sort after every name that begins with a letter, so these
  // triggers see what the user's triggers make of a row.
  std::string Trigger(const char* suffix) const {
    return base::ShortName("~segue_" + Id() + suffix, kMaxIdentifier);
  }

  const plan::TableMotion& motion_;
  std::vector<const Column*> columns_;
};

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
         " ON CONFLICT DO NOTHING; ";
}

// The key is not set, because the conflict shows that it is the same. A
// volatile expression gives each value once, and an identity that is always
// generated cannot be updated, in the source either.
std::string OnConflictUpdate(const CopyTerms& terms) {
  std::vector<std::string> sets;
  for (const CopyTerms::Column* one : terms.columns()) {
    const schema::Column& column = one->column;
    if (terms.IsKey(column) || one->value.is_volatile ||
        column.identity == schema::Identity::kAlways) {
      continue;
    }
    const std::string name = Ident(column.physical());
    sets.push_back(name + " = EXCLUDED." + name);
  }
  const std::string target = " ON CONFLICT " + terms.Key() + " DO ";
  if (sets.empty()) return target + "NOTHING";
  return target + "UPDATE SET " + base::Join(sets, ", ");
}

// The row is read from the source as it is now and not from NEW, because a
// trigger of the user's may have changed or deleted it since.
std::string BringNew(const CopyTerms& terms) {
  return terms.InsertFromSource() + " WHERE " + terms.SameKey(kSource, "NEW") +
         OnConflictUpdate(terms) + "; ";
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
                      terms.KeyChanged() + " THEN " + take_old +
                      "END IF; END IF; " + BringNew(terms) +
                      "RETURN NULL; END");
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
  std::vector<std::string> sql;
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

// The condition of a row that has no partner in another table. OFFSET prevents
// that the server joins the two tables, for which it would read the other one
// from its first row on for each chunk: it does so as long as it has no
// statistics of it, and the copy has none while it is filled.
std::string NoPartner(const std::string& table, const std::string& row,
                      const std::string& condition) {
  return "NOT EXISTS (SELECT FROM " + table + " AS " + row + " WHERE " +
         condition + " OFFSET 0)";
}

std::string Missing(const CopyTerms& terms) {
  return NoPartner(terms.target(), kCopy, terms.SameKey(kCopy, kSource));
}

// A column of a partition key is set by writers that do not lock the key of the
// row, and the trigger would look for the copy in another partition.
const char* RowLock(const plan::TableMotion& motion) {
  const bool partitioned = motion.key.size() > motion.source.WalkKey().size();
  return partitioned ? " FOR SHARE OF " : " FOR KEY SHARE OF ";
}

// The condition of a row that no trigger has brought yet. Where it has brought
// none of a range, which one look at the key tells, it is not asked for each
// row: that would take a third of the time of the copy.
RangeSql NotBrought(const plan::TableMotion& motion, const CopyTerms& terms,
                    const schema::Schema& schema) {
  const RangeSql brought =
      RowRange(motion.target, motion.key, schema, kCopy)
          .Over("SELECT FROM " + terms.target() + " AS " + kCopy, "true");
  const auto missing = [&](const std::string& any) {
    return "(NOT EXISTS (" + any + ") OR " + Missing(terms) + ")";
  };
  return {missing(brought.all), missing(brought.after), missing(brought.upto),
          missing(brought.between)};
}

// The row lock prevents that a row is deleted, or gets another key, between the
// read and the write of its copy: its trigger would find no copy to delete.
// Writes of other columns continue. If the trigger of such a writer has already
// brought the row, the INSERT breaks the key; the chunk is then repeated and
// keeps that row. ON CONFLICT with FOR SHARE from the start takes 1.5 times as
// long. Only a conflict on that key is skipped, because a row that breaks
// another unique key must be an error.
WalkSql FillWalk(const CopyTerms& terms, const RowRange& range,
                 const RangeSql& condition, const std::string& lock) {
  const std::string head = terms.InsertFromSource();
  WalkSql walk = range.Walk(range.Over(head, condition, lock), true);
  walk.when_refused =
      range.Over(head, Missing(terms),
                 lock + " ON CONFLICT " + terms.Key() + " DO NOTHING");
  return walk;
}

// The cast is needed because the result of a function has no length.
std::string SameValues(const CopyTerms& terms) {
  std::string sql;
  for (const CopyTerms::Column* one : terms.columns()) {
    if (one->value.is_volatile) continue;
    const schema::Column& column = one->column;
    const std::string value =
        "(" + terms.Value(*one, kSource) + ")::" + column.type;
    sql += " AND " + Identical(Field(kCopy, column), value, column.type,
                               column.collation);
  }
  return sql;
}

WalkSql MissingOrDifferent(const CopyTerms& terms, const RowRange& range) {
  return range.Walk(
      range.Over("SELECT " + range.KeyAsText() +
                     ", 'missing or different' FROM " + terms.source() +
                     " AS " + kSource,
                 NoPartner(terms.target(), kCopy,
                           terms.SameKey(kCopy, kSource) + SameValues(terms)),
                 " LIMIT 100"),
      false);
}

// Returns the columns of the key with their definitions in the copy.
std::vector<schema::Column> KeyOfCopy(const plan::TableMotion& motion,
                                      const CopyTerms& terms) {
  std::vector<schema::Column> key = motion.key;
  for (schema::Column& column : key) {
    for (const CopyTerms::Column* one : terms.columns()) {
      if (one->column.physical() == column.physical()) column = one->column;
    }
  }
  return key;
}

WalkSql Ghosts(const plan::TableMotion& motion, const CopyTerms& terms,
               const schema::Schema& schema) {
  const RowRange range(motion.target, KeyOfCopy(motion, terms), schema, kCopy);
  return range.Walk(
      range.Over(
          "SELECT " + range.KeyAsText() + ", 'not in the source' FROM " +
              terms.target() + " AS " + kCopy,
          NoPartner(terms.source(), kSource, terms.SameKey(kSource, kCopy)),
          " LIMIT 100"),
      false);
}

std::vector<WalkSql> VerifyWalks(const plan::TableMotion& motion,
                                 const schema::Schema& schema) {
  const CopyTerms terms(motion);
  const RowRange range(motion.source.name, motion.key, schema, kSource);
  return {MissingOrDifferent(terms, range), Ghosts(motion, terms, schema)};
}

// Without ORDER BY the server may read a chunk in the order in which it is
// stored. The bounds of a walk by other columns than the key are none of the
// copy's key.
WalkSql Fill(const plan::TableMotion& motion, const CopyTerms& terms,
             const schema::Schema& schema) {
  const std::string lock = std::string(RowLock(motion)) + kSource;
  if (motion.walk.empty()) {
    return FillWalk(terms,
                    RowRange(motion.source.name, motion.key, schema, kSource),
                    NotBrought(motion, terms, schema), lock);
  }
  std::vector<std::string> order;
  for (const schema::Column& column : motion.walk) {
    order.push_back(Field(kSource, column));
  }
  const std::string missing = Missing(terms);
  return FillWalk(terms,
                  RowRange(motion.source.name, motion.walk, schema, kSource),
                  {missing, missing, missing, missing},
                  " ORDER BY " + base::Join(order, ", ") + lock);
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

PlannedAction VerifyCopy(const plan::TableMotion& motion) {
  PlannedAction planned;
  planned.kind = ActionKind::kVerify;
  planned.description = "Verify '" + motion.target.name + "' against '" +
                        motion.source.name.name + "' row by row, both ways";
  planned.motion = motion.name;
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

MotionSql CopySql(const plan::TableMotion& motion,
                  const db::RenderContext& context) {
  const CopyTerms terms(motion);
  MotionSql sql;
  sql.name = motion.name;
  sql.table = motion.source.name.name;
  sql.fill = Fill(motion, terms, context.schema);
  sql.verify = VerifyWalks(motion, context.schema);
  if (!motion.put_aside.empty()) {
    sql.verify_sealed = VerifyWalks(plan::Sealed(motion), context.schema);
  }
  // Of whole tables, which are best joined.
  sql.count_left = "SELECT count(*) FROM " + terms.source() + " AS " + kSource +
                   " WHERE NOT EXISTS (SELECT FROM " + terms.target() + " AS " +
                   kCopy + " WHERE " + terms.SameKey(kCopy, kSource) + ")";
  sql.after_fill = "ANALYZE " + terms.target();
  return sql;
}

}  // namespace segue::postgres
