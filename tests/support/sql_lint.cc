#include "tests/support/sql_lint.h"

namespace segue::test {
namespace {

// The words before a bracket in the statements, walks and questions of a plan,
// without what is in quotes. Bodies of functions stand between dollars, and
// count; aliases of one letter do not.
constexpr const char* kCalledSql = R"sql(
SELECT DISTINCT lower(m[1]) FROM (
  SELECT j.value #>> '{}' AS sql
  FROM (SELECT plan::jsonb AS plan FROM segue.migration
        ORDER BY started_at DESC LIMIT 1) p,
    unnest(ARRAY['sql', 'only_if', 'probe', 'missing', 'inventory',
      'objections', 'progress', 'usage', 'all', 'after', 'upto', 'between',
      'cuts', 'estimated_rows', 'count_left', 'after_fill', 'reclaim',
      'scans']) k,
    jsonb_path_query(p.plan, ('$.**.' || k)::jsonpath) j(value)
  WHERE jsonb_typeof(j.value) = 'string') s,
  regexp_matches(regexp_replace(regexp_replace(s.sql, $q$'(?:[^']|'')*'$q$,
    '''''', 'g'), '"(?:[^"]|"")*"', '""', 'g'),
    '(?<![.\w"$])([A-Za-z_]\w+)\s*\(', 'g') m)sql";

// What stands before a bracket and is no function that a schema can have: words
// of the grammar, and aggregates of every type. The default of a serial column
// is as the server prints it, with an argument that nothing fits better.
const std::set<std::string>& Grammar() {
  static const std::set<std::string> kWords = {
      "all",          "and",     "any",       "array",       "as",
      "between",      "btree",   "by",        "case",        "cast",
      "character",    "check",   "coalesce",  "columns",     "conflict",
      "count",        "each",    "else",      "elsif",       "exists",
      "extract",      "filter",  "from",      "gin",         "gist",
      "greatest",     "hash",    "if",        "in",          "index",
      "is",           "key",     "lateral",   "least",       "like",
      "materialized", "max",     "min",       "nextval",     "not",
      "nullif",       "of",      "on",        "operator",    "or",
      "over",         "list",    "partition", "references",  "return",
      "returning",    "row",     "select",    "set",         "some",
      "sum",          "system",  "table",     "tablesample", "then",
      "union",        "unique",  "using",     "vacuum",      "values",
      "varchar",      "varying", "when",      "where",       "with",
      "xor"};
  return kWords;
}

bool IsIn(const std::string& word, const std::string& text) {
  return text.find(word) != std::string::npos;
}

}  // namespace

std::set<std::string> UnqualifiedFunctions(TestDatabase& database,
                                           const std::string& own) {
  std::set<std::string> found;
  for (const auto& row : database.Query(kCalledSql)) {
    const std::string word = row.at(0).value_or("");
    if (Grammar().count(word) == 0 && !IsIn(word, own)) found.insert(word);
  }
  return found;
}

}  // namespace segue::test
