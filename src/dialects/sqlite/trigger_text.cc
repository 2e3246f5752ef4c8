#include "dialects/sqlite/trigger_text.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"
#include "dialects/sqlite/bound.h"
#include "dialects/sqlite/direction.h"
#include "dialects/sqlite/instead_of.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/row_address.h"
#include "dialects/sqlite/tokens.h"
#include "dialects/sqlite/user_trigger.h"

namespace segue::sqlite {
namespace {

constexpr char kNotBackfill[] = "NOT EXISTS (SELECT 1 FROM segue_busy)";

// True when a unique index is over the old column, nothing else can cancel a
// write of the trigger, and nothing of the user's would see the row that comes
// and goes again.
bool HasUnique(const plan::ColumnMotion& motion, const schema::Table* table) {
  if (table == nullptr || !motion.old_column) return false;
  for (const schema::Trigger& trigger : table->triggers) {
    if (UserTrigger(trigger).event != TriggerEvent::kUpdate) return false;
    for (const Token& token : Tokenize(trigger.definition)) {
      if (token.Is("IGNORE")) return false;
    }
  }
  return std::any_of(table->indexes.begin(), table->indexes.end(),
                     [&](const schema::Index& index) {
                       return index.unique &&
                              std::any_of(
                                  index.columns.begin(), index.columns.end(),
                                  [&](const schema::IndexColumn& part) {
                                    return part.name == motion.old_column->name;
                                  });
                     });
}

// Writes the bodies of the triggers; n, o and d are the new, the old and the
// provenance column.
class TriggerText {
 public:
  TriggerText(const plan::ColumnMotion& motion, plan::SyncForm form,
              const schema::Table* table)
      : motion_(motion),
        address_(RowsOf(motion), table),
        table_(Quote(motion.table.name)),
        row_(address_.SameAsNew()),
        d_(Quote(motion.provenance)),
        direction_(motion, form),
        unique_(HasUnique(motion, table)) {}

  std::string OnInsert() const {
    std::string sql = Head("insert", "AFTER INSERT") + " WHEN " + kNotBackfill;
    if (!motion_.new_column) return sql + OnInsertWithoutSuccessor();
    const std::string todo = Fresh() + " AND " + direction_.OnInsert() + " = ";
    return sql + "\nBEGIN\n" +
           // A row that was copied with all its columns has the provenance of
           // another row.
           Update(d_ + " = 0", "NOT " + Fresh()) +
           Acts({todo + "1", todo + "2", todo + "3"}) + OnIgnoredInsert() +
           NotNullChecks() + "END";
  }

  std::string OnUpdate() const {
    if (!motion_.new_column) return OnUpdateWithoutSuccessor();
    const std::string direction = "(" + direction_.OnUpdate() + ")";
    return Head("update", "AFTER UPDATE") + " WHEN (OLD." + d_ + " <= 0 OR " +
           base::Join(direction_.Changes(), " OR ") + ")\n  AND NOT " +
           direction_.OwnWrite() + "\n  AND " + kNotBackfill + "\nBEGIN\n" +
           Update(d_ + " = -" + direction, d_ + " <> -" + direction) +
           Acts({d_ + " = -1", d_ + " = -2", d_ + " = -3"}) + FinishPending() +
           OnIgnored(d_ + " < 0 AND " + direction + " IN (1, 2, 3)") +
           OnLostWrite(direction) + NotNullChecks() + "END";
  }

 private:
  std::string Head(const char* event, const char* when) const {
    return "CREATE TRIGGER " + Quote(TriggerName(motion_, event)) + " " + when +
           " ON " + table_;
  }

  // True for a row in the state in which an INSERT leaves it.
  std::string Fresh() const {
    if (motion_.new_versions.empty()) return d_ + " = 0";
    return d_ + " IN (0, " + kNewVersionWrites + ")";
  }

  std::string Update(const std::string& set, const std::string& filter,
                     const std::string& conflict = "") const {
    return "  UPDATE " + conflict + table_ + " SET " + set + " WHERE " + row_ +
           " AND " + filter + ";\n";
  }

  std::string Refusal(const std::string& filter,
                      const std::string& message) const {
    return "  SELECT RAISE(ABORT, " + Literal(message) + ") FROM " + table_ +
           " WHERE " + row_ + " AND " + filter + ";\n";
  }

  // Columns lose NOT NULL while both versions are live, because the check would
  // run before the trigger. The trigger replaces the check, with SQLite's own
  // message.
  std::string NotNullCheck(const std::optional<schema::Column>& column) const {
    return column && !column->nullable ? NullRefused(*column) : "";
  }

