#include "ops/create_constraint.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/constraint_definition.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "plan/names.h"
#include "planning/column_motions.h"
#include "planning/constraint_checks.h"
#include "planning/constraint_steps.h"
#include "planning/seal.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

class CreateConstraint : public WithSpec<CreateConstraintSpec> {
 public:
  explicit CreateConstraint(CreateConstraintSpec spec)
      : WithSpec(std::move(spec)) {}

  std::string name() const override { return "create_constraint"; }
  void Plan(PlanContext& context) const override;

 private:
  std::vector<std::string> ColumnsRead(const schema::Table& table) const;
  std::vector<std::string> MovedColumns(
      const std::vector<schema::Column>& columns) const;
  void PlanPlain(TableWork& work) const;
  void PlanMotions(TableWork& work,
                   const std::vector<std::string>& moved) const;
};

std::vector<std::string> CreateConstraint::ColumnsRead(
    const schema::Table& table) const {
  std::vector<std::string> names = spec_.constraint.columns;
  for (const std::string& name :
       schema::ReferencedColumns(spec_.constraint.check, table.ColumnNames())) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

// `down` alone does not move any values.
std::vector<std::string> CreateConstraint::MovedColumns(
    const std::vector<schema::Column>& columns) const {
  return Transformed(spec_.up, columns);
}

void CreateConstraint::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table, Reach::kPartitionsToo);
  for (const std::string& column : ColumnsRead(work.shape())) {
    work.Take(column, Use::kConstrains);
  }
  const ConstraintRequest plain = {
      spec_.constraint, work.shape().columns, {}, {}};
  const std::vector<std::string> moved = MovedColumns(work.shape().columns);
  if (moved.empty() && ProvesExisting(work, plain)) {
    work.Describe(Phase::kMigrating,
                  ProveConstraintText(spec_.table, spec_.constraint));
    return work.Finish();
  }
  if (ExistsAlready(work, plain)) {
    work.Describe(
        Phase::kExpanding,
        AddConstraintText(spec_.table, spec_.constraint) + ": nothing to do");
    return work.Finish();
  }
  if (moved.empty()) {
    PlanPlain(work);
  } else {
    PlanMotions(work, moved);
  }
  work.Finish();
}

void CreateConstraint::PlanPlain(TableWork& work) const {
  const ConstraintRequest request = {
      spec_.constraint, work.shape().columns, {}, {}};
  RequirePossible(work, request);
  PlanConstraint(work, request);
  work.Describe(Phase::kMigrating,
                AddConstraintText(spec_.table, spec_.constraint));
}

void CreateConstraint::PlanMotions(
    TableWork& work, const std::vector<std::string>& moved) const {
  const std::vector<std::string> read = ColumnsRead(work.live());
  for (const std::string& name : moved) {
    if (std::find(read.begin(), read.end(), name) != read.end()) continue;
    throw work.Refused(name, fmt::format("'up' is given for it, but '{}' is "
                                         "not over this column",
                                         spec_.constraint.name));
  }
  ColumnMotions motions(work, moved, spec_.up, spec_.down);
  const ConstraintRequest request = {spec_.constraint, motions.columns(),
                                     motions.Filled(), motions.Provenance()};
  PlanWithConstraints(work, motions, {request});
  const std::string names = "'" + base::Join(moved, "', '") + "'";
  work.Describe(Phase::kExpanding,
                fmt::format("Duplicate {} of '{}'", names, spec_.table));
  work.Describe(Phase::kMigrating,
                fmt::format("Backfill {} and add {} '{}'", names,
                            schema::KindText(spec_.constraint.kind),
                            spec_.constraint.name));
  DescribeSwitch(
      work, base::Join(moved, "', '"),
      fmt::format("Replace {} of '{}' under {} '{}'", names, spec_.table,
                  schema::KindText(spec_.constraint.kind),
                  spec_.constraint.name));
}

}  // namespace

NewOperation MakeCreateConstraint(CreateConstraintSpec spec) {
  return std::make_shared<CreateConstraint>(std::move(spec));
}

NewOperation ParseCreateConstraint(const base::Node& body) {
  std::vector<std::string> keys = ConstraintKeys();
  keys.insert(keys.end(), {"table", "up", "down"});
  const Reader reader(body, keys);
  CreateConstraintSpec spec;
  spec.table = reader.RequiredString("table");
  spec.constraint = ReadConstraint(body, reader);
  spec.up = ReadExpressions(body, "up");
  spec.down = ReadExpressions(body, "down");
  return MakeCreateConstraint(std::move(spec));
}

}  // namespace segue::ops
