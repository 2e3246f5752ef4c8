#include "dialects/postgres/unknown_facts.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "dialects/postgres/examine.h"
#include "dialects/postgres/known_catalogs.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

// The table, what inherits from it, and the indexes, TOAST tables and sequences
// of these.
constexpr const char* kRelationsSql = R"sql(
WITH RECURSIVE tables(id) AS (
  SELECT pg_catalog.to_regclass($1::text)::oid
  UNION
  SELECT h.inhrelid FROM pg_catalog.pg_inherits h
  JOIN tables t ON h.inhparent = t.id)
SELECT pg_catalog.array_agg(u.id)::text FROM (
  SELECT t.id FROM tables t
  UNION
  SELECT i.indexrelid FROM pg_catalog.pg_index i
  JOIN tables t ON i.indrelid = t.id
  UNION
  SELECT c.reltoastrelid FROM pg_catalog.pg_class c
  JOIN tables t ON c.oid = t.id WHERE c.reltoastrelid <> 0::oid
  UNION
  SELECT d.objid FROM pg_catalog.pg_depend d
  JOIN tables t ON d.refobjid = t.id
  WHERE d.refclassid = 'pg_catalog.pg_class'::regclass::oid
    AND d.classid = 'pg_catalog.pg_class'::regclass::oid
    AND d.deptype IN ('a', 'i')) u)sql";

// The objects that belong to the relations $1.
constexpr const char* kObjectsSql = R"sql(
WITH objects(class, id) AS (
  SELECT 'pg_catalog.pg_class'::regclass::oid, r.id
  FROM pg_catalog.unnest($1::oid[]) r(id)
  UNION ALL
  SELECT o.tableoid, o.oid FROM pg_catalog.pg_attrdef o
  WHERE o.adrelid = ANY ($1::oid[])
  UNION ALL
  SELECT o.tableoid, o.oid FROM pg_catalog.pg_constraint o
  WHERE o.conrelid = ANY ($1::oid[])
  UNION ALL
  SELECT o.tableoid, o.oid FROM pg_catalog.pg_trigger o
  WHERE o.tgrelid = ANY ($1::oid[])
  UNION ALL
  SELECT o.tableoid, o.oid FROM pg_catalog.pg_rewrite o
  WHERE o.ev_class = ANY ($1::oid[])
  UNION ALL
  SELECT o.tableoid, o.oid FROM pg_catalog.pg_policy o
  WHERE o.polrelid = ANY ($1::oid[])
  UNION ALL
  SELECT o.tableoid, o.oid FROM pg_catalog.pg_statistic_ext o
  WHERE o.stxrelid = ANY ($1::oid[])
  UNION ALL
  SELECT o.tableoid, o.oid FROM pg_catalog.pg_type o
  WHERE o.typrelid = ANY ($1::oid[])))sql";

// These are the values that say nothing, in the spelling of jsonb: also "no
// object" (-), no log position and no elements.
constexpr const char* kNothing =
    "('null'::jsonb, 'false'::jsonb, '0'::jsonb, '\"\"'::jsonb, "
    "'\"0\"'::jsonb, '\"-\"'::jsonb, '\"0/0\"'::jsonb, '[]'::jsonb, "
    "'{}'::jsonb, '\"{}\"'::jsonb)";

struct Column {
  std::string name;
  std::string type;
};

struct Catalog {
  bool is_new = true;  // nothing of it is known
  bool readable = true;
  std::vector<Column> columns;  // those that are not known
};

bool Has(const std::vector<std::string>& known, const std::string& catalog) {
  return std::any_of(known.begin(), known.end(), [&](const std::string& one) {
    return one.starts_with(catalog + ".");
  });
}

std::map<std::string, Catalog> UnknownCatalogs(
    db::Connection& connection, const std::vector<std::string>& known) {
  std::map<std::string, Catalog> found;
  const std::string sql =
      "SELECT c.relname::text, a.attname::text, "
      "pg_catalog.format_type(a.atttypid, NULL), "
      "pg_catalog.has_table_privilege(c.oid, 'SELECT') "
      "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON "
      "a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
      "WHERE c.relnamespace = 'pg_catalog'::regnamespace::oid AND c.relkind IN "
      "('r', 'p', 'f') AND c.relname::text || '.' || a.attname::text NOT IN (" +
      Literals(known) + ") ORDER BY c.relname, a.attnum";
  for (const db::Row& row : connection.Execute(sql).rows) {
    Catalog& catalog = found[db::ToText(row.at(0))];
    catalog.readable = db::ToInt(row.at(3)) != 0;
    catalog.columns.push_back({db::ToText(row.at(1)), db::ToText(row.at(2))});
  }
  for (auto& entry : found) entry.second.is_new = !Has(known, entry.first);
  return found;
}

