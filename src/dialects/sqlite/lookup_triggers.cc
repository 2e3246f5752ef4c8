#include "dialects/sqlite/lookup_triggers.h"

#include <utility>

#include "dialects/sqlite/bound.h"
#include "dialects/sqlite/direction.h"
#include "dialects/sqlite/instead_of.h"
#include "dialects/sqlite/names.h"
#include "dialects/sqlite/row_address.h"
#include "dialects/sqlite/trigger_text.h"

namespace segue::sqlite {
namespace {

constexpr char kNotBackfill[] = "NOT EXISTS (SELECT 1 FROM segue_busy)";

std::string Dropped(const std::string& name) {
  return "DROP TRIGGER IF EXISTS " + Quote(name);
}

// Writes the bodies of the triggers. "Here" is the table of the motion, "there"
// the other one.
class LookupText {
 public:
  // Without `row`, the condition for the row that was written, only those of
  // the other table can be written.
  explicit LookupText(const plan::ColumnMotion& motion, std::string row = "")
      : motion_(motion),
        lookup_(*motion.lookup),
        here_(Quote(motion.table.name)),
        there_(Quote(lookup_.table.name)),
        row_(std::move(row)),
        d_(Quote(motion.provenance)),
        c_(Quote(motion.new_column->name)),
        value_(Quote(lookup_.value.name)),
        key_(Quote(lookup_.key.name)),
        own_(Quote(lookup_.own.name)) {}

  // The value is given where it is not NULL.
  std::string OnInsertHere() const {
    const std::string fresh = d_ + " IN (0, " + kNewVersionWrites + ")";
    const std::string given = "NEW." + c_ + " IS NOT NULL";
    return Head("insert", "AFTER INSERT", here_) + " WHEN " + kNotBackfill +
           "\nBEGIN\n" +
           // A row that was copied with all its columns has the provenance of
           // another row.
           Set(d_ + " = 0", "NOT " + fresh) +
           Set(d_ + " = 2", fresh + " AND " + given) +
           Set(Follow(), fresh + " AND NOT " + given) + Give(given) +
           RefuseNull() + "END";
  }

  std::string OnUpdateHere() const {
    const std::string given = Changed(motion_.new_column->name);
    return Head("update", "AFTER UPDATE", here_) + " WHEN (OLD." + d_ +
           " <= 0 OR " + given + " OR " + Changed(lookup_.own.name) +
           ")\n  AND NOT " +
           Direction(motion_, plan::SyncForm::kLive).OwnWrite() + "\n  AND " +
           kNotBackfill + "\nBEGIN\n" + Set(d_ + " = 2", given) +
           Set(Follow(), "NOT " + given) + Give(given) + RefuseNull() + "END";
  }

  // From the seal on, each row has a value of its own.
  std::string OnInsertSealed() const {
    return Head("insert", "AFTER INSERT", here_) + " WHEN " + kNotBackfill +
           "\nBEGIN\n" + Set(d_ + " = 2", d_ + " <> 2") + Keep() +
           RefuseNull() + "END";
  }

  std::string OnUpdateSealed() const {
    return Head("update", "AFTER UPDATE", here_) + " WHEN (" +
           Changed(motion_.new_column->name) + " OR " +
           Changed(lookup_.own.name) + ")\n  AND " + kNotBackfill +
           "\nBEGIN\n" + Set(d_ + " = 2", d_ + " <> 2") + Keep() +
           RefuseNull() + "END";
  }

  // REPLACE inserts a row to which others refer already.
  std::string OnInsertThere() const {
    const std::string adopted =
        LeftOut() + " AND EXISTS (SELECT 1 FROM " + here_ + " WHERE " + own_ +
        " = NEW." + key_ + " AND " + d_ + " = 2 AND " + c_ + " IS NOT NULL)";
    return Head("there_insert", "AFTER INSERT", there_) +
           " WHEN EXISTS (SELECT 1 FROM " + here_ + " WHERE " + own_ +
           " = NEW." + key_ + ")\nBEGIN\n  UPDATE " + there_ + " SET " +
           value_ + " = (SELECT " + c_ + " FROM " + here_ + " WHERE " + own_ +
           " = NEW." + key_ + " AND " + d_ + " = 2 AND " + c_ +
           " IS NOT NULL LIMIT 1) WHERE " + key_ + " = NEW." + key_ + " AND " +
           adopted + ";\n" + Push("NOT (" + adopted + ")") + "END";
  }

  std::string OnUpdateThere() const {
    return Head("there_update", "AFTER UPDATE", there_) + " WHEN " +
           Changed(lookup_.value.name) + " OR " + Changed(lookup_.key.name) +
           "\nBEGIN\n" + Push("1") + "END";
  }

 private:
  std::string Head(const char* event, const char* when,
                   const std::string& table) const {
    return "CREATE TRIGGER " + Quote(TriggerName(motion_, event)) + " " + when +
           " ON " + table;
  }

  std::string Set(const std::string& set, const std::string& filter) const {
    return "  UPDATE " + here_ + " SET " + set + " WHERE " + row_ + " AND " +
           filter + ";\n";
  }

