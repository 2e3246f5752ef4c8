#include <nlohmann/json.hpp>

#include "dialects/postgres/explain.h"
#include "dialects/postgres/use_counts.h"
#include "segue/error.h"

namespace segue::postgres {
namespace {

using Json = nlohmann::json;

std::string Text(const Json& node, const char* key) {
  return node.value(key, std::string());
}

// The index scans of a bitmap name no table; the node above them does.
void Collect(const Json& node, const std::string& above, QueryPlan& plan) {
  const std::string type = Text(node, "Node Type");
  const std::string index = Text(node, "Index Name");
  std::string table = Text(node, "Relation Name");
  if (table.empty()) table = above;
  const bool reads = type.find("Scan") != std::string::npos;
  // The index scans of a bitmap heap scan say everything.
  const bool by_bitmap = type == "Bitmap Heap Scan";
  const bool names_one = node.contains("Relation Name") || !index.empty();
  // That the use of a version is counted says nothing about the query.
  const bool counts = table == kSeenTable;
  if (reads && names_one && !by_bitmap && !counts) {
    plan.accesses.push_back({type, table, index});
  }
  if (!node.contains("Plans")) return;
  for (const Json& below : node.at("Plans")) {
    Collect(below,
            by_bitmap || type == "BitmapOr" || type == "BitmapAnd"
                ? table
                : std::string(),
            plan);
  }
}

}  // namespace

QueryPlan ParsePlan(std::string_view json) {
  try {
    const Json document = Json::parse(json);
    const Json& top = document.at(0).at("Plan");
    QueryPlan plan;
    plan.cost = top.at("Total Cost").get<double>();
    Collect(top, "", plan);
    return plan;
  } catch (const Json::exception& error) {
    throw Error(
        ErrorKind::kInternal,
        std::string("the server's plan cannot be read: ") + error.what());
  }
}

}  // namespace segue::postgres
