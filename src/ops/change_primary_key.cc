#include "ops/change_primary_key.h"

#include <fmt/format.h>

#include <utility>

#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/expression.h"
#include "planning/index_move.h"
#include "planning/key_change.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

class ChangePrimaryKey : public WithSpec<ChangePrimaryKeySpec> {
 public:
  explicit ChangePrimaryKey(ChangePrimaryKeySpec spec)
      : WithSpec(std::move(spec)) {}

  std::string name() const override { return "change_primary_key"; }
  void Plan(PlanContext& context) const override;

 private:
  void RefuseOther(const PlanContext& context) const;
};

void ChangePrimaryKey::RefuseOther(const PlanContext& context) const {
  const schema::Table& table =
      schema::RequireTable(context.schema, spec_.table);
  const schema::Column& column = schema::RequireColumn(table, spec_.column);
  const auto refused = [&](const std::string& reason) {
    return Error(ErrorKind::kRefused,
                 fmt::format("{} '{}' of table '{}': {}", name(), spec_.column,
                             spec_.table, reason));
  };
  bool in_key = false;
  for (const schema::Index& index : table.indexes) {
    in_key = in_key || (index.primary && UsesPlainly(index, column.physical()));
  }
  for (const schema::Constraint& one : table.constraints) {
    const bool key = one.kind == schema::ConstraintKind::kPrimaryKey;
    for (const std::string& name : one.columns) {
      in_key = in_key || (key && name == column.physical());
    }
  }
  if (!in_key) {
    throw refused("it is not part of the primary key")
        .WithHint("use alter_column");
  }
  if (!SameType(column.type, context.language.NativeType(spec_.type))) return;
  throw refused("its type is " + column.type + " already");
}

void ChangePrimaryKey::Plan(PlanContext& context) const {
  RefuseOther(context);
  PlanKeyChange(context, {name(), spec_.table, spec_.column, spec_.type,
                          spec_.up, spec_.down, spec_.negative_ids});
}

}  // namespace

NewOperation MakeChangePrimaryKey(ChangePrimaryKeySpec spec) {
  return std::make_shared<ChangePrimaryKey>(std::move(spec));
}

NewOperation ParseChangePrimaryKey(const base::Node& body) {
  const Reader reader(
      body, {"table", "column", "type", "up", "down", "negative_ids"});
  ChangePrimaryKeySpec spec;
  spec.table = reader.RequiredString("table");
  spec.column = reader.RequiredString("column");
  spec.type = reader.RequiredString("type");
  spec.up = reader.Expression("up");
  spec.down = reader.Expression("down");
  spec.negative_ids = reader.OptionalBool("negative_ids").value_or(false);
  return MakeChangePrimaryKey(std::move(spec));
}

}  // namespace segue::ops
