#include "ops/combine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "ops/add_column.h"
#include "ops/column_chain.h"
#include "ops/create_constraint.h"
#include "ops/create_table.h"
#include "ops/drop_column.h"
#include "ops/drop_constraint.h"
#include "ops/drop_table.h"
#include "ops/name_uses.h"
#include "ops/rename_constraint.h"
#include "ops/rename_table.h"
#include "ops/sql.h"
#include "ops/table_chain.h"
#include "ops/with_spec.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

// An operation of the result, and the operations of the file in it.
struct Slot {
  OperationPtr operation;
  std::vector<std::size_t> of;  // places in the file, from 0
};

// The change of one column, in a slot.
struct Change {
  std::size_t slot = 0;
  std::string table;   // as the operation of the slot calls it
  std::string before;  // the column's name before it
  std::string after;
  bool adds = false;
};

// A column that an index or a constraint, in another slot, is over.
struct Meeting {
  std::size_t slot = 0;
  ColumnUse now;           // as the operation of the slot calls it
  std::size_t change = 0;  // of that column
};

// What the migration has done with a table so far.
struct Table {
  std::string stored;                          // its name in the database
  std::optional<std::size_t> create;           // slot of its create_table
  std::map<std::string, std::size_t> changes;  // by the column's present name
  std::vector<std::pair<std::size_t, ColumnUse>> early;  // uses before a change
};

std::string TableOf(const Operation& operation) {
  if (const auto change = AsAlteration(operation)) return change->table;
  const auto table = [&](const auto* spec) {
    return spec == nullptr ? std::string() : spec->table;
  };
  for (const std::string& name :
       {table(SpecOf<AddColumnSpec>(operation)),
        table(SpecOf<DropColumnSpec>(operation)),
        table(SpecOf<CreateConstraintSpec>(operation)),
        table(SpecOf<DropConstraintSpec>(operation)),
        table(SpecOf<RenameConstraintSpec>(operation))}) {
    if (!name.empty()) return name;
  }
  return "";
}

class Combiner {
 public:
  Combiner(const std::vector<OperationPtr>& operations,
           const schema::Schema& schema, const db::Language& language)
      : operations_(operations), schema_(schema), language_(language) {}

  std::vector<OperationPtr> Run() {
    for (at_ = 0; at_ < operations_.size(); ++at_) {
      try {
        Take(operations_[at_]);
      } catch (Error& error) {
        error.WithSource(operations_[at_]->source());
        throw;
      }
    }
    return Ordered();
  }

 private:
  void Take(const OperationPtr& operation);
  void TakeRenameTable(const OperationPtr& operation,
                       const RenameTableSpec& spec);
  void TakeDropTable(const OperationPtr& operation, const DropTableSpec& spec);
  bool WriteIntoTable(Table& table, const OperationPtr& operation);
  void TakeAddColumn(const OperationPtr& operation, const AddColumnSpec& spec);
  void TakeDropColumn(const OperationPtr& operation,
                      const DropColumnSpec& spec);
  void TakeAlteration(const OperationPtr& operation,
                      const AlterColumnSpec& spec);
  bool Joins(const Change& earlier, const Operation& operation,
             const AlterColumnSpec& spec) const;
  void Join(std::size_t change, const AlterColumnSpec& spec);
  void Begin(Table& table, Change change);
  Table& At(const std::string& table);
  bool IsTaken(const Table& table, const std::string& column) const;
  void NoteUses(std::size_t slot, const Operation& operation);
  std::size_t Push(const OperationPtr& operation);
  void Replace(std::size_t slot, const NewOperation& made);
  void RenameInLaterSlots(std::size_t slot, const std::string& table,
                          const std::string& from, const std::string& to);
  std::string MadeOf(const Slot& slot) const;
  bool OnlyRenames(const Change& change) const;
  int PlaceOf(std::size_t slot, std::size_t& beside);
  std::vector<OperationPtr> Ordered();

  const std::vector<OperationPtr>& operations_;
  const schema::Schema& schema_;
  const db::Language& language_;
  std::size_t at_ = 0;
  std::vector<Slot> slots_;
  std::vector<Change> changes_;
  std::vector<Meeting> uses_;
  std::map<std::string, Table> tables_;  // by their present names in the file
};

