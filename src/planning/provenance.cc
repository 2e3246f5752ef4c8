#include "planning/provenance.h"

#include "plan/names.h"

namespace segue::ops {

std::string FreeProvenance(TableWork& work) {
  const schema::Table& table = work.live();
  std::string name;
  do {
    name = plan::ProvenanceColumn(
        work.context().claims.NextMotion(table.name.name));
  } while (table.FindColumn(name) != nullptr);
  return name;
}

schema::Column MakeProvenance(const TableWork& work, const std::string& name) {
  schema::Column column;
  column.name = name;
  column.type = work.context().language.NativeType("smallint");
  column.nullable = false;
  column.default_sql = std::to_string(plan::kNotFilled);
  return column;
}

}  // namespace segue::ops
