#include "planning/table_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/append.h"
#include "base/text.h"
#include "plan/names.h"
#include "planning/index_move.h"
#include "planning/seal.h"

namespace segue::ops {
namespace {

std::size_t Limit(const TableWork& work) {
  return work.capabilities().max_identifier;
}

Error RefusedCopy(const TableWork& work, const std::string& reason) {
  return {ErrorKind::kRefused,
          fmt::format("a copy cannot take the place of table '{}': {}",
                      work.live().name.name, reason)};
}

bool HasForeignKeys(const TableWork& work) {
  const schema::Table& live = work.live();
  const auto is_key = [](const schema::Constraint& one) {
    return one.kind == schema::ConstraintKind::kForeignKey;
  };
  return std::any_of(live.constraints.begin(), live.constraints.end(),
                     is_key) ||
         std::any_of(live.dependents.begin(), live.dependents.end(),
                     [](const schema::Dependent& one) {
                       return one.kind == "foreign key";
                     });
}

// The index by which the triggers find the rows of the copy.
bool IsKey(const schema::Table& table, const schema::Index& index) {
  const std::vector<std::string> key = table.WalkKey();
  return index.unique && index.predicate.empty() && !index.deferrable &&
         std::equal(index.columns.begin(), index.columns.end(), key.begin(),
                    key.end(),
                    [](const schema::IndexColumn& part,
                       const std::string& name) { return part.name == name; });
}

// The indexes of the table, by when those of the copy are built.
struct CopiedIndexes {
  std::vector<plan::IndexPair> all;
  std::vector<plan::IndexPair> first;  // before the rows
  std::vector<schema::Index> later;
};

// Where no constraint adopts an index, the text of the table makes its indexes.
bool ComesWithTable(const TableWork& work, const schema::Index& index) {
  return !work.capabilities().adopts_index &&
         (index.primary || !index.constraint.empty());
}

// An index of a partitioned table is built on the empty copy, because the
// server builds none on it without blocking writes.
CopiedIndexes IndexesOf(const TableWork& work, const CopyRequest& request) {
  CopiedIndexes indexes;
  const schema::Table& table = work.live();
  for (const schema::Index& index : table.indexes) {
    if (!index.valid || ComesWithTable(work, index)) continue;
    const plan::IndexPair pair{index.name,
                               plan::IndexCopy(index.name, Limit(work))};
    indexes.all.push_back(pair);
    if (request.partitions) continue;
    if (IsKey(table, index) || BacksExclusion(table, index)) {
      indexes.first.push_back(pair);
      continue;
    }
    schema::Index copy = index;
    copy.name = pair.copy;
    copy.primary = false;
    copy.constraint.clear();
    copy.definition.clear();
    copy.referenced_by.clear();
    indexes.later.push_back(std::move(copy));
  }
  return indexes;
}

// The rows are walked by the key of the table, and each is found in the copy by
// the partition, too.
void WidenKey(const schema::Table& live, const plan::Partitioning& partitions,
              plan::TableMotion& motion) {
  motion.walk = motion.key;
  const std::vector<std::string> key = live.WalkKey();
  for (const std::string& name : partitions.columns) {
    if (base::Contains(key, name)) continue;
    motion.key.push_back(schema::RequireColumn(live, name));
  }
}

plan::TableMotion MotionOf(TableWork& work, const CopyRequest& request) {
  const schema::Table& live = work.live();
  plan::TableMotion motion;
  motion.name = work.context().NextMotionId();
  motion.source = live;
  motion.target = {live.name.schema,
                   plan::HiddenTable(live.name.name, Limit(work))};
  for (const std::string& name : request.columns) {
    const schema::Column& column = schema::RequireColumn(live, name);
    plan::Expression value;
    value.sql = "x";
    value.bindings = {{"x", column.name, column.type}};
    motion.columns.push_back({column, std::move(value)});
  }
  motion.key = live.WalkKeyColumns();
  for (const std::string& name : request.walk) {
    motion.walk.push_back(schema::RequireColumn(live, name));
  }
  if (request.partitions) WidenKey(live, *request.partitions, motion);
  if (work.context().undoable) {
    motion.put_aside = plan::PutAside(live.name.name, Limit(work));
    motion.sealed_kind = work.shape().kind;
  }
  return motion;
}

// The partitions by their names, which are new ones while they are put aside: a
// write that names one would be lost with an undo, or with the drop.
std::vector<plan::SwapTables::Part> PartsAside(const TableWork& work) {
  std::vector<plan::SwapTables::Part> parts;
  if (!work.context().undoable) return parts;
  for (const schema::TableName& part : work.live().partitions) {
    parts.push_back({part, plan::PutAside(part.name, Limit(work))});
  }
  return parts;
}

void RefuseTaken(const TableWork& work, const schema::TableName& name) {
  const db::Answer& answer = work.context().Ask(db::NameQuestion{name});
  if (!answer.error.empty()) throw RefusedCopy(work, answer.error);
}

void NoteCopy(TableWork& work) {
  const schema::Table& live = work.live();
  work.Note(Phase::kExpanding,
            fmt::format("the copy needs about the room of the table, {} MB, "
                        "until what it was is dropped, and each write of '{}' "
                        "is carried over to it",
                        base::WithThousands(live.bytes / 1'000'000 + 1),
                        live.name.name));
  for (const schema::Index& index : live.indexes) {
    if (index.valid) continue;
    work.Note(Phase::kMigrating,
              fmt::format("index '{}' is not valid, and the copy does not get "
                          "it",
                          index.name));
  }
}

void AddStep(TableWork& work, Place place, std::string description,
             plan::Action action, std::vector<std::string> notes = {}) {
  DraftStep step;
  step.place = place;
  step.description = std::move(description);
  step.actions.push_back(std::move(action));
  step.notes = std::move(notes);
  work.context().steps.push_back(std::move(step));
}

void AddProof(TableWork& work, Place place) {
  if (!HasForeignKeys(work)) return;
  const schema::TableName& table = work.live().name;
  AddStep(work, place,
          fmt::format("Check the foreign keys of '{}'", table.name),
          plan::ProveForeignKeys{table});
}

// A partitioned table has the foreign keys of its partitions, once these are
// proven.
void AddUnion(TableWork& work, Place place) {
  if (!HasForeignKeys(work)) return;
  const schema::TableName& table = work.live().name;
  AddStep(work, place,
          fmt::format("Make the foreign keys of the partitions those of '{}'",
                      table.name),
          plan::ProveForeignKeys{table, false, true});
}

// What an undo does after it has exchanged the two, the last of it first.
void AddProofOfUndo(TableWork& work) {
  if (!HasForeignKeys(work)) return;
  const schema::TableName& table = work.live().name;
  if (!work.live().partitions.empty()) {
    AddStep(work, kSeal,
            fmt::format("Keep ready what makes foreign keys of partitions "
                        "those of '{}'",
                        table.name),
            plan::ProveForeignKeys{table, true, true});
  }
  AddStep(work, kSeal,
          fmt::format("Keep ready what proves the foreign keys of '{}'",
                      table.name),
          plan::ProveForeignKeys{table, true});
}

std::vector<std::string> NotesOfUndo(const TableWork& work,
                                     const CopyRequest& request) {
  std::vector<std::string> notes = {
      "undo: the table as it was has its name again, with all that was written "
      "since"};
  if (request.partitions && !request.partitions->widened.empty()) {
    notes.push_back(fmt::format(
        "until the drop '{}' of the table as it was is unique as before: a "
        "write of a row that it could not have is refused",
        base::Join(request.partitions->widened, "', '")));
  }
  if (!work.live().partitions.empty()) {
    notes.emplace_back(
        "undo: the partitions have their names again, too; until the drop a "
        "row that none of them takes is refused as before");
  }
  return notes;
}

// Each of these is a transaction of its own: nobody waits for a look at all
// rows.
void PlanExchange(TableWork& work, const plan::TableMotion& motion,
                  const CopyRequest& request, const CopiedIndexes& indexes) {
  const std::string& table = work.live().name.name;
  const bool undoable = work.context().undoable;
  const Place place = SwitchPlace(work);
  const std::string aside = plan::PutAside(table, Limit(work));
  std::vector<std::string> notes = {
      "one short transaction gives the copy all that the table has then: "
      "name, keys, sequences, triggers, policies, privileges, views, comments"};
  if (HasForeignKeys(work)) {
    notes.emplace_back(
        "foreign keys are exchanged without a look at the rows, and proven "
        "right afterwards, without blocking anybody");
  }
  if (undoable) {
    AddProofOfUndo(work);
    base::Append(NotesOfUndo(work, request), notes);
  }
  AddStep(work, place,
          fmt::format("Let the copy take the place of '{}'", table),
          plan::SwapTables{motion.name, aside, undoable, request.traits,
                           indexes.all, request.partitions, PartsAside(work)},
          std::move(notes));
  AddProof(work, place);
  if (request.partitions) AddUnion(work, place);
  schema::Table was = work.live();
  was.name.name = aside;
  was.constraints.clear();
  DraftStep drop;
  drop.place = kDrop;
  drop.description =
      fmt::format("Drop what '{}' was{}", table,
                  was.kind == "table" ? "" : ", with its partitions");
  if (undoable) {
    drop.actions.emplace_back(
        plan::DropSync{motion.name, plan::SyncForm::kSealed});
  }
  drop.actions.emplace_back(plan::DropTable{was});
  work.context().steps.push_back(std::move(drop));
}

}  // namespace

void RefuseUncopyable(const TableWork& work, bool of_partitions) {
  const schema::Table& live = work.live();
  if (!work.capabilities().swaps_tables) {
    throw RefusedCopy(work, work.capabilities().name +
                                " gives a copy the place of a table in no way "
                                "that segue has");
  }
  if (live.kind != (of_partitions ? "partitioned table" : "table")) {
    throw RefusedCopy(work, fmt::format("it is a {}", live.kind));
  }
  if (work.creates()) {
    throw RefusedCopy(work, "this migration creates it")
        .WithHint("put it into the create_table");
  }
  const std::vector<std::string> workers =
      work.context().claims.Workers(live.name.name);
  if (workers.size() > 1) {
    throw RefusedCopy(work,
                      fmt::format("an earlier {} of this migration works on it",
                                  workers.front()))
        .WithHint("split it into two migrations");
  }
  if (live.WalkKey().empty()) {
    throw RefusedCopy(work,
                      "it has no primary key, and no unique key that is NOT "
                      "NULL, by which a row of it and its copy are the same")
        .WithHint("give it a key first");
  }
  const db::Answer& answer = work.context().Ask(db::CopyQuestion{live.name});
  if (answer.names.empty()) return;
  throw RefusedCopy(work, base::Join(answer.names, "; "))
      .WithHint("drop or change that first, and make it again afterwards");
}

void PlanTableCopy(TableWork& work, const CopyRequest& request) {
  const std::string table = work.live().name.name;
  const plan::TableMotion motion = MotionOf(work, request);
  RefuseTaken(work, motion.target);
  RefuseTaken(work, {motion.target.schema, plan::PutAside(table, Limit(work))});
  for (const plan::SwapTables::Part& part : PartsAside(work)) {
    RefuseTaken(work, {part.table.schema, part.aside});
  }
  const CopiedIndexes indexes = IndexesOf(work, request);
  work.Describe(Phase::kExpanding,
                fmt::format("Create a hidden copy of '{}'", table));
  work.Add(Phase::kExpanding,
           plan::CopyTable{work.live(), motion.target.name, request.columns,
                           request.traits, indexes.first, request.partitions});
  work.Add(Phase::kExpanding, plan::CreateSync{motion.name});
  work.Describe(Phase::kMigrating,
                fmt::format("Fill the copy of '{}' and compare it", table));
  work.Add(Phase::kMigrating, plan::Backfill{{motion.name}});
  work.Add(Phase::kMigrating, plan::MarkCopied{motion.target});
  for (const schema::Index& index : indexes.later) {
    work.Add(Phase::kMigrating, plan::CreateIndex{motion.target, index, {}});
  }
  work.Add(Phase::kMigrating, plan::Verify{motion.name});
  NoteCopy(work);
  work.context().motions.Add(motion);
  work.context().claims.DecideFate(work.live().name, TableFate::kRebuilt);
  work.Finish();
  PlanExchange(work, motion, request, indexes);
}

}  // namespace segue::ops
