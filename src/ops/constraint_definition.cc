#include "ops/constraint_definition.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ops/reader.h"

namespace segue::ops {
namespace {

using base::Node;
using schema::Constraint;
using schema::ConstraintKind;

// Returns one of `words`, in the letter case of SQL, for a word in any letter
// case.
std::string Word(const Node& node, const std::string& text,
                 const std::vector<std::string>& words) {
  const std::string lower = base::ToLower(base::Trim(text));
  for (const std::string& word : words) {
    if (base::ToLower(word) == lower) return word;
  }
  throw UsageError(
      node, fmt::format("'{}' is none of {}", text, base::Join(words, ", ")));
}

// The database's own default reads the same as an absent key.
std::string ReferenceAction(const Node& body, const Reader& reader,
                            const std::string& key) {
  const std::optional<std::string> text = reader.OptionalString(key);
  if (!text) return "";
  const std::string action =
      Word(*body.Find(key), *text,
           {"NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"});
  return action == "NO ACTION" ? "" : action;
}

std::string Match(const Node& body, const Reader& reader) {
  const std::optional<std::string> text = reader.OptionalString("match_type");
  if (!text) return "";
  const Node& node = *body.Find("match_type");
  const std::string match = Word(node, *text, {"SIMPLE", "FULL", "PARTIAL"});
  if (match == "PARTIAL") {
    throw UsageError(node,
                     "MATCH PARTIAL is implemented by no database; leave it "
                     "out or use FULL");
  }
  return match == "SIMPLE" ? "" : match;
}

void ReadDeferrable(const Node& body, const Reader& reader,
                    Constraint& constraint) {
  const std::optional<bool> deferrable = reader.OptionalBool("deferrable");
  constraint.initially_deferred =
      reader.OptionalBool("initially_deferred").value_or(false);
  if (constraint.initially_deferred && deferrable == false) {
    throw UsageError(*body.Find("initially_deferred"),
                     "what is initially deferred is deferrable");
  }
  constraint.deferrable =
      deferrable.value_or(false) || constraint.initially_deferred;
}

schema::Reference ReadReferenced(const Node& body) {
  const Reader reader(body, {"table", "columns", "match_type", "on_delete",
                             "on_update", "on_delete_set_columns"});
  schema::Reference reference;
  reference.table = reader.RequiredString("table");
  reference.columns = ColumnNames(&reader.RequiredList("columns"));
  reference.match = Match(body, reader);
  reference.on_delete = ReferenceAction(body, reader, "on_delete");
  reference.on_update = ReferenceAction(body, reader, "on_update");
  reference.on_delete_set_columns =
      ColumnNames(reader.OptionalList("on_delete_set_columns"));
  if (!reference.on_delete_set_columns.empty() &&
      !reference.on_delete.starts_with("SET")) {
    throw UsageError(*body.Find("on_delete_set_columns"),
                     "needs on_delete: SET NULL or SET DEFAULT");
  }
  return reference;
}

void ReadIndexParameters(const Node& body, Constraint& constraint) {
  const Reader reader(body,
                      {"tablespace", "storage_parameters", "include_columns"});
  constraint.tablespace = reader.OptionalString("tablespace").value_or("");
  constraint.storage_parameters =
      reader.OptionalString("storage_parameters").value_or("");
  constraint.include = ColumnNames(reader.OptionalList("include_columns"));
}

// Cuts the text at commas that stand outside brackets and quotes.
std::vector<std::string> CutAtCommas(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(' || c == ')') {
      depth += c == '(' ? 1 : -1;
    } else if (c == ',' && depth == 0) {
      parts.emplace_back();
      continue;
    }
    parts.back() += c;
  }
  return parts;
}

// Parses an element such as "during WITH &&".
schema::ExcludeElement ReadElement(const Node& at, const std::string& text) {
  const std::size_t with = base::ToLower(text).rfind(" with ");
  schema::ExcludeElement element;
  if (with != std::string::npos) {
    element.expression = base::Trim(text.substr(0, with));
    element.op = base::Trim(text.substr(with + 6));
  }
  if (element.expression.empty() || element.op.empty()) {
    throw UsageError(
        at, fmt::format("'{}' is no element: write 'column WITH operator'",
                        base::Trim(text)));
  }
  return element;
}

