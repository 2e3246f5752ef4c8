#include "plan/names.h"

#include "base/text.h"

namespace segue::plan {
namespace {

std::string WithPrefix(std::string_view name, std::size_t limit) {
  return base::ShortName("_segue_new_" + std::string(name), limit);
}

}  // namespace

std::string HiddenColumn(std::string_view column, std::size_t limit) {
  return WithPrefix(column, limit);
}

std::string PutAsideColumn(std::string_view column, std::size_t limit) {
  return base::ShortName("_segue_old_" + std::string(column), limit);
}

std::string HiddenTable(std::string_view table, std::size_t limit) {
  return WithPrefix(table, limit);
}

std::string PutAside(std::string_view object, std::size_t limit) {
  return PutAsideColumn(object, limit);
}

std::string FillId(const std::vector<std::string>& motions) {
  return base::Join(motions, "+");
}

std::string ProvenanceColumn(int n) {
  return n <= 1 ? "_segue_d" : "_segue_d" + std::to_string(n);
}

std::string VersionSchema(std::string_view schema, std::string_view version,
                          std::size_t limit) {
  std::string name(schema);
  if (!name.empty()) name += '_';
  return base::ShortName(name.append(version), limit);
}

std::string IndexCopy(std::string_view index, std::size_t limit) {
  return WithPrefix(index, limit);
}

std::string ConstraintCopy(std::string_view constraint, std::size_t limit) {
  return WithPrefix(constraint, limit);
}

}  // namespace segue::plan
