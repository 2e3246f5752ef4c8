// Reads create_index in every form that pgroll has published: the columns as a
// list of names, as a map of names, or as a list of maps.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "db/clause.h"
#include "ops/create_index.h"
#include "ops/reader.h"

namespace segue::ops {
namespace {

// Returns one of `known`, for a word in any letter case; `fallback` when the
// key is absent.
std::string OneOf(const Reader& reader, const base::Node& map,
                  const std::string& key, const std::vector<std::string>& known,
                  const std::string& fallback) {
  const std::optional<std::string> text = reader.OptionalString(key);
  if (!text) return fallback;
  const auto same = [&](const std::string& word) {
    return base::ToLower(word) == base::ToLower(*text);
  };
  const auto found = std::find_if(known.begin(), known.end(), same);
  if (found != known.end()) return *found;
  throw UsageError(*map.Find(key),
                   fmt::format("unknown {} '{}'; known are {}", key, *text,
                               base::Join(known, ", ")));
}

const std::string& NameOf(const base::Node& item) {
  if (item.is_scalar() && !item.scalar.empty()) return item.scalar;
  throw UsageError(item, "expected a name");
}

std::vector<std::string> Names(const base::Node& list) {
  std::vector<std::string> names;
  for (const base::Node& item : list.items) names.push_back(NameOf(item));
  return names;
}

// pgroll passes the parameters to the server unchanged, so some files put them
// in brackets.
std::string WithoutBrackets(const std::string& text) {
  const std::string_view trimmed = base::Trim(text);
  const bool enclosed =
      trimmed.size() >= 2 && trimmed.front() == '(' && trimmed.back() == ')';
  return std::string(enclosed ? trimmed.substr(1, trimmed.size() - 2)
                              : trimmed);
}

std::string Opclass(const base::Node& body) {
  const Reader reader(body, {"name", "params"});
  std::string sql = reader.RequiredString("name");
  if (!db::NameParts(sql)) {
    throw UsageError(*body.Find("name"),
                     "'" + sql + "' is no name of an operator class");
  }
  const base::Node* list = reader.OptionalList("params");
  if (list == nullptr || list->items.empty()) return sql;
  std::vector<std::string> parameters;
  for (const std::string& parameter : Names(*list)) {
    parameters.push_back(WithoutBrackets(parameter));
    if (!db::IsSettingText(parameters.back())) {
      throw UsageError(*body.Find("params"), "'" + parameter +
                                                 "' is no parameter of an "
                                                 "operator class; write it "
                                                 "like siglen = 32");
    }
  }
  return sql + " (" + base::Join(parameters, ", ") + ")";
}

// The keys that may stand beside a column's name.
const std::vector<std::string>& Settings() {
  static const std::vector<std::string> kKeys = {"collate", "sort", "nulls",
                                                 "opclass"};
  return kKeys;
}

void ReadSettings(const Reader& reader, const base::Node& map,
                  schema::IndexColumn& part) {
  part.collation = reader.OptionalString("collate").value_or("");
  part.descending =
      OneOf(reader, map, "sort", {"ASC", "DESC"}, "ASC") == "DESC";
  const std::string nulls = OneOf(reader, map, "nulls", {"FIRST", "LAST"}, "");
  if (!nulls.empty()) part.nulls_first = nulls == "FIRST";
  const base::Node* opclass = reader.OptionalMap("opclass");
  if (opclass != nullptr) part.opclass = Opclass(*opclass);
}

schema::IndexColumn Described(const base::Node& item) {
  std::vector<std::string> keys = Settings();
  keys.insert(keys.end(), {"column", "expression"});
  const Reader reader(item, keys);
  schema::IndexColumn part;
  part.name = reader.OptionalString("column").value_or("");
  part.expression = reader.OptionalSql("expression").value_or("");
  if (part.name.empty() == part.expression.empty()) {
    throw UsageError(item, "needs either 'column' or 'expression'");
  }
  ReadSettings(reader, item, part);
  return part;
}

schema::IndexColumn Named(const std::string& name) {
  schema::IndexColumn part;
  part.name = name;
  return part;
}

std::vector<schema::IndexColumn> Columns(const base::Node& body) {
  const base::Node* node = body.Find("columns");
  if (node == nullptr || node->is_null()) {
    throw UsageError(body, "missing key 'columns'");
  }
  std::vector<schema::IndexColumn> columns;
  if (node->is_map()) {
    for (const auto& [name, settings] : node->entries) {
      columns.push_back(Named(name));
      if (settings.is_null()) continue;
      const Reader reader(settings, Settings());
      ReadSettings(reader, settings, columns.back());
    }
  } else if (node->is_list()) {
    for (const base::Node& item : node->items) {
      columns.push_back(item.is_map() ? Described(item) : Named(NameOf(item)));
    }
  } else {
    throw UsageError(*node, "expected a list of columns");
  }
  if (columns.empty()) throw UsageError(*node, "names no column");
  return columns;
}

}  // namespace

NewOperation ParseCreateIndex(const base::Node& body) {
  const Reader reader(
      body, {"name", "table", "columns", "include", "predicate", "method",
             "storage_parameters", "unique", "replaces"});
  CreateIndexSpec spec;
  spec.index.name = reader.RequiredString("name");
  spec.table = reader.RequiredString("table");
  spec.index.columns = Columns(body);
  if (const base::Node* list = reader.OptionalList("include")) {
    spec.index.include = Names(*list);
  }
  spec.index.predicate = reader.OptionalSql("predicate").value_or("");
  spec.index.method =
      OneOf(reader, body, "method",
            {"btree", "hash", "gist", "spgist", "gin", "brin"}, "");
  spec.index.storage_parameters =
      reader.OptionalSql("storage_parameters").value_or("");
  spec.index.unique = reader.OptionalBool("unique").value_or(false);
  spec.replaces = reader.OptionalString("replaces").value_or("");
  return MakeCreateIndex(std::move(spec));
}

}  // namespace segue::ops
