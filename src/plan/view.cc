#include "plan/view.h"

#include "base/text.h"
#include "segue/error.h"

namespace segue::plan {
namespace {

std::vector<schema::TableName> TablesOf(const Projection& source) {
  return {source.base};
}
std::vector<schema::TableName> TablesOf(const Part& source) {
  return {source.base};
}
std::vector<schema::TableName> TablesOf(const Join& source) {
  return {source.left, source.right};
}
std::vector<schema::TableName> TablesOf(const Union& source) {
  return source.parts;
}

}  // namespace

const schema::TableName& VersionView::base() const {
  if (const auto* projection = std::get_if<Projection>(&source)) {
    return projection->base;
  }
  if (const auto* part = std::get_if<Part>(&source)) return part->base;
  if (const auto* join = std::get_if<Join>(&source)) return join->left;
  const std::vector<schema::TableName>& parts = std::get<Union>(source).parts;
  if (!parts.empty()) return parts.front();
  throw Error(ErrorKind::kInternal,
              "the union of view '" + name + "' has no parts");
}

std::vector<schema::TableName> VersionView::Tables() const {
  return std::visit([](const auto& one) { return TablesOf(one); }, source);
}

std::string VersionView::Subject() const {
  std::vector<std::string> names;
  for (const schema::TableName& table : Tables()) {
    names.push_back("'" + table.name + "'");
  }
  return (names.size() == 1 ? "table " : "tables ") + base::Join(names, ", ");
}

}  // namespace segue::plan
