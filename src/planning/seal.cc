#include "planning/seal.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "plan/names.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

bool HasIndex(const Constraint& constraint) {
  return constraint.kind == ConstraintKind::kUnique ||
         constraint.kind == ConstraintKind::kPrimaryKey;
}

std::size_t Limit(const TableWork& work) {
  return work.capabilities().max_identifier;
}

Error NoWayBack(const TableWork& work, const std::string& column,
                const std::string& reason) {
  return work.Refused(column, "undo_window: " + reason)
      .WithHint("use undo_window: 0, with which complete is final");
}

// Returns the index of the constraint, as an undo builds it: under a name of
// segue's and with nothing that belongs to the constraint.
schema::Index Spare(const TableWork& work, schema::Index index) {
  index.name = plan::PutAside(index.name, Limit(work));
  index.primary = false;
  index.constraint.clear();
  index.definition.clear();
  return index;
}

// Returns the name as the server writes a text.
std::string Literal(const std::string& name) {
  std::string text;
  for (const char c : name) {
    text += c;
    if (c == '\\') text += c;
  }
  return (text == name ? "" : "E") + base::Quoted(text, '\'');
}

// The server forgets that a table is clustered on an index, or identifies its
// rows by one, when the index goes. An undo comes to this action after it has
// brought the index back.
void GiveMarksBack(TableWork& work, const schema::Index& index) {
  if (index.columns.empty() || index.columns[0].name.empty()) return;
  const std::string& column = index.columns[0].name;
  const db::Answer& answer = work.context().Ask(db::LossQuestion{
      work.live().name, column, "", "", db::LossOf::kAllButPrivileges});
  plan::CarryOver back{work.live().name, column, {}, {}};
  back.back = true;
  for (const db::HangingFact& fact : answer.hanging) {
    const bool mark =
        fact.kind == "mark of CLUSTER" || fact.kind == "replica identity";
    if (!mark || !fact.what.ends_with(" index " + Literal(index.name)))
      continue;
    back.what.push_back(fact.what);
    back.statements.push_back(fact.sql);
  }
  if (!back.what.empty()) work.Add(kSeal, std::move(back));
}

void PrepareIndex(TableWork& work, const schema::Index& spare) {
  work.context().undo_first.push_back(
      plan::PrepareUndo{work.live().name, spare, {}});
}

bool ReadsColumn(const Constraint& constraint, const std::string& column) {
  if (base::Contains(constraint.columns, column)) return true;
  return constraint.kind == ConstraintKind::kCheck &&
         !schema::ReferencedColumns(constraint.check, {column}).empty();
}

}  // namespace

Place SwitchPlace(const TableWork& work) {
  return work.context().undoable ? kSeal : kDrop;
}

void DescribeSwitch(TableWork& work, const std::string& columns,
                    const std::string& text) {
  work.Describe(SwitchPlace(work), text);
  if (!work.context().undoable) return;
  work.Describe(kDrop, fmt::format("Drop what '{}' of '{}' was before", columns,
                                   work.live().name.name));
  NoteUndo(work, kSeal,
           "the column as it was has its name again, with what the new version "
           "has written, as 'down' gives it; checks and foreign keys come back "
           "NOT VALID; a row that it cannot hold refuses an undo without "
           "--lossy");
}

void NoteUndo(TableWork& work, Place place, const std::string& text) {
  if (work.context().undoable) work.Note(place, "undo: " + text);
}

void RefuseStrictDomain(const TableWork& work, const schema::Column& column) {
  if (!column.of_domain) return;
  const db::Answer& answer =
      work.context().Ask(db::LeftOutQuestion{work.live().name, column.type});
  if (answer.error.empty()) return;
  throw NoWayBack(work, column.name,
                  fmt::format("its type {} refuses NULL ({}), which it would "
                              "have in a row that 'down' fails on",
                              column.type, answer.error));
}

void LiftNotNull(TableWork& work, const schema::Column& column,
                 const schema::Column& now) {
  if (column.nullable) return;
  const std::string& name = column.physical();
  Constraint check;
  check.name = base::ShortName("_segue_undo_" + name, Limit(work));
  check.kind = ConstraintKind::kCheck;
  check.columns = {name};
  check.validated = false;
  if (!now.nullable) {
    schema::Column lifted = now;
    lifted.nullable = true;
    work.Add(kSeal,
             plan::AlterColumn{work.live().name, now, lifted, check.name});
  }
  work.context().undo_first.push_back(
      plan::PrepareUndo{work.live().name, {}, std::move(check)});
}

