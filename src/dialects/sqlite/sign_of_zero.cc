#include "dialects/sqlite/sign_of_zero.h"

#include "dialects/sqlite/names.h"
#include "dialects/sqlite/row_address.h"
#include "dialects/sqlite/trigger_text.h"

namespace segue::sqlite {
namespace {

constexpr char kOldSign[] = "old_sign";
constexpr char kNewSign[] = "new_sign";

// A column with an affinity stores a zero as an integer, which has no sign.
bool KeepsSign(const plan::ColumnMotion& motion) {
  return motion.keeps_old_column && motion.old_column && motion.new_column &&
         motion.up.PlainColumn() && motion.down.PlainColumn() &&
         AffinityOf(motion.old_column->type) == Affinity::kBlob;
}

std::string IsZero(const std::string& value) {
  return "typeof(" + value + ") = 'real' AND " + value + " = 0";
}

// The provenance changes twice, so that neither the other triggers nor the
// other one of these takes the write for an application's.
Statement SignTrigger(const plan::ColumnMotion& motion,
                      const schema::Table* table, const char* name,
                      bool of_old) {
  const std::string old_side = Quote(motion.old_column->name);
  const std::string new_side = Quote(motion.new_column->name);
  const std::string& from = of_old ? old_side : new_side;
  const std::string& to = of_old ? new_side : old_side;
  const std::string d = Quote(motion.provenance);
  const std::string wrote =
      std::to_string(of_old ? plan::kOldWrote : plan::kNewWrote);
  const std::string update = "  UPDATE " + Quote(motion.table.name) + " SET ";
  const std::string row =
      " WHERE " + RowAddress(RowsOf(motion), table).SameAsNew();
  std::string zeros;
  for (const std::string& value :
       {"NEW." + from, "OLD." + from, "NEW." + to, "OLD." + to}) {
    zeros += IsZero(value) + "\n  AND ";
  }
  return {"CREATE TRIGGER " + Quote(TriggerName(motion, name)) +
              " AFTER UPDATE OF " + from + " ON " + Quote(motion.table.name) +
              " WHEN " + zeros + "NEW." + d + " = OLD." + d + " AND NEW." + d +
              " > 0\n  AND NOT EXISTS (SELECT 1 FROM segue_busy)\nBEGIN\n" +
              update + to + " = " + from + ", " + d + " = -" + wrote + row +
              ";\n" + update + d + " = " + wrote + row + " AND " + d + " = -" +
              wrote + ";\nEND",
          {}};
}

}  // namespace

// SQLite fires the trigger that was created last first, and the new side wins
// when a statement names both.
std::vector<Statement> SignTriggers(const plan::ColumnMotion& motion,
                                    plan::SyncForm form,
                                    const schema::Table* table) {
  const bool triggers_of_users = table == nullptr || !table->triggers.empty();
  if (!KeepsSign(motion) || triggers_of_users) return {};
  std::vector<Statement> statements;
  if (form != plan::SyncForm::kSealed) {
    statements.push_back(SignTrigger(motion, table, kOldSign, true));
  }
  statements.push_back(SignTrigger(motion, table, kNewSign, false));
  return statements;
}

std::vector<Statement> DropSignTriggers(const plan::ColumnMotion& motion) {
  if (!KeepsSign(motion)) return {};
  std::vector<Statement> statements;
  for (const char* name : {kOldSign, kNewSign}) {
    statements.push_back(
        {"DROP TRIGGER IF EXISTS " + Quote(TriggerName(motion, name)), {}});
  }
  return statements;
}

}  // namespace segue::sqlite
