#include "dialects/sqlite/table_motion.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/sqlite/bound.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/row_address.h"
#include "dialects/sqlite/tokens.h"
#include "segue/error.h"

namespace segue::sqlite {
namespace {

using Column = plan::TableMotion::Column;

constexpr const char* kEvents[] = {"insert", "update", "delete"};

std::string TriggerName(const plan::TableMotion& motion, const char* event) {
  return "segue_" + motion.name + "_" + event;
}

// True when the index has the columns of the key, in its order and with its
// collations.
bool IsOverKey(const plan::TableMotion& motion, const schema::Index& index) {
  return std::equal(
      index.columns.begin(), index.columns.end(), motion.key.begin(),
      motion.key.end(),
      [](const schema::IndexColumn& part, const schema::Column& column) {
        return SameName(part.name, column.physical()) && part.collation.empty();
      });
}

// INSERT OR REPLACE deletes the rows that are in its way without firing a
// trigger. The row with the same key is known, but others are not.
void RefuseOtherUnique(const plan::TableMotion& motion) {
  for (const schema::Index& index : motion.source.indexes) {
    if (!index.unique || IsOverKey(motion, index)) continue;
    throw Error(ErrorKind::kRefused,
                "table '" + motion.source.name.name +
                    "' has a unique index besides its key, '" + index.name +
                    "': INSERT OR REPLACE deletes rows by it without firing a "
                    "trigger, so that no copy can be kept in step");
  }
}

// A row is written anew in the copy whenever it is written in the source.
void RefuseVolatile(const plan::TableMotion& motion) {
  for (const Column& column : motion.columns) {
    if (!column.value.is_volatile) continue;
    throw Error(ErrorKind::kRefused,
                "column '" + column.column.name + "' of the copy of '" +
                    motion.source.name.name +
                    "' would get another value with each write of its row: " +
                    column.value.sql);
  }
}

class CopyText {
 public:
  explicit CopyText(const plan::TableMotion& motion)
      : motion_(motion),
        source_(Quote(motion.source.name.name)),
        target_(Quote(motion.target.name)) {}

  // The row is read from the source as it is then and not from NEW, because a
  // trigger of the user's may have changed or deleted it.
  std::string OnInsert() const {
    return Trigger("insert", Delete("NEW") + Bring("NEW") + Refuse("NEW"));
  }

  // Both keys are deleted first, so that a value of another unique key can move
  // from one row to the other.
  std::string OnUpdate() const {
    return Trigger(
        "update", Delete("OLD") + Delete("NEW") +
                      Bring("OLD", " AND NOT (" + SameKey("OLD", "NEW") + ")") +
                      Bring("NEW") + Refuse("NEW"));
  }

  std::string OnDelete() const {
    return Trigger("delete", Delete("OLD") + Bring("OLD"));
  }

  // The condition of a row of the source that is not in the copy, and has to
  // be.
  std::string Missing() const {
    return "NOT EXISTS (SELECT 1 FROM " + target_ + " WHERE " +
           SameKey(source_, target_) + ")" + AndHas();
  }

  MotionSql Make() const {
    const RowAddress source(SourceRows(), &motion_.source);
    MotionSql sql;
    sql.name = motion_.name;
    sql.table = motion_.source.name.name;
    sql.fill =
        source.Walk(source.Ranges(InsertFromSource(), Missing(), ""), true);
    sql.verify = {source.Walk(MissingOrDifferent(source), false),
                  Ghosts(sql.fill->estimated_rows)};
    if (motion_.must_be_empty) {
      sql.marked = {Unwanted()};
      sql.trial = TryWhere(source);
    }
    sql.count_left = "SELECT count(*) FROM " + source_ + " WHERE " + Missing();
    return sql;
  }

 private:
  Rows SourceRows() const { return {motion_.source.name.name, motion_.key}; }

  std::string Trigger(const char* event, const std::string& body) const {
    return "CREATE TRIGGER " + Quote(TriggerName(motion_, event)) + " AFTER " +
           event + " ON " + source_ + "\nBEGIN\n" + body + "END";
  }

  // Returns `a`.key = `b`.key as `a` compares it; `a` is the source, which
  // decides which rows are the same.
  std::string SameKey(const std::string& a, const std::string& b) const {
    std::vector<std::string> same;
    for (const schema::Column& column : motion_.key) {
      const std::string name = "." + Quote(column.physical());
      same.push_back(a + name + " = " + b + name);
    }
    return base::Join(same, " AND ");
  }

  // The trigger deletes and inserts instead of an upsert, because OR IGNORE and
  // OR REPLACE of the application's statement also apply to the trigger's own
  // writes, whatever these say.
  std::string Delete(const char* row) const {
    return "  DELETE FROM " + target_ + " WHERE " + SameKey(row, target_) +
           ";\n";
  }