void LiftConstraintForSeal(TableWork& work, const Constraint& constraint,
                           const std::string& table_then) {
  const schema::TableName& table = work.live().name;
  plan::ComesBack back;
  back.table = table_then;
  if (HasIndex(constraint)) {
    const schema::Index* index = nullptr;
    for (const schema::Index& one : work.live().indexes) {
      if (one.constraint == constraint.name) index = &one;
    }
    if (index == nullptr || index->deferrable ||
        work.live().kind == "partitioned table") {
      throw NoWayBack(
          work, constraint.name,
          fmt::format("the index of {} '{}' cannot be built again "
                      "without blocking writes",
                      schema::KindText(constraint.kind), constraint.name));
    }
    const schema::Index spare = Spare(work, *index);
    PrepareIndex(work, spare);
    GiveMarksBack(work, *index);
    back.index = spare.name;
  } else if (constraint.kind == ConstraintKind::kExclude) {
    throw NoWayBack(work, constraint.name,
                    fmt::format("exclusion constraint '{}' cannot come back "
                                "without blocking writes",
                                constraint.name));
  } else if (constraint.kind == ConstraintKind::kForeignKey &&
             work.live().kind == "partitioned table") {
    throw NoWayBack(work, constraint.name,
                    fmt::format("foreign key '{}' of a partitioned table "
                                "cannot come back without a look at all rows",
                                constraint.name));
  }
  work.Add(kSeal, plan::DropConstraint{table, constraint, std::move(back)});
}

bool StaysAside(const schema::Index& index, const schema::Column& old) {
  return !index.unique && index.constraint.empty() &&
         !MentionsInSql(index, old.physical());
}

void PutIndexAside(TableWork& work, const schema::Index& index,
                   const PutAside& old) {
  const schema::TableName& table = work.live().name;
  if (const Constraint* constraint =
          work.live().FindConstraint(index.constraint)) {
    return LiftConstraintForSeal(work, *constraint);
  }
  const bool in_sql = MentionsInSql(index, old.column.physical());
  if (StaysAside(index, old.column)) {
    work.Add(kSeal, plan::RenameIndex{table, index,
                                      plan::PutAside(index.name, Limit(work))});
    return;
  }
  if (in_sql || work.live().kind == "partitioned table") {
    throw NoWayBack(
        work, old.column.name,
        in_sql ? fmt::format("an expression or the predicate of index '{}' "
                             "reads it, and would be evaluated over values "
                             "that the new version gives",
                             index.name)
               : fmt::format("index '{}' of a partitioned table cannot be "
                             "built again without blocking writes",
                             index.name));
  }
  LiftUniqueIndex(work, index);
}

void LiftUniqueIndex(TableWork& work, const schema::Index& index) {
  const schema::Index spare = Spare(work, index);
  PrepareIndex(work, spare);
  GiveMarksBack(work, index);
  plan::ComesBack back;
  back.index = spare.name;
  work.Add(kSeal,
           plan::DropIndex{work.live().name, index, false, std::move(back)});
}

void BuildAgain(TableWork& work, const schema::Index& copy) {
  PrepareIndex(work, copy);
  work.context().undo_last.push_back(
      plan::PrepareUndo{work.live().name, copy, {}, false});
}

void RefuseUncopied(const TableWork& work, const std::vector<IndexMove>& moves,
                    const PutAside& old, const std::string& leaving) {
  const std::string& name = old.column.physical();
  for (const schema::Index& index : work.live().indexes) {
    const bool uses = UsesPlainly(index, name) || MentionsInSql(index, name);
    const bool leaves = !leaving.empty() &&
                        (index.constraint == leaving || index.name == leaving);
    const bool moved =
        std::any_of(moves.begin(), moves.end(), [&](const IndexMove& move) {
          return move.original.name == index.name;
        });
    if (!uses || leaves || moved || StaysAside(index, old.column)) continue;
    throw NoWayBack(work, old.column.name,
                    fmt::format("index '{}', which has no copy, could refuse "
                                "what the new version writes",
                                index.name));
  }
}

std::vector<schema::Index> LiftAllOf(TableWork& work, const PutAside& old,
                                     bool filled) {
  std::vector<schema::Index> staying;
  const std::string& name = old.column.physical();
  for (const Constraint& constraint : work.live().constraints) {
    if (!ReadsColumn(constraint, name) || HasIndex(constraint)) continue;
    LiftConstraintForSeal(work, constraint);
  }
  for (const schema::Index& index : work.live().indexes) {
    const bool in_sql = MentionsInSql(index, name);
    if (!UsesPlainly(index, name) && !in_sql) continue;
    // Where rows of the new version have NULL, they are all different.
    const bool harmless =
        !filled && !(index.unique && (in_sql || index.nulls_not_distinct));
    if (harmless || StaysAside(index, old.column)) {
      staying.push_back(index);
    } else {
      PutIndexAside(work, index, old);
    }
  }
  return staying;
}

