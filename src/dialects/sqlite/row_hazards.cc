// Checks, generated columns and unique indexes that judge a row before the
// dual write has completed it.
#include <algorithm>

#include "base/text.h"
#include "dialects/sqlite/hazards.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/tokens.h"

namespace segue::sqlite {
namespace {

bool IsIn(const std::vector<std::string>& names, const std::string& name) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& one) {
    return SameName(one, name);
  });
}

class Search {
 public:
  Search(const plan::ColumnMotion& motion, const schema::Table& table,
         std::size_t at, std::vector<Hazard>* hazards)
      : motion_(motion),
        table_(table),
        at_(at),
        hazards_(hazards),
        half_(HalfWritten(motion, table)) {
    if (half_.empty() || !motion.old_column) return;
    for (const schema::Constraint& constraint : table.constraints) {
      if (constraint.kind == schema::ConstraintKind::kCheck) Of(constraint);
    }
    for (const schema::Column& column : table.columns) Of(column);
    for (const schema::Index& index : table.indexes) Of(index);
  }

 private:
  bool Mentions(const std::string& sql) const {
    return !schema::ReferencedColumns(sql, half_).empty();
  }

  void Refuse(const std::string& object, const std::string& when) {
    const std::string safe_way =
        WayOut(motion_, "drop it for the time of the migration");
    hazards_->push_back(
        {true, "row-judged-half-written",
         object + " of table '" + table_.name.name + "' judges '" +
             motion_.old_column->name + "' " + when + "; " + safe_way,
         "SQLite judges the row as the application has written it, and the "
         "dual write completes it only after that: a write of the new version "
         "would be refused although the row that it means is right",
         safe_way, at_});
  }

  // Returns what SQLite says to a row that leaves the old column out, in a
  // table that has only this column and this check.
  std::string ErrorWithoutValue(const std::string& check) const {
    const schema::Column& old = *motion_.old_column;
    std::string column = Quote(old.name) + " " + old.type;
    if (!old.collation.empty()) column += " COLLATE " + Quote(old.collation);
    if (old.default_sql) column += " DEFAULT " + DefaultText(*old.default_sql);
    const std::string name = Quote(table_.name.name);
    MemoryCopy memory{schema::Schema{}};
    std::string error = memory.ErrorOf("CREATE TABLE " + name + " (" + column +
                                       ", CHECK (" + check + "\n))");
    if (error.empty()) {
      error = memory.ErrorOf("INSERT INTO " + name + " DEFAULT VALUES");
    }
    return error;
  }

  void Of(const schema::Constraint& constraint) {
    if (!Mentions(constraint.check)) return;
    const std::string object = "check '" + constraint.name + "'";
    const std::vector<std::string> read =
        schema::ReferencedColumns(constraint.check, table_.ColumnNames());
    const bool alone =
        read.size() == 1 && SameName(read[0], motion_.old_column->name);
    if (!alone) {
      Refuse(object, "together with other columns");
    } else if (!ErrorWithoutValue(constraint.check).empty()) {
      Refuse(object,
             motion_.old_column->default_sql
                 ? "and refuses its default, which the row has for a moment"
                 : "and refuses NULL, which the row has for a moment");
    }
  }

  void Of(const schema::Column& column) {
    if (column.nullable || !Mentions(column.generated_sql)) return;
    Refuse("generated column '" + column.name + "', which is NOT NULL,",
           "while it is NULL for a moment");
  }

  // The value of the old column alone is NULL until it is written, and NULL is
  // never twice in an index.
  void Of(const schema::Index& index) {
    if (!index.unique) return;
    bool mentioned = Mentions(index.predicate);
    for (const schema::IndexColumn& part : index.columns) {
      mentioned =
          mentioned || IsIn(half_, part.name) || Mentions(part.expression);
    }
    const bool alone =
        index.columns.size() == 1 && index.predicate.empty() &&
        SameName(index.columns[0].name, motion_.old_column->name);
    if (!mentioned || alone) return;
    Refuse("unique index '" + index.name + "'",
           index.columns.size() > 1 ? "together with other columns"
                                    : "by an expression or a predicate");
  }

  const plan::ColumnMotion& motion_;
  const schema::Table& table_;
  const std::size_t at_;
  std::vector<Hazard>* hazards_;
  const std::vector<std::string> half_;
};

}  // namespace

void FindRowHazards(const plan::ColumnMotion& motion,
                    const schema::Table& table, std::size_t at,
                    std::vector<Hazard>* hazards) {
  Search(motion, table, at, hazards);
}

}  // namespace segue::sqlite
