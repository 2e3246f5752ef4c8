// Tries the value that a column gets on a copy of the table that takes a few of
// its rows.
#include "base/text.h"
#include "dialects/postgres/attempt.h"
#include "dialects/postgres/examine.h"
#include "dialects/postgres/examine_code.h"
#include "dialects/postgres/motion_terms.h"
#include "dialects/postgres/sql.h"

namespace segue::postgres {
namespace {

constexpr const char* kCopy = "pg_temp.segue_filled";

// More than that are found by the fill, which undoes everything.
constexpr const char* kMostRows = "10000";

// No default takes a number from a sequence, and only the column itself says
// something about rows that have nothing else.
constexpr const char* kRelax = R"sql(
DO $segue$ DECLARE r record; BEGIN
FOR r IN SELECT conname FROM pg_catalog.pg_constraint
    WHERE conrelid = 'pg_temp.segue_filled'::regclass AND contype = 'p' LOOP
  EXECUTE pg_catalog.format('ALTER TABLE pg_temp.segue_filled DROP CONSTRAINT %I',
    r.conname);
END LOOP;
FOR r IN SELECT attname FROM pg_catalog.pg_attribute
    WHERE attrelid = 'pg_temp.segue_filled'::regclass AND attnum > 0
      AND attnotnull LOOP
  EXECUTE pg_catalog.format(
    'ALTER TABLE pg_temp.segue_filled ALTER %I DROP NOT NULL', r.attname);
END LOOP; END $segue$)sql";

constexpr const char* kColumnsSql = R"sql(
SELECT pg_catalog.quote_ident(attname), attname = $2
FROM pg_catalog.pg_attribute WHERE attrelid = $1::regclass AND attnum > 0
  AND NOT attisdropped AND attgenerated = '' ORDER BY attnum)sql";

// Name and condition of the foreign keys of the column, for a row f that keeps
// it.
constexpr const char* kForeignKeysSql = R"sql(
SELECT x.conname, (SELECT pg_catalog.string_agg(
    pg_catalog.format('f.%I IS NULL', a.attname), ' OR ')
  FROM pg_catalog.unnest(x.conkey) k(n)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = x.conrelid AND a.attnum = k.n)
  || pg_catalog.format(' OR EXISTS (SELECT FROM %s p WHERE %s)',
    x.confrelid::regclass, (SELECT pg_catalog.string_agg(pg_catalog.format(
      'p.%I OPERATOR(pg_catalog.=) f.%I', t.attname, a.attname), ' AND ')
    FROM ROWS FROM (pg_catalog.unnest(x.conkey), pg_catalog.unnest(x.confkey))
      k(n, m)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = x.conrelid AND a.attnum = k.n
    JOIN pg_catalog.pg_attribute t ON t.attrelid = x.confrelid
      AND t.attnum = k.m))
FROM pg_catalog.pg_constraint x
JOIN pg_catalog.pg_attribute c ON c.attrelid = x.conrelid AND c.attname = $2
WHERE x.conrelid = $1::regclass AND x.contype = 'f' AND c.attnum = ANY (x.conkey)
ORDER BY 1)sql";

// The server names the indexes of the copy as it named those of the table.
std::string OfTable(std::string message, const std::string& table) {
  const std::string_view copy = "segue_filled";
  for (std::size_t at = message.find(copy); at != std::string::npos;
       at = message.find(copy, at + table.size())) {
    message.replace(at, copy.size(), table);
  }
  return message;
}

class Trial {
 public:
  Trial(db::Connection& connection, const db::FilledQuestion& question)
      : connection_(connection),
        question_(question),
        table_(Name(question.table)) {}

  // Returns why the table refuses the value, in the server's words.
  std::string Run() {
    const Refusal copied =
        Try(connection_, "CREATE TEMPORARY TABLE segue_filled (LIKE " + table_ +
                             " INCLUDING ALL EXCLUDING DEFAULTS "
                             "EXCLUDING IDENTITY EXCLUDING COMMENTS "
                             "EXCLUDING STATISTICS)");
    if (!copied.sqlstate.empty()) return "";  // no temporary tables here
    connection_.Execute(kRelax);
    const std::string column = Ident(question_.column);
    std::string refused;
    if (question_.only_null) {
      refused = InsertRows(column + " IS NULL", kMostRows);
    } else if (!question_.is_one_value) {
      refused = InsertRows("true", kMostRows);
    }
    if (refused.empty() && question_.is_one_value) {
      refused = InsertRows(column + " IS NOT NULL", "2");
    }
    if (refused.empty() && question_.is_one_value)
      refused = InsertNothingElse();
    return refused.empty() ? BrokenForeignKey() : refused;
  }

 private:
  std::string InsertRows(const std::string& which, const std::string& most) {
    std::vector<std::string> columns;
    std::vector<std::string> values;
    for (const db::Row& row :
         connection_.Execute(kColumnsSql, {table_, question_.column}).rows) {
      columns.push_back(db::ToText(row[0]));
      const bool is_filled = db::ToInt(row[1]) != 0;
      values.push_back(is_filled
                           ? BoundSql(question_.sql, question_.bindings, "f")
                           : "f." + columns.back());
    }
    return Try(connection_, std::string("INSERT INTO ") + kCopy + " (" +
                                base::Join(columns, ", ") + ") SELECT " +
                                base::Join(values, ", ") +
                                " FROM (SELECT * FROM " + table_ + " WHERE " +
                                which + " LIMIT " + most + ") f")
        .message;
  }

  // Another column may refuse NULL by its type; then nothing is known.
  std::string InsertNothingElse() {
    const std::string into = std::string("INSERT INTO ") + kCopy + " (" +
                             Ident(question_.column) + ") VALUES (";
    connection_.Execute("SAVEPOINT segue_null");
    const bool known = Try(connection_, into + "NULL)").sqlstate.empty();
    connection_.Execute("ROLLBACK TO segue_null");
    if (!known) return "";
    return Try(connection_, into + Bracketed(question_.sql) + ")").message;
  }

  std::string BrokenForeignKey() {
    for (const db::Row& key :
         connection_.Execute(kForeignKeysSql, {table_, question_.column})
             .rows) {
      const db::Result broken = connection_.Execute(
          std::string("SELECT pg_catalog.count(*) FROM (SELECT FROM ") + kCopy +
          " f WHERE NOT (" + db::ToText(key[1]) + ") LIMIT 1) r");
      if (db::ToInt(broken.rows.at(0).at(0)) == 0) continue;
      return "foreign key '" + db::ToText(key[0]) +
             "' leads to no row with this value";
    }
    return "";
  }

  db::Connection& connection_;
  const db::FilledQuestion& question_;
  std::string table_;
};

}  // namespace

db::Answer AnswerTo(db::Connection& connection,
                    const db::FilledQuestion& question) {
  RefuseForeignCode(connection, question.table.schema, {question.table.name});
  const Attempt attempt(connection);
  db::Answer answer;
  answer.error =
      OfTable(Trial(connection, question).Run(), question.table.name);
  return answer;
}

}  // namespace segue::postgres
