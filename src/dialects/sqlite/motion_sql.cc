// Renders the statements that move and check the rows of a motion.
#include <algorithm>
#include <optional>

#include "base/text.h"
#include "dialects/sqlite/bound.h"
#include "dialects/sqlite/lookup_triggers.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/row_address.h"
#include "dialects/sqlite/sync.h"
#include "dialects/sqlite/tokens.h"
#include "plan/names.h"

namespace segue::sqlite {
namespace {

class RowStatements {
 public:
  RowStatements(const plan::ColumnMotion& motion, const schema::Table* table)
      : motion_(motion),
        schema_table_(table),
        address_(RowsOf(motion), table),
        table_(Quote(motion.table.name)),
        d_(Quote(motion.provenance)) {}

  WalkSql VerifyWalk() const { return address_.Walk(Verify(), false); }
  WalkSql ToldWalk() const { return address_.Walk(KeysWhere(Untold()), false); }

  // Finds the rows that differ from others which refer to the same row.
  WalkSql DiffersWalk() const {
    return address_.Walk(KeysWhere(DiffersFromLookup(motion_)), false);
  }

  MotionSql Make() const {
    MotionSql sql;
    sql.name = motion_.name;
    sql.table = motion_.table.name;
    if (!motion_.new_column) return sql;
    sql.trial = Trial();
    sql.fill = Writing(Fill());
    sql.verify = {address_.Walk(Verify(), false)};
    sql.repair = Writing(Repair());
    sql.both_given = {address_.Walk(KeysWhere(d_ + " = 3"), false)};
    if (motion_.keeps_old_column) sql.settle = Writing(Settle());
    sql.count_left = "SELECT count(*) FROM " + table_ + " WHERE " + Unfilled();
    return sql;
  }

  std::string Unfilled() const { return d_ + " <= 0"; }

  // Returns "n = ..., d = ..." for a fill that several motions share. A row
  // that is filled keeps its values.
  std::string SharedSet() const {
    const std::string n = Quote(motion_.new_column->name);
    return n + " = CASE WHEN " + Unfilled() + " THEN " + Up() + " ELSE " + n +
           " END, " + d_ + " = CASE WHEN " + Unfilled() + " THEN 1 ELSE " + d_ +
           " END";
  }

  WalkSql Writing(RangeSql statement) const {
    return address_.Walk(std::move(statement), true);
  }

  WalkSql SharedFill(const std::string& sets,
                     const std::string& unfilled) const {
    return Writing(address_.Ranges("UPDATE " + table_ + " SET " + sets,
                                   "(" + unfilled + ")", ""));
  }

  const std::string& table() const { return table_; }

 private:
  // A negative provenance means that a statement of the application failed
  // half-way under OR FAIL. What it left behind yields to the old side.
  RangeSql Fill() const {
    if (motion_.new_was_there) return FillWhereNotGiven();
    return address_.Ranges("UPDATE " + table_ + " SET " +
                               Quote(motion_.new_column->name) + " = " + Up() +
                               ", " + d_ + " = 1",
                           d_ + " <= 0", "");
  }

  RangeSql FillWhereNotGiven() const {
    const std::string n = Quote(motion_.new_column->name);
    const std::string given = d_ + " = 0 AND " + n + " IS NOT NULL";
    return address_.Ranges("UPDATE " + table_ + " SET " + n + " = CASE WHEN " +
                               given + " THEN " + n + " ELSE " + Up() +
                               " END, " + d_ + " = CASE WHEN " + given +
                               " THEN 3 ELSE 1 END",
                           d_ + " <= 0", "");
  }

  RangeSql Settle() const {
    return address_.Ranges("UPDATE " + table_ + " SET " +
                               Quote(motion_.old_column->name) + " = " +
                               Down() + ", " + d_ + " = 2",
                           d_ + " = 3", "");
  }

  // Returns the keys of the rows for which `condition` holds.
  RangeSql KeysWhere(const std::string& condition) const {
    return address_.Ranges("SELECT " + address_.WalkList() + " FROM " + table_,
                           condition,
                           " ORDER BY " + address_.WalkList() + " LIMIT 100");
  }

  RangeSql Verify() const {
    return KeysWhere("(" + Untold() + DerivedWrongly() + ")");
  }

  // True for a row that is not filled, and for one to which a client has given
  // a provenance that says nothing.
  std::string Untold() const { return "(" + d_ + " IN (1, 2, 3)) IS NOT TRUE"; }

  // Returns " OR ..." for each side that can be derived again. A volatile
  // expression gives each value once.
  std::string DerivedWrongly() const {
    if (motion_.lookup) return " OR " + DiffersFromLookup(motion_);
    std::string wrong;
    if (!motion_.up.is_volatile) {
      wrong += " OR (" + d_ + " = 1 AND NOT " +
               StoresSame(*motion_.new_column, Up()) + ")";
    }
    if (DerivesOld()) {
      wrong += " OR (" + d_ + " = 2 AND NOT " +
               StoresSame(*motion_.old_column, Down()) + ")";
    }
    return wrong;
  }