schema::Column ColumnAside(schema::Column column, const std::string& aside) {
  column.name = aside;
  column.stored_as.clear();
  column.nullable = true;
  return column;
}

void DropPutAside(TableWork& work, const std::vector<schema::Index>& indexes,
                  const PutAside& old) {
  for (const schema::Index& index : indexes) {
    if (!StaysAside(index, old.column)) continue;
    schema::Index aside = WithColumn(index, old.column.physical(), old.aside);
    aside.name = plan::PutAside(index.name, Limit(work));
    aside.definition.clear();
    work.Add(kDrop, plan::DropIndex{work.live().name, aside});
  }
}

namespace {

// The names of a table's columns before the seal and after it.
using Names = std::map<std::string, std::string>;

std::string After(const Names& names, const std::string& name) {
  const auto found = names.find(name);
  return found == names.end() ? name : found->second;
}

Names NamesAfterSeal(const PlanContext& context, const std::string& table) {
  Names before;  // by the name of the moment
  for (const DraftStep& step : context.steps) {
    if (step.place != kSeal) continue;
    for (const plan::Action& action : step.actions) {
      const auto* rename = std::get_if<plan::RenameColumn>(&action);
      if (rename == nullptr || rename->table.name != table) continue;
      const std::string origin = After(before, rename->from);
      before.erase(rename->from);
      before[rename->to] = origin;
    }
  }
  Names after;
  for (const auto& [now, origin] : before) after[origin] = now;
  return after;
}

schema::Index Renamed(schema::Index index, const Names& names) {
  for (schema::IndexColumn& part : index.columns) {
    if (!part.name.empty()) part.name = After(names, part.name);
  }
  for (std::string& name : index.include) name = After(names, name);
  return index;
}

std::vector<plan::Binding> Bindings(const schema::Table& table,
                                    const Names& names) {
  std::vector<plan::Binding> columns;
  for (const schema::Column& column : table.columns) {
    columns.push_back({column.name, After(names, column.name), column.type});
  }
  return columns;
}

plan::PrepareUndo Renamed(const PlanContext& context, plan::PrepareUndo one) {
  const Names names = NamesAfterSeal(context, one.table.name);
  if (one.index) one.index = Renamed(*one.index, names);
  if (one.check) {
    std::string& column = one.check->columns.at(0);
    column = After(names, column);
    one.check->check = context.language.spelling().IsNotNull(column);
  }
  return one;
}

// Tells the actions that have `back` where the columns are by then.
void TellNames(PlanContext& context) {
  const auto tell = [&](const schema::TableName& table,
                        std::optional<plan::ComesBack>& back) {
    if (!back) return;
    const schema::Table* shape = nullptr;
    for (const schema::Table& one : context.schema.tables) {
      if (one.name == table) shape = &one;
    }
    if (shape == nullptr) return;
    back->columns = Bindings(context.claims.Live(*shape),
                             NamesAfterSeal(context, table.name));
  };
  std::map<std::string, std::string> tables;
  for (const DraftStep& step : context.steps) {
    if (step.place != kSeal) continue;
    for (const plan::Action& action : step.actions) {
      const auto* rename = std::get_if<plan::RenameTable>(&action);
      if (rename != nullptr) tables[rename->from.name] = rename->to;
    }
  }
  for (DraftStep& step : context.steps) {
    for (plan::Action& action : step.actions) {
      if (auto* drop = std::get_if<plan::DropConstraint>(&action)) {
        tell(drop->table, drop->back);
        if (!drop->back) continue;
        const std::string& parent = drop->constraint.reference.table;
        drop->back->parent = After(tables, parent);
        if (const schema::Table* shape = context.schema.FindTable(parent)) {
          drop->back->parent_columns = Bindings(
              context.claims.Live(*shape), NamesAfterSeal(context, parent));
        }
      } else if (auto* index = std::get_if<plan::DropIndex>(&action)) {
        tell(index->table, index->back);
      }
    }
  }
}

}  // namespace

void AddUndoSteps(PlanContext& context) {
  TellNames(context);
  DraftStep last;
  last.place = kSeal;
  last.description = "Keep ready what an undo ends with";
  for (const plan::PrepareUndo& one : context.undo_last) {
    last.actions.push_back(one);
  }
  DraftStep first;
  first.place = kSeal;
  first.description = "Keep ready what an undo begins with";
  for (const plan::PrepareUndo& one : context.undo_first) {
    first.actions.push_back(Renamed(context, one));
  }
  if (!last.actions.empty()) {
    context.steps.insert(context.steps.begin(), std::move(last));
  }
  if (!first.actions.empty()) context.steps.push_back(std::move(first));
}

}  // namespace segue::ops
