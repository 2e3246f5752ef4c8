#include "planning/moved_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/append.h"
#include "base/text.h"
#include "planning/index_move.h"
#include "planning/new_tables.h"
#include "planning/obstacles.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

using Names = std::vector<std::string>;
using Reasons = std::vector<std::string>;
using schema::ConstraintKind;

Error Refused(const TableWork& work, const Reasons& reasons) {
  return {ErrorKind::kRefused,
          fmt::format("split_table on table '{}': {}", work.live().name.name,
                      base::Join(reasons, "; "))};
}

// Collects what keeps columns from moving.
class Search {
 public:
  Search(TableWork& work, const MovedColumns& moved)
      : work_(work), live_(work.live()) {
    for (const schema::Column& column : moved.columns) {
      moved_.push_back(column.name);
    }
    known_ = moved_;
    for (const schema::Column& column : moved.key)
      known_.push_back(column.name);
  }

  Reasons& reasons() { return reasons_; }

  void Of(const schema::Column& column) {
    OfDefinition(column);
    OfValue(column);
    for (const std::string& reason :
         Obstacles(live_, column, Fate::kDropped, work_.capabilities())) {
      Add(column.name, reason);
    }
    const db::Answer& answer = work_.context().Ask(db::LossQuestion{
        live_.name, column.physical(), column.name, column.type});
    for (const db::HangingFact& fact : answer.hanging) {
      Add(column.name, fmt::format("it would lose {}", fact.what));
    }
  }

  std::vector<schema::Constraint> Checks() {
    std::vector<schema::Constraint> checks;
    for (const schema::Constraint& constraint : live_.constraints) {
      const Names used = UsedBy(constraint);
      if (!Any(used, moved_)) continue;
      work_.context().claims.TakeConstraint(live_.name.name, constraint.name);
      const std::string reason = WhyNot(constraint, used);
      if (reason.empty()) {
        checks.push_back(constraint);
        checks.back().definition.clear();
        continue;
      }
      reasons_.push_back(fmt::format("{} '{}' {}",
                                     schema::KindText(constraint.kind),
                                     constraint.name, reason));
    }
    return checks;
  }

  std::vector<schema::Index> Indexes() {
    std::vector<schema::Index> indexes;
    for (const schema::Index& index : live_.indexes) {
      const Names used = UsedBy(index);
      if (!Any(used, moved_)) continue;
      work_.TakeIndex(index.name, Use::kChanges);
      const std::string reason = WhyNot(index, used);
      if (reason.empty()) {
        indexes.push_back(index);
      } else {
        reasons_.push_back(fmt::format("index '{}' {}", index.name, reason));
      }
    }
    return indexes;
  }

 private:
  void Add(const std::string& column, const std::string& reason) {
    reasons_.push_back(fmt::format("column '{}': {}", column, reason));
  }

  void OfDefinition(const schema::Column& column) {
    if (column.identity != schema::Identity::kNone) {
      Add(column.name, "it is an identity column, which is not moved yet");
    }
    if (!column.generated_sql.empty()) {
      Add(column.name, "it is a generated column, which is not moved yet");
    }
    if (column.has_column_grants) {
      Add(column.name, "roles have privileges on this single column");
    }
    if (!column.unproven_not_null.empty()) {
      Add(column.name,
          fmt::format("its NOT NULL '{}' is not validated, so that rows may "
                      "have NULL",
                      column.unproven_not_null));
    }
  }

  // The new version adds rows to the table without a value for the column, and
  // a value that differs each time cannot be told from a given one.
  void OfValue(const schema::Column& column) {
    if (!column.LeftOutIsConstant()) {
      Add(column.name,
          fmt::format("its default gives another value each time ({})",
                      column.LeftOut().value_or("")));
    }
    if (column.LeftOut()) return;
    if (!column.nullable) {
      Add(column.name,
          "it is NOT NULL without a default, so that the new version could add "
          "no row to the table until the contract");
    }
    if (!column.of_domain) return;
    const db::Answer& answer =
        work_.context().Ask(db::LeftOutQuestion{live_.name, column.type});
    if (answer.error.empty()) return;
    Add(column.name,
        fmt::format("its type {} refuses NULL ({}), so that the new version "
                    "could add no row to the table until the contract",
                    column.type, answer.error));
  }

  static bool Any(const Names& used, const Names& of) {
    return std::any_of(used.begin(), used.end(), [&](const std::string& name) {
      return base::Contains(of, name);
    });
  }
  bool OnlyKnown(const Names& used) const {
    return std::all_of(used.begin(), used.end(), [&](const std::string& name) {
      return base::Contains(known_, name);
    });
  }

  void AddReferences(const std::string& sql, Names& used) const {
    base::Append(schema::ReferencedColumns(sql, live_.ColumnNames()), used);
  }
  Names UsedBy(const schema::Constraint& constraint) const {
    Names used = constraint.columns;
    AddReferences(constraint.check, used);
    if (constraint.kind == ConstraintKind::kExclude) {
      AddReferences(constraint.definition, used);
    }
    return used;
  }
  Names UsedBy(const schema::Index& index) const {
    Names used = index.include;
    AddReferences(index.predicate, used);
    for (const schema::IndexColumn& part : index.columns) {
      if (!part.name.empty()) used.push_back(part.name);
      AddReferences(part.expression, used);
    }
    return used;
  }

