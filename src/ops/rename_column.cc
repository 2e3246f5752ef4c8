#include "ops/rename_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ops/add_column.h"
#include "ops/alter_column.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/expression.h"
#include "planning/index_move.h"
#include "planning/losses.h"
#include "planning/obstacles.h"
#include "planning/seal.h"
#include "planning/shadow_column.h"

namespace segue::ops {
namespace {

class RenameColumn : public WithSpec<RenameColumnSpec> {
 public:
  explicit RenameColumn(RenameColumnSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return "rename_column"; }

  void Plan(PlanContext& context) const override {
    if (transforms()) return AsAlteration()->Plan(context);
    TableWork work(context, name(), spec_.table);
    const schema::Column old = work.Take(spec_.from, Use::kRelabels);
    PlanRename(work, old, spec_.to, spec_.strategy);
    work.Finish();
  }

 private:
  bool transforms() const { return !spec_.up.empty() || !spec_.down.empty(); }

  // When values change on the way, the new column is no copy, so it takes the
  // old one's place as after a change of type.
  OperationPtr AsAlteration() const {
    AlterColumnSpec alteration;
    alteration.operation = name();
    alteration.table = spec_.table;
    alteration.column = spec_.from;
    alteration.change.new_name = spec_.to;
    alteration.change.up = spec_.up;
    alteration.change.down = spec_.down;
    alteration.keep_order = spec_.keep_order;
    return MakeAlterColumn(std::move(alteration));
  }
};

// A view or an index follows the rename, but the body of a function does not:
// after the contract every write would fail in it.
void RefuseTriggerFunctions(const TableWork& work, const schema::Column& old) {
  for (const schema::Dependent& dependent : work.live().dependents) {
    if (dependent.kind != "trigger function") continue;
    if (dependent.column != old.physical()) continue;
    throw work
        .Refused(old.name, fmt::format("trigger function '{}' reads it by this "
                                       "name and would fail after the contract",
                                       dependent.ToString()))
        .WithHint("let the function take either name, as to_jsonb(NEW) does");
  }
}

// The function of such a trigger looks the name up when it runs.
void RefuseTriggerArguments(const TableWork& work, const schema::Column& old) {
  for (const schema::Trigger& trigger : work.live().triggers) {
    const auto& all = trigger.arguments;
    if (std::find(all.begin(), all.end(), old.physical()) == all.end()) {
      continue;
    }
    throw work
        .Refused(old.name, fmt::format("trigger {} has its name as an "
                                       "argument and would fail after the "
                                       "contract",
                                       trigger.ToString()))
        .WithHint(
            "drop the trigger, and create it for the new name afterwards");
  }
}

// UPDATE OF looks at what a statement names, and WHEN of a BEFORE trigger at
// the row before the dual write.
void RefuseColumnTriggers(const TableWork& work, const schema::Column& old) {
  for (const schema::Dependent& dependent : work.live().dependents) {
    if (dependent.kind != "trigger" || dependent.column != old.physical()) {
      continue;
    }
    throw work
        .Refused(old.name,
                 fmt::format("trigger '{}' depends on it and would not see "
                             "what is written by the new name",
                             dependent.ToString()))
        .WithHint("use access: versioned");
  }
}

// ON CONFLICT of the new version names the copy, which gets the indexes that
// are there, and not those that are built beside it.
void NoteNewUnique(TableWork& work, const schema::Column& old,
                   const std::string& to) {
  for (const schema::Index& index : work.shape().indexes) {
    const bool is_new = work.live().FindIndex(index.name) == nullptr;
    if (!is_new || !index.unique || !UsesPlainly(index, old.name)) continue;
    work.Note(Phase::kMigrating,
              fmt::format("ON CONFLICT of the new version cannot name '{}' "
                          "until the contract: unique index '{}' of this "
                          "migration is built over the old name; use access: "
                          "versioned, or the next migration",
                          to, index.name));
  }
}

// One column has two names, and nothing is copied. In versioned access the view
// of each version has its own name; in place the old name disappears at the
// contract, from one moment to the next.
void PlanMetadata(TableWork& work, const schema::Column& old,
                  const std::string& to) {
  const std::string& table = work.live().name.name;
  work.Describe(kSeal, fmt::format("Rename column '{}' of '{}' to '{}'",
                                   old.name, table, to));
  work.Add(kSeal, plan::RenameColumn{work.live().name, old.physical(), to});
  if (!work.versioned()) {
    work.Note(kSeal,
              "strategy: metadata: the old name ends when the new one begins; "
              "no two versions of an application work at the same time");
  }
  NoteUndo(work, kSeal, "the column has its old name again");
  schema::Column* column = work.shape().FindColumn(old.name);
  column->stored_as = old.physical();
  column->name = to;
}

void PlanCopy(TableWork& work, const schema::Column& old,
              const std::string& to) {
  RefuseUnwritable(work, old, "use access: versioned");
  RefuseColumnTriggers(work, old);
  // Where the triggers run after the checks of a row, what this migration
  // builds over the column would judge a row that is half written.
  if (work.spelling().GuardedCheck("1", {old.name})) {
    work.Take(old.name, Use::kChanges);
  }
  RefuseBeside(work, old);
  ShadowRequest request;
  request.old_column = old;
  request.target = old;
  request.target.name = to;
  request.physical = to;
  request.up = ColumnExpression(work.context().language, old);
  request.down = ColumnExpression(work.context().language, request.target);
  request.keeps = Keeps::kOld;
  schema::Column added = request.target;
  added.nullable = true;
  const std::string& table = work.live().name.name;
  work.Describe(Phase::kExpanding, AddColumnText(table, added));
  work.Describe(Phase::kMigrating,
                fmt::format("Backfill '{}' from '{}'", to, old.name));
  NoteNewUnique(work, old, to);
  work.Describe(kSeal, fmt::format("Switch '{}' over from column '{}' to '{}'",
                                   table, old.name, to));
  work.DescribeRemoval(table, old.name);
  NoteUndo(work, kSeal,
           "both columns exchange their names again; they have the same "
           "values");
  ShadowColumn shadow(work, std::move(request));
  shadow.Expand();
  shadow.Migrate();
  shadow.Contract();
  *work.shape().FindColumn(old.name) = shadow.Shape();
}

RenameStrategy ParseStrategy(const Reader& reader, const base::Node& body) {
  const std::optional<std::string> text = reader.OptionalString("strategy");
  if (!text) return RenameStrategy::kByAccess;
  if (*text == "metadata") return RenameStrategy::kMetadata;
  if (*text == "fill_in_place") return RenameStrategy::kFillInPlace;
  const base::Node& at = *body.Find("strategy");
  if (*text == "shadow_table") {
    throw UsageError(at, "strategy 'shadow_table' is not supported yet");
  }
  throw UsageError(at, fmt::format("unknown strategy '{}'; known are metadata, "
                                   "fill_in_place",
                                   *text));
}

}  // namespace

void PlanRename(TableWork& work, const schema::Column& old,
                const std::string& to, RenameStrategy strategy) {
  if (to == old.name) throw work.Refused(to, "it has this name already");
  const bool metadata =
      work.versioned() || strategy == RenameStrategy::kMetadata;
  work.TakeFreeName(to, metadata ? Use::kChanges : Use::kCopies);
  RefuseTriggerFunctions(work, old);
  RefuseTriggerArguments(work, old);
  if (work.versioned() && strategy == RenameStrategy::kFillInPlace) {
    throw work
        .Refused(old.name, "versioned access needs no copy of a renamed column")
        .WithHint("leave out 'strategy'");
  }
  if (metadata) return PlanMetadata(work, old, to);
  PlanCopy(work, old, to);
}

NewOperation MakeRenameColumn(RenameColumnSpec spec) {
  return std::make_shared<RenameColumn>(std::move(spec));
}

NewOperation ParseRenameColumn(const base::Node& body) {
  const Reader reader(
      body, {"table", "from", "to", "up", "down", "strategy", "column_order"});
  RenameColumnSpec spec;
  spec.table = reader.RequiredString("table");
  spec.from = reader.RequiredString("from");
  spec.to = reader.RequiredString("to");
  spec.up = reader.Expression("up");
  spec.down = reader.Expression("down");
  spec.keep_order = reader.KeepsColumnOrder();
  spec.strategy = ParseStrategy(reader, body);
  const bool transforms = !spec.up.empty() || !spec.down.empty();
  if (transforms && spec.strategy == RenameStrategy::kMetadata) {
    throw UsageError(*body.Find("strategy"),
                     "strategy 'metadata' moves no values; leave out 'up' and "
                     "'down'");
  }
  return MakeRenameColumn(std::move(spec));
}

}  // namespace segue::ops