// Returns the condition under which a column has the object identifier of one
// of the relations $1; empty for a type that has none.
std::string RefersTo(const Column& column) {
  const std::string name = "x." + Ident(column.name);
  if (column.type == "oid" || column.type == "regclass") {
    return name + "::oid = ANY ($1::oid[])";
  }
  if (column.type == "oid[]" || column.type == "regclass[]" ||
      column.type == "oidvector") {
    return name + "::oid[] && $1::oid[]";
  }
  return "";
}

class Search {
 public:
  Search(db::Connection& connection, std::string relations)
      : connection_(connection), relations_(std::move(relations)) {}

  std::vector<std::string> found() && { return std::move(found_); }

  void In(const std::string& name, const Catalog& catalog) {
    const std::string rows = RowsOfTable(name);
    if (!rows.empty()) LookAtValues(name, catalog, rows);
    for (const Column& column : catalog.columns) {
      const std::string refers = RefersTo(column);
      if (!refers.empty()) LookForRows(name, catalog, column, refers);
    }
  }

 private:
  void Add(const std::string& what) {
    const bool known =
        std::find(found_.begin(), found_.end(), what) != found_.end();
    if (!known) found_.push_back(what);
  }

  static std::string FromCatalog(const std::string& name) {
    return " FROM pg_catalog." + Ident(name) + " x";
  }

  void LookAtValues(const std::string& name, const Catalog& catalog,
                    const std::string& rows) {
    std::vector<std::string> names;
    for (const Column& column : catalog.columns) names.push_back(column.name);
    if (!catalog.readable) {
      for (const std::string& one : names) AddUnreadable(name + "." + one);
      return;
    }
    const std::string sql =
        std::string(kObjectsSql) + " SELECT DISTINCT f.key" +
        FromCatalog(name) +
        " CROSS JOIN LATERAL pg_catalog.jsonb_each(pg_catalog.to_jsonb(x)) f "
        "WHERE f.key IN (" +
        Literals(names) + ") AND f.value NOT IN " + kNothing + " AND (" + rows +
        ") ORDER BY 1";
    for (const db::Row& row : connection_.Execute(sql, {relations_}).rows) {
      Add(name + "." + db::ToText(row.at(0)));
    }
  }

  void LookForRows(const std::string& name, const Catalog& catalog,
                   const Column& column, const std::string& refers) {
    const std::string what = catalog.is_new ? name : name + "." + column.name;
    if (!catalog.readable) return AddUnreadable(what);
    const std::string sql =
        "SELECT" + FromCatalog(name) + " WHERE " + refers + " LIMIT 1";
    if (!connection_.Execute(sql, {relations_}).rows.empty()) Add(what);
  }

  void AddUnreadable(const std::string& what) {
    Add(what + " (which this role may not read)");
  }

  db::Connection& connection_;
  std::string relations_;  // as an array
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> UnknownFacts(db::Connection& connection,
                                      const schema::TableName& table,
                                      const std::vector<std::string>& known) {
  const std::map<std::string, Catalog> catalogs =
      UnknownCatalogs(connection, known);
  if (catalogs.empty()) return {};
  const db::Result relations = connection.Execute(kRelationsSql, {Name(table)});
  Search search(connection, db::ToText(relations.rows.at(0).at(0)));
  for (const auto& [name, catalog] : catalogs) search.In(name, catalog);
  return std::move(search).found();
}

db::Answer AnswerTo(db::Connection& connection,
                    const db::UnknownFactsQuestion& question) {
  const db::Result version = connection.Execute(
      "SELECT pg_catalog.current_setting('server_version_num')::int / 10000");
  db::Answer answer;
  answer.names = UnknownFacts(
      connection, question.table,
      KnownColumns(static_cast<int>(db::ToInt(version.rows.at(0).at(0)))));
  return answer;
}

}  // namespace segue::postgres
