// The walks that fill and check the copy of a table.
#include <optional>

#include "base/text.h"
#include "dialects/postgres/copy_terms.h"
#include "dialects/postgres/motion_terms.h"
#include "dialects/postgres/row_range.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/table_motion.h"

namespace segue::postgres {
namespace {

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

// A column of a partition key, or of a condition, is set by writers that do not
// lock the key of the row, and the trigger would look for the copy in another
// partition, or in another copy.
const char* RowLock(const plan::TableMotion& motion) {
  const bool moves = motion.key.size() > motion.source.WalkKey().size() ||
                     !motion.where.empty();
  return moves ? " FOR SHARE OF " : " FOR KEY SHARE OF ";
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
    return "(NOT EXISTS (" + any + ") OR " + Missing(terms) + ")" +
           terms.AndHas(kSource);
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
      range.Over(head, Missing(terms) + terms.AndHas(kSource),
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
                           terms.SameKey(kCopy, kSource) + SameValues(terms)) +
                     terms.AndHas(kSource),
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
          NoPartner(terms.source(), kSource,
                    terms.SameKey(kSource, kCopy) + terms.AndHas(kSource)),
          " LIMIT 100"),
      false);
}

std::vector<WalkSql> VerifyWalks(const plan::TableMotion& motion,
                                 const schema::Schema& schema) {
  const CopyTerms terms(motion);
  const RowRange range(motion.source.name, motion.key, schema, kSource);
  return {MissingOrDifferent(terms, range), Ghosts(motion, terms, schema)};
}

std::vector<WalkSql> Unwanted(const plan::TableMotion& motion,
                              const CopyTerms& terms,
                              const schema::Schema& schema) {
  if (!motion.must_be_empty) return {};
  const RowRange range(motion.target, KeyOfCopy(motion, terms), schema, kCopy);
  return {range.Walk(
      range.Over("SELECT " + range.KeyAsText() + ", 'no table takes it' FROM " +
                     terms.target() + " AS " + kCopy,
                 "true", " LIMIT 100"),
      false)};
}

// The condition stands in the statement as it is: its function is not there
// yet.
std::optional<TrialSql> TryWhere(const plan::TableMotion& motion,
                                 const schema::Schema& schema) {
  if (!motion.must_be_empty) return std::nullopt;
  const RowRange range(motion.source.name, motion.key, schema, kSource);
  return TrialSql{
      range.Walk(range.Over("SELECT " + range.KeyAsText() + " FROM " +
                                Name(motion.source.name) + " AS " + kSource,
                            "(" + motion.where.sql + ")", " LIMIT 100"),
                 false),
      "no table takes it"};
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

}  // namespace

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
                   kCopy + " WHERE " + terms.SameKey(kCopy, kSource) + ")" +
                   terms.AndHas(kSource);
  sql.marked = Unwanted(motion, terms, context.schema);
  sql.trial = TryWhere(motion, context.schema);
  sql.after_fill = "ANALYZE " + terms.target();
  return sql;
}

}  // namespace segue::postgres