void ReadExclude(const Node& body, Constraint& constraint) {
  const Reader reader(body, {"index_method", "elements", "predicate"});
  constraint.exclude_method = reader.RequiredString("index_method");
  constraint.predicate = reader.OptionalSql("predicate").value_or("");
  const Node* elements = body.Find("elements");
  if (elements != nullptr && elements->is_list()) {
    for (const Node& item : elements->items) {
      constraint.exclude.push_back(ReadElement(item, item.scalar));
    }
  } else {
    for (const std::string& part :
         CutAtCommas(reader.RequiredSql("elements"))) {
      constraint.exclude.push_back(ReadElement(*elements, part));
    }
  }
  if (constraint.exclude.empty()) {
    throw UsageError(*elements, "must not be empty");
  }
}

ConstraintKind KindOf(const Node& body, const std::string& type) {
  const std::string word =
      Word(*body.Find("type"), type,
           {"unique", "check", "primary_key", "foreign_key", "exclude"});
  if (word == "unique") return ConstraintKind::kUnique;
  if (word == "check") return ConstraintKind::kCheck;
  if (word == "primary_key") return ConstraintKind::kPrimaryKey;
  if (word == "foreign_key") return ConstraintKind::kForeignKey;
  return ConstraintKind::kExclude;
}

bool IsOn(const Node& node) {
  const bool off = node.is_null() || (node.is_scalar() && !node.quoted &&
                                      base::ToLower(node.scalar) == "false");
  return !off;
}

struct KeyOfKinds {
  const char* key;
  std::vector<ConstraintKind> kinds;
};

// A key that this kind of constraint cannot have would otherwise be ignored.
void RefuseForeignKeys(const Node& body, ConstraintKind kind,
                       const std::string& type) {
  static const std::vector<KeyOfKinds> kKeys = {
      {"check", {ConstraintKind::kCheck}},
      {"no_inherit", {ConstraintKind::kCheck}},
      {"references", {ConstraintKind::kForeignKey}},
      {"exclude", {ConstraintKind::kExclude}},
      {"nulls_not_distinct", {ConstraintKind::kUnique}},
      {"index_parameters",
       {ConstraintKind::kUnique, ConstraintKind::kPrimaryKey,
        ConstraintKind::kExclude}},
      {"deferrable",
       {ConstraintKind::kUnique, ConstraintKind::kPrimaryKey,
        ConstraintKind::kForeignKey, ConstraintKind::kExclude}},
      {"initially_deferred",
       {ConstraintKind::kUnique, ConstraintKind::kPrimaryKey,
        ConstraintKind::kForeignKey, ConstraintKind::kExclude}},
  };
  for (const KeyOfKinds& known : kKeys) {
    const Node* node = body.Find(known.key);
    if (node == nullptr || !IsOn(*node)) continue;
    const bool takes = std::find(known.kinds.begin(), known.kinds.end(),
                                 kind) != known.kinds.end();
    if (takes) continue;
    throw UsageError(*node, fmt::format("a constraint of type {} has no '{}'",
                                        type, known.key));
  }
}

void ReadColumns(const Node& body, const Reader& reader,
                 Constraint& constraint) {
  const bool optional = constraint.kind == ConstraintKind::kCheck ||
                        constraint.kind == ConstraintKind::kExclude;
  constraint.columns = ColumnNames(optional ? reader.OptionalList("columns")
                                            : &reader.RequiredList("columns"));
  if (constraint.kind != ConstraintKind::kForeignKey) return;
  constraint.reference = ReadReferenced(reader.RequiredMap("references"));
  const schema::Reference& reference = constraint.reference;
  if (constraint.columns.size() != reference.columns.size()) {
    throw UsageError(
        *body.Find("references"),
        fmt::format("{} columns cannot reference {}", constraint.columns.size(),
                    reference.columns.size()));
  }
  for (const std::string& column : reference.on_delete_set_columns) {
    const auto& columns = constraint.columns;
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) {
      continue;
    }
    throw UsageError(*body.Find("references"),
                     fmt::format("on_delete_set_columns: '{}' is not among "
                                 "the columns of the foreign key",
                                 column));
  }
}

}  // namespace

