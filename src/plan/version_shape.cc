#include "plan/version_shape.h"

#include <nlohmann/json.hpp>

#include "segue/error.h"

namespace segue::plan {
namespace {

using Json = nlohmann::ordered_json;

Json ColumnJson(const schema::Column& column) {
  Json to = {{"name", column.name}, {"type", column.type}};
  if (column.default_sql) to["default"] = *column.default_sql;
  if (!column.generated_sql.empty()) to["generated"] = column.generated_sql;
  if (!column.stored_as.empty()) to["stored_as"] = column.stored_as;
  if (!column.comment.empty()) to["comment"] = column.comment;
  return to;
}

schema::Column ColumnFrom(const Json& from) {
  schema::Column column;
  column.name = from.at("name").get<std::string>();
  column.type = from.at("type").get<std::string>();
  if (from.contains("default")) {
    column.default_sql = from.at("default").get<std::string>();
  }
  column.generated_sql = from.value("generated", std::string());
  column.stored_as = from.value("stored_as", std::string());
  column.comment = from.value("comment", std::string());
  return column;
}

Json ViewJson(const VersionView& view) {
  Json to = {{"name", view.name},
             {"schema", view.base().schema},
             {"table", view.base().name},
             {"view_defaults", view.view_defaults},
             {"required", view.required},
             {"key", view.key},
             {"key_may_be_null", view.key_may_be_null},
             {"hidden", view.hidden}};
  const auto* rows = std::get_if<Projection>(&view.source);
  if (rows != nullptr && !rows->where.empty()) to["where"] = rows->where;
  Json& columns = to["columns"] = Json::array();
  for (const schema::Column& column : view.columns) {
    columns.push_back(ColumnJson(column));
  }
  Json& marks = to["marks"] = Json::array();
  for (const VersionView::Mark& mark : view.marks) {
    marks.push_back({{"motion", mark.motion}, {"column", mark.column}});
  }
  return to;
}

VersionView ViewFrom(const Json& from) {
  using Texts = std::vector<std::string>;
  VersionView view;
  view.name = from.at("name").get<std::string>();
  view.source = Projection{{from.at("schema").get<std::string>(),
                            from.at("table").get<std::string>()},
                           from.value("where", std::string())};
  view.view_defaults = from.at("view_defaults").get<Texts>();
  view.required = from.at("required").get<Texts>();
  view.key = from.at("key").get<Texts>();
  view.key_may_be_null = from.at("key_may_be_null").get<bool>();
  view.hidden = from.at("hidden").get<Texts>();
  for (const Json& column : from.at("columns")) {
    view.columns.push_back(ColumnFrom(column));
  }
  for (const Json& mark : from.at("marks")) {
    view.marks.push_back({mark.at("motion").get<std::string>(),
                          mark.at("column").get<std::string>()});
  }
  return view;
}

}  // namespace

std::string ShapeText(const VersionShape& shape) {
  Json to = {{"hidden_tables", shape.hidden_tables}};
  Json& views = to["views"] = Json::array();
  for (const VersionView& view : shape.views) views.push_back(ViewJson(view));
  return to.dump();
}

VersionShape ShapeFromText(std::string_view text) {
  try {
    const Json from = Json::parse(text);
    VersionShape shape;
    shape.hidden_tables =
        from.at("hidden_tables").get<std::vector<std::string>>();
    for (const Json& view : from.at("views")) {
      shape.views.push_back(ViewFrom(view));
    }
    return shape;
  } catch (const Json::exception& error) {
    throw Error(
        ErrorKind::kCorrupt,
        std::string("The stored views cannot be read: ") + error.what());
  }
}

}  // namespace segue::plan
