// The functions that hold a motion's expressions. With a function instead of
// the bare text, trigger, backfill and verify cannot disagree. The planner
// inlines an immutable function, which then costs nothing.
#include "base/text.h"
#include "dialects/postgres/lookup_triggers.h"
#include "dialects/postgres/marking.h"
#include "dialects/postgres/render_parts.h"
#include "dialects/postgres/sql.h"
#include "dialects/postgres/sync.h"

namespace segue::postgres {
namespace {

// From this version on, the server parses a body in the form of the SQL
// standard once, when the function is created.
constexpr int kHasStandardBody = 14;

std::string Parameters(const plan::Expression& expression) {
  std::vector<std::string> parameters;
  for (const plan::Binding& binding : expression.bindings) {
    parameters.push_back(Ident(binding.name) + " " + binding.type);
  }
  return "(" + base::Join(parameters, ", ") + ")";
}

std::string Volatility(const plan::Expression& expression) {
  if (expression.is_volatile) return "VOLATILE";
  return expression.is_immutable ? "IMMUTABLE PARALLEL SAFE" : "STABLE";
}

// The function pins the settings on which the result may depend, so that the
// application's session and the backfill's get the same result.
std::string PinnedSettings(const plan::Expression& expression, int major) {
  const bool bound = major >= kHasStandardBody;
  std::string sql =
      bound && expression.is_immutable ? "" : " SET search_path FROM CURRENT";
  if (expression.is_immutable) return sql;
  for (const char* setting :
       {"\"TimeZone\"", "\"DateStyle\"", "\"IntervalStyle\"",
        "extra_float_digits", "bytea_output", "lc_monetary", "lc_numeric",
        "lc_time"}) {
    sql += std::string(" SET ") + setting + " FROM CURRENT";
  }
  return sql;
}

// The line break ends a comment at the end of the expression, which would
// otherwise swallow what follows.
std::string Enclosed(const std::string& sql) {
  const bool comment = sql.find("--") != std::string::npos;
  return "(" + sql + (comment ? "\n)" : ")");
}

// A parameter has the collation of its type; the names of columns that have
// another one stand for the parameters with that.
std::string Collated(const plan::Expression& expression) {
  std::vector<std::string> columns;
  for (const plan::Binding& binding : expression.bindings) {
    if (binding.collation.empty()) continue;
    const std::string name = Ident(binding.name);
    columns.push_back(name + " COLLATE " + CollationSql(binding.collation) +
                      " AS " + name);
  }
  const std::string sql = Enclosed(expression.sql);
  if (columns.empty()) return sql;
  return "(SELECT " + sql + " FROM (SELECT " + base::Join(columns, ", ") +
         ") AS r)";
}

// The cast gives the value as the column stores it, because the result of a
// function has no length.
plan::Expression Default(const std::string& sql, const schema::Column& column,
                         bool is_constant) {
  plan::Expression expression;
  expression.sql = Cast(sql, column);
  expression.is_immutable = is_constant;
  expression.is_volatile = !expression.is_immutable;
  return expression;
}

bool UsesOldDefault(const MotionTerms& terms) {
  return terms.has_old() && terms.has_new() && terms.old_column().LeftOut() &&
         (terms.motion().old_default_moved ||
          terms.old_column().LeftOutIsConstant());
}

bool UsesNewDefault(const MotionTerms& terms) {
  return terms.has_new() && terms.motion().new_default.has_value();
}

}  // namespace

std::string FunctionSql(const std::string& name,
                        const plan::Expression& expression,
                        const std::string& type, int major) {
  const std::string head = "CREATE OR REPLACE FUNCTION " + name +
                           Parameters(expression) + " RETURNS " + type +
                           " LANGUAGE sql " + Volatility(expression) +
                           PinnedSettings(expression, major);
  if (major >= kHasStandardBody) {
    return head + " RETURN " + Collated(expression);
  }
  return head + " AS " + DollarQuoted("SELECT " + Collated(expression));
}

std::vector<std::string> ExpressionFunctions(const MotionTerms& terms,
                                             int major) {
  const plan::ColumnMotion& motion = terms.motion();
  if (motion.lookup) return LookupFunctions(terms);
  std::vector<std::string> sql;
  if (terms.UpNeedsFunction()) {
    sql.push_back(FunctionSql(terms.UpFunction(), motion.up,
                              terms.new_column().type, major));
  }
  if (terms.DownNeedsFunction()) {
    sql.push_back(FunctionSql(terms.DownFunction(), motion.down,
                              terms.old_column().type, major));
  }
  if (UsesOldDefault(terms)) {
    sql.push_back(
        FunctionSql(terms.OldDefaultFunction(),
                    Default(*terms.old_column().LeftOut(), terms.old_column(),
                            terms.old_column().LeftOutIsConstant()),
                    terms.old_column().type, major));
  }
  if (UsesNewDefault(terms)) {
    sql.push_back(FunctionSql(terms.NewDefaultFunction(),
                              Default(*motion.new_default, terms.new_column(),
                                      IsConstantDefault(*motion.new_default)),
                              terms.new_column().type, major));
  }
  return sql;
}

std::vector<std::string> FunctionNames(const MotionTerms& terms) {
  std::vector<std::string> names;
  if (terms.motion().lookup) {
    names = LookupFunctionNames(terms);
    names.push_back(terms.TriggerFunction());
    return names;
  }
  if (terms.UpNeedsFunction()) names.push_back(terms.UpFunction());
  if (terms.DownNeedsFunction()) names.push_back(terms.DownFunction());
  if (UsesOldDefault(terms)) names.push_back(terms.OldDefaultFunction());
  if (UsesNewDefault(terms)) names.push_back(terms.NewDefaultFunction());
  if (EverMarks(terms)) {
    names.push_back(terms.MarkFunction());
  }
  names.push_back(terms.TriggerFunction());
  return names;
}

std::string DollarQuoted(const std::string& text) {
  std::string tag = "$segue$";
  for (int i = 1; text.find(tag) != std::string::npos; ++i) {
    tag = "$segue" + std::to_string(i) + "$";
  }
  return tag + text + tag;
}

}  // namespace segue::postgres