  std::string NullRefused(const schema::Column& column) const {
    // The check waits until the row is complete, because two motions of a table
    // fire each other's triggers.
    const std::string complete =
        motion_.new_column ? " AND " + d_ + " > 0" : "";
    return Refusal(Quote(column.name) + " IS NULL" + complete,
                   "NOT NULL constraint failed: " + motion_.table.name + "." +
                       column.name);
  }

  std::string NotNullChecks() const {
    // The new column becomes NOT NULL only at the contract.
    return NotNullCheck(motion_.old_column) +
           (motion_.new_not_null ? NullRefused(*motion_.new_column) : "");
  }

  // OR IGNORE of the application's statement also applies to the writes of the
  // trigger, so the old side may have ignored the value. If it did because the
  // value exists already, the row must not be inserted.
  std::string OnIgnoredInsert() const {
    if (!unique_) return OnIgnored(d_ + " <= 0");
    return "  DELETE FROM " + table_ + " WHERE " + row_ + " AND " + d_ +
           " <= 0;\n";
  }

  std::string OnIgnored(const std::string& filter) const {
    return Refusal(filter, "constraint failed: " + motion_.table.name);
  }

  std::string OnInsertWithoutSuccessor() const {
    const std::string o = Quote(motion_.old_column->name);
    return " AND NEW." + o + " IS NULL\nBEGIN\n" +
           Update(o + " = " + Down(), o + " IS NULL") +
           NotNullCheck(motion_.old_column) + "END";
  }

  // Only an INSERT gets a value; an UPDATE to NULL is refused as it always was.
  std::string OnUpdateWithoutSuccessor() const {
    const schema::Column& old = *motion_.old_column;
    if (old.nullable) return "";
    const std::string o = Quote(old.name);
    return Head("update", "AFTER UPDATE") + " WHEN NEW." + o +
           " IS NULL AND OLD." + o + " IS NOT NULL\nBEGIN\n" +
           NullRefused(old) + "END";
  }

  std::string FollowOld() const {
    return Quote(motion_.new_column->name) + " = " +
           Bound(motion_.up, motion_.table.name) + ", " + d_ + " = 1";
  }

  std::string FollowNew() const {
    std::string sql;
    if (motion_.old_column && !motion_.down.empty()) {
      sql = Quote(motion_.old_column->name) + " = " + Down() + ", ";
    }
    return sql + d_ + " = 2";
  }

  // Returns one write for each direction, under its condition.
  std::string Acts(const std::vector<std::string>& conditions) const {
    std::string sql =
        Update(FollowOld(), conditions[0]) + Update(FollowNew(), conditions[1]);
    if (motion_.old_column) sql += Update(d_ + " = 3", conditions[2]);
    return sql;
  }

  // In the directions 4 and 5, an earlier write of ours to the new (4) or the
  // old side (5) did not end. Either it is under way and a trigger of the
  // user's touches the row meanwhile: then the side takes the value. Or it
  // failed under OR FAIL, which undoes nothing: then the old side refuses the
  // value again and wins. A later write of such a row must not fail because of
  // that.
  std::string FinishPending() const {
    return Update(FollowNew(), d_ + " = -5", "OR IGNORE ") +
           Update(FollowOld(), d_ + " IN (-4, -5)", "OR IGNORE ");
  }

  // The old side won while the new side's write was under way, so that write
  // must not be acknowledged.
  std::string OnLostWrite(const std::string& direction) const {
    if (!motion_.old_column) return "";
    const std::string o = Quote(motion_.old_column->name);
    const std::string n = Quote(motion_.new_column->name);
    return OnIgnored(direction + " = 2 AND " + d_ + " = 1 AND " + o +
                     " IS OLD." + o + " COLLATE BINARY AND " + n +
                     " IS NOT NEW." + n + " COLLATE BINARY");
  }

  std::string Down() const { return Bound(motion_.down, motion_.table.name); }

  const plan::ColumnMotion& motion_;
  RowAddress address_;
  std::string table_;
  std::string row_;
  std::string d_;
  Direction direction_;
  bool unique_;
};

}  // namespace

std::string TriggerName(const plan::ColumnMotion& motion, const char* event) {
  return "segue_" + motion.name + "_" + event;
}

std::string InsertTrigger(const plan::ColumnMotion& motion, plan::SyncForm form,
                          const schema::Table* table) {
  return TriggerText(motion, form, table).OnInsert();
}

std::string UpdateTrigger(const plan::ColumnMotion& motion, plan::SyncForm form,
                          const schema::Table* table) {
  return TriggerText(motion, form, table).OnUpdate();
}

}  // namespace segue::sqlite
