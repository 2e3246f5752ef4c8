#include "dialects/sqlite/direction.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/sqlite/bound.h"
#include "dialects/sqlite/instead_of.h"
#include "dialects/sqlite/names.h"

namespace segue::sqlite {

Direction::Direction(const plan::ColumnMotion& motion, plan::SyncForm form)
    : motion_(motion), form_(form), d_(Quote(motion.provenance)) {}

// Returns what to do when both sides are given.
const char* Direction::Both() const {
  return form_ == plan::SyncForm::kSettling ? "2" : "3";
}

// True when the old side counts as not given: it has what leaving it out puts
// there.
std::string Direction::OldNotGiven() const {
  const schema::Column& old = *motion_.old_column;
  const std::string o = "NEW." + Quote(old.name);
  if (!old.default_sql || !old.default_is_constant) return o + " IS NULL";
  return IsDefault(o, old, *old.default_sql);
}

// The same of the new side. SQLite cannot tell a default from a value that
// equals it.
std::string Direction::NewNotGiven() const {
  const schema::Column& fresh = *motion_.new_column;
  const std::string n = "NEW." + Quote(fresh.name);
  if (!motion_.new_has_default) return n + " IS NULL";
  return IsDefault(n, fresh, *motion_.new_default);
}

// The only case in which the writer's version matters: neither side differs
// from what leaving it out puts there. `row` is the row that knows the writer.
std::string Direction::WhenNeitherGiven(const char* row) const {
  if (!motion_.old_column || motion_.new_versions.empty()) return "";
  return "WHEN " + NewNotGiven() + " AND " + row + "." + d_ + " = " +
         kNewVersionWrites + " AND (" + OldNotGiven() + ") THEN 2 ";
}

std::string Direction::OnInsert() const {
  if (sealed()) return "2";
  const std::string start =
      "CASE " + WhenNeitherGiven("NEW") + "WHEN " + NewNotGiven() + " THEN 1 ";
  if (!motion_.old_column) {
    return "(" + start + "ELSE 2 END)";
  }
  return "(" + start + "WHEN " + OldNotGiven() + " THEN 2 ELSE " + Both() +
         " END)";
}

// Once the motion is sealed, the trigger finishes what it has itself begun,
// whatever is written.
std::string Direction::OnUpdate() const {
  if (sealed()) {
    return "CASE WHEN OLD." + d_ + " IN (-2, -5) THEN 5 ELSE 2 END";
  }
  const std::string new_changed = Changed(motion_.new_column->name);
  std::string sql = "CASE ";
  if (motion_.old_column) {
    const std::string old_changed = Changed(motion_.old_column->name);
    sql += "WHEN " + new_changed + " AND " + old_changed + " THEN " + Both() +
           " WHEN " + new_changed + " THEN 2 WHEN " + old_changed + " THEN 1";
  } else {
    sql += "WHEN " + new_changed + " THEN 2";
    // A value that an application once gave is not derived again.
    if (!Sources().empty()) {
      sql += " WHEN OLD." + d_ + " <> 2 AND " + SourcesChanged() + " THEN 1";
    }
  }
  const std::string d = "OLD." + d_;
  // The row is not filled, but the new side is given. Either the trigger of the
  // statement that gave it is still to come and knows what to do, or the value
  // was given before the motion began, and then both sides count as given.
  const char* given = motion_.new_was_there ? "3" : "0";
  return sql + " " + WhenNeitherGiven("OLD") + "WHEN " + d +
         " IN (-1, -4) THEN 4 WHEN " + d + " IN (-2, -5) THEN 5 WHEN " + d +
         " < 0 AND " + d + " <> " + kNewVersionWrites + " THEN 3 WHEN " + d +
         " > 0 THEN " + d + " WHEN " + NewNotGiven() + " THEN 1 ELSE " + given +
         " END";
}

std::string Direction::OwnWrite() const {
  return "(NEW." + d_ + " <> OLD." + d_ + " AND (OLD." + d_ + " <= 0 OR NEW." +
         d_ + " < 0))";
}

// Returns the columns besides the pair itself that the expressions read.
std::vector<std::string> Direction::Sources() const {
  std::vector<std::string> columns;
  const auto add = [&](const plan::Expression& expression) {
    for (const std::string& column : ColumnsRead(expression)) {
      const bool of_pair =
          column == motion_.new_column->name ||
          (motion_.old_column && column == motion_.old_column->name);
      const bool known =
          std::find(columns.begin(), columns.end(), column) != columns.end();
      if (!of_pair && !known) columns.push_back(column);
    }
  };
  // A volatile expression gives each value once, so a change of another column
  // is no reason to ask again.
  if (!motion_.old_column || !motion_.up.is_volatile) add(motion_.up);
  if (motion_.old_column && !motion_.down.is_volatile) add(motion_.down);
  return columns;
}

std::string Direction::SourcesChanged() const {
  std::vector<std::string> changes;
  for (const std::string& column : Sources()) {
    changes.push_back(Changed(column));
  }
  return "(" + base::Join(changes, " OR ") + ")";
}

std::vector<std::string> Direction::Changes() const {
  std::vector<std::string> changes = {Changed(motion_.new_column->name)};
  if (motion_.old_column) {
    changes.push_back(Changed(motion_.old_column->name));
  }
  for (const std::string& column : Sources()) {
    changes.push_back(Changed(column));
  }
  return changes;
}

}  // namespace segue::sqlite
