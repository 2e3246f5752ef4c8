#include "dialects/postgres/upsert.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

// Returns the field that the motion fills on INSERT where it is NULL; empty
// where it fills none, or where a NULL may be given by either side.
std::string FilledField(const plan::ColumnMotion& motion) {
  if (!motion.new_column) {  // drop_column with `down`
    return motion.old_column->nullable ? motion.old_column->physical() : "";
  }
  // The row is checked for NULL before the conflict is looked for, and a
  // default is no value of 'up'.
  const bool refuses_null = motion.new_not_null && !motion.only_null;
  const bool fills_null = motion.only_null || !motion.old_column;
  if (refuses_null || motion.new_has_default || !fills_null) return "";
  return motion.new_column->physical();
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
  const std::string filled = FilledField(terms.motion());
  if (filled.empty() || terms.form() == plan::SyncForm::kRetreating) return "";
  // The columns of the indexes have other names by then.
  if (terms.form() == plan::SyncForm::kSealed) return "";
  std::string returns;
  for (const schema::Index& index : table.indexes) {
    const std::vector<std::string> key = KeyOf(index, table);
    const bool has_field =
        std::find(key.begin(), key.end(), filled) != key.end();
    if (key.empty() || has_field) continue;
    returns += ReturnIfTaken(key, Name(terms.motion().table));
  }
  if (returns.empty()) return "";
  return "IF TG_OP = 'INSERT' AND NEW." + Ident(filled) +
         " IS NULL AND pg_catalog.current_setting('transaction_isolation') <> "
         "'serializable' THEN " +
         returns + "END IF; ";
}

}  // namespace segue::postgres
