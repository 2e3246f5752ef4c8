#include "dialects/postgres/upsert.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "dialects/postgres/sql.h"
#include "plan/names.h"

namespace segue::postgres {
namespace {

// Returns the fields that have NULL where the motion fills one on INSERT; empty
// where it fills none.
std::vector<std::string> FilledFields(const plan::ColumnMotion& motion) {
  const auto& old_column = motion.old_column;
  if (!motion.new_column) {  // drop_column with `down`
    if (!old_column->nullable) return {};
    return {old_column->physical()};
  }
  // The row is checked for NULL before the conflict is looked for, and a
  // default is no value of 'up'.
  const bool refuses_null = motion.new_not_null && !motion.only_null;
  const std::string& fresh = motion.new_column->physical();
  if (refuses_null || motion.new_has_default) return {};
  if (motion.only_null || !old_column) return {fresh};
  const bool hidden = fresh.starts_with(plan::kOurs);
  if (hidden || !old_column->nullable || old_column->LeftOut()) return {};
  return {fresh, old_column->physical()};
}

bool HasAnyOf(const std::vector<std::string>& names,
              const std::vector<std::string>& others) {
  return std::find_first_of(names.begin(), names.end(), others.begin(),
                            others.end()) != names.end();
}

// Returns the columns of an index that ON CONFLICT may name; empty where they
// cannot be compared as the index compares them.
std::vector<std::string> KeyOf(const schema::Index& index,
                               const schema::Table& table) {
  if (!index.unique || index.deferrable || !index.predicate.empty()) return {};
  std::vector<std::string> key;
  for (const schema::IndexColumn& part : index.columns) {
    const schema::Column* column = table.FindColumn(part.name);
    if (column == nullptr || !part.opclass.empty() ||
        !EqualMeansIdentical(column->type, column->collation)) {
      return {};
    }
    key.push_back(column->physical());
  }
  return key;
}

// Who may not read the key cannot upsert by it either, and may not run the
// query: the server asks for the right before anything is evaluated.
std::string ReturnIfTaken(const std::vector<std::string>& key,
                          const std::string& table) {
  std::vector<std::string> rights;
  std::vector<std::string> equal;
  for (const std::string& column : key) {
    rights.push_back("pg_catalog.has_column_privilege(pg_catalog.to_regclass(" +
                     Literal(table) + ")::oid, " + Literal(column) +
                     ", 'SELECT')");
    equal.push_back("u." + Ident(column) + " OPERATOR(pg_catalog.=) NEW." +
                    Ident(column));
  }
  return "IF " + base::Join(rights, " AND ") + " THEN IF EXISTS (SELECT FROM " +
         table + " u WHERE " + base::Join(equal, " AND ") +
         ") THEN RETURN NEW; END IF; END IF; ";
}

}  // namespace

// A read of the key would make serializable transactions fail that only insert.
std::string LeavesProposalAlone(const MotionTerms& terms,
                                const schema::Table& table) {
  const std::vector<std::string> filled = FilledFields(terms.motion());
  if (filled.empty() || terms.form() == plan::SyncForm::kRetreating) return "";
  std::string returns;
  for (const schema::Index& index : table.indexes) {
    const std::vector<std::string> key = KeyOf(index, table);
    if (key.empty() || HasAnyOf(key, filled)) continue;
    returns += ReturnIfTaken(key, Name(terms.motion().table));
  }
  if (returns.empty()) return "";
  std::string condition = "TG_OP = 'INSERT'";
  for (const std::string& field : filled) {
    condition += " AND NEW." + Ident(field) + " IS NULL";
  }
  return "IF " + condition +
         " AND pg_catalog.current_setting('transaction_isolation') <> "
         "'serializable' THEN " +
         returns + "END IF; ";
}

}  // namespace segue::postgres