std::size_t Combiner::Push(const OperationPtr& operation) {
  slots_.push_back({operation, {at_}});
  return slots_.size() - 1;
}

// The place in the file is that of the first operation.
void Combiner::Replace(std::size_t slot, const NewOperation& made) {
  Slot& changed = slots_[slot];
  if (changed.of.back() != at_) changed.of.push_back(at_);
  made->set_source(changed.operation->source());
  made->set_made_of(MadeOf(changed));
  changed.operation = made;
}

std::string Combiner::MadeOf(const Slot& slot) const {
  std::vector<std::string> numbers;
  std::vector<std::string> names;
  for (const std::size_t place : slot.of) {
    const Operation& one = *operations_[place];
    numbers.push_back(std::to_string(place + 1));
    names.push_back(one.name() + (one.source().known()
                                      ? " at " + one.source().ToString()
                                      : ""));
  }
  const std::string last = numbers.back();
  numbers.pop_back();
  return fmt::format("operations {} and {} are made as one: {}",
                     base::Join(numbers, ", "), last, base::Join(names, ", "));
}

void Combiner::Take(const OperationPtr& operation) {
  if (SpecOf<SqlSpec>(*operation) != nullptr) {
    tables_.clear();
    Push(operation);
    return;
  }
  if (const auto* rename = SpecOf<RenameTableSpec>(*operation)) {
    return TakeRenameTable(operation, *rename);
  }
  if (const auto* drop = SpecOf<DropTableSpec>(*operation)) {
    return TakeDropTable(operation, *drop);
  }
  if (const auto* create = SpecOf<CreateTableSpec>(*operation)) {
    const std::size_t slot = Push(operation);
    NoteUses(slot, *operation);
    // One that exists already is only compared.
    if (schema_.FindTable(create->name) != nullptr) return;
    tables_[create->name] = {create->name, slot, {}, {}};
    return;
  }
  const std::string name = TableOf(*operation);
  const auto table = tables_.find(name);
  if (table != tables_.end() && table->second.create &&
      WriteIntoTable(table->second, operation)) {
    return;
  }
  if (const auto* add = SpecOf<AddColumnSpec>(*operation)) {
    return TakeAddColumn(operation, *add);
  }
  if (const auto* drop = SpecOf<DropColumnSpec>(*operation)) {
    return TakeDropColumn(operation, *drop);
  }
  if (const auto change = AsAlteration(*operation)) {
    return TakeAlteration(operation, *change);
  }
  NoteUses(Push(operation), *operation);
}

// --- tables ---

void Combiner::TakeRenameTable(const OperationPtr& operation,
                               const RenameTableSpec& spec) {
  Table moved = std::move(At(spec.from));
  tables_.erase(spec.from);
  if (moved.create) {
    const std::size_t slot = *moved.create;
    CreateTableSpec table = *SpecOf<CreateTableSpec>(*slots_[slot].operation);
    RenameCreated(table, spec.to);
    Replace(slot, MakeCreateTable(std::move(table)));
    for (std::size_t i = slot + 1; i < slots_.size(); ++i) {
      slots_[i].operation = WithTable(slots_[i].operation, spec.from, spec.to);
    }
  } else {
    Push(operation);
  }
  tables_[spec.to] = std::move(moved);
}

void Combiner::TakeDropTable(const OperationPtr& operation,
                             const DropTableSpec& spec) {
  const auto found = tables_.find(spec.table);
  if (found != tables_.end() && found->second.create) {
    throw Error(ErrorKind::kRefused,
                fmt::format("drop_table '{}': this migration creates the table",
                            spec.table))
        .WithHint("leave out both");
  }
  if (found != tables_.end()) tables_.erase(found);
  Push(operation);
}

// A foreign key to a table that comes later stays behind that table.
bool Combiner::WriteIntoTable(Table& table, const OperationPtr& operation) {
  const std::size_t slot = *table.create;
  const auto* constraint = SpecOf<CreateConstraintSpec>(*operation);
  if (constraint != nullptr) {
    const auto target = tables_.find(constraint->constraint.reference.table);
    const bool later = target != tables_.end() && target->second.create &&
                       *target->second.create > slot;
    if (later) return false;
  }
  CreateTableSpec made = *SpecOf<CreateTableSpec>(*slots_[slot].operation);
  const std::string name = made.name;
  if (!WriteInto(made, *operation)) return false;
  Replace(slot, MakeCreateTable(std::move(made)));
  NoteUses(slot, *operation);
  const auto change = AsAlteration(*operation);
  if (change && NameAfter(*change) != change->column) {
    RenameInLaterSlots(slot, name, change->column, NameAfter(*change));
  }
  return true;
}

