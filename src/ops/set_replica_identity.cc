#include "ops/set_replica_identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/reader.h"
#include "ops/with_spec.h"
#include "planning/table_work.h"

namespace segue::ops {
namespace {

class SetReplicaIdentity : public WithSpec<SetReplicaIdentitySpec> {
 public:
  explicit SetReplicaIdentity(SetReplicaIdentitySpec spec)
      : WithSpec(std::move(spec)) {}

  std::string name() const override { return "set_replica_identity"; }
  void Plan(PlanContext& context) const override;

 private:
  void RequireIndex(const TableWork& work) const;
};

// The server would refuse such an index only after the migration has begun.
void SetReplicaIdentity::RequireIndex(const TableWork& work) const {
  const schema::Table& table = work.live();
  const auto found =
      std::find_if(table.indexes.begin(), table.indexes.end(),
                   [&](const auto& one) { return one.name == spec_.index; });
  if (found == table.indexes.end()) {
    throw Error(ErrorKind::kNotFound,
                fmt::format("there is no index '{}' on table '{}'", spec_.index,
                            table.name.name));
  }
  std::string reason;
  if (!found->unique || !found->valid || !found->predicate.empty() ||
      found->deferrable) {
    reason = "it must be unique, valid, complete and not deferrable";
  }
  for (const schema::IndexColumn& part : found->columns) {
    const schema::Column* column = table.FindColumn(part.name);
    if (column == nullptr) {
      reason = "it is over an expression";
    } else if (column->nullable) {
      reason = fmt::format("column '{}' is nullable", part.name);
    }
  }
  if (!reason.empty()) throw work.Refused(spec_.index, reason);
}

void SetReplicaIdentity::Plan(PlanContext& context) const {
  TableWork work(context, name(), spec_.table, Reach::kForeignToo);
  if (!context.capabilities().replica_identity) {
    throw Error(ErrorKind::kRefused,
                fmt::format("{} on table '{}': {} has no replica identity",
                            name(), spec_.table, context.capabilities().name));
  }
  if (spec_.type == "INDEX") RequireIndex(work);
  context.claims.TakeConstraint(work.live().name.name, "replica identity");
  schema::Table& shape = work.shape();
  work.Describe(Phase::kExpanding,
                fmt::format("Set the replica identity of '{}' to {}",
                            spec_.table, spec_.type) +
                    (spec_.index.empty() ? "" : " '" + spec_.index + "'"));
  if (shape.replica_identity == spec_.type &&
      shape.replica_identity_index == spec_.index) {
    work.Note(Phase::kExpanding, "it is so already; skipped");
    return work.Finish();
  }
  work.Add(Phase::kExpanding,
           plan::SetReplicaIdentity{work.live().name, shape.replica_identity,
                                    shape.replica_identity_index, spec_.type,
                                    spec_.index});
  shape.replica_identity = spec_.type;
  shape.replica_identity_index = spec_.index;
  work.Finish();
}

std::string TypeOf(const base::Node& identity, const std::string& text) {
  const std::string lower = base::ToLower(text);
  for (const char* type : {"DEFAULT", "FULL", "NOTHING", "INDEX"}) {
    if (lower == base::ToLower(type)) return type;
  }
  throw UsageError(
      *identity.Find("type"),
      fmt::format("'{}' is none of default, full, nothing, index", text));
}

}  // namespace

NewOperation MakeSetReplicaIdentity(SetReplicaIdentitySpec spec) {
  return std::make_shared<SetReplicaIdentity>(std::move(spec));
}

NewOperation ParseSetReplicaIdentity(const base::Node& body) {
  const Reader reader(body, {"table", "identity"});
  const base::Node& identity = reader.RequiredMap("identity");
  const Reader inner(identity, {"type", "index"});
  SetReplicaIdentitySpec spec;
  spec.table = reader.RequiredString("table");
  spec.type = TypeOf(identity, inner.RequiredString("type"));
  const base::Node* index = identity.Find("index");
  const bool named = index != nullptr && !index->scalar.empty();
  if (spec.type == "INDEX") {
    spec.index = inner.RequiredString("index");
  } else if (named) {
    throw UsageError(*index, "only type index has an index");
  }
  return MakeSetReplicaIdentity(std::move(spec));
}

}  // namespace segue::ops