  // A row that refers to nothing keeps its value.
  std::string Follow() const {
    const std::string refers = there_ + " WHERE " + key_ + " = NEW." + own_;
    return c_ + " = CASE WHEN EXISTS (SELECT 1 FROM " + refers +
           ") THEN (SELECT " + value_ + " FROM " + refers + ") ELSE " + c_ +
           " END, " + d_ + " = 1";
  }

  // OR IGNORE of the application's statement also applies to the writes of the
  // trigger, so the other table may have ignored the value.
  std::string Give(const std::string& given) const {
    const std::string differs = key_ + " = NEW." + own_ + " AND " + given +
                                " AND NOT " +
                                StoresSame(lookup_.value, "NEW." + c_);
    return "  UPDATE " + there_ + " SET " + value_ + " = NEW." + c_ +
           " WHERE " + differs + ";\n  SELECT RAISE(ABORT, " +
           Literal("constraint failed: " + lookup_.table.name) + ") FROM " +
           there_ + " WHERE " + differs + ";\n";
  }

  // What was written last is what the other table has if the contract is
  // undone. What it refused as NULL must not keep out a write.
  std::string Keep() const {
    return "  UPDATE " + there_ + " SET " + value_ + " = NEW." + c_ +
           " WHERE " + key_ + " = NEW." + own_ +
           (lookup_.value.nullable ? "" : " AND NEW." + c_ + " IS NOT NULL") +
           " AND NOT " + StoresSame(lookup_.value, "NEW." + c_) + ";\n";
  }

  std::string Push(const std::string& condition) const {
    return "  UPDATE " + here_ + " SET " + c_ + " = NEW." + value_ + ", " + d_ +
           " = CASE WHEN " + d_ + " <= 0 THEN 1 ELSE " + d_ + " END WHERE " +
           own_ + " = NEW." + key_ + " AND (" + condition + ") AND (" + d_ +
           " <= 0 OR NOT " + StoresSame(*motion_.new_column, "NEW." + value_) +
           ");\n";
  }

  // True for a row of the other table that was inserted without the value.
  std::string LeftOut() const {
    const std::string value = "NEW." + value_;
    const schema::Column& column = lookup_.value;
    if (!column.default_sql || !column.default_is_constant) {
      return value + " IS NULL";
    }
    return "(" + value + " IS NULL OR " +
           IsDefault(value, column, *column.default_sql) + ")";
  }

  std::string RefuseNull() const {
    if (!motion_.new_not_null) return "";
    return "  SELECT RAISE(ABORT, " +
           Literal("NOT NULL constraint failed: " + motion_.table.name + "." +
                   motion_.new_column->name) +
           ") FROM " + here_ + " WHERE " + row_ + " AND " + d_ + " > 0 AND " +
           c_ + " IS NULL;\n";
  }

  const plan::ColumnMotion& motion_;
  const plan::Lookup& lookup_;
  std::string here_;
  std::string there_;
  std::string row_;
  std::string d_;
  std::string c_;
  std::string value_;
  std::string key_;
  std::string own_;
};

}  // namespace

std::vector<Statement> LookupTriggersHere(const plan::ColumnMotion& motion,
                                          plan::SyncForm form,
                                          const schema::Table* table) {
  const LookupText text(motion, RowAddress(RowsOf(motion), table).SameAsNew());
  if (form == plan::SyncForm::kSealed) {
    return {{text.OnInsertSealed(), {}}, {text.OnUpdateSealed(), {}}};
  }
  return {{text.OnInsertHere(), {}}, {text.OnUpdateHere(), {}}};
}

std::vector<Statement> LookupTriggersThere(const plan::ColumnMotion& motion,
                                           plan::SyncForm form) {
  if (!motion.lookup || form == plan::SyncForm::kSealed) return {};
  const LookupText text(motion);
  return {{text.OnInsertThere(), {}}, {text.OnUpdateThere(), {}}};
}

std::vector<Statement> DropLookupTriggers(const plan::ColumnMotion& motion) {
  if (!motion.lookup) return {};
  return {{Dropped(TriggerName(motion, "there_insert")), {}},
          {Dropped(TriggerName(motion, "there_update")), {}}};
}

std::string LookedUp(const plan::ColumnMotion& motion, const std::string& row) {
  const plan::Lookup& lookup = *motion.lookup;
  return "(SELECT segue_there." + Quote(lookup.value.name) + " FROM " +
         Quote(lookup.table.name) + " AS segue_there WHERE segue_there." +
         Quote(lookup.key.name) + " = " + row + "." + Quote(lookup.own.name) +
         ")";
}

std::string DiffersFromLookup(const plan::ColumnMotion& motion) {
  const plan::Lookup& lookup = *motion.lookup;
  const std::string row = Quote(motion.table.name);
  return "(EXISTS (SELECT 1 FROM " + Quote(lookup.table.name) +
         " AS segue_there WHERE segue_there." + Quote(lookup.key.name) + " = " +
         row + "." + Quote(lookup.own.name) + ") AND NOT " +
         StoresSame(*motion.new_column, LookedUp(motion, row)) + ")";
}

}  // namespace segue::sqlite