void Combiner::RenameInLaterSlots(std::size_t slot, const std::string& table,
                                  const std::string& from,
                                  const std::string& to) {
  for (std::size_t i = slot + 1; i < slots_.size(); ++i) {
    OperationPtr& other = slots_[i].operation;
    const auto uses = ColumnUses(*other, schema_);
    const bool of_table =
        !uses.empty() && std::any_of(uses.begin(), uses.end(), [&](auto& use) {
          return use.table == table;
        });
    if (of_table && MentionsInText(*other, from)) {
      throw Error(ErrorKind::kRefused,
                  fmt::format("{} of this migration has the column '{}' of "
                              "table '{}', which gets another name, in its "
                              "text",
                              other->name(), from, table))
          .WithHint("write the table in create_table as it is to be");
    }
    if (of_table) other = WithColumn(other, {table, from}, to);
  }
}

// --- columns ---

Table& Combiner::At(const std::string& table) {
  const auto [at, fresh] = tables_.try_emplace(table);
  if (fresh) at->second.stored = table;
  return at->second;
}

// True when a column of the database has the name until the contract: planning
// refuses it to another column, so that nothing later can mean that one.
bool Combiner::IsTaken(const Table& table, const std::string& column) const {
  const schema::Table* there = schema_.FindTable(table.stored);
  return there != nullptr && there->FindColumn(column) != nullptr;
}

void Combiner::Begin(Table& table, Change change) {
  const std::size_t number = changes_.size();
  for (const auto& [slot, use] : table.early) {
    const bool meant = !change.adds && slot != change.slot;
    if (meant && use.column == change.before) {
      uses_.push_back({slot, use, number});
    }
  }
  const bool renames = change.adds || change.after != change.before;
  if (!renames || !IsTaken(table, change.after)) {
    table.changes[change.after] = number;
  }
  changes_.push_back(std::move(change));
}

void Combiner::TakeAddColumn(const OperationPtr& operation,
                             const AddColumnSpec& spec) {
  const std::size_t slot = Push(operation);
  NoteUses(slot, *operation);
  Begin(At(spec.table),
        {slot, spec.table, spec.column.name, spec.column.name, true});
}

void Combiner::TakeDropColumn(const OperationPtr& operation,
                              const DropColumnSpec& spec) {
  const auto& changes = At(spec.table).changes;
  const auto found = changes.find(spec.column);
  if (found != changes.end()) {
    const Change& earlier = changes_[found->second];
    throw Error(ErrorKind::kRefused,
                fmt::format("drop_column '{}' of table '{}': an earlier {} of "
                            "this migration {} the column",
                            spec.column, spec.table,
                            slots_[earlier.slot].operation->name(),
                            earlier.adds ? "adds" : "changes"))
        .WithHint(earlier.adds ? "leave out both"
                               : "leave out the earlier one, whose result "
                                 "nobody would see");
  }
  Push(operation);
}

bool Combiner::OnlyRenames(const Change& change) const {
  const auto spec = AsAlteration(*slots_[change.slot].operation);
  return !change.adds && spec && OnlyRelabels(*spec);
}

// The database keeps what it has over a column with the column under its new
// name, so that a rename of it stays a rename.
bool Combiner::Joins(const Change& earlier, const Operation& operation,
                     const AlterColumnSpec& spec) const {
  if (earlier.adds) return true;
  const AlterColumnSpec first = *AsAlteration(*slots_[earlier.slot].operation);
  if (OnlyConstrains(first)) return !OnlyRelabels(spec);
  const bool built = SpecOf<CreateConstraintSpec>(operation) != nullptr &&
                     spec.change.up.empty() && spec.change.down.empty();
  return !built || !OnlyRelabels(first) ||
         MentionsInText(operation, spec.column);
}

