#include "ops/drop_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "plan/names.h"
#include "planning/seal.h"
#include "planning/table_work.h"

namespace segue::ops {
namespace {

class DropTable : public WithSpec<DropTableSpec> {
 public:
  explicit DropTable(DropTableSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return "drop_table"; }
  void Plan(PlanContext& context) const override;

 private:
  void RefuseWorkedOn(const PlanContext& context,
                      const schema::Table& live) const;
  void RefuseDependents(const PlanContext& context,
                        const schema::Table& live) const;
  void PlanSeal(TableWork& work) const;
};

void Erase(schema::Schema& schema, const std::string& table) {
  auto& all = schema.tables;
  all.erase(std::remove_if(
                all.begin(), all.end(),
                [&](const schema::Table& one) { return one.shown() == table; }),
            all.end());
}

bool IsOf(const schema::Dependent& dependent, const schema::TableName& table) {
  return dependent.schema == table.schema && dependent.table == table.name;
}

// True when the dependent is dropped with this table, or with one that an
// earlier drop_table drops.
bool GoesToo(const PlanContext& context, const schema::Table& live,
             const schema::Dependent& dependent) {
  // Its triggers and those of its partitions go, and the functions only read
  // its rows.
  if (dependent.kind.starts_with("trigger")) return true;
  if (IsOf(dependent, live.name)) return true;
  const std::vector<schema::TableName> dropped = context.claims.Dropped();
  return std::any_of(
      dropped.begin(), dropped.end(),
      [&](const schema::TableName& one) { return IsOf(dependent, one); });
}

// Returns everything that would make the drop fail or be dropped with the
// table.
std::vector<std::string> Reasons(const PlanContext& context,
                                 const schema::Table& live) {
  std::vector<std::string> reasons;
  const auto add = [&](std::string reason) {
    const bool known =
        std::find(reasons.begin(), reasons.end(), reason) != reasons.end();
    if (!known) reasons.push_back(std::move(reason));
  };
  for (const schema::Dependent& dependent : live.dependents) {
    if (GoesToo(context, live, dependent)) continue;
    add(fmt::format("{} '{}' depends on it", dependent.kind,
                    dependent.ToString()));
  }
  // Tables that this migration creates may refer to it, too.
  for (const schema::Table& other : context.schema.tables) {
    if (other.name == live.name) continue;
    for (const schema::Constraint& constraint : other.constraints) {
      if (constraint.reference.table != live.name.name) continue;
      add(fmt::format("foreign key '{}' of '{}' depends on it", constraint.name,
                      other.shown()));
    }
  }
  return reasons;
}

void DropTable::RefuseWorkedOn(const PlanContext& context,
                               const schema::Table& live) const {
  const std::vector<std::string> workers =
      context.claims.Workers(live.name.name);
  if (workers.size() < 2) return;  // only this one
  throw Error(ErrorKind::kRefused,
              fmt::format("drop_table '{}': an earlier {} of this migration "
                          "works on it",
                          spec_.table, workers.front()))
      .WithHint("split it into two migrations");
}

void DropTable::RefuseDependents(const PlanContext& context,
                                 const schema::Table& live) const {
  const std::vector<std::string> reasons = Reasons(context, live);
  if (reasons.empty()) return;
  throw Error(ErrorKind::kRefused,
              fmt::format("drop_table '{}': {}", spec_.table,
                          base::Join(reasons, "; ")))
      .WithHint("drop or change what depends on it first");
}

// The rows stay as they are under another name. A foreign key of theirs would
// refuse what the new version does to the rows that they refer to.
void DropTable::PlanSeal(TableWork& work) const {
  const schema::Table& live = work.live();
  if (work.of_partition()) {
    throw Error(ErrorKind::kRefused,
                fmt::format("drop_table '{}': undo_window: it is a partition, "
                            "and rows would still come into it through '{}'",
                            spec_.table, live.parent.ToString()))
        .WithHint("use undo_window: 0, with which complete is final");
  }
  const std::string aside =
      plan::PutAside(live.name.name, work.capabilities().max_identifier);
  {
    const TableWork::Together together(work, kSeal);
    for (const schema::Constraint& constraint : live.constraints) {
      const auto& on = constraint.reference;
      const bool follows =
          on.on_delete == "CASCADE" && on.on_update == "CASCADE";
      if (constraint.kind != schema::ConstraintKind::kForeignKey || follows) {
        continue;
      }
      LiftConstraintForSeal(work, constraint, aside);
    }
    work.Add(kSeal, plan::RenameTable{live.name, aside});
  }
  schema::Table put_aside = live;
  put_aside.name.name = aside;
  work.Add(kDrop, plan::DropTable{put_aside});
  work.Describe(kSeal, fmt::format("Put table '{}' aside", spec_.table));
  NoteUndo(work, kSeal, "it has its name and its rows again");
}

void DropTable::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table, Reach::kForeignToo);
  RefuseWorkedOn(context, work.live());
  RefuseDependents(context, work.live());
  work.Describe(kDrop, fmt::format("Drop table '{}'", spec_.table));
  work.Note(kDrop,
            fmt::format("about {} rows go with it, for good",
                        base::WithThousands(work.live().estimated_rows)));
  if (work.of_partition()) {
    work.Note(kDrop, fmt::format("it is a partition: the drop locks '{}', too, "
                                 "against all reads and writes",
                                 work.live().parent.ToString()));
  }
  if (context.undoable) {
    PlanSeal(work);
  } else {
    work.Add(kDrop, plan::DropTable{work.live()});
  }
  context.claims.DecideFate(work.live().name, TableFate::kDropped);
  work.Finish();
  Erase(context.schema, spec_.table);
}

}  // namespace

NewOperation MakeDropTable(DropTableSpec spec) {
  return std::make_shared<DropTable>(std::move(spec));
}

NewOperation ParseDropTable(const base::Node& body) {
  return MakeDropTable({Reader(body, {"name"}).RequiredString("name")});
}

}  // namespace segue::ops
