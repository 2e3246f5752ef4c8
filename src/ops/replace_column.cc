#include "ops/replace_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "planning/expression.h"
#include "planning/obstacles.h"
#include "planning/seal.h"
#include "planning/shadow_column.h"
#include "planning/table_work.h"

namespace segue::ops {
namespace {

class ReplaceColumn : public Operation {
 public:
  explicit ReplaceColumn(ReplaceColumnSpec spec) : spec_(std::move(spec)) {}

  std::string name() const override { return "replace_column"; }
  void Plan(PlanContext& context) const override;

 private:
  void RefuseUnfit(const TableWork& work, const schema::Column& from,
                   const schema::Column& to) const;
  void Describe(TableWork& work) const;

  ReplaceColumnSpec spec_;
};

void ReplaceColumn::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table);
  const schema::Column from = work.Take(spec_.from, Use::kChanges);
  const schema::Column to = work.Take(spec_.to, Use::kChanges);
  RefuseUnfit(work, from, to);
  ShadowRequest request;
  request.old_column = from;
  request.target = to;
  request.target.nullable = from.nullable;
  request.physical = to.name;
  request.up = ColumnExpression(context.language, from);
  request.down = ColumnExpression(context.language, to);
  request.existing = true;
  Describe(work);
  ShadowColumn shadow(work, std::move(request));
  shadow.Expand();
  shadow.Migrate();
  shadow.Contract();
  work.shape().FindColumn(to.name)->nullable = from.nullable;
  auto& columns = work.shape().columns;
  columns.erase(std::find_if(
      columns.begin(), columns.end(),
      [&](const schema::Column& column) { return column.name == from.name; }));
  work.Finish();
}

// A value must mean the same in both columns, and only NULL can mean "not
// given".
void ReplaceColumn::RefuseUnfit(const TableWork& work,
                                const schema::Column& from,
                                const schema::Column& to) const {
  if (from.name == to.name) {
    throw work.Refused(from.name, "it cannot take its own place");
  }
  if (!SameType(from.type, to.type)) {
    throw work
        .Refused(from.name, fmt::format("its type is {}, that of '{}' is {}",
                                        from.type, to.name, to.type))
        .WithHint("both need the same type");
  }
  std::string reason;
  if (!to.nullable) reason = "it is NOT NULL";
  if (to.LeftOut()) reason = "it has a default";
  if (!reason.empty()) {
    throw work
        .Refused(to.name, reason +
                              ", so that a value given by an application "
                              "cannot be told from none")
        .WithHint(
            "it must be nullable and without default; the contract makes "
            "it as strict as the column it replaces");
  }
  RefuseObstacles(work, from, Fate::kReplaced);
  RefuseUnwritable(work, to, "let it take values");
}

void ReplaceColumn::Describe(TableWork& work) const {
  work.Describe(Phase::kExpanding,
                fmt::format("Keep '{}' and '{}' of '{}' in step", spec_.from,
                            spec_.to, spec_.table));
  work.Describe(Phase::kMigrating,
                fmt::format("Backfill '{}' from '{}'", spec_.to, spec_.from));
  work.DescribeRemoval(spec_.table, spec_.from);
  if (!work.context().undoable) return;
  work.Describe(kSeal, fmt::format("Put column '{}' of '{}' aside", spec_.from,
                                   spec_.table));
  NoteUndo(work, kSeal, "it has its name again; both have the same values");
}

}  // namespace

NewOperation MakeReplaceColumn(ReplaceColumnSpec spec) {
  return std::make_shared<ReplaceColumn>(std::move(spec));
}

}  // namespace segue::ops