  bool DerivesOld() const {
    return motion_.old_column && !motion_.down.empty() &&
           !motion_.down.is_volatile;
  }

  // One statement repairs all three directions, so that a range is walked once.
  // The side that is not derived keeps its value. Rows with provenance 3 are
  // not repaired.
  RangeSql Repair() const {
    const std::string n = Quote(motion_.new_column->name);
    // Like the fill, the repair keeps a value that was there before the motion.
    const std::string given = "(" + d_ + " = 0 AND " + n + " IS NOT NULL)";
    const bool was_there = motion_.new_was_there;
    if (motion_.lookup) {
      return address_.Ranges(
          "UPDATE " + table_ + " SET " + n + " = " + Up() + ", " + d_ + " = 1",
          "(" + Untold() + DerivedWrongly() + ")", "");
    }
    std::string set = n + " = CASE WHEN " + d_ + " = 2" +
                      (was_there ? " OR " + given : "") + " THEN " + n +
                      " ELSE " + Up() + " END";
    if (DerivesOld()) {
      const std::string o = Quote(motion_.old_column->name);
      set += ", " + o + " = CASE WHEN " + d_ + " = 2 THEN " + Down() +
             " ELSE " + o + " END";
    }
    set += ", " + d_ + " = CASE WHEN " + d_ + " IN (1, 2, 3) THEN " + d_ +
           (was_there ? " WHEN " + given + " THEN 3" : "") + " ELSE 1 END";
    return address_.Ranges("UPDATE " + table_ + " SET " + set,
                           "(" + Untold() + DerivedWrongly() + ")", "");
  }

  std::optional<TrialSql> Trial() const {
    const bool takes_null = !motion_.new_not_null;
    const bool harmless = motion_.up.PlainColumn().has_value() && takes_null;
    if (harmless || !SourcesExist()) return std::nullopt;
    // This evaluates the expression for every row and is never true.
    const std::string fails =
        takes_null ? "typeof(" + Up() + ") = ''" : Up() + " IS NULL";
    return TrialSql{address_.Walk(KeysWhere(fails), false), ""};
  }

  // False when a source is a column that the same migration has yet to add.
  bool SourcesExist() const {
    if (schema_table_ == nullptr) return false;
    const std::vector<std::string> sources = ColumnsRead(motion_.up);
    const std::vector<std::string> columns = schema_table_->ColumnNames();
    return std::all_of(sources.begin(), sources.end(),
                       [&](const std::string& source) {
                         return std::any_of(columns.begin(), columns.end(),
                                            [&](const std::string& column) {
                                              return SameName(column, source);
                                            });
                       });
  }

  std::string Up() const {
    if (motion_.lookup) return LookedUp(motion_, Quote(motion_.table.name));
    return Bound(motion_.up, motion_.table.name);
  }
  std::string Down() const { return Bound(motion_.down, motion_.table.name); }

  const plan::ColumnMotion& motion_;
  const schema::Table* schema_table_;
  RowAddress address_;
  std::string table_;
  std::string d_;
};

}  // namespace

MotionSql MakeMotionSql(const plan::ColumnMotion& motion,
                        const schema::Table* table) {
  MotionSql sql = RowStatements(motion, table).Make();
  if (!motion.undoable || !motion.new_column) return sql;
  // No trigger marks a row, so that none is looked for.
  const plan::ColumnMotion sealed = plan::Sealed(motion);
  const RowStatements rows(sealed, table);
  if (motion.lookup) {
    sql.verify_sealed = {rows.ToldWalk()};
    sql.marked_sealed = {rows.DiffersWalk()};
    return sql;
  }
  sql.verify_sealed = {rows.VerifyWalk()};
  return sql;
}

MotionSql SharedFillSql(const std::vector<const plan::ColumnMotion*>& motions,
                        const schema::Table* table) {
  MotionSql sql;
  std::vector<std::string> sets, unfilled;
  for (const plan::ColumnMotion* motion : motions) {
    const RowStatements one(*motion, table);
    sets.push_back(one.SharedSet());
    unfilled.push_back(one.Unfilled());
    sql.parts.push_back(motion->name);
  }
  const RowStatements first(*motions[0], table);
  const std::string left = base::Join(unfilled, " OR ");
  sql.name = plan::FillId(sql.parts);
  sql.table = motions[0]->table.name;
  sql.fill = first.SharedFill(base::Join(sets, ", "), left);
  sql.count_left = "SELECT count(*) FROM " + first.table() + " WHERE " + left;
  return sql;
}

}  // namespace segue::sqlite