void Combiner::Join(std::size_t change, const AlterColumnSpec& spec) {
  Change& earlier = changes_[change];
  const Operation& operation = *slots_[earlier.slot].operation;
  if (const auto* add = SpecOf<AddColumnSpec>(operation)) {
    Replace(earlier.slot, MakeAddColumn(Chain(*add, spec, language_)));
  } else {
    const schema::Table* there = schema_.FindTable(earlier.table);
    Replace(earlier.slot,
            MakeAlterColumn(Chain(
                *AsAlteration(operation), spec,
                there == nullptr ? nullptr : there->FindColumn(earlier.before),
                language_)));
  }
  Table& table = At(spec.table);
  table.changes.erase(spec.column);
  earlier.after = NameAfter(spec);
  const bool renamed = earlier.after != spec.column;
  if (!renamed || !IsTaken(table, earlier.after)) {
    table.changes[earlier.after] = change;
  }
}

void Combiner::TakeAlteration(const OperationPtr& operation,
                              const AlterColumnSpec& spec) {
  Table& table = At(spec.table);
  const auto found = table.changes.find(spec.column);
  if (found != table.changes.end()) {
    const std::size_t change = found->second;
    if (Joins(changes_[change], *operation, spec)) return Join(change, spec);
    if (!OnlyRelabels(spec)) return NoteUses(Push(operation), *operation);
    table.changes.erase(found);
  }
  const std::size_t slot = Push(operation);
  NoteUses(slot, *operation);
  Begin(table, {slot, spec.table, spec.column, NameAfter(spec), false});
}

// --- indexes and constraints ---

void Combiner::NoteUses(std::size_t slot, const Operation& operation) {
  for (const ColumnUse& use : ColumnUses(operation, schema_)) {
    Table& table = At(use.table);
    const auto changed = table.changes.find(use.column);
    if (changed == table.changes.end()) {
      table.early.emplace_back(slot, use);
    } else {
      uses_.push_back({slot, use, changed->second});
    }
  }
}

// Gives the columns of the operation in the slot the names that they have at
// its place. Returns -1 when the place is just before slot `beside`, 1 when it
// is just behind it, and 0 when the operation stays where it is.
int Combiner::PlaceOf(std::size_t slot, std::size_t& beside) {
  std::vector<Meeting> uses;
  for (const Meeting& use : uses_) {
    if (use.slot == slot) uses.push_back(use);
  }
  if (uses.empty()) return 0;
  const bool before = std::all_of(
      uses.begin(), uses.end(),
      [&](const Meeting& use) { return OnlyRenames(changes_[use.change]); });
  beside = slot;
  for (const Meeting& use : uses) {
    const Change& change = changes_[use.change];
    const std::string& name = before ? change.before : change.after;
    if (name != use.now.column &&
        MentionsInText(*slots_[slot].operation, use.now.column)) {
      return 0;
    }
    beside =
        before ? std::min(beside, change.slot) : std::max(beside, change.slot);
  }
  for (const Meeting& use : uses) {
    const Change& change = changes_[use.change];
    OperationPtr& operation = slots_[slot].operation;
    operation =
        WithColumn(operation, use.now, before ? change.before : change.after);
    if (beside == slot) continue;
    operation = WithTable(operation, use.now.table, change.table);
  }
  if (beside == slot) return 0;
  return before ? -1 : 1;
}

std::vector<OperationPtr> Combiner::Ordered() {
  std::vector<std::vector<OperationPtr>> before(slots_.size());
  std::vector<std::vector<OperationPtr>> behind(slots_.size());
  std::vector<bool> moved(slots_.size(), false);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    std::size_t beside = i;
    const int place = PlaceOf(i, beside);
    moved[i] = place != 0;
    if (place < 0) before[beside].push_back(slots_[i].operation);
    if (place > 0) behind[beside].push_back(slots_[i].operation);
  }
  std::vector<OperationPtr> all;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    all.insert(all.end(), before[i].begin(), before[i].end());
    if (!moved[i]) all.push_back(slots_[i].operation);
    all.insert(all.end(), behind[i].begin(), behind[i].end());
  }
  return all;
}

}  // namespace

std::vector<OperationPtr> Combine(const std::vector<OperationPtr>& operations,
                                  const schema::Schema& schema,
                                  const db::Language& language) {
  return Combiner(operations, schema, language).Run();
}

}  // namespace segue::ops