  std::string WhyNot(const schema::Constraint& constraint,
                     const Names& used) const {
    if (constraint.kind == ConstraintKind::kPrimaryKey) return "is the key";
    if (constraint.kind != ConstraintKind::kCheck) return "is not moved yet";
    if (!OnlyKnown(used)) return "is over columns that stay, too";
    if (!constraint.validated || !constraint.enforced) {
      return "does not hold for every row";
    }
    return constraint.no_inherit ? "is NO INHERIT, which is not moved yet" : "";
  }
  std::string WhyNot(const schema::Index& index, const Names& used) const {
    if (index.unique) return "is unique, which is not moved yet";
    if (!index.constraint.empty() || BacksExclusion(live_, index)) {
      return "backs a constraint, which is not moved yet";
    }
    if (!index.valid) return "is invalid";
    return OnlyKnown(used) ? "" : "is over columns that stay, too";
  }

  TableWork& work_;
  const schema::Table& live_;
  Names moved_;
  Names known_;  // with the key
  Reasons reasons_;
};

const schema::Constraint* PrimaryKey(const schema::Table& table) {
  for (const schema::Constraint& constraint : table.constraints) {
    if (constraint.kind == ConstraintKind::kPrimaryKey) return &constraint;
  }
  return nullptr;
}

std::string WhyNoKey(const schema::Table& live, const Names& given) {
  const schema::Constraint* primary = PrimaryKey(live);
  if (primary == nullptr) return "it has no primary key";
  if (primary->deferrable) {
    return fmt::format(
        "its primary key '{}' is deferrable, by which no copy "
        "is kept in step",
        primary->name);
  }
  const std::set<std::string> columns(primary->columns.begin(),
                                      primary->columns.end());
  if (live.WalkKey().size() != columns.size() ||
      !std::all_of(columns.begin(), columns.end(), [&](const auto& name) {
        return base::Contains(live.WalkKey(), name);
      })) {
    return "its primary key may be NULL";
  }
  if (given.empty() ||
      std::set<std::string>(given.begin(), given.end()) == columns) {
    return "";
  }
  return fmt::format(
      "'key' is not its primary key ({}), and another key is "
      "not supported yet",
      base::Join(primary->columns, ", "));
}

std::vector<schema::Column> TakeKey(TableWork& work, const Names& given) {
  for (const std::string& name : given) {
    schema::RequireColumn(work.shape(), name);
  }
  const std::string reason = WhyNoKey(work.live(), given);
  if (!reason.empty()) throw Refused(work, {reason});
  std::vector<schema::Column> key;
  for (const std::string& name : work.live().WalkKey()) {
    const schema::Column column = work.Take(name, Use::kReads);
    if (!column.generated_sql.empty()) {
      throw Refused(work,
                    {fmt::format("column '{}' of its key is generated", name)});
    }
    if (column.has_column_grants) {
      throw Refused(work, {fmt::format("roles have privileges on the single "
                                       "column '{}' of its key",
                                       name)});
    }
    key.push_back(KeyColumn(column));
  }
  return key;
}

bool IsOf(const std::vector<schema::Column>& key, const std::string& name) {
  return schema::FindColumn(key, name) != nullptr;
}

}  // namespace

MovedColumns TakeMovedColumns(TableWork& work, const Names& columns,
                              const Names& key) {
  MovedColumns moved;
  moved.key = TakeKey(work, key);
  Names seen;
  for (const std::string& name : columns) {
    if (base::Contains(seen, name))
      throw work.Refused(name, "it is named twice");
    seen.push_back(name);
    if (IsOf(moved.key, name)) {
      throw work.Refused(name, "it is part of the key, which both tables have");
    }
    moved.columns.push_back(work.Take(name, Use::kChanges));
  }
  Search search(work, moved);
  for (const schema::Column& column : moved.columns) search.Of(column);
  moved.checks = search.Checks();
  moved.indexes = search.Indexes();
  if (search.reasons().empty()) return moved;
  throw Refused(work, search.reasons())
      .WithHint("drop or change it in a migration before this one");
}

void RefuseUncarried(const TableWork& work) {
  const schema::Table& live = work.live();
  Reasons reasons;
  if (live.kind != "table") {
    reasons.push_back(fmt::format("it is a {}", live.kind));
  }
  if (!live.of_type.empty()) {
    reasons.push_back(
        fmt::format("type '{}' decides its columns", live.of_type));
  }
  if (live.row_security) {
    reasons.emplace_back(
        "it has row security, which the other table would "
        "not have");
  }
  for (const schema::Trigger& trigger : live.triggers) {
    reasons.push_back(fmt::format(
        "trigger {} would not fire for the columns in the other table",
        trigger.ToString()));
  }
  const bool knows_columns = work.capabilities().rebinds_views;
  for (const schema::Dependent& dependent : live.dependents) {
    const std::string& kind = dependent.kind;
    const bool own = kind == "rule" || kind == "policy" ||
                     kind == "inheriting table" ||
                     kind == "trigger function of whole rows";
    const bool unclear = !knows_columns && dependent.column.empty();
    if (!own && !unclear) continue;
    reasons.push_back(
        fmt::format("{} '{}' depends on it", kind, dependent.ToString()));
  }
  for (const std::string& subscription : live.subscriptions) {
    reasons.push_back(
        fmt::format("subscription '{}' writes to it", subscription));
  }
  if (!live.replica_identity.empty() && live.replica_identity != "DEFAULT") {
    reasons.push_back(
        fmt::format("its replica identity is {}, which the other "
                    "table would not have",
                    live.replica_identity));
  }
  if (reasons.empty()) return;
  throw Refused(work, reasons)
      .WithHint("drop or change it in a migration before this one");
}

}  // namespace segue::ops
