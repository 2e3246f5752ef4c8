#include "ops/column_definition.h"

#include "base/text.h"
#include "ops/constraint_definition.h"
#include "ops/reader.h"

namespace segue::ops {
namespace {

// This is the default of pgroll, and the first choice of the SQL standard.
constexpr const char* kAlways = "ALWAYS";

schema::Identity IdentityOf(const Reader& reader, const base::Node& body) {
  const std::string text =
      reader.OptionalString("user_specified_values").value_or(kAlways);
  const std::string lower = base::ToLower(text);
  if (lower == "always") return schema::Identity::kAlways;
  if (lower == "by default") return schema::Identity::kByDefault;
  throw UsageError(*body.Find("user_specified_values"),
                   "expected ALWAYS or BY DEFAULT, found '" + text + "'");
}

void ParseIdentity(const base::Node& body, schema::Column* column) {
  const Reader reader(body, {"user_specified_values", "sequence_options"});
  column->identity = IdentityOf(reader, body);
  column->identity_options =
      reader.OptionalSql("sequence_options").value_or("");
}

void ParseGenerated(const base::Node& body, schema::Column* column) {
  const Reader reader(body, {"expression", "identity"});
  column->generated_sql = reader.OptionalSql("expression").value_or("");
  const base::Node* identity = reader.OptionalMap("identity");
  if (identity != nullptr) ParseIdentity(*identity, column);
  const bool both = identity != nullptr && !column->generated_sql.empty();
  const bool none = identity == nullptr && column->generated_sql.empty();
  if (both || none) {
    throw UsageError(body, "give either 'expression' or 'identity'");
  }
  if (column->default_sql) {
    throw UsageError(body, "a generated column has no 'default'");
  }
}

}  // namespace

ColumnDefinition ParseColumnDefinition(const base::Node& body) {
  const Reader reader(
      body, {"name", "type", "nullable", "pk", "unique", "default", "comment",
             "check", "references", "generated"});
  ColumnDefinition definition;
  schema::Column& column = definition.column;
  column.name = reader.RequiredString("name");
  column.type = reader.RequiredString("type");
  column.nullable = reader.OptionalBool("nullable").value_or(false);
  column.default_sql = reader.OptionalSql("default");
  column.comment = reader.OptionalString("comment").value_or("");
  definition.primary_key = reader.OptionalBool("pk").value_or(false);
  definition.unique = reader.OptionalBool("unique").value_or(false);
  if (const base::Node* check = reader.OptionalMap("check")) {
    definition.check = ParseCheck(*check, column.name);
  }
  if (const base::Node* reference = reader.OptionalMap("references")) {
    definition.reference = ParseReference(*reference, column.name);
  }
  if (const base::Node* generated = reader.OptionalMap("generated")) {
    ParseGenerated(*generated, &column);
  }
  if (column.identity != schema::Identity::kNone && column.nullable) {
    throw UsageError(body, "an identity column cannot be nullable");
  }
  return definition;
}

}  // namespace segue::ops
