#include "ops/change_primary_key.h"

#include <fmt/format.h>

#include <utility>

#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/expression.h"
#include "planning/obstacles.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

class ChangePrimaryKey : public WithSpec<KeyChangeSpec> {
 public:
  explicit ChangePrimaryKey(KeyChangeSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return spec_.operation; }
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
  if (!InPrimaryKey(table, column.physical())) {
    throw refused("it is not part of the primary key")
        .WithHint("use alter_column");
  }
  if (!SameType(column.type, context.language.NativeType(spec_.type))) return;
  throw refused("its type is " + column.type + " already");
}

void ChangePrimaryKey::Plan(PlanContext& context) const {
  RefuseOther(context);
  PlanKeyChange(context, spec_);
}

}  // namespace

NewOperation MakeChangePrimaryKey(KeyChangeSpec spec) {
  spec.operation = "change_primary_key";
  return std::make_shared<ChangePrimaryKey>(std::move(spec));
}

NewOperation ParseChangePrimaryKey(const base::Node& body) {
  const Reader reader(
      body, {"table", "column", "type", "up", "down", "negative_ids"});
  KeyChangeSpec spec;
  spec.table = reader.RequiredString("table");
  spec.column = reader.RequiredString("column");
  spec.type = reader.RequiredString("type");
  spec.up = reader.Expression("up");
  spec.down = reader.Expression("down");
  spec.negative_ids = reader.OptionalBool("negative_ids").value_or(false);
  return MakeChangePrimaryKey(std::move(spec));
}

}  // namespace segue::ops