  std::string Bring(const char* row, const std::string& filter = "") const {
    return "  " + InsertFromSource() + " WHERE " + SameKey(source_, row) +
           AndHas() + filter + ";\n";
  }

  // Under OR IGNORE the copy may have ignored the row.
  std::string Refuse(const char* row) const {
    return "  SELECT RAISE(ABORT, " +
           Literal("constraint failed: " + motion_.target.name) + ") FROM " +
           source_ + " WHERE " + SameKey(source_, row) + " AND " + Missing() +
           ";\n";
  }

  std::string AndHas() const {
    if (motion_.where.empty()) return "";
    return " AND " + Bound(motion_.where, motion_.source.name.name);
  }

  std::string InsertFromSource() const {
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (const Column& column : motion_.columns) {
      if (!column.column.generated_sql.empty()) continue;
      names.push_back(Quote(column.column.physical()));
      values.push_back(Value(column));
    }
    return "INSERT INTO " + target_ + " (" + base::Join(names, ", ") +
           ") SELECT " + base::Join(values, ", ") + " FROM " + source_;
  }

  std::string Value(const Column& column) const {
    return Bound(column.value, motion_.source.name.name);
  }

  RangeSql MissingOrDifferent(const RowAddress& source) const {
    std::string same;
    for (const Column& column : motion_.columns) {
      if (!column.column.generated_sql.empty()) continue;
      schema::Column stored = column.column;
      stored.name = column.column.physical();
      same += " AND " + StoresSame(stored, Value(column));
    }
    return source.Ranges("SELECT " + source.WalkList() +
                             ", 'missing or different' FROM " + source_,
                         "NOT EXISTS (SELECT 1 FROM " + target_ + " WHERE " +
                             SameKey(source_, target_) + same + ")" + AndHas(),
                         " ORDER BY " + source.WalkList() + " LIMIT 100");
  }

  // `estimated_rows` is that of the source, which has as many rows.
  WalkSql Ghosts(const std::string& estimated_rows) const {
    WalkSql walk = OfCopy("'not in the source'",
                          "NOT EXISTS (SELECT 1 FROM " + source_ + " WHERE " +
                              SameKey(source_, target_) + AndHas() + ")");
    walk.estimated_rows = estimated_rows;
    return walk;
  }

  TrialSql TryWhere(const RowAddress& source) const {
    return {source.Walk(source.Ranges(
                            "SELECT " + source.WalkList() + " FROM " + source_,
                            Bound(motion_.where, motion_.source.name.name),
                            " ORDER BY " + source.WalkList() + " LIMIT 100"),
                        false),
            "no table takes it"};
  }

  WalkSql Unwanted() const { return OfCopy("'no table takes it'", ""); }

  // Rows are addressed by the key alone, whether the copy has a rowid or not.
  WalkSql OfCopy(const std::string& reason, const std::string& filter) const {
    const RowAddress copy({motion_.target.name, motion_.key, "", true},
                          nullptr);
    return copy.Walk(
        copy.Ranges(
            "SELECT " + copy.WalkList() + ", " + reason + " FROM " + target_,
            filter, " ORDER BY " + copy.WalkList() + " LIMIT 100"),
        false);
  }

  const plan::TableMotion& motion_;
  std::string source_;
  std::string target_;
};

}  // namespace

std::vector<Statement> CreateCopyTriggers(const plan::TableMotion& motion) {
  RefuseOtherUnique(motion);
  RefuseVolatile(motion);
  const CopyText text(motion);
  std::vector<Statement> statements = DropCopyTriggers(motion);
  for (std::string sql : {text.OnInsert(), text.OnUpdate(), text.OnDelete()}) {
    statements.push_back({std::move(sql), {}});
  }
  return statements;
}

std::vector<Statement> DropCopyTriggers(const plan::TableMotion& motion) {
  std::vector<Statement> statements;
  for (const char* event : kEvents) {
    statements.push_back(
        {"DROP TRIGGER IF EXISTS " + Quote(TriggerName(motion, event)), {}});
  }
  return statements;
}

std::string CopyTriggersExist(const plan::TableMotion& motion) {
  return "EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'trigger' "
         "AND name = " +
         Literal(TriggerName(motion, kEvents[0])) + ")";
}

std::string MissingInCopy(const plan::TableMotion& motion) {
  return CopyText(motion).Missing();
}

MotionSql CopySql(const plan::TableMotion& motion) {
  MotionSql sql = CopyText(motion).Make();
  if (!motion.put_aside.empty()) {
    const plan::TableMotion sealed = plan::Sealed(motion);
    sql.verify_sealed = CopyText(sealed).Make().verify;
  }
  return sql;
}

}  // namespace segue::sqlite
