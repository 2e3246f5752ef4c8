#include <algorithm>
#include <map>

#include "base/text.h"
#include "engine/gate/items.h"

namespace segue::engine {
namespace {

using schema::Constraint;
using schema::Table;

// A table may have any number of rows, and nobody needs to know how many
// millions of them there are.
constexpr std::int64_t kCounted = 1'000'000;

std::string Rows(std::int64_t count) {
  if (count > kCounted) {
    return "more than " + base::CountOf(kCounted, "row");
  }
  return base::CountOf(count, "row");
}

// Counts the rows whose reference is set. One in which a column of it is NULL
// refers to nothing.
std::int64_t RowsBehind(const Context& context, const Table& table,
                        const Constraint& key) {
  const db::Spelling& spelling = context.database.dialect().spelling();
  std::vector<std::string> set;
  for (const std::string& column : key.columns) {
    set.push_back(spelling.IsNotNull(column));
  }
  std::string name = spelling.Name(table.name.name);
  if (!table.name.schema.empty()) {
    name = spelling.Name(table.name.schema) + "." + name;
  }
  // The transaction limits the wait for a lock.
  db::Transaction transaction(context.connection(),
                              {db::Purpose::kRead, context.LockBudget()});
  const db::Result found = context.connection().Execute(
      "SELECT count(*) FROM (SELECT 1 FROM " + name + " WHERE " +
      base::Join(set, " AND ") + " LIMIT " + std::to_string(kCounted + 1) +
      ") r");
  transaction.Commit();
  return db::ToInt(found.rows.at(0).at(0));
}

bool Has(const std::vector<Removal>& all, const Removal& one) {
  return std::count(all.begin(), all.end(), one) > 0;
}

// Returns the name of the table if it goes, otherwise an empty text. Without
// schemas a foreign key may write the name of a table in any case.
std::string NameOfGoing(const Context& context, const std::vector<Removal>& all,
                        const std::string& table) {
  const bool any_case = !context.database.dialect().capabilities().has_schemas;
  for (const Removal& one : all) {
    const bool same = any_case
                          ? base::ToLower(one.table) == base::ToLower(table)
                          : one.table == table;
    if (same && one.foreign_key.empty()) return one.table;
  }
  return "";
}

class Keys {
 public:
  explicit Keys(const GateContext& gate)
      : context_(gate.context),
        removals_(gate.row.plan.removals),
        schema_(context_.database.dialect().Inspect(
            context_.connection(), context_.database.schema())) {}

  GateAnswer Ask() {
    for (const Table& table : schema_.tables) {
      for (const Constraint& key : table.constraints) {
        if (key.kind == schema::ConstraintKind::kForeignKey) Judge(table, key);
      }
      if (Has(removals_, {table.name.name, ""})) AddForeign(table);
    }
    if (!tied_.empty()) {
      return FailsOver(std::move(tied_),
                       "tables that stay refer to one that goes:",
                       "drop their foreign keys first");
    }
    constexpr const char* kCannotTell =
        "it cannot be told whether anything relies on a foreign key that goes:";
    if (!uncounted_.empty()) {
      return {GateState::kUnknown, kCannotTell, std::move(uncounted_),
              "run it as a role that sees all rows"};
    }
    // Whoever drops a key nearly always has such rows.
    if (!behind_.empty()) {
      return {GateState::kNotWatched, kCannotTell, std::move(behind_), ""};
    }
    return {GateState::kPass, "", std::move(gone_), ""};
  }

 private:
  // What goes with its table leaves no row without the other.
  void Judge(const Table& table, const Constraint& key) {
    const bool with_table = Has(removals_, {table.name.name, ""});
    const std::string going =
        NameOfGoing(context_, removals_, key.reference.table);
    const bool tied = !going.empty();
    if (!with_table && !tied && !Has(removals_, {table.name.name, key.name})) {
      return;
    }
    std::int64_t rows = 0;
    try {
      rows = RowsBehind(context_, table, key);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kRefused) throw;
      uncounted_.push_back(Of(table, key) +
                           ": its rows cannot be counted: " + error.what());
      return;
    }
    const std::string text = Of(table, key) + ": " + Rows(rows) +
                             (rows == 1 ? " refers to '" : " refer to '") +
                             (tied ? going : key.reference.table) + "'";
    const bool stay = !with_table && rows > 0;
    (stay ? (tied ? tied_ : behind_) : gone_).push_back(text);
  }

  // The columns of a key in another schema are not known, and it keeps the
  // table from being dropped whatever its rows have.
  void AddForeign(const Table& table) {
    for (const schema::Dependent& one : table.dependents) {
      if (one.kind != "foreign key" || one.schema == table.name.schema) {
        continue;
      }
      const std::string text = "'" + one.name + "' of '" + one.schema + "." +
                               one.table + "' refers to '" + table.name.name +
                               "'";
      if (std::count(tied_.begin(), tied_.end(), text) == 0) {
        tied_.push_back(text);
      }
    }
  }

  static std::string Of(const Table& table, const Constraint& key) {
    return "'" + key.name + "' of '" + table.name.name + "'";
  }

  const Context& context_;
  const std::vector<Removal>& removals_;
  const schema::Schema schema_;
  std::vector<std::string> tied_;  // rows that stay, to a table that goes
  std::vector<std::string> uncounted_;
  std::vector<std::string> behind_;  // rows that stay, without their key
  std::vector<std::string> gone_;    // nobody is without anything
};

}  // namespace

// Rows that refer to others by a key are kept together by the database, which
// refuses, clears or deletes them. Whether an application counts on that is
// nowhere written.
std::optional<GateAnswer> AskForeignKeys(const GateContext& gate) {
  if (gate.row.plan.removals.empty()) return std::nullopt;
  return Keys(gate).Ask();
}

}  // namespace segue::engine