Constraint ParseCheck(const Node& body, const std::string& column) {
  const Reader reader(body, {"name", "constraint", "no_inherit"});
  Constraint constraint;
  constraint.kind = ConstraintKind::kCheck;
  constraint.name = reader.RequiredString("name");
  constraint.columns = {column};
  constraint.check = reader.RequiredSql("constraint");
  constraint.no_inherit = reader.OptionalBool("no_inherit").value_or(false);
  return constraint;
}

Constraint ParseReference(const Node& body, const std::string& column) {
  const Reader reader(
      body, {"name", "table", "column", "match_type", "on_delete", "on_update",
             "deferrable", "initially_deferred"});
  Constraint constraint;
  constraint.kind = ConstraintKind::kForeignKey;
  constraint.name = reader.RequiredString("name");
  constraint.columns = {column};
  constraint.reference.table = reader.RequiredString("table");
  if (const auto referenced = reader.OptionalString("column")) {
    constraint.reference.columns = {*referenced};
  }
  constraint.reference.match = Match(body, reader);
  constraint.reference.on_delete = ReferenceAction(body, reader, "on_delete");
  constraint.reference.on_update = ReferenceAction(body, reader, "on_update");
  ReadDeferrable(body, reader, constraint);
  return constraint;
}

Constraint ParseUnique(const Node& body, const std::string& column) {
  const Reader reader(body, {"name"});
  Constraint constraint;
  constraint.kind = ConstraintKind::kUnique;
  constraint.name = reader.RequiredString("name");
  constraint.columns = {column};
  return constraint;
}

const std::vector<std::string>& ConstraintKeys() {
  static const std::vector<std::string> kKeys = {"name",
                                                 "type",
                                                 "columns",
                                                 "check",
                                                 "references",
                                                 "deferrable",
                                                 "exclude",
                                                 "no_inherit",
                                                 "initially_deferred",
                                                 "nulls_not_distinct",
                                                 "index_parameters"};
  return kKeys;
}

Constraint ReadConstraint(const Node& body, const Reader& reader) {
  Constraint constraint;
  constraint.name = reader.RequiredString("name");
  const std::string type = reader.RequiredString("type");
  constraint.kind = KindOf(body, type);
  RefuseForeignKeys(body, constraint.kind, type);
  ReadColumns(body, reader, constraint);
  if (constraint.kind == ConstraintKind::kCheck) {
    constraint.check = reader.RequiredSql("check");
  }
  constraint.no_inherit = reader.OptionalBool("no_inherit").value_or(false);
  constraint.nulls_not_distinct =
      reader.OptionalBool("nulls_not_distinct").value_or(false);
  ReadDeferrable(body, reader, constraint);
  if (const Node* parameters = reader.OptionalMap("index_parameters")) {
    ReadIndexParameters(*parameters, constraint);
  }
  if (constraint.kind == ConstraintKind::kExclude) {
    ReadExclude(reader.RequiredMap("exclude"), constraint);
  }
  return constraint;
}

std::map<std::string, std::string> ReadExpressions(const Node& body,
                                                   const std::string& key) {
  std::map<std::string, std::string> expressions;
  const Node* map = body.Find(key);
  if (map == nullptr || map->is_null()) return expressions;
  if (!map->is_map()) {
    throw UsageError(*map, "expected a map of columns and SQL expressions");
  }
  std::vector<std::string> columns;
  for (const auto& [column, sql] : map->entries) columns.push_back(column);
  const Reader reader(*map, columns);
  for (const std::string& column : columns) {
    const std::string sql = reader.Expression(column);
    if (!sql.empty()) expressions[column] = sql;
  }
  return expressions;
}

Constraint Keyed(ConstraintKind kind, std::string name,
                 std::vector<std::string> columns) {
  Constraint constraint;
  constraint.kind = kind;
  constraint.name = std::move(name);
  constraint.columns = std::move(columns);
  return constraint;
}

Constraint ParseConstraint(const Node& body) {
  return ReadConstraint(body, Reader(body, ConstraintKeys()));
}

}  // namespace segue::ops
